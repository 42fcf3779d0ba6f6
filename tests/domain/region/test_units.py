"""Units in both languages: what is measured, and how much one of them is in base units."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.domain.region.units import read_unit


@pytest.mark.parametrize(
    ("text", "factor", "currency"),
    [
        ("trillion CNY", 1e12, "CNY"),
        ("trillion CNY (cluster revenue)", 1e12, "CNY"),
        ("billion yuan", 1e9, "CNY"),
        ("RMB bn", 1e9, "CNY"),
        ("100 million yuan", 1e8, "CNY"),
        ("亿元", 1e8, "CNY"),
        ("万亿元", 1e12, "CNY"),
        ("人民币亿元", 1e8, "CNY"),
        ("亿元人民币", 1e8, "CNY"),
        ("亿港元", 1e8, "HKD"),
        ("HK$ million", 1e6, "HKD"),
        ("US$ billion", 1e9, "USD"),
        ("亿美元", 1e8, "USD"),
        ("万澳门元", 1e4, "MOP"),
    ],
)
def test_money(text: str, factor: float, currency: str) -> None:
    """Amounts with their multiplier, wherever the currency stands."""
    unit = read_unit(text)
    assert (unit.dimension, unit.factor, unit.currency) == ("money", factor, currency)


@pytest.mark.parametrize(
    ("text", "dimension", "scale", "whole"),
    [
        ("% of GDP", "share", 0.01, "GDP"),
        ("占GDP比重%", "share", 0.01, "GDP"),
        ("占GDP比重（%）", "share", 0.01, "GDP"),
        ("% of above-scale enterprises", "share", 0.01, "above-scale enterprises"),
        ("占全国比重", "share", 1.0, "全国"),
        ("%", "share", 0.01, None),
        ("‰", "share", 0.001, None),
        ("share (base unstated)", "share", 1.0, None),
        ("fraction (about 1/8)", "share", 1.0, None),
        ("percentage points", "share", 0.01, None),
        ("个百分点", "share", 0.01, None),
        ("% yoy", "growth", 0.01, None),
        ("同比%", "growth", 0.01, None),
        ("%/yr", "growth", 0.01, None),
        ("% yoy (no number)", "growth", 0.01, None),
    ],
)
def test_shares_and_growth(text: str, dimension: str, scale: float, whole: str | None) -> None:
    """A share names its whole where it does; a change over a year is growth, no share."""
    unit = read_unit(text)
    assert (unit.dimension, unit.factor, unit.whole) == (dimension, scale, whole)


@pytest.mark.parametrize(
    ("text", "dimension", "factor", "thing"),
    [
        ("enterprises", "count", 1, "enterprise"),
        ("家", "count", 1, "enterprise"),
        ("万户", "count", 1e4, "enterprise"),
        ("万人", "count", 1e4, "person"),
        ("10,000 persons", "count", 1e4, "person"),
        ("units/yr", "count", 1, "unit/year"),
        ("of 10 clusters", "count", 1, "cluster"),
        ("categories", "count", 1, "category"),
        ("elements: capital, talent, data, technology", "count", 1, "element"),
        ("千米", "count", 1, "kilometre"),
        ("亿千瓦时", "count", 1e8, "kilowatt-hour"),
        ("years", "time", 1, "year"),
        ("minutes", "time", 1 / 60, "hour"),
        ("global rank", "rank", 1, "rank"),
        ("位", "rank", 1, "rank"),
        ("元/人", "ratio", 1, "person"),
        ("万元/人", "ratio", 1e4, "person"),
        ("CNY/person", "ratio", 1, "person"),
        ("patents per 10,000 people", "ratio", 1e-4, "patent/person"),
        ("件/万人", "ratio", 1e-4, "piece/person"),
        ("date", "date", 1, None),
        ("15th Five-Year Plan", "date", 1, None),
        ("qualitative", "words", 1, None),
        ("people / enterprises", "words", 1, None),
        ("", "none", 1, None),
        ("count", "count", 1, None),
    ],
)
def test_counts_and_others(text: str, dimension: str, factor: float, thing: str | None) -> None:
    """What is counted has one word in both languages; ratios, ranks, durations and dates are told apart."""
    unit = read_unit(text)
    assert (unit.dimension, unit.thing) == (dimension, thing)
    assert unit.factor == pytest.approx(factor)


def test_what_is_about() -> None:
    """A unit may say that the value is rounded, and of how many the thing is one."""
    assert read_unit("fraction (about 1/8)").about
    assert read_unit("of 10 clusters").whole == "10 clusters"
    assert read_unit("national rank").whole == "national"


_SCRAPS = st.sampled_from(
    [
        "%",
        "of ",
        "占",
        "比重",
        "万",
        "亿",
        "元",
        "人",
        "/",
        " per ",
        "million ",
        "CNY",
        "(",
        ")",
        "1",
        "0",
        ",",
        "yoy",
    ]
)


@pytest.mark.parametrize("text", ["share 占比", "占比", "占比%", "占比（基数未说明）", "% 占比"])
def test_a_share_that_names_no_whole(text: str) -> None:
    """占比 alone is a share of nobody knows what; 占全部的百分比 names its whole without the particle."""
    assert (read_unit(text).dimension, read_unit(text).whole) == ("share", None)
    assert read_unit("占全部的百分比").whole == "全部"


@pytest.mark.parametrize(
    ("text", "factor"), [("m2", 1.0), ("million m²", 1e6), ("亿m3", 1e8), ("m USD", 1e6)]
)
def test_the_metre_is_no_million(text: str, factor: float) -> None:
    """An m before a power is a metre, before a currency a million."""
    assert read_unit(text).factor == factor


@given(st.one_of(st.text(max_size=40), st.lists(_SCRAPS, max_size=7).map("".join)))
def test_any_text_is_a_unit(text: str) -> None:
    """Whatever stands in the cell, reading ends without an error and with a usable factor."""
    unit = read_unit(text)
    assert 0 < unit.factor < math.inf
