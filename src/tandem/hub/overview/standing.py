"""How posed needs stand: the conditions that the overview counts by, and the lists behind its numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain.introductions import FILLING, HOLDING, LIVE
from tandem.hub.call import Call
from tandem.hub.overview import answers
from tandem.hub.overview.inputs import OverviewQuery, StandingQuery
from tandem.hub.records import cursor, owning
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

LACKING = ("weak", "none")
TAKEN = (*HOLDING, "outcome")  # an introduction that somebody was found by: one slot less to look for
ALIVE = tuple(dict.fromkeys((*LIVE, *FILLING)))
_ROUNDS = 20  # looked at for one that took all needs in

_n, _i = s.needs.c, s.introductions.c
SLOTS = sa.func.coalesce(_n.slots, 1)


def posed(given: StandingQuery) -> list[sa.ColumnElement[bool]]:
    """What a need must be to be listed: posed, and as filtered. Raises Invalid city.unknown, service.unknown."""
    return [_n.state == "posed", *wanted(given)]


def wanted(given: OverviewQuery | StandingQuery) -> list[sa.ColumnElement[bool]]:
    """The filters alone. Raises as `posed`."""
    told = {"kind": given.kind, "sector": given.sector, "city": owning.city(given.city),
              "service_code": owning.service(given.service_code)}  # fmt: skip
    return [_n[name] == value for name, value in told.items() if value is not None]


def in_time(call: Call) -> sa.ColumnElement[bool]:
    """The need is not past its day."""
    return _n.due_on.is_(None) | (_n.due_on >= day(call.now))


def newest_round(call: Call) -> Row | None:
    """The round that says which needs find supply: the newest that took all needs in, else the newest; with `given`."""
    r = s.rounds.c
    cleared = r.state.in_(("cleared", "published"))
    newest = sa.select(r.id, r.changed_at, r.given).where(cleared).order_by(r.created_at.desc(), r.id.desc())
    rows = call.tx.rows(newest.limit(_ROUNDS), call.actor)
    return next((row for row in rows if _of_all(json.loads(row["given"]))), rows[0] if rows else None)


def _of_all(given: Mapping[str, Any]) -> bool:
    return not any(given.get(name) for name in ("needs", "kind", "city"))


def needs(call: Call, given: StandingQuery) -> answers.Standings:
    """The needs of one standing. Raises Invalid city.unknown, service.unknown, list.cursor."""
    found = newest_round(call)
    round_id = found["id"] if found else ""
    statement = sa.select(s.needs).where(*posed(given), _about(call, given.about, round_id))
    rows, after = cursor.part(call, statement, s.needs, given)
    return answers.Standings(_shown(call, rows, round_id), after)


def _count(states: Sequence[str] | None = None) -> sa.ColumnElement[int]:
    """How many introductions a need has, of some states."""
    counted = sa.select(sa.func.count()).where(_i.need_id == _n.id)
    return (
        (counted if states is None else counted.where(_i.state.in_(states)))
        .correlate(s.needs)
        .scalar_subquery()
    )


def conditions(
    call: Call,
    met: sa.ColumnElement[int],
    taken: sa.ColumnElement[int],
    alive: sa.ColumnElement[int],
    lacking: sa.ColumnElement[bool],
) -> Mapping[str, sa.ColumnElement[bool]]:
    """How a posed need stands: what the overview counts and what its lists show, by name.

    met      how many introductions the need has; taken, alive: how many of those states
    lacking  whether a round found too little supply for it
    """
    still = in_time(call) & (taken < SLOTS)
    return {
        "open": still,
        "past_due": sa.not_(in_time(call)),
        "unmatched": still & lacking,
        "unproposed": still & (met == 0),
        "unfilled": still & (met > 0) & (alive < SLOTS),
    }


def _about(call: Call, about: str, round_id: str) -> sa.ColumnElement[bool]:
    r = s.round_needs.c
    found = sa.select(r.need_id).where(r.round_id == round_id, r.need_id == _n.id, r.supply.in_(LACKING))
    lacking = found.correlate(s.needs).exists()
    return conditions(call, _count(), _count(TAKEN), _count(ALIVE), lacking)[about]


def _shown(call: Call, rows: Sequence[Row], round_id: str) -> tuple[answers.Standing, ...]:
    ids = [row["id"] for row in rows]
    counts = {row["need_id"]: row for row in call.tx.rows(_counted(ids), call.actor)}
    supply = _supply(call, ids, round_id)
    name = owning.names(call, call.actor, {row["org_id"] for row in rows} - {None})
    return tuple(_standing(row, counts.get(row["id"], {}), supply.get(row["id"]), name) for row in rows)


def _counted(ids: Sequence[str]) -> sa.Select[Any]:
    taken = sa.func.sum(sa.case((_i.state.in_(TAKEN), 1), else_=0)).label("taken")
    return (
        sa.select(_i.need_id, sa.func.count().label("n"), taken)
        .where(_i.need_id.in_(ids))
        .group_by(_i.need_id)
    )


def _supply(call: Call, ids: Sequence[str], round_id: str) -> Mapping[str, str]:
    r = s.round_needs.c
    asked = sa.select(r.need_id, r.supply).where(r.round_id == round_id, r.need_id.in_(ids))
    return {row["need_id"]: row["supply"] for row in call.tx.rows(asked, call.actor)}


def _standing(row: Row, counts: Row, supply: str | None, name: Mapping[str, str]) -> answers.Standing:
    slots = 1 if row["slots"] is None else row["slots"]
    return answers.Standing(
        id=row["id"],
        title=row["title"],
        lang=row["lang"],
        kind=row["kind"],
        city=row["city"],
        sector=row["sector"],
        service_code=row["service_code"],
        organisation=name.get(row["org_id"]),
        slots=slots,
        open=max(slots - int(counts.get("taken") or 0), 0),
        proposals=int(counts.get("n") or 0),
        supply=supply,
        due_on=row["due_on"],
        created_at=row["created_at"],
    )
