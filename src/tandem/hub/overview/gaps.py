"""Supply gaps: open slots of posed needs against free places of open offers, by kind, service, sector and city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain.introductions import HOLDING
from tandem.hub.call import Call
from tandem.hub.overview import answers, standing
from tandem.hub.overview.inputs import OverviewQuery
from tandem.hub.overview.standing import ALIVE, LACKING, SLOTS, TAKEN
from tandem.hub.records import owning
from tandem.storage.database import schema as s

NAMES = ("kind", "service_code", "sector", "city")
_TOGETHER = ("kind", "service_code", "city")
_SHOWN = 40  # groups of one list
_CITIES = 400  # all that there are: a map shows them
_n = s.needs.c


@dataclass(frozen=True, slots=True)
class Sums:
    """Needs of one group, as answers.Gap counts them; `posed` all, `past_due` those past their day."""

    posed: int = 0
    past_due: int = 0
    needs: int = 0
    slots: int = 0
    unmatched: int = 0
    unproposed: int = 0
    unfilled: int = 0


_SUMS = tuple(field.name for field in fields(Sums))
_FLAGS = ("past_due", "unmatched", "unproposed", "unfilled")
Demand: TypeAlias = Mapping[str, Mapping[str | None, Sums]]  # name -> its values -> their sums


@dataclass(frozen=True, slots=True)
class Supplied:
    """Open offers of one group."""

    kind: str | None
    service_code: str | None
    city: str | None
    offers: int
    free: int


Supplies: TypeAlias = Sequence[Supplied]


def demand(call: Call, given: OverviewQuery, round_id: str | None) -> Demand:
    """The posed needs that the filters leave, summed by kind, by service, by city and by sector.

    round_id  whose findings say which needs are unmatched
    Raises    Invalid city.unknown, service.unknown
    """
    facts = _facts(call, given, round_id)
    f = facts.c
    counted = {"posed": sa.func.count(), "needs": sa.func.sum(sa.case((f.left > 0, 1), else_=0)),
               "slots": sa.func.sum(f.left),
               **{name: sa.func.sum(f[name]) for name in _FLAGS}}  # fmt: skip
    told = [counted[name].label(name) for name in _SUMS]
    three = [f[name] for name in _TOGETHER]
    together = sa.select(*three, *told).group_by(*three).cte("together")
    parts = [_summed(together, name) for name in _TOGETHER]
    by_sector = sa.select(sa.literal("sector").label("of"), f.sector.label("value"), *told).group_by(f.sector)
    found: dict[str, dict[str | None, Sums]] = {name: {} for name in NAMES}
    for row in call.tx.unguarded(sa.union_all(*parts, by_sector)):
        found[row["of"]][row["value"]] = Sums(*(int(row[name]) for name in _SUMS))
    return found


def _summed(together: sa.CTE, name: str) -> sa.Select[Any]:
    """The groups of one name, out of those of three."""
    g = together.c
    told = [sa.func.sum(g[one]).label(one) for one in _SUMS]
    return sa.select(sa.literal(name).label("of"), g[name].label("value"), *told).group_by(g[name])


def sums(found: Demand) -> Sums:
    """All needs together."""
    groups = found["kind"].values()
    return Sums(*(sum(getattr(one, name) for one in groups) for name in _SUMS))


def _facts(call: Call, given: OverviewQuery, round_id: str | None) -> sa.CTE:
    """Each need that is counted with what is counted of it; read twice, so that databases make it once."""
    i, r = s.introductions.c, s.round_needs.c
    met = (
        sa.select(i.need_id, sa.func.count().label("n"), _of("taken", TAKEN), _of("alive", ALIVE))
        .group_by(i.need_id)
        .subquery("met")
    )
    n, taken, alive = (sa.func.coalesce(met.c[name], 0) for name in ("n", "taken", "alive"))
    told = standing.conditions(call, n, taken, alive, r.supply.in_(LACKING))
    found = (r.round_id == sa.literal(round_id or "")) & (r.need_id == _n.id)
    return (
        sa.select(
            *(_n[name] for name in NAMES),
            sa.case((told["open"], SLOTS - taken), else_=0).label("left"),
            *(sa.case((told[name], 1), else_=0).label(name) for name in _FLAGS),
        )
        .select_from(s.needs.outerjoin(met, met.c.need_id == _n.id).outerjoin(s.round_needs, found))
        .where(s.posed, *standing.wanted(given))
        .cte("facts")
    )


def _of(name: str, states: Iterable[str]) -> sa.Label[int]:
    """How many introductions are in some states."""
    return sa.func.sum(sa.case((s.introductions.c.state.in_(tuple(states)), 1), else_=0)).label(name)


def supply(call: Call, given: OverviewQuery) -> Supplies:
    """The places that open offers have left, by kind, service and city of their organisation.

    Raises  Invalid city.unknown, service.unknown
    """
    f, o, i = s.offers.c, s.organisations.c, s.introductions.c
    held = (
        sa.select(i.offer_id, sa.func.count().label("n"))
        .where(i.offer_id.is_not(None), i.state.in_(HOLDING))
        .group_by(i.offer_id)
        .subquery("held")
    )
    left = sa.func.coalesce(f.capacity, 1) - sa.func.coalesce(held.c.n, 0)
    free = sa.func.sum(sa.case((left > 0, left), else_=0)).label("free")
    of_offers = {f.kind: given.kind, f.service_code: owning.service(given.service_code)}
    # By organisation first, in the order of the index: each is then looked up once, and not for each of its offers.
    own = (
        sa.select(f.org_id, f.kind, f.service_code, sa.func.count().label("offers"), free)
        .select_from(s.offers.outerjoin(held, held.c.offer_id == f.id))
        .where(
            s.offered,
            f.available_to.is_(None) | (f.available_to >= day(call.now)),
            *(column == value for column, value in of_offers.items() if value is not None),
        )
        .group_by(f.org_id, f.kind, f.service_code)
        .subquery("own")
    )
    city = owning.city(given.city)
    g = own.c
    statement = (
        sa.select(
            g.kind,
            g.service_code,
            o.city,
            sa.func.sum(g.offers).label("offers"),
            sa.func.sum(g.free).label("free"),
        )
        .select_from(own.join(s.organisations, o.id == g.org_id))
        .where(o.state != "refused", *([] if city is None else [o.city == city]))
        .group_by(g.kind, g.service_code, o.city)
    )
    return [Supplied(**{**row, "offers": int(row["offers"]), "free": int(row["free"])})
            for row in call.tx.unguarded(statement)]  # fmt: skip


def by(name: str, demand: Demand, supply: Supplies, given: OverviewQuery) -> answers.Gaps:
    """The groups of one name, the widest gap first."""
    groups = demand[name]
    # Offers tell no sector of those who need them: beside one sector's needs there is no figure of its own.
    free = None if name == "sector" or given.sector is not None else _free(name, supply)
    known = [value for value in groups if groups[value].needs] + [
        value for value in free or () if value not in groups
    ]
    rows = [_gap(value, groups.get(value, Sums()), free) for value in known]
    rows.sort(
        key=lambda gap: (-(gap.missing or 0), -gap.unmatched, -gap.slots, gap.value is None, str(gap.value))
    )
    most = _CITIES if name == "city" else _SHOWN
    return answers.Gaps(tuple(rows[:most]), max(len(rows) - most, 0))


def _free(name: str, supply: Supplies) -> Mapping[str | None, int]:
    found: dict[str | None, int] = {}
    for one in supply:
        value = getattr(one, name)
        found[value] = found.get(value, 0) + one.free
    return found


def _gap(value: str | None, one: Sums, free: Mapping[str | None, int] | None) -> answers.Gap:
    places = None if free is None else free.get(value, 0)
    missing = None if places is None else max(one.slots - places, 0)
    return answers.Gap(value, one.needs, one.slots, places, missing, one.unmatched, one.unproposed)
