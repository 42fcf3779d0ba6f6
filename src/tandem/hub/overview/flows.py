"""What flows between cities: introductions from the need's city to the organisation's, and how far they came."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tandem.hub.call import Call
from tandem.hub.overview.answers import Flow
from tandem.storage.database import schema as s

_SHOWN = 300


def flows(call: Call, since: int) -> tuple[tuple[Flow, ...], bool]:
    """The flows of introductions proposed since an instant, the largest first; whether there are more."""
    i, n, o = s.introductions.c, s.needs.c, s.organisations.c
    proposed = sa.func.count().label("proposed")
    introduced, agreed, outcome = (
        _sum(i.introduced_at.is_not(None), "introduced"),
        _sum(i.agreed_at.is_not(None), "agreed"),
        _sum(i.state == "outcome", "outcome"),
    )
    statement = (
        sa.select(n.city.label("origin"), o.city.label("to"), proposed, introduced, agreed, outcome)
        .select_from(s.introductions.join(s.needs, n.id == i.need_id).join(s.organisations, o.id == i.org_id))
        .where(i.created_at >= since)
        .group_by(n.city, o.city)
        .order_by(introduced.desc(), proposed.desc(), n.city, o.city)
        .limit(_SHOWN + 1)
    )
    rows = call.tx.unguarded(statement)
    return tuple(_flow(row) for row in rows[:_SHOWN]), len(rows) > _SHOWN


def _flow(row: Any) -> Flow:
    counts = (int(row[name]) for name in ("proposed", "introduced", "agreed", "outcome"))
    return Flow(row["origin"], row["to"], *counts)


def _sum(where: sa.ColumnElement[bool], name: str) -> sa.Label[Any]:
    return sa.func.sum(sa.case((where, 1), else_=0)).label(name)
