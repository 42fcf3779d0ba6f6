"""How numbers read: 万亿 and trillion, no digit more than was printed, probabilities with their error."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.figures.frame import frame
from tandem.storage.region_report.numbers import Grain, amount, percent, probability, published, scale


def read(value: str, unit: str, indicator: str = "Something") -> tuple[str, str]:
    row = frame([{"figure_id": "F", "indicator": indicator, "value": value, "unit": unit}]).row(0, named=True)
    return tuple(published(row))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        ("14.58", "trillion CNY", "14.58 万亿元", "14.58 trillion yuan"),
        ("14. 58", "trillion CNY", "14.58 万亿元", "14.58 trillion yuan"),
        ("900", "billion CNY", "9,000 亿元", "900 billion yuan"),
        (">900", "billion CNY", "> 9,000 亿元", "> 900 billion yuan"),
        ("535", "billion CNY", "5,350 亿元", "535 billion yuan"),
        ("36801.87", "亿元", "3.680187 万亿元", "3.680187 trillion yuan"),
        ("535", "billion HKD", "5,350 亿港元", "535 billion Hong Kong dollars"),
        ("100 bn / 1 trn", "CNY", "1,000 亿元 – 1 万亿元", "100 billion yuan – 1 trillion yuan"),
        ("1000000", "persons", "100 万人", "1,000,000 people"),
        (">44000", "enterprises", "> 4.4 万家企业", "> 44,000 enterprises"),
        ("3.9", "% yoy", "同比 3.9 %", "3.9 % on the year before"),
        (
            "faster than 3.2",
            "% yoy (no number)",
            "同比 > 3.2 %（未给出数字）",
            "faster than 3.2 % on the year before (no number)",
        ),
        ("1/3", "share (base unstated)", "1/3（分母未注明）", "1/3 (of what is not stated)"),
        ("2-3", "hours", "2-3 小时", "2-3 hours"),
        ("1", "years", "1 年", "1 year"),
        ("expand (no number)", "coverage", "“expand (no number)”", "“expand (no number)”"),
        ("2026-02-24", "date", "2026-02-24", "2026-02-24"),
        ("7", "furlongs", "7 furlongs", "7 furlongs"),
    ],
)
def test_prints_read_as_in_each_language(value: str, unit: str, zh: str, en: str) -> None:
    """Figures of the programme, once as a planner writes them in Chinese, once in English."""
    assert read(value, unit) == (zh, en)


@given(
    st.integers(1, 9_999_999),
    st.integers(0, 3),
    st.sampled_from(["trillion CNY", "billion CNY", "亿元", "万元"]),
)
def test_no_more_digits_than_were_printed(number: int, decimals: int, unit: str) -> None:
    """Whatever the unit becomes, the significant digits are those of the print, save zeros that hold its place."""
    text = f"{number / 10**decimals:.{decimals}f}"
    own = text.replace(".", "").strip("0")
    for shown in read(text, unit):
        digits = re.match(r"[\d,.]+", shown)
        assert digits is not None
        assert digits[0].replace(",", "").replace(".", "").strip("0") == own


def test_percentages_have_one_digit_and_a_true_minus() -> None:
    """Computed shares and growth: one digit after the point, never -0.0."""
    assert percent(0.058732) == "5.9 %"
    assert percent(-0.0123) == "−1.2 %"
    assert percent(-0.0001) == "0.0 %"


def test_probabilities_carry_their_error_rounded_up() -> None:
    """2.3 % with an error of .047 points is ± 0.1; what is all but certain is bounded instead of told as 100 %."""
    assert probability(0.023, 0.00047) == "2.3 % ± 0.1"
    assert probability(0.496, 0.00158) == "49.6 % ± 0.2"
    assert probability(0.0, 0.0) == "< 0.1 %"
    assert probability(1.0, 0.0) == "> 99.9 %"


def test_a_scale_names_its_unit_once_and_keeps_the_digits() -> None:
    """Levels of a table in one unit for each language, with the digits of the base."""
    levels = scale(25.8e12, Grain("money", "CNY", 5e9, "trillion CNY"))
    assert levels.unit == ("万亿元", "trillion yuan")
    assert levels.number(19.3949e12) == ("19.39", "19.39")
    small = scale(950e9, Grain("money", "CNY", 5e8, "billion CNY"))
    assert small.unit == ("亿元", "billion yuan")
    assert small.number(947.2e9) == ("9,472", "947")
    assert amount(0.6, Grain("share", None, 0.005, "% of GDP")) == ("占 GDP 的 60.0 %", "60.0 % of GDP")
