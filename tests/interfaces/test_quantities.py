"""Numbers of a register in a line of a terminal."""

from __future__ import annotations

import pytest

from tandem.interfaces.cli import quantities

MONEY = {"dimension": "money", "currency": "CNY"}
LEVELS = [
    (1.458e13, MONEY, "14.58 trillion CNY", "14.58万亿元"),
    (9e11, MONEY, "900 billion CNY", "9,000亿元"),
    (1e6, {"dimension": "count", "currency": None}, "1,000,000", "100万"),
    (44000.0, {"dimension": "count", "currency": None}, "44,000", "44,000"),
    (0.6, {"dimension": "share"}, "60.0 %", "60.0 %"),
    (-2.5e12, MONEY, "-2.5 trillion CNY", "-2.5万亿元"),
    (9.9996e15, MONEY, "10,000 trillion CNY", "10,000万亿元"),
    (None, MONEY, "-", "-"),
]


@pytest.mark.parametrize(("value", "like", "en", "zh"), LEVELS)
def test_levels(value, like, en, zh):
    """Base units with the power of ten that each language counts in."""
    assert quantities.level(value, like, "en") == en
    assert quantities.level(value, like, "zh") == zh


def test_chances_are_never_certain():
    """A share of paths has an error; none of the paths is not never, all of them is not always."""
    assert quantities.chance({"probability": 0.188, "error": 0.0012}) == "18.8 % ± 0.1"
    assert quantities.chance({"probability": 0.0, "error": 0.0}) == "< 0.1 %"
    assert quantities.chance({"probability": 1.0, "error": 0.0}) == "> 99.9 %"
    assert quantities.chance(None) == "-"
