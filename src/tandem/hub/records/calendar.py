"""When an organisation's offers have room: month by month, exactly for its own people, as others read it for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain.introductions import left
from tandem.domain.records import CLOSED, capacity_band
from tandem.hub.call import Call
from tandem.hub.records import answers, owning
from tandem.hub.records.inputs import CalendarQuery
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.rounds import capacity

_MOST = 50  # offers of one organisation


def calendar(call: Call, given: CalendarQuery) -> answers.Calendar:
    """The open offers of an organisation over the coming months. Raises Absent record.absent."""
    org = call.tx.one(s.organisations, given.id, call.actor)
    o = s.offers.c
    own = sa.select(s.offers).where(o.org_id == org["id"], o.state.not_in(CLOSED["offers"]))
    if given.offer is not None:
        own = own.where(o.id == given.offer)
    rows = call.tx.rows(own.order_by(o.created_at.desc(), o.id).limit(_MOST), call.actor)
    whole = owning.sees_own(call.actor, org)
    held = capacity.held(call.tx, [row["id"] for row in rows]) if whole else {}
    months = tuple(_months(day(call.now), given.months))
    return answers.Calendar(
        org["id"], months, tuple(_line(row, months, held.get(row["id"], 0), whole) for row in rows)
    )


def _months(today: str, n: int) -> Iterator[str]:
    """The months from that of a day on, "2027-01"."""
    first = int(today[:4]) * 12 + int(today[5:7]) - 1
    for number in range(first, first + n):
        yield f"{number // 12}-{number % 12 + 1:02d}"


def _line(row: Row, months: Sequence[str], held: int, whole: bool) -> answers.CalendarLine:
    """An offer; whoever does not see it as its owner reads what it states as a band, and nothing of what is held."""
    begin, end = (row["available_from"] or "")[:7], (row["available_to"] or "9999")[:7]
    open_ = tuple(begin <= month <= end for month in months)
    if not whole:
        return answers.CalendarLine(
            row["id"], row["title"], capacity_band(row["capacity"]), None, None, open_
        )
    free = left(row["capacity"], held)
    return answers.CalendarLine(row["id"], row["title"], str(left(row["capacity"], 0)), held, free, open_)
