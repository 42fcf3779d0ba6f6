"""Needs: posed by a member, listed and shown to whom they are open, changed and withdrawn by their poser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.base.errors import Invalid
from tandem.domain.records import budget_band
from tandem.hub.call import Call
from tandem.hub.records import answers, cursor, owning
from tandem.hub.records.inputs import Named, NeedChange, NeedDraft, NeedFields, NeedQuery
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_DEFAULTS = {"slots": 1, "importance": 1, "currency": "CNY"}


def pose(call: Call, given: NeedDraft) -> answers.OwnNeed:
    """Puts a need in front of those who may answer it; a draft waits for its poser."""
    org = owning.organisation(call, given.organisation)
    told = {**_DEFAULTS, **_told(given), "title": given.title}
    need = call.tx.add(s.needs, {
        "visibility": "members", **told, "org_id": org, "posted_on": day(call.now), "anonymous": bool(given.anonymous),
        "pseudonym": call.tx.ids(), "state": "draft" if given.draft else "posed",
    })  # fmt: skip
    owning.name(call, need["id"], given.named)
    call.tx.tell("need.pose", call.actor, "needs", need["id"], org=org, **told)
    return _own(need, given.named)


def listed(call: Call, given: NeedQuery) -> answers.Needs:
    """The newest needs first, as many as asked for. Whose an anonymous need is, no filter tells."""
    n = s.needs.c
    statement = sa.select(s.needs)
    for column, wanted in ((n.kind, given.kind), (n.city, given.city), (n.sector, given.sector),
                           (n.service_code, given.service_code), (n.state, given.state)):  # fmt: skip
        if wanted is not None:
            statement = statement.where(column == wanted)
    if given.organisation is not None:
        known = n.anonymous.is_(False) | (n.org_id == call.actor.org)
        statement = statement.where(n.org_id == given.organisation, known)
    if given.mine:
        statement = statement.where(n.org_id == call.actor.org)
    rows, after = cursor.part(call, statement, s.needs, given)
    shared = _named(call, [row["id"] for row in rows if owning.sees_own(call.actor, row)])
    return answers.Needs(tuple(_seen(call, row, shared) for row in rows), after)


def show(call: Call, given: Named) -> answers.Need | answers.OwnNeed:
    """One need, as whoever asks may see it."""
    row = call.tx.one(s.needs, given.id, call.actor)
    return _seen(call, row, _named(call, [row["id"]]))


def edit(call: Call, given: NeedChange) -> answers.OwnNeed:
    """Changes what is given and leaves the rest."""
    need = owning.mine(call, s.needs, given.id)
    told = {**_told(given), **({} if given.title is None else {"title": given.title})}
    after = call.tx.change(s.needs, need, told, call.version)
    if given.named:
        owning.name(call, given.id, given.named)
    call.tx.tell("need.edit", call.actor, "needs", given.id, org=need["org_id"], **told)
    return _own(after, _named(call, [given.id]).get(given.id, ()))


def withdraw(call: Call, given: Named) -> answers.OwnNeed:
    """Takes a need back; it stays its poser's record."""
    need = owning.mine(call, s.needs, given.id)
    after = call.tx.change(s.needs, need, {"state": "withdrawn"}, call.version)
    call.tx.tell("need.withdraw", call.actor, "needs", given.id, org=need["org_id"])
    return _own(after, _named(call, [given.id]).get(given.id, ()))


def _told(given: NeedFields) -> dict[str, Any]:
    """The columns that were given. Raises Invalid city.unknown, budget.order."""
    told = {
        field.name: value
        for field in fields(NeedFields)
        if field.name != "named" and (value := getattr(given, field.name)) is not None
    }
    if given.city is not None:
        told["city"] = owning.city(given.city)
    if given.due_on is not None:
        told["due_on"] = given.due_on.isoformat()
    if given.budget_min is not None and given.budget_max is not None and given.budget_min > given.budget_max:
        raise Invalid("budget.order")
    return told


def _seen(call: Call, row: Row, named: Mapping[str, Sequence[str]]) -> answers.Need | answers.OwnNeed:
    if owning.sees_own(call.actor, row):
        return _own(row, named.get(row["id"], ()))
    return shaped(
        answers.Need,
        row,
        budget=budget_band(row["budget_min"], row["budget_max"]),
        organisation=None if row["anonymous"] else row["org_id"],
        pseudonym=row["pseudonym"] if row["anonymous"] else None,
    )


def _own(row: Row, named: Sequence[str]) -> answers.OwnNeed:
    return shaped(answers.OwnNeed, row, named=tuple(named))


def _named(call: Call, ids: Sequence[str]) -> Mapping[str, list[str]]:
    """The organisations that some records name, by record."""
    found: dict[str, list[str]] = {}
    if ids:
        for row in call.tx.unguarded(
            sa.select(s.named).where(s.named.c.record_id.in_(ids)).order_by(s.named.c.org_id)
        ):
            found.setdefault(row["record_id"], []).append(row["org_id"])
    return found
