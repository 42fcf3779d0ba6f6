"""Engine results become plain rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import polars as pl

from tandem.hub import region_rows
from tandem.hub.region_inputs import RegionShowInput


@dataclass(frozen=True)
class Inner:
    value: float
    when: date


def test_results_become_json():
    """Records, tuples, keys that are numbers, days and infinities: all are values that JSON has."""
    found = region_rows.plain(
        {0.5: Inner(float("inf"), date(2026, 2, 24)), "all": (1, "x", None, True, float("nan"))}
    )
    assert found == {"0.5": {"value": None, "when": "2026-02-24"}, "all": [1, "x", None, True, None]}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_known_places_have_names_without_a_row():
    """A city and a province by code; the register's own name wins, and an unknown place stays out."""
    own = {"440100": {"zh": "羊城", "en": "Canton"}}
    found = region_rows.with_places(own, ("440100", "440300", "440000", "Atlantis"))
    assert found == {
        **own, "440300": {"zh": "深圳", "en": "Shenzhen"}, "440000": {"zh": "广东", "en": "Guangdong"}
    }  # fmt: skip


def test_filters_know_ids_and_prints():
    """An indicator by its id or by what is printed, in any case; several filters together narrow further."""
    figures = pl.DataFrame(
        {
            "figure_id": ["a", "b", "c"],
            "kind": ["target", "baseline", "baseline"],
            "indicator_id": ["gdp", "gdp", "rd"],
            "indicator": ["Regional GDP", "Regional GDP", "R&D"],
            "geo_id": ["440000", "440100", "440000"],
            "geography": ["Guangdong", "广州", "Guangdong"],
        }
    )

    def left(**given: str) -> list[str]:
        return region_rows.filtered(figures, RegionShowInput(**given))["figure_id"].to_list()

    assert left() == ["a", "b", "c"]
    assert left(indicator="GDP") == left(indicator="regional gdp ") == ["a", "b"]
    assert left(geography="guangdong", kind="baseline") == ["c"]
    assert left(geography="广州") == left(geography="440100") == ["b"]
    assert left(id="a", kind="baseline") == []
    typed = figures.with_columns(pl.exclude("figure_id").cast(pl.Categorical))
    assert region_rows.filtered(typed, RegionShowInput(indicator="gdp", kind="target"))[
        "figure_id"
    ].to_list() == ["a"]


def test_names_stand_in_for_each_other():
    """A name in one language stands where the other is missing."""
    assert region_rows.both({"name": "GDP", "name_zh": "地区生产总值", "name_en": None}) == {
        "zh": "地区生产总值",
        "en": "GDP",
    }
    assert region_rows.both({"title": "需求", "title_zh": ""}, "title") == {"zh": "需求", "en": "需求"}
