"""The hub as a whole: what waits, what is lacking where, who is shown, how long it takes, what flows between cities.

Everything is counted by the database; what comes out of it is bounded by groups, never by records.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.domain.introductions import LIVE
from tandem.hub.call import Call
from tandem.hub.overview import answers, attention, exposure, flows, gaps, standing, times
from tandem.hub.overview.inputs import OverviewQuery
from tandem.hub.overview.kept import Kept
from tandem.storage.database import schema as s

_ALL = OverviewQuery()


def show(call: Call, given: OverviewQuery) -> answers.Overview:
    """The overview. Raises Invalid city.unknown, service.unknown."""
    kept = call.hub.part(Kept)
    found = standing.newest_round(call)
    round_id = found["id"] if found else None
    since = call.now - given.days * DAY
    every, offers = kept.of(call, "all", lambda: _gaps(call, _ALL, round_id))
    narrow = OverviewQuery(**{name: getattr(given, name) for name in gaps.NAMES})
    demand, supply = (
        (every, offers) if narrow == _ALL else kept.of(call, narrow, lambda: _gaps(call, narrow, round_id))
    )
    shown, spans, (flowing, cut) = kept.of(
        call,
        given.days,
        lambda: (exposure.exposure(call, since), times.times(call, since), flows.flows(call, since)),
    )
    by = {name: gaps.by(name, demand, supply, given) for name in gaps.NAMES}
    return answers.Overview(
        totals=_totals(call, gaps.sums(every), offers),
        attention=attention.attention(call, gaps.sums(every)),
        by_kind=by["kind"],
        by_service=by["service_code"],
        by_sector=by["sector"],
        by_city=by["city"],
        round_id=round_id,
        round_at=found["changed_at"] if found else None,
        days=given.days,
        exposure=shown,
        times=spans,
        flows=flowing,
        flows_cut=cut,
    )


def _gaps(call: Call, given: OverviewQuery, round_id: str | None) -> tuple[gaps.Demand, gaps.Supplies]:
    return gaps.demand(call, given, round_id), gaps.supply(call, given)


def _totals(call: Call, demand: gaps.Sums, supply: gaps.Supplies) -> answers.Totals:
    o, i = s.organisations.c, s.introductions.c
    verified = sa.func.sum(sa.case((o.state == "verified", 1), else_=0)).label("verified")
    n: sa.Label[Any] = sa.func.count().label("n")
    known = sa.select(n, verified).where(o.state != "refused")
    organisations = call.tx.rows(known, call.actor)[0]
    live = sa.select(n).where(i.state.in_(LIVE))
    return answers.Totals(
        organisations=int(organisations["n"]),
        verified=int(organisations["verified"] or 0),
        posed=demand.posed,
        needs=demand.needs,
        slots=demand.slots,
        offers=sum(one.offers for one in supply),
        free=sum(one.free for one in supply),
        live=int(call.tx.rows(live, call.actor)[0]["n"]),
    )
