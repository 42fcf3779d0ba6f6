"""Two figures and the ratio printed beside them."""

from __future__ import annotations

import polars as pl
import pytest
from tests.engine.doubts.asking import register, told

from tandem.engine.figures.frame import understand


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


def lines(*figures, place="湖北"):
    """Figures 'indicator | value | unit' of 2024 and one place."""
    return register(*((*(part.strip() for part in line.split("|")), "2024", place) for line in figures))


@pytest.mark.parametrize(
    ("rule", "ids", "figures"),
    [
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "Grain sown area|1.2|million hectares",
                "Total crop sown area|4.0|million hectares",
                "Share of grain in total crop sown area|35.2|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "Hydropower generation|330|TWh",
                "Electricity generation|420|TWh",
                "Hydropower as % of electricity generation|85.5|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "住宅销售面积|6800|万平方米",
                "商品房销售面积|8500|万平方米",
                "住宅占商品房销售面积的百分之|86.5|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "开展数字化改造的规上工业企业数|36000|家",
                "规上工业企业数|50000|家",
                "规上工业企业数字化改造率|80|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "我省规上工业增加值|4000|亿元",
                "我省地区生产总值|13300|亿元",
                "规上工业增加值占我省GDP比重|35|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "规上食品工业企业营业收入|40|亿元",
                "规上工业营业收入|100|亿元",
                "规上食品工业占规上工业营业收入比重|45|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "Employees in services|40|million persons",
                "Employment|70|million persons",
                "Share of employment that is in services|64|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "Late loans|40.8|billion CNY",
                "Outstanding loans|3140|billion CNY",
                "Late loans/outstanding loans|2.4|%",
            ],
        ),
        (
            "ratio_differs",
            ("X0", "X2", "X1"),
            [
                "海洋经济增加值 Marine economy value added|400|亿元",
                "GDP 地区生产总值|1000|亿元",
                "海洋经济增加值占GDP比重 Share of marine economy value added in GDP|52|%",
            ],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            [
                "Primary school pupils|412,000|pupils",
                "Primary school teachers|24,600|teachers",
                "Primary school pupils/primary school teachers|14.2|pupils per teacher",
            ],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            ["小学生|26.4|万人", "小学教师|1.58|万人", "小学生与小学教师之比|19.1|人/人"],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            ["粮食产量|1200|万吨", "粮食播种面积|4800|万亩", "粮食亩产|320|公斤/亩"],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            [
                "Parcels delivered|44|billion parcels",
                "Population|127.8|million persons",
                "Parcels per capita|298|parcels per person",
            ],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            [
                "Patents in force|820,000|patents",
                "Population|127.8|million persons",
                "Patents per 10,000 inhabitants|78|patents",
            ],
        ),
        (
            "per_differs",
            ("X2", "X0", "X1"),
            ["5G基站|42|万个", "常住人口|12780|万人", "每万人5G基站数|46|个"],
        ),
        ("base_implied", ("X0", "X1"), ["接入教育专网的学校|5600|所", "接入教育专网的学校占比|80|%"]),
        (
            "base_implied",
            ("X0", "X1"),
            [
                "Hotels with online booking|1,170|hotels",
                "Hotels with online booking, as a share of all hotels|78|%",
                "Hotel rooms|36,000|rooms",
            ],
        ),
    ],
)
def test_other_phrasings(rule, ids, figures):
    """The words of part and whole are found however the sentence is built."""
    assert told(lines(*figures)) == [(rule, ids)]


@pytest.mark.parametrize(
    "figures",
    [
        ["5G基站|42|万个", "常住人口|12780|万人", "每万人5G基站数|33|个"],
        ["粮食产量|1293|万吨", "粮食播种面积|3350|万亩", "粮食单产|386|公斤/亩"],
        ["小学生|26.4|万人", "小学教师|1.58|万人", "小学生与小学教师之比|16.7|人/人", "常住人口|386|万人"],
        [
            "Public hospitals|520|hospitals",
            "Beds in hospitals|408,000|beds",
            "Share of public hospitals in hospital beds|76|%",
        ],
        ["Public hospitals|520|hospitals", "Share of public hospitals in hospital beds|76|%"],
        [
            "Industrial firms above scale|12,400|firms",
            "Industrial firms above scale using robots|8,060|firms",
            "Industrial firms above scale using robots, share|65|% of industrial firms above scale",
        ],
        [
            "Hospitals with smart services|300|hospitals",
            "Tertiary hospitals|40|hospitals",
            "Share of tertiary hospitals with smart services|92|%",
        ],
        ["Robots made in Wuhan|36,000|robots", "Robots|52,000|robots"],
        ["举办展览|1180|场", "大型展览|236|场", "大型展览在展览场次中的份额|20.0|%"],
    ],
)
def test_other_phrasings_that_fit(figures):
    """What the same phrasings say truly is left alone."""
    assert told(lines(*figures)) == []
