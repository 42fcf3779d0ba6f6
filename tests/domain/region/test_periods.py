"""Printed periods lead to their years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.domain.region.periods import read_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", 2025, 2025),
        ("2025年", 2025, 2025),
        ("2026-", 2026, None),
        ("2020年以来", 2020, None),
        ("since 2020", 2020, None),
        ("2026-2030", 2026, 2030),
        ("2026—2030年", 2026, 2030),
        ("2026-30", 2026, 2030),
        ("2025-10", 2025, 2025),
        ("2026-02-24", 2026, 2026),
        ("20260224", 2026, 2026),
        ("2025年1-6月", 2025, 2025),
        ("by 2035", 2035, 2035),
        ("到2035年", 2035, 2035),
        ("十五五", 2026, 2030),
        ("“十四五”时期", 2021, 2025),
        ("十五", 2001, 2005),
        ("第十五个五年规划", 2026, 2030),
        ("15th Five-Year Plan", 2026, 2030),
        ("1st five-year plan", 1953, 1957),
        ("end of the 15th five-year plan", 2030, 2030),
        ("十五五期末", 2030, 2030),
        ("近三年", None, None),
        ("", None, None),
        ("9999", None, None),
    ],
)
def test_years(text: str, first: int | None, last: int | None) -> None:
    """Years, ranges, open ends, months, days and five-year plans in zh and en."""
    read = read_period(text)
    assert (read.first, read.last) == (first, last)


def test_days_and_plans_are_known_as_such() -> None:
    """A period keeps how exact its print is."""
    assert read_period("2026-02-24").day == "2026-02-24"
    assert read_period("2025-10").day == "2025-10"
    assert read_period("十五五").is_plan
    assert read_period("2026-").is_open
    assert read_period("2026-02-30").day is None


@given(st.text(max_size=30))
def test_any_text_is_a_period(text: str) -> None:
    """Whatever stands in the cell, reading ends without an error, first <= last, in years that Int16 holds."""
    read = read_period(text)
    if read.first is not None and read.last is not None:
        assert 1800 <= read.first <= read.last < 2300
