"""What an indicator's text measures, of what whole."""

from __future__ import annotations

import polars as pl
import pytest

from tandem.engine.figures import physical_units
from tandem.engine.figures.frame import frame, understand
from tandem.engine.figures.subjects import describe, subjects


def read(indicator: str, unit: str, denominator: str = ""):
    row = {
        "id": "A",
        "indicator": indicator,
        "value": "5",
        "unit": unit,
        "period": "2025",
        "denominator": denominator,
    }
    return subjects(frame([{**row, "geography": "Guangdong"}]))[0]


@pytest.mark.parametrize(
    ("indicator", "unit", "subject", "quantity", "whole"),
    [
        ("Regional GDP target", "trillion CNY", "gdp", "level", None),
        ("地区生产总值", "亿元", "gdp", "level", None),
        ("R&D intensity", "% of GDP", "r&d", "share", "gdp"),
        ("R&D intensity", "%", "r&d", "share", "gdp"),
        ("研发投入强度", "%", "r&d", "share", "gdp"),
        ("R&D/GDP ratio", "%", "r&d", "share", "gdp"),
        ("Ratio of R&D spending to GDP", "%", "r&d", "share", "gdp"),
        ("Exports as a percentage of GDP", "%", "export", "share", "gdp"),
        ("Industrial robots from Guangdong", "share (base unstated)", "industrial robot", "share", None),
        ("广东工业机器人", "占比（基数未说明）", "industrial robot", "share", None),
        ("Industrial robot output share", "% of national", "industrial robot", "share", "national"),
        ("工业机器人产量占全国比重", "%", "industrial robot", "share", "national"),
        ("Traditional manufacturing share of above-scale VA", "%", "traditional manufacturing", "share",
         "above-scale industrial value added"),
        ("先进制造业增加值占规模以上工业增加值的比重", "%", "advanced manufacturing", "share",
         "above-scale industrial value added"),
        ("Digitally transformed share", "% of above-scale enterprises", "digital transformation", "share",
         "above-scale enterprise"),
        ("Share of above-scale enterprises with digital transformation", "%", "digital transformation", "share",
         "above-scale enterprise"),
        ("规上工业企业数字化转型率", "%", "digital transformation", "share", "above-scale industrial enterprise"),
        ("Share of private enterprises in total exports", "%", "private enterprise", "share", "export"),
        ("外贸在货物吞吐量中所占份额", "%", "foreign trade", "share", "货物 吞吐量"),
        ("Consumer drones global share", "% of global market", "consumer drone", "share", "global market"),
        ("Share of China industrial output", "fraction", "industrial", "share", "national industrial output"),
        ("接入专网的学校占比", "%", "接入 专网 school", "share", "school"),
        ("Share of employment that is in services", "%", "service", "share", "employment"),
        ("Share of firms above scale with a laboratory", "%", "laboratory", "share", "enterprise above-scale"),
        ("Robots made in Foshan", "share (base unstated)", "robot", "share", None),
        ("城镇人口比重", "%", "urban population", "share", "population"),
        ("光伏占比", "share 占比", "光伏", "share", None),
        ("快递业务量比上年增长", "%", "快递 业务量", "growth", None),
        ("规模以上工业企业数目标", "家", "above-scale industrial enterprise", "level", None),
        ("Manufacturing value added growth", "% yoy", "manufacturing", "growth", None),
        ("规上工业增加值同比增长", "%", "above-scale industrial", "growth", None),
        ("人均地区生产总值", "元", "gdp", "per", None),
        ("Value added per employee", "CNY/person", "value added", "per", None),
        ("Digital industry revenue rank", "national rank", "digital industrial", "rank", None),
        ("Shenzhen-Panyu by air taxi", "minutes", "panyu air taxi", "duration", None),
        ("Conference date", "date", "conference date", "other", None),
    ],
)  # fmt: skip
def test_phrases_say_what_of_what(indicator, unit, subject, quantity, whole):
    """Word orders and both languages come to the same subject, quantity and whole."""
    one = read(indicator, unit)
    assert (one.subject, one.quantity, one.whole_subject) == (subject, quantity, whole)


def test_one_quantity_has_one_identity():
    """Names that differ in language, order or filling words are one quantity; a scope or another measure is not."""
    same = [
        read("Regional GDP", "CNY"),
        read("地区生产总值", "元"),
        read("Gross domestic product, total", "CNY"),
    ]
    assert len({one.identity for one in same}) == 1
    others = ["Manufacturing revenue", "Manufacturing value added", "Above-scale manufacturing value added"]
    assert len({read(name, "CNY").identity for name in others}) == 3


def test_a_stated_denominator_wins():
    """The denominator column says the whole, whatever name and unit say."""
    assert (
        read("Robots, share", "% of national", "industrial robot output").whole_subject
        == "industrial robot output"
    )


def test_the_indicators_table_wins():
    """Name and denominator of the table replace what the print would be read as."""
    table = pl.DataFrame(
        {
            "indicator_id": ["X1"],
            "name": ["x"],
            "name_en": ["R&D intensity"],
            "denominator": ["GDP"],
            "aliases": ["强度"],
        }
    )
    texts = pl.DataFrame({"figure_id": ["A"], "indicator": ["强度"], "value": ["3"], "unit": ["%"], "period": ["2025"],
                          "geography": ["Guangdong"]})  # fmt: skip
    told = describe(understand(texts, table), table).row(0, named=True)
    assert (told["subject"], told["quantity"], told["whole_subject"]) == ("r&d", "share", "gdp")


def test_describe_keeps_rows_and_order():
    """Each row gets its own words; texts as Categorical give the same."""
    rows = [{"id": str(n), "indicator": name, "value": "1", "unit": "CNY", "period": "2025", "geography": "X"}
            for n, name in enumerate(["GDP", "Exports", "GDP"])]  # fmt: skip
    plain = frame(rows)
    told = describe(plain)
    assert told["subject"].to_list() == ["gdp", "export", "gdp"]
    assert told["figure_id"].to_list() == ["0", "1", "2"]
    narrow = plain.with_columns(pl.col("indicator", "unit", "indicator_id").cast(pl.Categorical))
    assert describe(narrow)["subject"].to_list() == told["subject"].to_list()


@pytest.mark.parametrize(
    ("thing", "bare", "size"),
    [("gw", "watt", 1e9), ("吉瓦时", "watt-hour", 1e9), ("kilowatt-hour/year", "watt-hour/year", 1e3),
     ("kg", "tonne", 1e-3), ("公斤/亩", "tonne/square metre", 1e-3 * 15 / 1e4), ("patent/person", "patent/person", 1.0),
     ("enterprise", "enterprise", 1.0)],
)  # fmt: skip
def test_sizes_of_physical_units(thing, bare, size):
    """Prefixes are sizes of one unit; what is no physical unit stays."""
    assert (physical_units.bare(thing), physical_units.size(thing)) == (bare, size)
