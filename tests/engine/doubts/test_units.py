"""Numbers in other units than their own."""

from __future__ import annotations

import pytest
from tests.engine.doubts.asking import register, told


@pytest.mark.parametrize(
    ("rule", "ids", "rows"),
    [
        ("unit_missing", ("X0",), [("Patents granted", "5000", "", "2025", "Guangdong")]),
        (
            "dimensions_differ",
            ("X0", "X1"),
            [
                ("Robot industry revenue", "50", "billion CNY", "2025", "Guangdong"),
                ("Robot industry revenue", "500", "enterprises", "2024", "Guangdong"),
            ],
        ),
        (
            "series_jump",
            ("X2", "X1"),
            [
                ("Steel output", "1000", "tonnes", "2022", "Guangdong"),
                ("Steel output", "1050", "tonnes", "2023", "Guangdong"),
                ("Steel output", "11000000", "tonnes", "2024", "Guangdong"),
                ("Steel output", "1150", "tonnes", "2025", "Guangdong"),
            ],
        ),
        (
            "currencies_differ",
            ("X0", "X1"),
            [
                ("Exports", "500", "billion CNY", "2024", "Guangdong"),
                ("Exports", "70", "billion USD", "2025", "Guangdong"),
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
            ("Number of patents granted", "5000", "", "2025", "Guangdong"),
            ("Gini coefficient", "0.4", "", "2025", "Guangdong"),
        ],
        [
            ("Tertiary value added", "50", "billion CNY", "2025", "Guangdong"),
            ("Tertiary value added", "57", "% of GDP", "2025", "Guangdong"),
            ("GDP", "87.7", "billion CNY", "2025", "Guangdong"),
        ],
        [
            ("Chip output", "10", "units", "2022", "Guangdong"),
            ("Chip output", "80", "units", "2023", "Guangdong"),
            ("Chip output", "900", "units", "2024", "Guangdong"),
        ],
    ],
)
def test_left_alone(rows):
    """What fits, or cannot be compared, is no doubt."""
    assert told(register(*rows)) == []
