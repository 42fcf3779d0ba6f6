"""Two figures and the ratio printed beside them."""

from __future__ import annotations

import polars as pl
import pytest

from tandem.base import words
from tandem.engine.doubts.find import find_doubts
from tandem.engine.figures.frame import frame, understand


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
            "ratio_cut_off",
            ("X1", "X2", "X0"),
            [
                ("地区生产总值", "14.58", "万亿元", "2025", "广东"),
                ("研发经费支出", "5350", "亿元", "2025", "广东"),
                ("研发投入强度", "3.6", "%", "2025", "广东"),
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                ("Exports", "600", "billion CNY", "2025", "Guangdong"),
                ("GDP", "2000", "billion CNY", "2025", "Guangdong"),
                ("Exports as a share of GDP", "45", "%", "2025", "Guangdong"),
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                ("Urban population", "75", "million persons", "2025", "Guangdong"),
                ("Population", "100", "million persons", "2025", "Guangdong"),
                ("Urbanisation rate", "60", "%", "2025", "Guangdong"),
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                ("工业机器人产量", "30", "万台", "2024", "广东"),
                ("工业机器人产量", "60", "万台", "2024", "全国"),
                ("工业机器人产量占全国比重", "40", "%", "2024", "广东"),
            ],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            [
                ("Manufacturing value added", "4000", "billion CNY", "2025", "Guangdong"),
                ("Manufacturing employment", "20", "million persons", "2025", "Guangdong"),
                ("Manufacturing value added per employee", "300000", "CNY/person", "2025", "Guangdong"),
            ],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            [
                ("地区生产总值", "16000", "亿元", "2024", "浙江"),
                ("常住人口", "6600", "万人", "2024", "浙江"),
                ("人均地区生产总值", "14.1", "万元", "2024", "浙江"),
            ],
        ),
        (
            "base_implied",
            ("X0", "X1"),
            [
                ("完成数字化转型的规上工业企业", "4.4", "万家", "2025", "广东"),
                ("规上工业企业数字化转型比例", "60", "%", "2025", "广东"),
            ],
        ),
        (
            "base_implied",
            ("X0", "X1"),
            [
                ("Female employees", "4.2", "million persons", "2025", "Guangdong"),
                ("Female share of employees", "42", "%", "2025", "Guangdong"),
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
            ("Low-altitude enterprises", ">15000", "enterprises", "2025", "Guangdong"),
            ("Low-altitude enterprises share", ">30", "% of national", "2025", "Guangdong"),
        ],
        [
            ("R&D expenditure", "535", "billion CNY", "2025", "Guangdong"),
            ("GDP", "14.58", "trillion CNY", "2025", "Guangdong"),
            ("R&D intensity", "3.67", "% of GDP", "2025", "Guangdong"),
        ],
        [
            ("GDP", "100", "billion CNY", "2025", "Guangdong"),
            ("Population", "2.00", "million persons", "2025", "Guangdong"),
            ("GDP per capita", "50900", "CNY/person", "2025", "Guangdong"),
        ],
        [
            ("R&D expenditure", "535", "billion CNY", "2025", "Guangdong"),
            ("GDP", "14.58", "trillion CNY", "2025", "Guangdong"),
            ("R&D intensity", "4.5", "% of GDP", "2025", "Guangdong", "target"),
        ],
    ],
)
def test_left_alone(rows):
    """What fits, or cannot be compared, is no doubt."""
    assert told(register(*rows)) == []


def test_the_table_says_what_a_ratio_is_made_of():
    """A ratio whose name says nothing is checked against its declared numerator and denominator."""
    table = pl.DataFrame(
        {
            "indicator_id": ["q", "t", "b"],
            "name": ["Strength", "Takings", "Heads"],
            "numerator": ["t", None, None],
            "denominator_id": ["b", None, None],
        }
    )
    values = [("Strength", "40", "%"), ("Takings", "500", "units"), ("Heads", "1000", "units")]
    texts = pl.DataFrame(
        [
            {
                "figure_id": f"X{n}",
                "source": f"s{n}",
                "indicator": a,
                "value": v,
                "unit": u,
                "period": "2025",
                "geography": "X",
            }
            for n, (a, v, u) in enumerate(values)
        ]
    )
    assert ("ratio_differs", ("X1", "X0", "X2")) in told(understand(texts, table), table)
