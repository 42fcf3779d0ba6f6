"""Names that say their sort of unit."""

from __future__ import annotations

import pytest

from tandem.engine.doubts.find import find_doubts
from tandem.engine.figures.frame import frame


def rules(indicator, value, unit):
    row = {"id": "A", "indicator": indicator, "value": value, "unit": unit, "year": "2024", "geography": "X"}
    return [one.rule for one in find_doubts(frame([row]))]


@pytest.mark.parametrize(
    ("indicator", "value", "unit"),
    [
        ("Length of metro lines in operation", "516", "million passengers"),
        ("轨道交通日均用电量", "386", "万人次"),
        ("Exhibition area", "25.5", "billion CNY"),
        ("高速公路里程", "1.1", "万吨"),
        ("渔业从业人员", "86.4", "亿元"),
    ],
)
def test_a_unit_of_another_sort_is_doubted(indicator, value, unit):
    """What the head of a name measures cannot be told in such a unit."""
    assert rules(indicator, value, unit) == ["unit_of_other_sort"]


@pytest.mark.parametrize(
    ("indicator", "value", "unit"),
    [
        ("Length of metro lines in operation", "516", "km"),
        ("Exhibition area", "25.5", "million m2"),
        ("Exhibition area", "25.5", "ten thousand square metres"),
        ("种植面积", "18.6", "万亩"),
        ("Firms in the bay area", "3,100", "enterprises"),
        ("高速公路里程", "1.1", "万公里"),
        ("轨道交通日均用电量", "386", "万千瓦时"),
        ("常住人口", "12780", "万人"),
        ("Growth of exhibition area", "3", "% yoy"),
    ],
)
def test_fitting_and_unknown_units_are_not(indicator, value, unit):
    """Fitting units, words that only contain the measure, and growth raise nothing."""
    assert rules(indicator, value, unit) == []
