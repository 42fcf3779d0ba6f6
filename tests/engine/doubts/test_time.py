"""What has grown old."""

from __future__ import annotations

import pytest

from tandem.base import words
from tandem.engine.doubts.find import DoubtSettings, find_doubts
from tandem.engine.figures.frame import frame


def register(*rows):
    """Figures (indicator, value, unit, period, geography[, kind]) named X0, X1 ... of sources s0, s1 ..."""
    names = ("indicator", "value", "unit", "period", "geography", "kind")
    return frame(
        {"id": f"X{n}", "source": f"s{n}", **dict(zip(names, row, strict=False))}
        for n, row in enumerate(rows)
    )


def told(figures, *tables):
    """Rule and figures of each doubt; every sentence names all sources."""
    found = find_doubts(figures, *tables)
    for one in found:
        for lang in ("en", "zh"):
            assert all(
                f"s{id_[1:]}" in words.say(f"doubt.{one.rule}", lang, **one.params) for id_ in one.figures[:2]
            )
    return [(one.rule, one.figures) for one in found]


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
