"""News of saved searches: notices of what has come or changed since they were last told of something.

What a search finds is looked up before the transaction, as its owner sees it; then notices are written at once. By
itself the hub looks at some searches at a time, each in its turn. A search that found nothing stays as it is: what its
owner sees of it must not tell that somebody else's found something.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tandem.base import settings
from tandem.base.errors import TandemError, Unavailable
from tandem.domain.people import HERE, Actor
from tandem.engine.finding import ranking
from tandem.hub import notices
from tandem.hub.actions import Asker
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.asking import audience_of, filters_of, slots_of
from tandem.hub.finding.index import Index
from tandem.hub.finding.inputs import Nothing, Question
from tandem.hub.installation import Hub
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

LOT = 200  # searches that are looked at in one go
MOST = 1_000  # notices in one transaction
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


class Turn:
    """Whose turn it is (`hub.part(Turn)`): the searches behind `after` come next, then all from the first on."""

    def __init__(self, hub: Hub) -> None:
        self.after = ""

    def close(self) -> None:
        """Nothing ends: an open hub begins with the first."""


def sweep(hub: Hub) -> answers.News:
    """Looks at the searches whose turn it is; writes nothing where nothing is new."""
    turn, index = hub.part(Turn), hub.part(Index)
    with hub.database.reading() as tx:
        rows, until = _due(tx, turn.after), tx.now - _LATE
        turn.after = (
            rows[-1]["id"] if len(rows) == LOT else ""
        )  # before: one that breaks does not hold up the others
        looked = tuple(_looked(index, tx, row, until) for row in rows)
    if not any(one.found for one in looked):
        return answers.News(len(looked), 0)
    return hub.database.write(lambda tx: news(Call(tx, HERE, hub), Nothing(), looked)).result()


def look(given: Nothing, asker: Asker) -> tuple[Looked, ...]:
    """All saved searches, until so many have news as one transaction tells; the others are found the next time."""
    assert asker.hub is not None
    looked: list[Looked] = []
    for lot in _lots(asker.hub):
        looked += lot
        if sum(one.found > 0 for one in looked) > MOST - LOT:
            break
    return tuple(looked)


def _lots(hub: Hub) -> Iterator[list[Looked]]:
    """All searches, each lot in a reading of its own: a long one would keep the database from tidying up."""
    index, after, more = hub.part(Index), "", True
    while more:
        with hub.database.reading() as tx:
            rows, until = _due(tx, after), tx.now - _LATE
            found = [_looked(index, tx, row, until) for row in rows]
        yield found
        more = len(rows) == LOT
        after = rows[-1]["id"] if rows else ""


def _due(tx: Tx, after: str) -> Sequence[Row]:
    """The next searches that want news, with what their owners are; at most a lot."""
    c = s.saved_searches.c
    return tx.unguarded(
        sa.select(s.saved_searches, s.accounts.c.role, s.accounts.c.org_id)
        .join(s.accounts, s.accounts.c.id == c.account_id)
        .where(c.notify.is_(True), c.seen_at < tx.now - _LATE, s.accounts.c.state == "active", c.id > after)
        .order_by(c.id)
        .limit(LOT)
    )


def _looked(index: Index, tx: Tx, row: Row, until: int) -> Looked:
    who = audience_of(Actor(row["role"], row["account_id"], row["org_id"]))
    try:
        asked = settings.parse(Question, json.loads(row["asked"]))
        filters = filters_of(asked, row["seen_at"], until)
        found = ranking.find(index.shelf(tx, who), slots_of(asked), who, filters, limit=1).total
    except Unavailable:  # there is no index yet: another time
        raise
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
        if one.found and call.tx.execute(sa.update(s.saved_searches).where(mine).values(values)):
            notices.to_account(call, one.account, "search.news", about=one.id, name=one.name, n=one.found)
            told += 1
    call.tx.tell("search.news", call.actor, searches=len(looked), notices=told)
    return answers.News(len(looked), told)
