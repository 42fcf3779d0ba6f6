"""Clusters as answers: each with its place among the tiers, the distance to the next and the odds of reaching it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tandem.engine.region.clusters import ClusterState
from tandem.hub.regional import answers
from tandem.hub.regional.answers import Number, Text
from tandem.hub.regional.kept import State
from tandem.hub.regional.telling import Said, Teller
from tandem.storage.region_report.numbers import Grain, amount, grain, percent, probability
from tandem.storage.report.two import Two, phrase

_MONEY = Grain("money", "CNY", 0.0, "")
_NAMED = ("trillion", "hundred_billion")


def clusters(state: State) -> answers.Clusters:
    """All clusters, the largest first, then those that nothing can be said of."""
    teller = Teller(state.view)
    facts = {row["cluster_id"]: row for row in state.view.tables["clusters"].iter_rows(named=True)}
    ordered = sorted(state.view.clusters, key=lambda one: (one.value is None, -(one.value or 0.0)))
    items = tuple(_cluster(one, facts.get(one.cluster_id, {}), teller) for one in ordered)
    return answers.Clusters(state.about, _tiers(teller), items, teller.told())


def _tiers(teller: Teller) -> tuple[answers.Tier, ...]:
    known = sorted(
        (row["lower"], row["figure_id"], grain(row)) for row in teller.cites.rows()
        if row["kind"] == "threshold" and row["dimension"] == "money" and row["lower"] is not None
    )  # fmt: skip
    return tuple(
        answers.Tier(level, teller.certain(figure, amount(level, like))) for level, figure, like in known
    )


def _cluster(one: ClusterState, facts: Mapping[str, Any], teller: Teller) -> answers.Cluster:
    name = teller.name("clusters", one.cluster_id)
    named = one.tier is None or one.tier in _NAMED
    return answers.Cluster(
        id=one.cluster_id,
        name=name,
        industries=facts.get("industries") or "",
        cities=tuple(teller.name("geographies", city) for city in _several(facts.get("cities"))),
        chain=facts.get("chain"),
        source=facts.get("source") or "",
        value=teller.figure(one.figure_id),
        year=teller.figure(one.figure_id, str(one.year)) if one.year else None,
        level=one.value,
        open=one.open,
        tier=one.tier,
        tier_figure=None if named else teller.figure(one.tier),
        next=teller.figure(one.next_tier),
        next_level=one.next_value,
        distance=_distance(one, name, teller),
        years=tuple(_years(one, name, teller)),
        odds=tuple(_odds(one, name, teller)),
        missing=one.missing,
    )


def _several(value: str | list[str] | None) -> list[str]:
    parts = value.replace("；", ";").split(";") if isinstance(value, str) else list(value or [])
    return [part.strip() for part in parts if part.strip()]


def _distance(one: ClusterState, name: Text, teller: Teller) -> Number | None:
    if one.distance is None or one.distance <= 0 or one.next_tier is None:
        return None
    far = amount(one.distance, teller.grain(one.figure_id, _MONEY))
    shown = Two(f"≤ {far.zh}", f"≤ {far.en}") if one.open else far
    return teller.compute(f"{one.cluster_id}-distance", shown, subject=name, how="distance",
                          inputs=(one.figure_id, one.next_tier))  # fmt: skip


def _years(one: ClusterState, name: Text, teller: Teller) -> list[tuple[Number, Number | None]]:
    found: list[tuple[Number, Number | None]] = []
    for i, scenario in enumerate(one.scenarios):
        key = f"{one.cluster_id}-scenario-{i + 1}"
        mean = teller.compute(key, percent(scenario.mean), subject=name, how="years",
                              inputs=(one.figure_id, one.next_tier))  # fmt: skip
        reached = scenario.reached
        when = teller.again(key, f"{reached:.1f}") if reached is not None and math.isfinite(reached) else None
        found.append((mean, when))
    return found


def _odds(one: ClusterState, name: Text, teller: Teller) -> list[answers.Odds]:
    found, needed, growth = [], dict(one.required), one.growth
    told: dict[str, Said] = {"mean": "-", "sd": "-", "phi": "-", "basis": "-"}
    if growth is not None:
        told = {"mean": percent(growth.mean), "sd": percent(growth.sd), "phi": f"{growth.phi:.2f}",
                "basis": phrase(f"regionpage.basis.{growth.basis}.full")}  # fmt: skip
    for year, reach in one.reach:
        key, odds = f"{one.cluster_id}-reach-{year}", probability(reach.probability, reach.error)
        shown = teller.compute(
            key, f"≥ {odds}" if one.open and odds[0] not in "<>" else odds, subject=name, how="reach.cluster",
            inputs=(one.figure_id, one.next_tier, *(growth.figures if growth else ())), year=str(year), **told,
        )  # fmt: skip
        found.append(
            answers.Odds(teller.again(key, str(year)), shown, _needs(one, year, needed, name, teller))
        )
    return found


def _needs(
    one: ClusterState, year: int, needed: Mapping[int, float], name: Text, teller: Teller
) -> Number | None:
    if year not in needed:
        return None
    shown = f"≤ {percent(needed[year])}" if one.open else percent(needed[year])
    return teller.compute(f"{one.cluster_id}-needs-{year}", shown, subject=name, how="needs.cluster",
                          inputs=(one.figure_id, one.next_tier), year=str(year))  # fmt: skip
