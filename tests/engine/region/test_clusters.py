"""Clusters against their tiers: distances and growth by hand, odds against a simulation written anew."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from tandem.engine.figures.frame import frame
from tandem.engine.region.clusters import ClusterSettings, ClusterState, judge_clusters
from tandem.engine.region.fan import reached

SIZE = "CNY (cluster revenue)"
TIERS = (
    {
        "id": "T1",
        "indicator": "Cluster size tier 1",
        "value": "1",
        "unit": f"trillion {SIZE}",
        "kind": "threshold",
    },
    {
        "id": "T2",
        "indicator": "Cluster size tier 2",
        "value": "100",
        "unit": f"billion {SIZE}",
        "kind": "threshold",
    },
)
FAST = ClusterSettings(paths=20_000)


def figure(
    id_: str, value: str, year: str = "2024", indicator: str = "UHD revenue", **more: str
) -> dict[str, str]:
    return {"id": id_, "indicator": indicator, "value": value, "unit": "billion CNY", "year": year,
            "geography": "440000", "kind": "baseline", **more}  # fmt: skip


def judged(
    *rows: dict[str, str], cities: str | None = "440100;440300", settings: ClusterSettings = FAST, **more: Any
) -> ClusterState:
    clusters = pl.DataFrame({"cluster_id": ["uhd"], "revenue": ["UHD revenue"], "cities": [cities]})
    tiers = [{"year": "2026-", "geography": "440000", **one} for one in TIERS]
    return judge_clusters(clusters, frame([*tiers, *rows]), settings=settings, **more)[0]


def test_an_open_figure_keeps_its_openness():
    """ "> 900" bn of 2024: at the 100-billion tier, at most 100 bn from a trillion, at most 1.77 %/yr until 2030."""
    state = judged(figure("F", ">900"))
    assert (state.figure_id, state.value, state.open, state.year) == ("F", 900e9, True, 2024)
    assert (state.tier, state.next_tier, state.next_value, state.distance) == (
        "hundred_billion",
        "T1",
        1e12,
        100e9,
    )
    assert dict(state.required)[2030] == pytest.approx(0.017715, abs=5e-7)
    assert state.missing == ()


def test_a_closed_figure_is_closed():
    """A plain print is no bound."""
    assert not judged(figure("F", "900")).open


@pytest.mark.parametrize(
    ("value", "tier", "next_tier"),
    [("50", None, "T2"), ("99.9", None, "T2"), ("100", "hundred_billion", "T1"), (">100", "hundred_billion", "T1"),
     ("1000", "trillion", None), (">8000", "trillion", None)],
)  # fmt: skip
def test_tiers_begin_at_their_threshold(value, tier, next_tier):
    """At the threshold a cluster is in; at the top nothing comes next and nothing is forecast."""
    state = judged(figure("F", value))
    assert (state.tier, state.next_tier) == (tier, next_tier)
    assert (state.distance is None) == (state.reach == ()) == (state.scenarios == ()) == (next_tier is None)


def test_other_thresholds_load_and_are_known_by_their_figure():
    """A tier of 500 bn, in Chinese, stands between the two; its code is the figure's id."""
    mid = {
        "id": "T3",
        "indicator": "产业集群规模门槛",
        "value": "5000",
        "unit": "亿元",
        "kind": "threshold",
        "geography": "440000",
    }
    assert judged(figure("F", "300"), mid).next_tier == "T3"
    assert judged(figure("F", "600"), mid).tier == "T3"


def test_thresholds_of_other_things_are_no_tiers():
    """A share, a threshold that speaks of firms, and a tier in another currency are left alone."""
    others = (
        {
            "id": "S",
            "indicator": "Share threshold",
            "value": ">10",
            "unit": "% of clusters",
            "kind": "threshold",
        },
        {
            "id": "E",
            "indicator": "Revenue of a large firm",
            "value": "950",
            "unit": "billion CNY",
            "kind": "threshold",
        },
        {"id": "H", "indicator": "Cluster size", "value": "950", "unit": "billion HKD", "kind": "threshold"},
    )
    assert judged(figure("F", "900"), *others).next_tier == "T1"


def test_scenarios_say_when_at_stated_growth():
    """900 -> 1,000 at 5 %/yr takes ln(10/9)/ln 1.05 = 2.159 years; at zero growth never; levels are compounded."""
    state = judged(
        figure("F", "900"), settings=ClusterSettings(years=(2034,), means=(0.05, 0.0, -0.01), paths=20_000)
    )
    reached = [one.reached for one in state.scenarios]
    assert reached[0] == pytest.approx(2024 + math.log(10 / 9) / math.log(1.05))
    assert reached[1:] == [None, None]
    assert state.scenarios[0].level == pytest.approx(900e9 * 1.05**10)
    odds = [one.reach.probability for one in state.scenarios]
    assert odds[0] > odds[1] > odds[2]


def test_odds_agree_with_a_simulation_written_anew():
    """P(reach) of 900 -> 1,000 by 2028 at 2.5 %/yr, sd 2 %, phi .5: within four errors of an independent simulation."""
    state = judged(
        figure("F", "900"),
        settings=ClusterSettings(years=(2028,), means=(0.025,), assumed=0.025, paths=100_000),
    )
    chance, n = np.random.default_rng(5), 100_000
    off, level = np.zeros(n), np.full(n, 900.0)
    for _ in range(4):
        off = 0.5 * off + chance.normal(0, 0.02 * math.sqrt(0.75), n)
        level *= 1.025 + off
    oracle = float((level >= 1000).mean())
    year, found = state.reach[0]
    assert year == 2028
    assert 0.2 < oracle < 0.8
    assert abs(found.probability - oracle) < 4 * math.sqrt(2) * found.error
    assert state.scenarios[0].reach.probability == pytest.approx(found.probability)


def test_odds_are_those_of_the_fan():
    """Probability, error and levels are what `fan.reached` gives for the same start, growth, years and seed."""
    state = judged(figure("F", "900"))
    assert state.growth is not None
    for year, found in state.reach:
        fan = reached(900e9, state.growth, 1e12, year - 2024, paths=FAST.paths, seed=FAST.seed)
        assert found.probability == pytest.approx(fan.probability, abs=1e-12)
        assert dataclasses.astuple(found) == pytest.approx(dataclasses.astuple(fan), rel=1e-9)


def test_the_basis_of_growth_is_named():
    """A series of three closed years, else a published rate, else an assumption, each by its name and figures."""
    series = [figure("A", "700", "2022"), figure("B", "770", "2023"), figure("C", "847", "2024")]
    own = judged(*series).growth
    assert own is not None
    assert (own.basis, own.figures) == ("series", ("A", "B", "C"))
    assert own.mean == pytest.approx(0.10, abs=0.002)
    indicators = pl.DataFrame(
        {
            "indicator_id": ["UHD revenue", "UHD growth"],
            "name": ["UHD revenue", "UHD growth"],
            "growth_of": [None, "UHD revenue"],
        }
    )
    rate = figure("G", "7.5", indicator="UHD growth", unit="% yoy")
    told = judged(figure("F", ">900"), rate, indicators=indicators).growth
    assert told is not None
    assert (told.basis, told.mean, told.figures) == ("published", pytest.approx(0.075), ("G",))
    guess = judged(figure("F", ">900")).growth
    assert guess is not None
    assert (guess.basis, guess.mean) == ("assumed", FAST.assumed)


def test_the_latest_figure_counts():
    """Of several years the last one stands, whatever their order; of two vintages of a year the later one."""
    assert judged(figure("B", "950", "2025"), figure("A", "900", "2024")).figure_id == "B"
    assert (
        judged(figure("B", "950", vintage="2026-01"), figure("A", "900", vintage="2025-06")).figure_id == "B"
    )


def test_places_are_not_mixed():
    """A cluster of Guangdong takes Guangdong's figure though another province published a later one."""
    other = figure("X", "2000", "2025", geography="320000")
    assert judged(other, figure("F", "900")).figure_id == "F"
    assert judged(other, figure("F", "900"), cities="苏州").figure_id == "X"
    assert judged(figure("S", "300", geography="440300"), figure("F", "900"), cities="深圳").figure_id == "S"


def test_what_is_missing_is_said():
    """No indicator, no figure, no number and no thresholds each have their code; targets are no baseline."""
    clusters = pl.DataFrame(
        {
            "cluster_id": ["a", "b", "c", "d"],
            "revenue": [None, "nothing", "words", "UHD revenue"],
            "cities": [None] * 4,
        }
    )
    rows = frame(
        [
            figure("W", "expanding", indicator="words"),
            figure("F", "900"),
            figure("T", "800", indicator="nothing", kind="target"),
        ]
    )
    states = judge_clusters(clusters, rows, settings=FAST)
    assert [one.missing for one in states] == [
        ("cluster.no_revenue",), ("cluster.no_figure",), ("cluster.no_number",), ("cluster.no_thresholds",),
    ]  # fmt: skip
    assert [one.value for one in states] == [None, None, None, 900e9]


def test_same_seed_same_odds_and_later_is_likelier():
    """Two runs are equal; with growth above zero the odds do not fall from year to year."""
    first = judged(figure("F", "900"), settings=ClusterSettings(years=(2025, 2027, 2030, 2035), paths=20_000))
    assert first == judged(
        figure("F", "900"), settings=ClusterSettings(years=(2025, 2027, 2030, 2035), paths=20_000)
    )
    odds = [found.probability for _, found in first.reach]
    assert odds == sorted(odds)
    assert [year for year, _ in first.reach] == [2025, 2027, 2030, 2035]


def test_categorical_texts_are_the_same_texts():
    """A large register holds its texts as categories: the states are those of plain texts."""
    clusters = pl.DataFrame({"cluster_id": ["uhd"], "revenue": ["UHD revenue"], "cities": ["440100"]})
    plain = frame([*({"geography": "440000", **one} for one in TIERS), figure("F", ">900")])
    texts = [
        name
        for name, kind in plain.schema.items()
        if kind == pl.String and name not in ("figure_id", "value")
    ]
    coded = plain.with_columns(pl.col(texts).cast(pl.Categorical))
    assert judge_clusters(clusters, coded, settings=FAST) == judge_clusters(clusters, plain, settings=FAST)


def test_years_that_lie_behind_are_left_out():
    """Odds are told for years after the figure's only; where all lie behind there are none."""
    state = judged(figure("F", "900", "2026"), settings=ClusterSettings(years=(2025, 2026), paths=1_000))
    assert (state.reach, state.required, state.scenarios) == ((), (), ())
    assert state.distance == 100e9
