"""Shares beside each other."""

from __future__ import annotations

import polars as pl
import pytest
from tests.engine.doubts.asking import register, told

from tandem.engine.figures.frame import understand


@pytest.mark.parametrize(
    ("rule", "ids", "rows"),
    [
        (
            "wholes_differ",
            ("X0", "X1"),
            [
                ("广东工业机器人", "1/3", "占比（基数未注明）", "2025", "广东"),
                ("工业机器人产量占全国比重", "40", "%", "2025", "广东"),
            ],
        ),
        ("whole_unstated", ("X0",), [("新能源汽车占比", "35", "%", "2025", "广东")]),
        ("whole_unstated", ("X0",), [("Share of service robots", "1/8", "", "2025", "Guangdong")]),
        (
            "classes_overlap",
            ("X1", "X0"),
            [
                ("先进制造业增加值占规模以上工业增加值比重", ">50", "%", "2025", "广东"),
                ("传统制造业占规上增加值比重", ">70", "%", "2025", "广东"),
            ],
        ),
        (
            "classes_over_whole",
            ("X0", "X1"),
            [
                ("Urban share of employment", "60", "%", "2025", "Guangdong"),
                ("Rural share of employment", "55", "%", "2025", "Guangdong"),
            ],
        ),
        (
            "classes_over_whole",
            ("X2", "X1"),
            [
                ("第一产业占GDP比重", "5", "%", "2025", "广东"),
                ("第二产业占GDP比重", "45", "%", "2025", "广东"),
                ("第三产业占GDP比重", "57", "%", "2025", "广东"),
            ],
        ),
        (
            "places_over_whole",
            ("X0", "X1"),
            [
                ("Industrial robot output share", "60", "% of national", "2025", "Guangdong"),
                ("Industrial robot output share", "55", "% of national", "2025", "Jiangsu"),
            ],
        ),
        (
            "share_over_one",
            ("X0",),
            [("Share of wind power in electricity consumption", "130", "%", "2025", "Guangdong")],
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
            ("Urbanisation rate", "75", "%", "2025", "Guangdong"),
            ("Unemployment rate", "5", "%", "2025", "Guangdong"),
            ("Gross margin", "30", "%", "2025", "Guangdong"),
        ],
        [
            ("Exports as % of GDP", "45", "%", "2025", "Guangdong"),
            ("Tertiary share of GDP", "57", "%", "2025", "Guangdong"),
            ("Consumption share of GDP", "50", "%", "2025", "Guangdong"),
        ],
        [("Exports as % of GDP", "145", "%", "2025", "Guangdong")],
        [
            ("Urban share of population", "66", "%", "2025", "Guangdong"),
            ("Female share of population", "49", "%", "2025", "Guangdong"),
        ],
        [
            ("Coal share of electricity generated", "60.04", "%", "2025", "Guangdong"),
            ("Wind share of electricity generated", "40.0", "%", "2025", "Guangdong"),
        ],
    ],
)
def test_left_alone(rows):
    """What fits, or cannot be compared, is no doubt."""
    assert told(register(*rows)) == []


def test_declared_classes_settle_a_doubt():
    """Classes that the table declares overlapping are no doubt; declared exclusive, they are a conflict."""
    rows = [
        ("Advanced share of output", "60", "% of output value"),
        ("Old share of output", "70", "% of output value"),
    ]
    texts = pl.DataFrame(
        {
            "figure_id": ["X0", "X1"],
            "indicator": [row[0] for row in rows],
            "value": [row[1] for row in rows],
            "unit": [row[2] for row in rows],
            "period": ["2025"] * 2,
            "geography": ["Guangdong"] * 2,
            "source": ["s0", "s1"],
        }
    )
    for classes, rules in (("overlapping", []), ("exclusive", ["classes_over_whole"])):
        table = pl.DataFrame(
            {"indicator_id": ["a", "b"], "name": [row[0] for row in rows], "classes": [classes] * 2}
        )
        figures = understand(texts, table)
        assert [rule for rule, _ in told(figures, table) if rule.startswith("classes")] == rules


@pytest.mark.parametrize(
    ("expected", "figures"),
    [
        ([("wholes_differ", ("X0", "X1"))], ["全省光伏组件产量占比|35|%", "江苏光伏组件占全国产量比重|50|%"]),
        (
            [("wholes_differ", ("X0", "X1"))],
            ["International transit share|31|%", "International transit share of container throughput|22|%"],
        ),
        ([("whole_unstated", ("X0",))], ["Electric vehicles made in Redcliff|1/5|share (base unstated)"]),
        ([("whole_unstated", ("X0",))], ["Proportion of batteries made in the province|1/4|share"]),
        ([("classes_over_whole", ("X0", "X1"))], ["城镇人口比重|72|%", "乡村人口比重|34|%"]),
        (
            [("classes_overlap", ("X0", "X1"))],
            [
                "Share of export-oriented firms in cluster revenue|62|%",
                "Share of small firms in cluster revenue|58|%",
            ],
        ),
        ([], ["Exports as % of total trade|64.8|%", "Private firms' share of total trade|64.1|%"]),
        ([], ["工业用电量占全社会用电量比重|63.0|%", "火电占发电量比重|52.4|%"]),
        ([], ["城镇人口比重|72|%", "女性占总人口比重|49|%"]),
    ],
)
def test_other_phrasings(expected, figures):
    """What a share is of may be the class's own people, and is not where something is made, nor its own place."""
    rows = [(*line.split("|"), "2025", "江苏") for line in figures]
    assert told(register(*rows)) == expected


def test_a_city_in_its_province_has_a_whole_and_points_are_no_share():
    """占全省比重 names the whole; "up 1.3 points" is a change of a share and contradicts no share."""
    figures = register(
        ("广州展览面积占全省比重", "46.0", "%", "2024", "广东"),
        ("快递业务收入占邮政行业业务收入比重", "79.0", "%", "2024", "福建"),
        ("快递业务收入占邮政行业业务收入比重比上年提高", "1.3", "个百分点", "2024", "福建"),
    )
    assert told(figures) == []
