"""Cascades: parts against the whole by hand, nothing counted twice, nothing added that cannot be."""

from __future__ import annotations

import polars as pl
import pytest

from tandem.engine.figures import frame as reading
from tandem.engine.region.cascade import Cascade, cascades
from tandem.engine.region.targets import TargetSettings, judge_targets

PLACES = pl.DataFrame(
    {
        "geo_id": ["P", "A", "B", "C", "M", "N"],
        "name": ["Province", "City A", "City B", "City C", "Metro AB", "Metro C"],
        "level": ["province", "city", "city", "city", "metropolitan_area", "metropolitan_area"],
        "part_of": [None, "P;M", "P;M", "P;N", "P", "P"],
    }
)


def told(
    goals: dict[str, float],
    unit: str = "billion CNY",
    name: str = "Output",
    year: str = "2030",
    **by_place: str,
) -> tuple[Cascade, ...]:
    rows = [
        {"figure_id": f"T-{place}", "indicator": name, "value": str(value), "unit": by_place.get(place, unit),
         "period": year, "geography": place, "kind": "target"}
        for place, value in goals.items()
    ]  # fmt: skip
    figures = reading.understand(pl.DataFrame(rows), None, PLACES)
    return cascades(judge_targets(figures, None, TargetSettings(paths=10)), figures, PLACES)


def of(place: str, found: tuple[Cascade, ...]) -> Cascade:
    (one,) = [one for one in found if one.target == f"T-{place}"]
    return one


def test_cities_add_up_to_their_province():
    """40 + 35 + 20 of 100: 5 left open."""
    one = of("P", told({"P": 100, "A": 40, "B": 35, "C": 20}))
    assert one.total == pytest.approx(95e9)
    assert one.residual == pytest.approx(5e9)
    assert [place for place, _, _ in one.parts] == ["A", "B", "C"]
    assert (one.missing, one.level) == ((), "city")


def test_cities_and_their_metropolitan_areas_are_not_added_twice():
    """With targets of both, the cities count; the metropolitan area is itself compared with its own cities."""
    found = told({"P": 100, "A": 40, "B": 35, "C": 20, "M": 80, "N": 20})
    assert of("P", found).total == pytest.approx(95e9)
    assert of("M", found).residual == pytest.approx(5e9)


def test_a_complete_coarser_level_wins_over_an_incomplete_finer_one():
    """City B has none, both metropolitan areas have one: those are added, and it says so."""
    one = of("P", told({"P": 100, "A": 40, "C": 20, "M": 80, "N": 20}))
    assert (one.level, one.total, one.missing) == ("metropolitan_area", pytest.approx(100e9), ())


def test_places_without_a_target_are_named():
    """No level is complete: the finest one, with what is missing, inside the residual."""
    one = of("P", told({"P": 100, "A": 40, "C": 20}))
    assert (one.missing, one.level) == (("B",), "city")
    assert one.residual == pytest.approx(40e9)


def test_a_level_that_leaves_cities_out_is_not_complete():
    """Only metropolitan area M has a target: N is missing, and with it city C."""
    one = of("P", told({"P": 100, "M": 80}))
    assert "N" in one.missing


def test_overlapping_areas_are_left_out():
    """A city in two metropolitan areas: their sum would count it twice, so they are not added."""
    places = PLACES.with_columns(
        pl.when(pl.col("geo_id") == "B").then(pl.lit("P;M;N")).otherwise(pl.col("part_of")).alias("part_of")
    )
    rows = [
        {"figure_id": f"T-{place}", "indicator": "Output", "value": "50", "unit": "billion CNY", "period": "2030",
         "geography": place, "kind": "target"}
        for place in ("P", "M", "N")
    ]  # fmt: skip
    figures = reading.understand(pl.DataFrame(rows), None, places)
    found = cascades(judge_targets(figures, None, TargetSettings(paths=10)), figures, places)
    assert [one.target for one in found] == []


@pytest.mark.parametrize("unit", ["%", "rank"])
def test_shares_and_ranks_are_never_added(unit):
    """60 % here and 40 % there are not 100 % of the province."""
    assert told({"P": 50, "A": 60, "B": 40}, unit=unit, name="Urban share") == ()


def test_another_year_currency_or_indicator_is_no_part():
    """Hong Kong dollars are not added to yuan, nor persons to either."""
    found = told({"P": 100, "A": 40, "B": 35}, A="billion HKD")
    assert of("P", found).missing == ("A", "C")


def by_code(goals: dict[str, str], geographies: pl.DataFrame | None = None) -> tuple[Cascade, ...]:
    rows = [
        {"figure_id": f"T-{place}", "indicator": "Output", "value": value, "unit": "billion CNY", "period": "2030",
         "geography": place, "kind": "target"}
        for place, value in goals.items()
    ]  # fmt: skip
    figures = reading.understand(pl.DataFrame(rows), None, geographies)
    return cascades(judge_targets(figures, None, TargetSettings(paths=10)), figures, geographies)


def test_codes_tell_provinces_without_a_table():
    """GB/T 2260: 440100 and 440300 lie in 440000."""
    (one,) = by_code({"440000": "100", "440100": "45", "440300": "60"})
    assert one.residual == pytest.approx(-5e9)


def test_known_cities_without_a_target_are_missing_without_a_table():
    """Two of Guangdong's 21 cities have a target: the other 19 are named; Hunan's are not."""
    (one,) = by_code({"440000": "100", "440100": "45", "440300": "30"})
    assert len(one.missing) == 19
    assert "440200" in one.missing
    assert all(code.startswith("44") for code in one.missing)


def test_known_provinces_without_a_target_are_missing_without_a_table():
    """Of China's 31 provinces two have a target: 29 are named, though the cities of one of the two are complete."""
    (whole, province) = by_code({"China": "100", "440000": "20", "110000": "10", "440100": "5"})
    assert (whole.target, whole.level, len(whole.missing)) == ("T-China", "province", 29)
    assert (province.target, len(province.missing)) == ("T-440000", 20)


def test_a_table_that_lists_places_of_a_province_is_its_word():
    """The table's Guangdong has one city and is complete; Hunan, of which it lists nothing, has its 14 by code."""
    table = pl.DataFrame(
        {"geo_id": ["440000", "440100", "430000"], "name": ["Guangdong", "Guangzhou", "Hunan"],
         "level": ["province", "city", "province"], "part_of": [None, "Guangdong", None]}
    )  # fmt: skip
    goals = {"440000": "100", "440100": "45", "430000": "50", "430100": "20"}
    found = {one.target: one.missing for one in by_code(goals, table)}
    assert found["T-440000"] == ()
    assert len(found["T-430000"]) == 13
