"""What has grown old."""

from __future__ import annotations

import pytest
from tests.engine.doubts.asking import register, told

from tandem.engine.doubts.find import DoubtSettings, find_doubts


@pytest.mark.parametrize(
    ("rule", "ids", "rows"),
    [
        (
            "figure_stale",
            ("X1",),
            [
                ("GDP", "14", "trillion CNY", "2025", "Guangdong"),
                ("Population", "120", "million persons", "2019", "Guangdong"),
            ],
        ),
        (
            "target_passed",
            ("X1",),
            [
                ("GDP", "14", "trillion CNY", "2025", "Guangdong"),
                ("R&D intensity", "3", "% of GDP", "2023", "Guangdong", "target"),
            ],
        ),
        (
            "figure_stale",
            ("X1",),
            [
                ("GDP", "14", "trillion CNY", "2025", "Guangdong"),
                ("现行车牌配额", "100", "辆", "2016", "Guangdong", "threshold"),
            ],
        ),
    ],
)
def test_found(rule, ids, rows):
    """Each slip is found once, in its class, with its figures in order."""
    assert told(register(*rows)) == [(rule, ids)]


@pytest.mark.parametrize(
    "rows",
    [
        [
            ("GDP", "14", "trillion CNY", "2025", "Guangdong"),
            ("GDP", "9", "trillion CNY", "2018", "Guangdong"),
            ("Population", "120", "million persons", "2022", "Guangdong"),
        ],
        [
            ("GDP", "14", "trillion CNY", "2025", "Guangdong"),
            ("GDP", "25.8", "trillion CNY", "2035", "Guangdong", "target"),
            ("Jobs", "1", "million persons", "2023-", "Guangdong", "target"),
        ],
    ],
)
def test_left_alone(rows):
    """What fits, or cannot be compared, is no doubt."""
    assert told(register(*rows)) == []


def test_age_counts_from_the_year_asked():
    """The year given wins over the newest baseline, and the years allowed are a setting."""
    figures = register(("GDP", "14", "trillion CNY", "2020", "Guangdong"))
    assert find_doubts(figures) == ()
    assert [one.rule for one in find_doubts(figures, None, None, DoubtSettings(as_of=2026))] == [
        "figure_stale"
    ]
    assert find_doubts(figures, None, None, DoubtSettings(as_of=2026, stale_years=6)) == ()
