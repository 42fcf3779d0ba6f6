"""A growth rate and two levels."""

from __future__ import annotations

import pytest
from tests.engine.doubts.asking import register, told


@pytest.mark.parametrize(
    ("rule", "ids", "rows"),
    [
        (
            "growth_differs",
            ("X2", "X0", "X1"),
            [
                ("Industrial robot output", "100000", "units", "2023", "Guangdong"),
                ("Industrial robot output", "150000", "units", "2024", "Guangdong"),
                ("Industrial robot output growth", "31.2", "% yoy", "2024", "Guangdong"),
            ],
        ),
        (
            "growth_gap",
            ("X2", "X0", "X1"),
            [
                ("GDP", "100", "billion CNY", "2023", "Guangdong"),
                ("GDP", "120", "billion CNY", "2024", "Guangdong"),
                ("Real GDP growth", "5", "% yoy", "2024", "Guangdong"),
            ],
        ),
        (
            "growth_differs",
            ("X2", "X0", "X1"),
            [
                ("出口额", "1000", "亿元", "2023", "广东"),
                ("出口额", "1100", "亿元", "2024", "广东"),
                ("出口额同比增长", "4.0", "%", "2024", "广东"),
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
            ("GDP", "100.0", "billion CNY", "2023", "Guangdong"),
            ("GDP", "108.0", "billion CNY", "2024", "Guangdong"),
            ("Real GDP growth", "5", "% yoy", "2024", "Guangdong"),
        ],
        [
            ("Steel output", "100", "tonnes", "2023", "Guangdong"),
            ("Steel output", "131", "tonnes", "2024", "Guangdong"),
            ("Steel output growth", "31.2", "% yoy", "2024", "Guangdong"),
        ],
        [
            ("Steel output", "100.0", "tonnes", "2020", "Guangdong"),
            ("Steel output", "146.4", "tonnes", "2024", "Guangdong"),
            ("Average annual growth of steel output", "10.0", "%", "2020-2024", "Guangdong"),
        ],
    ],
)
def test_left_alone(rows):
    """What fits, or cannot be compared, is no doubt."""
    assert told(register(*rows)) == []
