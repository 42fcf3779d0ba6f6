"""One quantity, place and period with two values."""

from __future__ import annotations

import pytest
from tests.engine.doubts.asking import register, told

from tandem.engine.doubts.find import find_doubts
from tandem.engine.figures.frame import frame


@pytest.mark.parametrize(
    ("rule", "ids", "rows"),
    [
        (
            "same_figure",
            ("X0", "X1"),
            [
                ("Regional GDP", "14.58", "trillion CNY", "2025", "Guangdong"),
                ("地区生产总值", "14.2", "万亿元", "2025", "广东"),
            ],
        ),
        (
            "power_of_ten",
            ("X0", "X1"),
            [
                ("地区生产总值", "14.58", "万亿元", "2025", "广东"),
                ("地区生产总值", "14.58", "亿元", "2025", "广东"),
            ],
        ),
        (
            "power_of_ten",
            ("X0", "X1"),
            [
                ("Wind capacity", "1.7", "GW", "2025", "Guangdong"),
                ("Wind capacity", "1.7", "MW", "2025", "Guangdong"),
            ],
        ),
        (
            "dimensions_differ",
            ("X0", "X1"),
            [
                ("Robot output", "50", "billion CNY", "2025", "Guangdong"),
                ("Robot output", "500", "tonnes", "2025", "Guangdong"),
            ],
        ),
        (
            "currencies_differ",
            ("X0", "X1"),
            [
                ("Exports", "50", "billion CNY", "2025", "Guangdong"),
                ("Exports", "50", "billion USD", "2025", "Guangdong"),
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
            ("GDP", "14.58", "trillion CNY", "2025", "Guangdong"),
            ("Regional GDP", "14.6", "trillion CNY", "2025", "广东"),
        ],
        [
            ("GDP", "14.58", "trillion CNY", "2025", "Guangdong"),
            ("GDP", "7.1", "trillion CNY", "2025H1", "Guangdong"),
        ],
        [
            ("GDP", "14.58", "trillion CNY", "2025", "Guangdong"),
            ("GDP", "25.8", "trillion CNY", "2025", "Guangdong", "target"),
        ],
        [
            ("Electricity used", "121,900", "GWh", "2025", "Guangdong"),
            ("Electricity used", "121.9", "TWh", "2025", "Guangdong"),
        ],
        [
            ("Exports", "700", "billion CNY", "2025", "Guangdong"),
            ("Exports", "98", "billion USD", "2025", "Guangdong"),
        ],
    ],
)
def test_left_alone(rows):
    """What fits, or cannot be compared, is no doubt."""
    assert told(register(*rows)) == []


def test_revisions_are_no_doubt():
    """Two vintages of one source are a revision; two sources of one year disagree."""
    rows = [("9.21", "A", "2024-02"), ("9.44", "A", "2024-09"), ("9.90", "B", "2024-09")]
    made = [
        {
            "id": f"X{n}",
            "indicator": "GDP",
            "value": value,
            "unit": "trillion CNY",
            "period": "2023",
            "geography": "Shandong",
            "source": source,
            "vintage": vintage,
        }
        for n, (value, source, vintage) in enumerate(rows)
    ]
    assert find_doubts(frame(made[:2])) == ()
    assert [one.rule for one in find_doubts(frame(made))] == ["same_figure"]


@pytest.mark.parametrize(
    ("expected", "target"),
    [([("dimensions_differ", ("X1", "X0"))], "万户"), ([], "亿元"), ([], "万亿元"), ([], "亿美元")],
)
def test_a_target_is_told_in_the_unit_of_what_it_is_a_target_of(expected, target):
    """Loans in yuan and their target in households; another size or currency of money can be converted."""
    rows = [
        ("涉农贷款余额", "5120", "亿元", "2025", "平原省"),
        ("涉农贷款余额目标", "6800", target, "2030", "平原省", "target"),
    ]
    assert told(register(*rows)) == expected


def test_targets_of_one_year_disagree():
    """Two plans name different targets; 数目标 at the end of a name is number and target."""
    rows = [("规模以上工业企业数目标", value, "万家", "2027", "浙江", "target") for value in ("9.5", "8.8")]
    baseline = ("规模以上工业企业", "8.1", "万家", "2025", "浙江")
    assert told(register(*rows, baseline)) == [("same_figure", ("X0", "X1"))]
    figures = register(
        ("规模以上工业企业数目标", "9.5", "万家", "2027", "浙江"),
        ("规模以上工业企业", "8.8", "万家", "2027", "浙江"),
    )
    assert told(figures) == [("same_figure", ("X0", "X1"))]


def test_containers_are_not_tonnes():
    """A series that changes from containers to tonnes changes its unit."""
    rows = [
        ("集装箱吞吐量", "610", "万标准箱", "2024", "宁波"),
        ("集装箱吞吐量", "640", "万吨", "2025", "宁波"),
    ]
    assert [rule for rule, _ in told(register(*rows))] == ["dimensions_differ"]
