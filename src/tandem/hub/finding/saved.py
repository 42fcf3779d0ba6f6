"""Searches that somebody keeps: under a name, with or without news."""

from __future__ import annotations

import json
from dataclasses import fields

import sqlalchemy as sa

from tandem.base.errors import Conflict, Denied
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.asking import filters_of
from tandem.hub.finding.inputs import Nothing, Question, ToSave
from tandem.hub.records.inputs import Named
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

MOST = 50  # of one account


def save(call: Call, given: ToSave) -> answers.SavedSearch:
    """Keeps a search; with `notify` new matches become notices."""
    if call.actor.account is None:
        raise Denied("search.account")
    filters_of(given)
    if len(_own(call)) >= MOST:
        raise Conflict("search.many", most=MOST)
    asked = {one.name: value for one in fields(Question) if (value := getattr(given, one.name)) is not None}
    id_ = call.tx.ids()
    row = {"id": id_, "version": 1, "account_id": call.actor.account, "name": given.name,
           "asked": json.dumps(asked, ensure_ascii=False), "notify": given.notify, "seen_at": call.now,
           "created_at": call.now}  # fmt: skip
    call.tx.insert(s.saved_searches, row)
    call.tx.tell(
        "search.save", call.actor, "saved_searches", id_, name=given.name, notify=given.notify, asked=asked
    )
    return _shown(row)


def saved(call: Call, given: Nothing) -> answers.SavedSearches:
    """All that the asker keeps, the newest first."""
    return answers.SavedSearches(tuple(_shown(row) for row in _own(call)))


def forget(call: Call, given: Named) -> Done:
    """Keeps a search no longer."""
    call.tx.one(s.saved_searches, given.id, call.actor)
    call.tx.execute(sa.delete(s.saved_searches).where(s.saved_searches.c.id == given.id))
    call.tx.tell("search.forget", call.actor, "saved_searches", given.id)
    return Done(given.id)


def _own(call: Call) -> list[Row]:
    c = s.saved_searches.c
    statement = sa.select(s.saved_searches).order_by(c.created_at.desc(), c.id)
    return list(call.tx.rows(statement, call.actor))


def _shown(row: Row) -> answers.SavedSearch:
    return answers.SavedSearch(row["id"], row["version"], row["name"], json.loads(row["asked"]), bool(row["notify"]),
                               row["seen_at"], row["created_at"])  # fmt: skip
