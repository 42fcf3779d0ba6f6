"""Who is shown: small and new organisations among those that can supply, and among those that are proposed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tandem.domain.tables import SMALL_SIZES
from tandem.engine.matching.story import SMALL_HISTORY
from tandem.hub.call import Call
from tandem.hub.overview.answers import Exposure
from tandem.storage.database import schema as s

_SORTS = ("all", "newcomer", "small", "sized")
_STAGES = ("proposed", "invited", "introduced", "agreed")
_SUPPLY = -1  # beside the numbers of stages
_o, _i = s.organisations.c, s.introductions.c


def exposure(call: Call, since: int) -> tuple[Exposure, ...]:
    """Each sort of organisation, with introductions proposed since an instant."""
    history = _history()
    asked = _supplying(history).union_all(_introduced(history, since))
    rows = call.tx.unguarded(asked)
    return tuple(
        Exposure(
            sort,
            sum(int(row[sort] or 0) for row in rows if row["far"] == _SUPPLY),
            *(
                sum(int(row[sort] or 0) for row in rows if row["far"] >= least)
                for least in range(len(_STAGES))
            ),
        )
        for sort in _SORTS
    )


def _history() -> sa.CTE:
    """When an organisation's first delivery came on record, and the one with which it was small no longer."""
    by, d = s.delivered_by.c, s.deliveries.c
    place = sa.func.row_number().over(partition_by=by.org_id, order_by=d.created_at).label("place")
    ranked = (
        sa.select(by.org_id, d.created_at, place)
        .join(s.deliveries, d.id == by.delivery_id)
        .where(d.state == "stated")
        .subquery("ranked")
    )
    at = {name: sa.func.max(sa.case((ranked.c.place == number, ranked.c.created_at))).label(name)
          for name, number in (("first", 1), ("beyond", SMALL_HISTORY + 1))}  # fmt: skip
    told = sa.select(ranked.c.org_id, *at.values()).where(ranked.c.place <= SMALL_HISTORY + 1)
    return told.group_by(ranked.c.org_id).cte("history")


def _supplying(history: sa.CTE) -> sa.Select[Any]:
    """Organisations that can supply, by sort: with an open offer, or with a delivery on record."""
    offering = sa.select(s.offers.c.org_id).where(s.offered)
    sorts = (sa.true(), history.c.first.is_(None), history.c.beyond.is_(None), _o.size.in_(SMALL_SIZES))
    return (
        sa.select(sa.literal(_SUPPLY).label("far"), *map(_sum, sorts, _SORTS))
        .select_from(s.organisations.outerjoin(history, history.c.org_id == _o.id))
        .where(_o.state != "refused", _o.id.in_(offering) | history.c.first.is_not(None))
    )


def _introduced(history: sa.CTE, since: int) -> sa.Select[Any]:
    """Introductions by how far they came and by what the organisation was when it was proposed."""
    reached = [(_i[f"{stage}_at"].is_not(None), number) for number, stage in enumerate(_STAGES) if number][
        ::-1
    ]
    far = sa.case(*reached, else_=0).label("far")
    sorts = (
        sa.true(),
        sa.func.coalesce(history.c.first, _i.created_at) >= _i.created_at,
        sa.func.coalesce(history.c.beyond, _i.created_at) >= _i.created_at,
        _o.size.in_(SMALL_SIZES),
    )
    known = s.introductions.join(s.organisations, _o.id == _i.org_id)
    return (
        sa.select(far, *map(_sum, sorts, _SORTS))
        .select_from(known.outerjoin(history, history.c.org_id == _i.org_id))
        .where(_i.created_at >= since)
        .group_by(far)
    )


def _sum(where: sa.ColumnElement[bool], name: str) -> sa.Label[Any]:
    return sa.func.sum(sa.case((where, 1), else_=0)).label(name)
