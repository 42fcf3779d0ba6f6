"""Lists of introductions: those of one's organisation, one of them, and what the broker has to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tandem.domain.introductions import ENDED, ENGAGED, LIVE, STEPS, WAITS_ON
from tandem.hub.call import Call
from tandem.hub.introductions import answers, moving, views
from tandem.hub.introductions.inputs import IntroductionQuery, WorkQuery
from tandem.hub.records import cursor
from tandem.hub.records.inputs import Named
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.rounds import capacity

_i = s.introductions.c


def listed(call: Call, given: IntroductionQuery) -> answers.Introductions:
    """The newest first. No filter takes what only the other side knows."""
    statement = sa.select(s.introductions)
    if given.need is not None:
        statement = statement.where(_i.need_id == given.need)
    if given.state is not None:
        statement = statement.where(_i.state == given.state)
    if given.waiting:
        on = {
            side: [state for state, party in WAITS_ON.items() if party == side]
            for side in ("poser", "invited")
        }
        org = call.actor.org
        statement = statement.where(
            sa.or_(
                (_i.poser_id == org) & _i.state.in_(on["poser"]),
                (_i.org_id == org) & _i.state.in_(on["invited"]),
            )
            if not call.actor.operates
            else _i.state.in_(LIVE)
        )
    rows, after = cursor.part(call, statement, s.introductions, given)
    return answers.Introductions(views.shown(call, rows), after)


def show(
    call: Call, given: Named
) -> answers.PosedIntroduction | answers.InvitedIntroduction | answers.BrokeredIntroduction:
    """One introduction, as the asker's side sees it."""
    return views.one(call, moving.found(call, given.id))


def worklist(call: Call, given: WorkQuery) -> answers.WorkList:
    """What waits on whom, the most overdue first; with the first part, the needs that nobody is proposed for."""
    # What waits has a lease; where that is said, its index is read from there on, and not through all that has ended.
    statement = sa.select(s.introductions).where(_i.state.in_(LIVE), _i.lease_until >= 0)
    if given.overdue:
        statement = statement.where(_i.lease_until <= call.now)
    if (last := cursor.begun(call, given, cursor.number, cursor.record)) is not None:
        statement = statement.where(sa.tuple_(_i.lease_until, _i.id) > sa.tuple_(*last))
    found = call.tx.rows(statement.order_by(_i.lease_until, _i.id).limit(given.limit + 1), call.actor)
    rows, after = cursor.cut(call, found, given, lambda row: (row["lease_until"], row["id"]))
    return answers.WorkList(_lines(call, rows), _unfilled(call, given.limit) if last is None else (), after)


def _lines(call: Call, rows: Sequence[Row]) -> tuple[answers.Waiting, ...]:
    n, o = s.needs.c, s.organisations.c
    ids = {row[name] for row in rows for name in ("poser_id", "org_id")} - {None}
    titles = call.tx.rows(
        sa.select(n.id, n.title).where(n.id.in_({row["need_id"] for row in rows})), call.actor
    )
    title = {row["id"]: row["title"] for row in titles}
    named = call.tx.rows(sa.select(o.id, o.name).where(o.id.in_(ids)), call.actor)
    name = {row["id"]: row["name"] for row in named}
    staffed = views.staffed(call, ids)
    return tuple(
        answers.Waiting(
            id=row["id"],
            state=row["state"],
            need_id=row["need_id"],
            title=title[row["need_id"]],
            poser=name.get(row["poser_id"]),
            organisation=name[row["org_id"]],
            waits_on=views.whom(row, staffed),
            step=STEPS[row["state"]],
            due_at=row["lease_until"],
            overdue=row["lease_until"] <= call.now,
            reminded_at=row["reminded_at"],
        )
        for row in rows
    )


def _unfilled(call: Call, limit: int) -> tuple[answers.Unfilled, ...]:
    """Posed needs with fewer introductions alive than slots, some of whose have ended: their lists gave nobody more."""
    n = s.needs.c
    counted = sa.select(
        n.id,
        n.title,
        capacity.slots().label("slots"),
        _of_need(capacity.count_of(ENGAGED)).label("live"),
        _of_need(capacity.count_of(ENDED)).label("ended"),
        _of_need(sa.func.max(_i.ended_at)).label("since"),
    )
    c = (
        counted.where(s.posed).subquery().c
    )  # from posed needs on: of ended introductions there are more every year
    statement = (
        sa.select(c.id, c.title, c.slots, c.live, c.ended)
        .where(c.live < c.slots, c.ended > 0)
        .order_by(c.since, c.id)
        .limit(limit)
    )
    return tuple(
        answers.Unfilled(row["id"], row["title"], int(row["slots"]), int(row["live"]), int(row["ended"]))
        for row in call.tx.unguarded(statement)
    )


def _of_need(figure: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """A figure of the introductions of the need that a statement is at."""
    return sa.select(figure).where(_i.need_id == s.needs.c.id).correlate(s.needs).scalar_subquery()
