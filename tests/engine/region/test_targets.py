"""Targets judged: the published GDP example end to end, every reason why one cannot be, mirrored ones, warnings."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base import words
from tandem.engine.figures import frame as reading
from tandem.engine.region import targets as judging
from tandem.engine.region.plans import ends_between, plan_of
from tandem.engine.region.targets import TargetSettings, TargetState, judge_targets

FEW = TargetSettings(paths=2_000)
GDP = [
    {"id": "F001", "indicator": "Regional GDP", "value": "14.58", "unit": "trillion CNY", "year": "2025"},
    {"id": "F002", "indicator": "Real GDP growth", "value": "3.9", "unit": "% yoy", "year": "2025"},
    {"id": "F004", "indicator": "Regional GDP target", "value": "25.8", "unit": "trillion CNY", "year": "2035",
     "kind": "target"},
]  # fmt: skip


def frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    return reading.frame([{"geography": "Guangdong", "kind": "baseline", **row} for row in rows])


def series(name: str, unit: str, values: list[float], first: int, **more: str) -> list[dict[str, str]]:
    return [
        {"id": f"{name}-{first + i}", "indicator": name, "value": f"{value:.6g}", "unit": unit,
         "year": str(first + i), **more}
        for i, value in enumerate(values)
    ]  # fmt: skip


def one(
    rows: list[dict[str, str]], settings: TargetSettings = FEW, indicators: pl.DataFrame | None = None
) -> TargetState:
    """The only target of a few figures."""
    (state,) = judge_targets(frame(rows), indicators, settings)
    return state


def codes(state: TargetState) -> set[str]:
    return {code for code, _ in state.warnings}


def test_the_published_example():
    """GDP 14.58 -> 25.8: base, growth as published, 5.873 % required, moderate, the scenario table, way-points."""
    state = one(GDP, TargetSettings())
    assert (state.base.figure_id, state.base.year, state.year) == ("F001", 2025, 2035)
    assert state.required == pytest.approx(0.05873, abs=5e-6)
    assert (state.recent.basis, state.recent.figures) == ("published", ("F002",))
    assert state.ratio == pytest.approx(0.039 / 0.058732, rel=1e-4)
    assert state.status == "moderate"
    assert [(way.plan, way.year) for way in state.waypoints] == [("15th", 2030), ("16th", 2035)]
    assert state.waypoints[0].value == pytest.approx(19.395e12, rel=5e-5)
    shown = [(round(s.mean, 5), round(s.level / 1e12, 2), round(s.reached, 1)) for s in state.scenarios]
    assert shown == [
        (0.039, 21.38, 2039.9),
        (0.03, 19.59, 2044.3),
        (0.05, 23.75, 2036.7),
        (0.05873, 25.80, 2035.0),
    ]
    for scenario, odds in zip(state.scenarios[::2], (0.023, 0.188), strict=True):
        assert scenario.reach.probability == pytest.approx(
            odds, abs=3 * np.sqrt(2) * scenario.reach.error + 0.0005
        )
    assert state.reach.probability == state.scenarios[0].reach.probability
    assert state.fan.years == tuple(range(2025, 2036))
    assert {
        "region.warning.low_odds",
        "region.warning.price_undefined",
        "region.warning.real_growth.undefined",
    } <= codes(state)


def test_what_would_have_to_be_true():
    """5.88 % for even odds, more for four in five; after five years at 3.9 % the other five need 7.88 % a year."""
    state = one(GDP, TargetSettings())
    assert state.needed[0.5] == pytest.approx(0.0588, abs=0.0003)
    assert state.needed[0.8] > state.needed[0.5]
    half_way = 14.58 * 1.039**5
    assert state.needed["after_five"] == pytest.approx((25.8 / half_way) ** 0.2 - 1, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"value": "expand (no number)"}, {"region.missing.no_number"}),
        ({"year": "2026-"}, {"region.missing.no_year"}),
        (
            {"indicator": "Talent attracted", "unit": "persons", "value": "1000000"},
            {"region.missing.no_base"},
        ),
        ({"unit": "persons"}, {"region.missing.no_base"}),
        ({"geography": "Hainan"}, {"region.missing.no_base"}),
    ],
)
def test_what_cannot_be_judged_says_why(change, missing):
    """No number, open horizon, another indicator, unit or place: a state all the same, with the reason."""
    state = one([*GDP[:2], {**GDP[2], **change}])
    assert state.status == "not_available"
    assert set(state.missing) == missing
    assert state.reach is None


def test_without_growth_the_requirement_still_stands():
    """A base and no growth: required growth, way-points and scenarios, but no status and no probability."""
    state = one([GDP[0], GDP[2]])
    assert (state.status, state.missing, state.reach, state.fan) == (
        "not_available", ("region.missing.no_growth",), None, None
    )  # fmt: skip
    assert state.required == pytest.approx(0.05873, abs=1e-5)
    assert len(state.scenarios) == 3
    assert state.needed[0.5] == pytest.approx(0.0588, abs=0.001)


def test_a_series_tells_more_than_print():
    """With ten yearly values growth comes from them, and the latest of them is the base."""
    rows = series("Regional GDP", "trillion CNY", [8 * 1.06**i for i in range(10)], 2016)
    state = one([*rows, *GDP[1:]])
    assert state.base.year == 2025
    assert (state.recent.basis, state.recent.n) == ("series", 9)
    assert state.recent.mean == pytest.approx(0.06, abs=0.001)


@pytest.mark.parametrize(
    ("growth", "status"),
    [("5.6", "on_track"), ("5.5", "moderate"), ("3.6", "moderate"), ("3.4", "limited"), ("0.1", "limited"),
     ("-0.1", "deterioration")],
)  # fmt: skip
def test_status_bands(growth, status):
    """.95 and .6 of the required 5.873 % are 5.58 and 3.52 %; falling is deterioration."""
    assert one([GDP[0], {**GDP[1], "value": growth}, GDP[2]]).status == status


def test_what_is_there_is_achieved():
    """A base beyond its target needs no growth figure to be achieved."""
    state = one([{**GDP[0], "value": "26"}, GDP[2] | {"direction": "up"}])
    assert (state.status, state.missing) == ("achieved", ())


def test_a_due_year_that_has_passed():
    """Reached or not: achieved, or missing past_due, never on track."""
    missed = one([{**GDP[0], "year": "2036"}, GDP[1], GDP[2]])
    assert missed.missing[0] == "region.missing.past_due"
    assert missed.status == "not_available"


def test_targets_that_go_down_are_mirrored():
    """Energy use 100 -> 80 by 2035, falling by 3 % a year: on track, likely, lower means for better odds."""
    rows = series("Energy use", "tonnes", [100 * 0.97 ** (i - 9) for i in range(10)], 2016)
    goal = {"id": "T", "indicator": "Energy use", "value": "80", "unit": "tonnes", "year": "2035", "kind": "target",
            "direction": "down"}  # fmt: skip
    state = one([*rows, goal])
    assert state.required < 0
    assert (state.status, state.direction) == ("on_track", "down")
    assert state.reach.probability > 0.8
    assert state.needed[0.8] < state.needed[0.5] < 0
    assert one([*rows, {**goal, "value": "120"}]).status == "achieved"
    growing = series("Energy use", "tonnes", [100 * 1.02 ** (i - 9) for i in range(10)], 2016)
    assert one([*growing, goal]).status == "deterioration"


def test_a_lower_target_without_direction_is_said_to_be_guessed():
    """Nobody said that less is better: it is supposed, and warned of."""
    rows = series("Energy use", "tonnes", [100.0, 99.0, 98.0, 97.0, 96.0], 2021)
    state = one(
        [
            *rows,
            {
                "id": "T",
                "indicator": "Energy use",
                "value": "80",
                "unit": "tonnes",
                "year": "2035",
                "kind": "target",
            },
        ]
    )
    assert state.direction == "down"
    assert "region.warning.direction_guessed" in codes(state)


def test_shares_change_by_points():
    """R&D intensity 3.0 -> 3.6 % rising a tenth of a point a year, to 4.5 % in 2035: .09 points a year are needed."""
    rows = series("R&D intensity", "% of GDP", [3.0, 3.1, 3.2, 3.3, 3.4, 3.5, 3.6], 2019)
    goal = {
        "id": "T",
        "indicator": "R&D intensity",
        "value": "4.5",
        "unit": "% of GDP",
        "year": "2035",
        "kind": "target",
    }
    state = one([*rows, goal])
    assert state.recent.additive
    assert state.required == pytest.approx(0.0009)
    assert state.status == "on_track"
    assert max(state.fan.p95) <= 1


def test_zero_is_a_target_too():
    """Emissions 50 -> 0: no rate leads there, so the way is straight, in tonnes a year."""
    rows = series("Emissions", "tonnes", [60.0, 58.0, 55.5, 53.0, 50.0], 2021)
    goal = {"id": "T", "indicator": "Emissions", "value": "0", "unit": "tonnes", "year": "2035", "kind": "target",
            "direction": "down"}  # fmt: skip
    state = one([*rows, goal])
    assert state.recent.additive
    assert state.required == pytest.approx(-5.0)
    assert state.status == "limited"
    told = one([rows[-1], {**GDP[1], "indicator": "Emissions growth", "value": "-4"}, goal])
    assert told.missing == ("region.missing.no_growth",)
    assert told.required == pytest.approx(-5.0)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "indicator": st.sampled_from(
                    ["Regional GDP", "Real GDP growth", "GDP target", "R&D intensity", "x"]
                ),
                "value": st.sampled_from(
                    ["14.5", "> 8", "-3", "0", "1/3", "2-3", "about 60", "expand", "3.9", "< 30", "1e99"]
                ),
                "unit": st.sampled_from(
                    ["trillion CNY", "% yoy", "% of GDP", "persons", "", "minutes", "rank"]
                ),
                "year": st.sampled_from(["2025", "2026-", "2026-2030", "2035", "十五五", "", "2090", "1900"]),
                "kind": st.sampled_from(["baseline", "target", "target"]),
                "direction": st.sampled_from(["up", "down", ""]),
            }
        ),
        max_size=8,
    )
)
def test_no_figures_break_it(rows):
    """Whatever is printed: one state per target, each either judged in full or saying what is missing."""
    named = [{"id": f"F{i}", **row} for i, row in enumerate(rows)]
    with np.errstate(all="raise", under="ignore"):
        states = judge_targets(frame(named), None, TargetSettings(paths=50))
    assert [state.figure_id for state in states] == [row["id"] for row in named if row["kind"] == "target"]
    for state in states:
        assert (state.status == "not_available") == bool(state.missing)
        assert state.status in ("not_available", "achieved") or state.required is not None


def test_bounds_and_ranges():
    """'> 10000' is judged at 10,000, '2-3' at its nearer end, and an open base is said to be open."""
    rows = series("Robots made", "units", [1000.0, 1500.0, 2000.0, 2600.0, 3300.0], 2021)
    goal = {
        "id": "T",
        "indicator": "Robots made",
        "value": ">10000",
        "unit": "units",
        "year": "2030",
        "kind": "target",
    }
    assert one([*rows, goal]).value == 10_000
    ranged = one([*rows, {**goal, "value": "8000-9000"}])
    assert ranged.value == 8_000
    assert "region.warning.target_range" in codes(ranged)
    unclosed = one(
        [
            *rows,
            {"id": "B", "indicator": "Robots made", "value": ">4000", "unit": "units", "year": "2026"},
            goal,
        ]
    )
    assert unclosed.base.figure_id == "B"
    assert "region.warning.base_open" in codes(unclosed)


def test_the_owners_base_wins_and_the_way_is_watched():
    """From the owner's base of 2020 the way asks for more than the latest value shows: below the path."""
    rows = series("Regional GDP", "trillion CNY", [11.0, 11.2, 11.4, 11.6, 11.8, 12.0], 2020)
    settings = TargetSettings(paths=2_000, bases={"F004": "Regional GDP-2020"})
    state = one([*rows, GDP[2]], settings)
    assert (state.base.year, state.base.value) == (2020, 11.0e12)
    assert "region.warning.below_path" in codes(state)
    assert "region.warning.below_path" not in codes(one([*rows, GDP[2]]))


def test_an_owners_base_below_zero_has_no_rate():
    """From a loss of 2 to a gain of 5: the way is straight, and the growth of later positive years is left out."""
    rows = series("Balance", "billion CNY", [-2.0, 1.0, 2.0, 2.5, 3.0, 3.2, 3.3], 2019)
    goal = {
        "id": "T",
        "indicator": "Balance",
        "value": "5",
        "unit": "billion CNY",
        "year": "2030",
        "kind": "target",
    }
    rows[0]["indicator"] = "Other balance"
    state = one([*rows, goal], TargetSettings(paths=100, bases={"T": "Balance-2019"}))
    assert state.base.value == -2e9
    assert state.required == pytest.approx(7e9 / 11)
    assert (state.recent, state.missing) == (None, ("region.missing.no_growth",))
    unknown = one([*rows, goal], TargetSettings(paths=100, bases={"T": "nothing"}))
    assert unknown.missing == ("region.missing.no_base",)


def test_targets_of_earlier_years_are_the_way():
    """A target published for 2030 stands on the way with its own figure; each is judged for itself."""
    early = {**GDP[2], "id": "F003", "value": "19", "year": "2030"}
    first, last = judge_targets(frame([*GDP[:2], early, GDP[2]]), None, FEW)
    assert (first.year, last.year) == (2030, 2035)
    assert [(way.year, way.figure_id) for way in last.waypoints] == [(2030, "F003"), (2035, None)]


def test_the_indicators_table_wins():
    """Its growth_of, direction and price basis: a growth figure of another name is found, real against nominal said."""
    indicators = pl.DataFrame(
        {"indicator_id": ["x", "y"], "name": ["Output of all", "Pace"], "growth_of": [None, "x"],
         "price_basis": ["nominal", "real"], "direction": ["up", "up"]}
    )  # fmt: skip
    rows = [
        {"figure_id": "B", "indicator": "Output of all", "value": "100", "unit": "billion CNY", "period": "2025"},
        {"figure_id": "G", "indicator": "Pace", "value": "4", "unit": "% yoy", "period": "2025"},
        {"figure_id": "T", "indicator": "Output of all", "value": "150", "unit": "billion CNY", "period": "2035",
         "kind": "target"},
    ]  # fmt: skip
    texts = pl.DataFrame([{"geography": "440000", "kind": "baseline", **row} for row in rows])
    (state,) = judge_targets(reading.understand(texts, indicators), indicators, FEW)
    assert (state.recent.mean, state.recent.figures) == (pytest.approx(0.04), ("G",))
    assert "region.warning.real_growth.nominal" in codes(state)
    assert "region.warning.price_undefined" not in codes(state)


def test_another_measure_is_no_base():
    """Revenue of manufacturing is no base for its value added, however alike the words are."""
    rows = [
        {"id": "B", "indicator": "Manufacturing revenue", "value": "9", "unit": "trillion CNY", "year": "2025"},
        {"id": "T", "indicator": "Manufacturing value added", "value": "8", "unit": "trillion CNY", "year": "2035",
         "kind": "target"},
    ]  # fmt: skip
    assert one(rows).missing[0] == "region.missing.no_base"


def test_an_old_base_is_warned_of():
    """Base of 2022 seen from 2025 is three years old; the settings may say from where to look."""
    rows = [{**GDP[0], "year": "2022"}, GDP[1], GDP[2]]
    (told,) = [params for code, params in one(rows).warnings if code == "region.warning.base_old"]
    assert told == {"year": 2022, "years": 3}
    assert "region.warning.base_old" not in codes(one(rows, TargetSettings(paths=100, as_of=2023)))


def test_many_targets_share_paths_and_say_their_error():
    """Paths fall as targets rise, never under the least; every error is that of its own paths."""
    rows = [{**GDP[2], "id": f"T{i}", "value": str(20 + i / 10)} for i in range(50)]
    settings = TargetSettings(budget=100_000, least_paths=1_000)
    for state in judge_targets(frame([*GDP[:2], *rows]), None, settings):
        assert state.fan.paths == 2_000
        p = state.reach.probability
        assert state.reach.error == pytest.approx(np.sqrt(p * (1 - p) / 2_000))


def test_the_same_figures_give_the_same_states():
    """Twice the same, and the order of other figures does not matter."""
    once = judge_targets(frame(GDP), None, FEW)
    assert once == judge_targets(frame(GDP), None, FEW)
    assert once == judge_targets(frame([GDP[2], GDP[1], GDP[0]]), None, FEW)
    assert judge_targets(frame(GDP[:2]), None, FEW) == ()


def test_texts_may_be_categorical():
    """A large register holds its texts as categories; nothing changes."""
    made = frame(GDP)
    held = made.with_columns(pl.col(pl.String).exclude("figure_id", "value").cast(pl.Categorical))
    assert judge_targets(held, None, FEW) == judge_targets(made, None, FEW)


def test_plans():
    """The 15th plan is 2026-2030, the 13th 2016-2020; ends of plans on the way, the last year included."""
    assert (plan_of(2026).number, plan_of(2026).last, plan_of(2016).code) == (15, 2030, "13th")
    assert plan_of(2095).code == "28th"
    assert plan_of(1964) is None
    assert [plan.last for plan in ends_between(2025, 2035)] == [2030, 2035]
    assert [plan.last for plan in ends_between(2030, 2034)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_status_and_warning_has_its_sentence(lang):
    """Codes with their figures become sentences in both languages."""
    state = one(GDP)
    for code, params in state.warnings:
        assert "{" not in words.say(code, lang, **params)
    for status in judging.STATUSES:
        assert words.say(f"region.status.{status}", lang)
