"""News of saved searches: notices of what has come or changed since the last look.

What a search finds is looked up before the transaction, as its owner sees it; then all notices are written at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from tandem.base import settings
from tandem.base.errors import TandemError
from tandem.domain.people import HERE, Actor
from tandem.engine.finding import ranking
from tandem.hub import notices
from tandem.hub.actions import Asker, run
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.asking import audience_of, filters_of, slots_of
from tandem.hub.finding.index import Index
from tandem.hub.finding.inputs import Nothing, Question
from tandem.hub.installation import Hub
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

_LATE = 60  # seconds: whatever was written in an action begun so long ago is committed by now


@dataclass(frozen=True, slots=True)
class Looked:
    """One saved search: whose, how far it was looked at, and how many records are new or changed."""

    id: str
    version: int
    account: str
    name: str
    until: int
    found: int


def sweep(hub: Hub) -> answers.News:
    """Looks through every saved search once, now and then; writes nothing where nothing is new."""
    asker = Asker(HERE, hub=hub)
    looked = look(Nothing(), asker)
    if not any(one.found for one in looked):
        return answers.News(len(looked), 0)
    told: answers.News = run("search.news", {}, asker)
    return told


def look(given: Nothing, asker: Asker) -> tuple[Looked, ...]:
    """What is new for each saved search with news."""
    assert asker.hub is not None
    index = asker.hub.part(Index)
    with asker.hub.database.reading() as tx:
        c = s.saved_searches.c
        until = tx.now - _LATE
        due = tx.unguarded(
            sa.select(s.saved_searches, s.accounts.c.role, s.accounts.c.org_id)
            .join(s.accounts, s.accounts.c.id == c.account_id)
            .where(c.notify.is_(True), c.seen_at < until, s.accounts.c.state == "active")
            .order_by(c.id)
        )
        found = [_looked(index, tx, row, until) for row in due]
    index.tidy()
    return tuple(found)


def _looked(index: Index, tx: Tx, row: Row, until: int) -> Looked:
    who = audience_of(Actor(row["role"], row["account_id"], row["org_id"]))
    try:
        asked = settings.parse(Question, json.loads(row["asked"]))
        filters = filters_of(asked, row["seen_at"], until)
        found = ranking.find(index.shelf(tx), slots_of(asked), who, filters, limit=1).total
    except TandemError:  # asks for what there is no longer: a city or service that the hub forgot
        found = 0
    return Looked(row["id"], row["version"], row["account_id"], row["name"], until, found)


def news(call: Call, given: Nothing, looked: tuple[Looked, ...]) -> answers.News:
    """Writes a notice for each saved search with something new."""
    c = s.saved_searches.c
    told = 0
    for one in looked:
        values = {"seen_at": one.until, "version": one.version + 1}
        mine = (c.id == one.id) & (c.version == one.version)
        if call.tx.execute(sa.update(s.saved_searches).where(mine).values(values)) and one.found:
            notices.to_account(call, one.account, "search.news", about=one.id, name=one.name, n=one.found)
            told += 1
    call.tx.tell("search.news", call.actor, searches=len(looked), notices=told)
    return answers.News(len(looked), told)
