"""Clusters and their tiers: how far each is from the next, how fast it must grow, and how likely it gets there.

A figure printed as "> 900" is open: its distance to the next tier is then at most, its odds are at least, what is told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from tandem.domain.cities import place as code_of
from tandem.engine.figures import places
from tandem.engine.region import growth as growing
from tandem.engine.region.fan import SEED, Draws, Floats, Reach, deviations, draw, final, percentiles
from tandem.engine.region.growth import Growth
from tandem.engine.region.targets import Scenario

TIERS = {1e12: "trillion", 1e11: "hundred_billion"}
"""Tiers that have a name of their own; another threshold is known by the id of its figure."""
_SIZE = r"(?i)cluster|集群"
_SERIES = 3  # closed yearly values from which a cluster's own growth is read
_FURTHEST = 60  # years ahead for which odds are told at all
_KEPT = 64  # sets of paths; clusters whose growth is assumed share theirs, a series has its own


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """years: by which the odds are told; means: stated annual growth of the scenarios (to the last of years).

    assumed: the mean where neither a series nor a published growth figure tells it; paths, seed: of the fan; 20,000
    paths leave an error of at most 0.35 points and keep hundreds of clusters quick
    """

    years: tuple[int, ...] = (2027, 2030, 2035)
    means: tuple[float, ...] = (0.03, 0.05, 0.08)
    assumed: float = 0.05
    paths: int = 20_000
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class ClusterState:
    """One cluster against the tiers; value, next_value and distance in yuan (or the figure's own currency).

    open       the figure is a lower bound: distance and required are at most, reach and reached at worst, what is told
    tier       trillion | hundred_billion | the id of another threshold; None below all of them
    next_tier  the figure id of the next threshold; None at the top
    scenarios  one for each stated mean: the level in the last year, and when (decimal year) the next tier is reached
    reach      (year, odds of being at the next tier by then) at `growth`, whose basis is series, published or assumed
    required   (year, annual growth that leads from the figure to the next tier in that year)
    missing    codes of what is not known: cluster.no_revenue, no_figure, no_number, no_thresholds
    """

    cluster_id: str
    figure_id: str | None
    value: float | None
    open: bool
    year: int | None
    tier: str | None
    next_tier: str | None
    next_value: float | None
    distance: float | None
    scenarios: tuple[Scenario, ...]
    reach: tuple[tuple[int, Reach], ...]
    missing: tuple[str, ...]
    growth: Growth | None = None
    required: tuple[tuple[int, float], ...] = ()


def judge_clusters(
    clusters: pl.DataFrame,
    figures: pl.DataFrame,
    indicators: pl.DataFrame | None = None,
    settings: ClusterSettings = ClusterSettings(),
) -> tuple[ClusterState, ...]:
    """Every cluster of the register as its latest revenue figure and the loaded thresholds put it.

    clusters    cluster_id, revenue (an indicator's id or name; null where none is published), cities
    figures     the parsed figures frame; thresholds are its rows of kind threshold in money that speak of clusters
    indicators  names for `revenue`, and growth_of for published growth
    Guarantees  one state per cluster in the table's order, those without revenue too, saying what is missing; seeded
    Example     "> 900" billion of 2024 against a tier of 1,000: distance 100, required to 2030 1.77 %/yr, both at most
    """
    asked = [text for text in clusters["revenue"].to_list() if text]
    ids = places.indicator_ids(asked, indicators)
    held = _held(figures, set(ids.values()), _growths(indicators, set(ids.values())))
    tiers = _thresholds(figures)
    states = [
        _judge(row, ids.get(row["revenue"] or ""), held, tiers, settings)
        for row in clusters.select("cluster_id", "revenue", "cities").iter_rows(named=True)
    ]
    starts = [one.year for one in states if one.year is not None]
    span = min(_FURTHEST, max(settings.years, default=0) - min(starts, default=0))
    rises = _Rises(draw(max(1, span), settings.paths, settings.seed))
    return tuple(_with_odds(one, rises, settings) for one in states)


@dataclass(frozen=True, slots=True)
class _Held:
    """Figures of revenue and of its growth, by indicator, earlier years first; growth_id: indicator -> its growth's."""

    rows: Mapping[str, list[dict[str, Any]]]
    growth_id: Mapping[str, str]


def _growths(indicators: pl.DataFrame | None, wanted: set[str]) -> dict[str, str]:
    if indicators is None or "growth_of" not in indicators.columns:
        return {}
    pairs = indicators.select("growth_of", "indicator_id").drop_nulls().iter_rows()
    return {level: growth for level, growth in pairs if level in wanted}


def _held(figures: pl.DataFrame, wanted: set[str], growths: Mapping[str, str]) -> _Held:
    texts = [
        pl.col(one).cast(pl.String)
        for one in ("indicator_id", "geo_id", "kind", "dimension", "currency", "vintage")
    ]
    rows: dict[str, list[dict[str, Any]]] = {}
    asked = pl.Series(sorted(wanted | set(growths.values())), dtype=pl.String)
    mine = (
        figures.filter(
            pl.col("indicator_id").is_in(asked.cast(figures.schema["indicator_id"]).implode()),
            pl.col("kind") == "baseline",
        )
        .select("figure_id", *texts, "lower", "upper", "first_year", "last_year")
        .with_columns(year=pl.coalesce("last_year", "first_year"))
        .sort("year", "vintage", nulls_last=False, maintain_order=True)
    )  # fmt: skip
    for row in mine.iter_rows(named=True):
        rows.setdefault(row["indicator_id"], []).append(row)
    return _Held(rows, growths)


def _thresholds(figures: pl.DataFrame) -> list[tuple[float, str, str]]:
    """(level, figure id, currency) of each tier, lowest first; a level stands once."""
    said = pl.concat_str(pl.col("indicator", "unit").cast(pl.String), separator=" ", ignore_nulls=True)
    thresholds = figures.filter(
        pl.col("kind") == "threshold", pl.col("dimension") == "money", pl.col("lower").is_not_null()
    )
    found = thresholds.filter(said.str.contains(_SIZE)).select(
        "lower", "figure_id", pl.col("currency").cast(pl.String).fill_null("CNY")
    )
    return sorted(found.unique(["lower", "currency"], keep="first", maintain_order=True).rows())


def _judge(
    cluster: Mapping[str, Any],
    indicator: str | None,
    held: _Held,
    tiers: Sequence[tuple[float, str, str]],
    settings: ClusterSettings,
) -> ClusterState:
    rows = _here(held.rows.get(indicator or "", []), cluster["cities"])
    latest = next((row for row in reversed(rows) if _is_number(row)), None)
    if latest is None:
        named = "cluster.no_number" if rows else "cluster.no_figure"
        return _unmeasured(cluster["cluster_id"], named if indicator else "cluster.no_revenue")
    value, year = float(latest["lower"]), latest["year"]
    growths = _here(held.rows.get(held.growth_id.get(indicator or "", ""), []), cluster["cities"])
    mine = [(level, key) for level, key, currency in tiers if currency == (latest["currency"] or "CNY")]
    below = [one for one in mine if one[0] <= value]
    above = next((one for one in mine if one[0] > value), None)
    return ClusterState(
        cluster_id=cluster["cluster_id"],
        figure_id=latest["figure_id"],
        value=value,
        open=bool(latest["upper"] > value),
        year=year,
        tier=TIERS.get(below[-1][0], below[-1][1]) if below else None,
        next_tier=above[1] if above else None,
        next_value=above[0] if above else None,
        distance=above[0] - value if above else None,
        scenarios=(),
        reach=(),
        missing=() if mine else ("cluster.no_thresholds",),
        growth=_growth(rows, growths, settings) if above else None,
    )


def _unmeasured(cluster_id: str, code: str) -> ClusterState:
    return ClusterState(cluster_id, None, None, False, None, None, None, None, None, (), (), (code,))


def _is_number(row: Mapping[str, Any]) -> bool:
    return row["dimension"] == "money" and row["lower"] is not None and math.isfinite(row["lower"])


def _here(rows: list[dict[str, Any]], cities: str | None) -> list[dict[str, Any]]:
    """The figures of the cluster's own place: its province, or its city where it is in one; else of any one place.

    Two provinces may publish figures of one indicator; they are never mixed.
    """
    named = [one.strip() for one in (cities or "").replace("；", ";").split(";") if one.strip()]
    codes = {code_of(one) or one for one in named}
    wider = {f"{code[:2]}0000" for code in codes}
    own = codes if len(codes) == 1 else wider if len(wider) == 1 else set()
    for place in (*sorted(own), *sorted(wider - own), *dict.fromkeys(row["geo_id"] for row in rows)):
        found = [row for row in rows if row["geo_id"] == place]
        if found:
            return found
    return []


def _growth(rows: list[dict[str, Any]], growths: list[dict[str, Any]], settings: ClusterSettings) -> Growth:
    """From the cluster's own series, else its published growth, else assumed."""
    closed = {
        row["year"]: row
        for row in rows
        if _is_number(row) and row["upper"] == row["lower"] > 0 and row["year"]
    }
    if len(closed) >= _SERIES:
        ids = tuple(row["figure_id"] for row in closed.values())
        return growing.from_series(list(closed), [row["lower"] for row in closed.values()], figures=ids)
    told = [row for row in growths if row["dimension"] == "growth" and row["lower"] is not None]
    if told and told[-1]["lower"] == told[-1]["upper"]:
        return growing.stated(told[-1]["lower"], figures=(told[-1]["figure_id"],))
    return growing.stated(settings.assumed, basis="assumed")


class _Rises:
    """By how much paths of a growth multiply a value within so many years; the last ones made are kept."""

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.furthest = len(draws.shocks)
        self._made: dict[tuple[Growth, int], tuple[Floats, Floats]] = {}

    def reach(self, value: float, goal: float, growth: Growth, years: int) -> Reach:
        """The odds that value has become goal after so many years, as `fan.reach` of its levels says."""
        if (growth, years) not in self._made:
            if len(self._made) >= _KEPT:
                self._made.pop(next(iter(self._made)))
            factors = final(1.0, growth, deviations(growth, self.draws, years))
            self._made[growth, years] = np.sort(factors), percentiles(factors)
        factors, (low, _, middle, _, high) = self._made[growth, years]
        share = 1 - int(np.searchsorted(factors, goal / value)) / len(factors)
        error = math.sqrt(share * (1 - share) / len(factors))
        return Reach(share, error, float(value * low), float(value * middle), float(value * high))


def _with_odds(state: ClusterState, rises: _Rises, settings: ClusterSettings) -> ClusterState:
    """The state with its scenarios, its odds and the growth it would take, for the years after its figure's."""
    if state.value is None or state.next_value is None or state.year is None or state.growth is None:
        return state
    value, goal, year, growth = state.value, state.next_value, state.year, state.growth
    spans = [one - year for one in settings.years if 0 < one - year <= rises.furthest]
    if not spans or value <= 0:
        return state
    bare = replace(growth, figures=())  # what it stands on does not change its paths
    return replace(
        state,
        scenarios=tuple(
            _scenario(value, goal, year, bare.at(mean), max(spans), rises) for mean in settings.means
        ),
        reach=tuple((year + n, rises.reach(value, goal, bare, n)) for n in spans),
        required=tuple((year + n, (goal / value) ** (1 / n) - 1) for n in spans),
    )


def _scenario(value: float, goal: float, year: int, growth: Growth, years: int, rises: _Rises) -> Scenario:
    """Growth at a stated mean: level x0 (1 + m)^n, reached when x0 (1 + m)^t = goal, and the odds around it."""
    return Scenario(
        mean=growth.mean,
        level=value * (1 + growth.mean) ** years,
        reached=year + math.log(goal / value) / math.log1p(growth.mean) if growth.mean > 0 else None,
        reach=rises.reach(value, goal, growth, years),
    )
