"""Rounds as the operator and the auditor see them; nobody else sees anything of a round but its introductions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.domain import moves
from tandem.hub.call import Call
from tandem.hub.records import cursor, owning
from tandem.hub.records.inputs import Named
from tandem.hub.records.shape import shaped
from tandem.hub.rounds import answers, jobs
from tandem.hub.rounds.inputs import AssignmentQuery, RoundQuery
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def listed(call: Call, given: RoundQuery) -> answers.Rounds:
    """The newest rounds first."""
    statement = sa.select(s.rounds)
    if given.state is not None:
        statement = statement.where(s.rounds.c.state == given.state)
    rows, after = cursor.part(call, statement, s.rounds, given)
    return answers.Rounds(tuple(line(call, row) for row in rows), after)


def show(call: Call, given: Named) -> answers.RoundShown:
    """One round. Raises Absent record.absent."""
    return shown(call, call.tx.one(s.rounds, given.id, call.actor))


def line(call: Call, row: Row) -> answers.Round:
    """A round in a list."""
    return shaped(answers.Round, row, title=json.loads(row["given"])["title"], totals=_totals(_summary(row)),
                  moves=_moves(call, row))  # fmt: skip


def _moves(call: Call, row: Row) -> tuple[str, ...]:
    """What the operator may do with a round itself: its job is moved by itself."""
    may = moves.actions("rounds", row["state"]) if call.actor.operates else ()
    return tuple(name for name in may if name.startswith("round."))


def shown(call: Call, row: Row) -> answers.RoundShown:
    """A round with everything that is known of it."""
    asked, summary = json.loads(row["given"]), _summary(row)
    job = call.tx.rows(sa.select(s.jobs).where(s.jobs.c.id == row["job_id"]), call.actor)
    return shaped(
        answers.RoundShown,
        row,
        title=asked["title"],
        asked={name: value for name, value in asked.items() if name != "title" and value not in (None, [])},
        job=jobs.shown(job[0]) if job else None,
        as_of=summary.get("as_of"),
        totals=_totals(summary),
        exposure=summary.get("exposure"),
        clearing=summary.get("clearing"),
        rules=tuple(summary.get("rules", ())),
        excluded=tuple(summary.get("excluded", ())),
        places=_places(call, summary.get("places", ())),
        worth=tuple(summary.get("worth", ())),
        moves=_moves(call, row),
    )


def assignments(call: Call, given: AssignmentQuery) -> answers.Assignments:
    """A part of a round's lists, with reasons, and why each pair was assigned or not."""
    row = call.tx.one(s.rounds, given.id, call.actor)
    last = cursor.begun(call, given, cursor.record, cursor.number)
    if not cleared(row):
        return answers.Assignments((), None, None)
    a = s.assignments.c
    statement = sa.select(s.assignments).where(a.round_id == given.id)
    if given.need is not None:
        statement = statement.where(a.need_id == given.need)
    if given.organisation is not None:
        statement = statement.where(a.org_id == given.organisation)
    if given.assigned:
        statement = statement.where(a.cleared.is_(True))
    if last is not None:
        statement = statement.where(sa.tuple_(a.need_id, a.rank) > sa.tuple_(*last))
    found = call.tx.rows(statement.order_by(a.need_id, a.rank).limit(given.limit + 1), call.actor)
    rows, after = cursor.cut(call, found, given, lambda row: (row["need_id"], row["rank"]))
    return answers.Assignments(
        items=_pairs(call, rows),
        next=after,
        need=None if given.need is None else _decided(call, given.id, given.need),
    )


def cleared(row: Row) -> bool:
    """Whether a round has lists: before its job has ended what stands under it is not whole."""
    return row["summary"] is not None


def _pairs(call: Call, rows: Sequence[Row]) -> tuple[answers.Assignment, ...]:
    titles = owning.names(call, call.actor, {row["need_id"] for row in rows}, s.needs)
    called = owning.names(call, call.actor, {row["org_id"] for row in rows})
    return tuple(
        shaped(
            answers.Assignment,
            row,
            title=titles.get(row["need_id"], row["need_id"]),
            organisation=called.get(row["org_id"], row["org_id"]),
            assigned=row["cleared"],
            reasons=tuple(json.loads(row["reasons"])),
            told=json.loads(row["told"]),
        )
        for row in rows
    )


def _decided(call: Call, round_id: str, need: str) -> answers.Decided | None:
    n = s.round_needs.c
    rows = call.tx.rows(sa.select(s.round_needs).where(n.round_id == round_id, n.need_id == need), call.actor)
    if not rows:
        return None
    title = owning.names(call, call.actor, [need], s.needs).get(need, need)
    return shaped(answers.Decided, rows[0], title=title, told=tuple(json.loads(rows[0]["told"])))


def _places(call: Call, found: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    called = owning.names(call, call.actor, {one["org_id"] for one in found})
    offers = {one["offer_id"] for one in found if one["offer_id"]}
    titles = owning.names(call, call.actor, offers, s.offers)
    return tuple(
        {
            **one,
            "organisation": called.get(one["org_id"], one["org_id"]),
            "title": titles.get(one["offer_id"] or ""),
        }
        for one in found
    )


def _summary(row: Row) -> Mapping[str, Any]:
    found: Mapping[str, Any] = {} if row["summary"] is None else json.loads(row["summary"])
    return found


def _totals(summary: Mapping[str, Any]) -> answers.RoundTotals | None:
    return answers.RoundTotals(**summary["totals"]) if summary else None
