"""Two rounds compared: what the later one assigns differently."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from tandem.hub.call import Call
from tandem.hub.records import cursor, owning
from tandem.hub.rounds import answers, views
from tandem.hub.rounds.inputs import Comparison
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def compare(call: Call, given: Comparison) -> answers.Compared:
    """The pairs that both rounds assign and those of one alone; the needs that are served differently, in parts."""
    rows = [call.tx.one(s.rounds, id_, call.actor) for id_ in (given.id, given.other)]
    before, after = (_assigned(call, row) for row in rows)
    first, second = (_took_part(call, row) for row in rows)
    changed = sorted(need for need in before.keys() | after.keys() if _of(before, need) != _of(after, need))
    if (last := cursor.begun(call, given, cursor.record)) is not None:
        changed = [one for one in changed if one > last[0]]
    shown, next_ = cursor.cut(call, changed, given, lambda need: (need,))
    titles = owning.names(call, call.actor, shown, s.needs)
    pairs = [{(need, org) for need, orgs in one.items() for org in orgs} for one in (before, after)]
    return answers.Compared(
        before=views.line(call, rows[0]),
        after=views.line(call, rows[1]),
        kept=len(pairs[0] & pairs[1]),
        gone=len(pairs[0] - pairs[1]),
        come=len(pairs[1] - pairs[0]),
        needs_only=(len(first - second), len(second - first)),
        items=tuple(
            answers.Changed(need, titles.get(need, need), _of(before, need), _of(after, need))
            for need in shown
        ),
        next=next_,
    )


def _of(assigned: Mapping[str, tuple[str, ...]], need: str) -> tuple[str, ...]:
    return assigned.get(need, ())


def _assigned(call: Call, round_: Row) -> Mapping[str, tuple[str, ...]]:
    """Need -> organisations, by id."""
    if not views.cleared(round_):
        return {}
    a = s.assignments.c
    pairs = sa.select(a.need_id, a.org_id).where(a.round_id == round_["id"], a.cleared.is_(True))
    found: dict[str, tuple[str, ...]] = {}
    for row in call.tx.rows(pairs.order_by(a.need_id, a.org_id), call.actor):
        found[row["need_id"]] = (*found.get(row["need_id"], ()), row["org_id"])
    return found


def _took_part(call: Call, round_: Row) -> set[str]:
    if not views.cleared(round_):
        return set()
    n = s.round_needs.c
    took_part = sa.select(n.need_id).where(n.round_id == round_["id"])
    return {row["need_id"] for row in call.tx.rows(took_part, call.actor)}
