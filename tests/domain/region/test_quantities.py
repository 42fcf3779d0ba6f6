"""Print and unit together give base units."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.domain.region.printed import read_value
from tandem.domain.region.quantities import Quantity, measure
from tandem.domain.region.units import read_unit


def said(value: str, unit: str) -> Quantity:
    return measure(read_value(value), read_unit(unit))


@pytest.mark.parametrize(
    ("value", "unit", "lower", "half", "dimension"),
    [
        ("14.58", "trillion CNY", 14.58e12, 5e9, "money"),
        ("14.58万亿元", "亿元", 14.58e12, 5e9, "money"),
        ("9000亿", "元", 9e11, 5e7, "money"),
        ("3.9", "% yoy", 0.039, 0.0005, "growth"),
        ("60%", "", 0.6, 0.005, "share"),
        ("60 %", "%", 0.6, 0.005, "share"),
        ("0.6", "%", 0.006, 0.0005, "share"),
        ("1/3", "%", 1 / 3, 0.0, "share"),
        ("1/3", "enterprises", 1 / 3, 0.0, "share"),
        ("1.2 million", "persons", 1.2e6, 5e4, "count"),
        ("1.2 million", "million persons", 1.2e6, 5e4, "count"),
        ("5", "万元/人", 5e4, 5e3, "ratio"),
        ("0.125", "fraction (about 1/8)", 0.125, 0.00625, "share"),
    ],
)
def test_base_units(value: str, unit: str, lower: float, half: float, dimension: str) -> None:
    """A multiplier that stands in the print is not counted again from the unit; a fraction is never divided by 100."""
    found = said(value, unit)
    assert found.dimension == dimension
    assert (found.lower, found.half) == (pytest.approx(lower, rel=1e-12), pytest.approx(half))


def test_a_rate_is_the_float_that_it_is_written_as() -> None:
    """3.9 % is 0.039, and no rate is further off than the last bit of a float."""
    assert said("3.9", "% yoy").lower == 0.039
    for n in range(1, 400):
        read, written = said(f"{n / 10}", "% yoy").lower, n / 1000
        assert read is not None
        assert abs(read - written) <= math.ulp(written)


def test_bounds_stay_open() -> None:
    """What is over a number has no upper end; what cannot be negative starts at nought."""
    assert (said("> 8", "trillion CNY").lower, said("> 8", "trillion CNY").upper) == (8e12, math.inf)
    assert (said("<30", "minutes").lower, said("<30", "minutes").upper) == (0.0, 0.5)
    assert said("< 2", "% yoy").lower == -math.inf


def test_dates_are_decimal_years() -> None:
    """A day, a month, a year and a plan: from the first day to the last."""
    assert said("2026-02-24", "date").lower == pytest.approx(2026 + 54 / 365)
    assert said("2025-10", "date").upper == pytest.approx(2025 + 303 / 365)
    year, plan = said("2026", "year"), said("2026-2030", "15th Five-Year Plan")
    assert (year.dimension, year.lower, year.upper) == ("date", 2026.0, 2026 + 364 / 365)
    assert (plan.dimension, plan.lower, plan.upper) == ("date", 2026.0, 2030 + 364 / 365)
    assert said("37", "years").dimension == "time"


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_pair_of_texts(value: str, unit: str) -> None:
    """No pair of print and unit is an error; lower <= upper, and a half is finite."""
    found = said(value, unit)
    if found.lower is not None and found.upper is not None and found.half is not None:
        assert found.lower <= found.upper
        assert 0 <= found.half < math.inf
