"""Parts larger than what they are parts of."""

from __future__ import annotations

import polars as pl
import pytest
from tests.engine.doubts.asking import register, told

from tandem.engine.figures.frame import understand


@pytest.mark.parametrize(
    ("rule", "ids", "rows"),
    [
        (
            "part_over_whole",
            ("X0", "X1"),
            [
                ("Advanced manufacturing value added", "900", "billion CNY", "2025", "Guangdong"),
                ("Manufacturing value added", "800", "billion CNY", "2025", "Guangdong"),
            ],
        ),
        (
            "part_over_whole",
            ("X0", "X1"),
            [
                ("高技术制造业增加值", "900", "亿元", "2024", "佛山"),
                ("制造业增加值", "800", "亿元", "2024", "佛山"),
            ],
        ),
        (
            "part_over_whole",
            ("X0", "X1"),
            [
                ("Exports of machinery to Brazil", "90", "billion CNY", "2025", "Guangdong"),
                ("Exports of machinery", "80", "billion CNY", "2025", "Guangdong"),
            ],
        ),
        (
            "place_over_place",
            ("X0", "X1"),
            [
                ("地区生产总值", "9000", "亿元", "2024", "佛山"),
                ("地区生产总值", "8000", "亿元", "2024", "广东"),
            ],
        ),
        (
            "places_over_place",
            ("X2", "X0", "X1"),
            [
                ("GDP", "9000", "100 million CNY", "2024", "Foshan"),
                ("GDP", "8000", "100 million CNY", "2024", "Dongguan"),
                ("GDP", "12000", "100 million CNY", "2024", "Guangdong"),
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
            ("Imports and exports of machinery", "900", "billion CNY", "2025", "Guangdong"),
            ("Exports of machinery", "500", "billion CNY", "2025", "Guangdong"),
        ],
        [
            ("Non-manufacturing revenue", "900", "billion CNY", "2025", "Guangdong"),
            ("Manufacturing revenue", "500", "billion CNY", "2025", "Guangdong"),
        ],
        [
            ("Disposable income", "70000", "CNY", "2024", "Shenzhen"),
            ("Disposable income", "50000", "CNY", "2024", "Guangdong"),
        ],
        [
            ("GDP", "9000", "100 million CNY", "2024", "Foshan"),
            ("GDP", "8000", "100 million CNY", "2023", "Guangdong"),
        ],
    ],
)
def test_left_alone(rows):
    """What fits, or cannot be compared, is no doubt."""
    assert told(register(*rows)) == []


def test_a_table_of_places_says_what_lies_where():
    """Places that no code knows are compared once the table says that one lies in the other."""
    rows = [("GDP", "90", "CNY", "2025", "Mill Town"), ("GDP", "80", "CNY", "2025", "Hill County")]
    table = pl.DataFrame(
        {
            "geo_id": ["m", "h"],
            "name": ["Mill Town", "Hill County"],
            "level": ["city", "region"],
            "part_of": ["h", None],
        }
    )
    assert told(register(*rows)) == []
    names = ("indicator", "value", "unit", "period", "geography")
    texts = pl.DataFrame(
        [
            {"figure_id": f"X{n}", "source": f"s{n}", **dict(zip(names, row, strict=True))}
            for n, row in enumerate(rows)
        ]
    )
    assert told(understand(texts, None, table), None, table) == [("place_over_place", ("X0", "X1"))]


@pytest.mark.parametrize(
    ("rule", "ids", "figures"),
    [
        ("part_over_whole", ("X0", "X1"), ["数字经济核心产业增加值|2.4|万亿元", "地区生产总值|1.9|万亿元"]),
        (
            "parts_differ",
            ("X2", "X1", "X0"),
            ["进口额|1200|亿美元", "出口额|2300|亿美元", "进出口总额|3900|亿美元"],
        ),
        (
            "parts_differ",
            ("X3", "X0", "X1", "X2"),
            [
                "第一产业增加值|0.56|万亿元",
                "第二产业增加值|5.52|万亿元",
                "第三产业增加值|8.50|万亿元",
                "地区生产总值|14.92|万亿元",
            ],
        ),
        (
            "parts_differ",
            ("X2", "X0", "X1"),
            [
                "Urban population|75|million persons",
                "Rural population|20|million persons",
                "Population|100|million persons",
            ],
        ),
    ],
)
def test_classes_that_make_up_a_whole(rule, ids, figures):
    """Both directions of trade, the three sectors, town and country sum to their whole; no value added passes GDP."""
    rows = [(*line.split("|"), "2025", "广东") for line in figures]
    assert told(register(*rows)) == [(rule, ids)]


@pytest.mark.parametrize(
    "figures",
    [
        ["进口额|1200|亿美元", "出口额|2300|亿美元", "进出口总额|3500|亿美元"],
        ["进口额|1200|亿美元", "出口额|2300|亿美元", "进出口总额|2.5|万亿元"],
        [
            "第一产业增加值|0.56|万亿元",
            "第二产业增加值|5.52|万亿元",
            "第三产业增加值|8.50|万亿元",
            "地区生产总值|14.58|万亿元",
        ],
        [
            "Urban population|75.4|million persons",
            "Rural population|24.5|million persons",
            "Population|100|million persons",
        ],
        [
            "Urban residents' disposable income|46000|CNY",
            "Rural residents' disposable income|21000|CNY",
            "Residents' disposable income|34000|CNY",
        ],
    ],
)
def test_classes_that_fit_or_do_not_add_up(figures):
    """Sums within rounding, sums in another currency and means are no doubt."""
    rows = [(*line.split("|"), "2025", "广东") for line in figures]
    assert told(register(*rows)) == []
