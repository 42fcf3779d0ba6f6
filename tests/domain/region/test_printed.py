"""What published values say is read as a person would read it, in both languages."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.domain.region.printed import read_value

INF = math.inf


@pytest.mark.parametrize(
    ("text", "form", "lower", "upper"),
    [
        ("> 44,000", "bound", 44_000, INF),
        ("超过4.4万", "bound", 44_000, INF),
        ("4.4万家以上", "bound", 44_000, INF),
        ("44000余家", "bound", 44_000, INF),
        ("1000+", "bound", 1_000, INF),
        ("≥30", "bound", 30, INF),
        ("不低于7%", "bound", 7, INF),
        ("faster than 3.2", "bound", 3.2, INF),
        ("<30", "bound", -INF, 30),
        ("under 30", "bound", -INF, 30),
        ("不超过30", "bound", -INF, 30),
        ("about 60 %", "about", 60, 60),
        ("约60%", "about", 60, 60),
        ("nearly 60%", "about", 60, 60),
        ("100亿左右", "about", 1e10, 1e10),
        ("1/3", "fraction", 1 / 3, 1 / 3),
        ("三分之一", "fraction", 1 / 3, 1 / 3),
        ("八分之一", "fraction", 1 / 8, 1 / 8),
        ("one in three", "fraction", 1 / 3, 1 / 3),
        ("two thirds", "fraction", 2 / 3, 2 / 3),
        ("½", "fraction", 0.5, 0.5),
        ("over one third", "bound", 1 / 3, INF),
        ("过半", "bound", 0.5, INF),
        ("2-3", "range", 2, 3),
        ("2—3", "range", 2, 3),
        ("2至3", "range", 2, 3),
        ("between 2 and 3", "range", 2, 3),
        ("-3 - -1", "range", -3, -1),
        ("3-5万", "range", 30_000, 50_000),
        ("1.5 to 2.5 million", "range", 1.5e6, 2.5e6),
        ("100 bn / 1 trn", "range", 1e11, 1e12),
        ("9000亿", "point", 9e11, 9e11),
        ("九千亿", "point", 9e11, 9e11),
        ("14.58万亿元", "point", 14.58e12, 14.58e12),
        ("14. 58", "point", 14.58, 14.58),
        ("１４．５８", "point", 14.58, 14.58),
        ("44 000", "point", 44_000, 44_000),
        ("1.2 million", "point", 1.2e6, 1.2e6),
        ("5.35e11", "point", 5.35e11, 5.35e11),
        ("−0.5%", "point", -0.5, -0.5),
        ("百分之六十", "point", 60, 60),
        ("六成", "point", 60, 60),
        ("六成半", "point", 65, 65),
        ("2011.12", "point", 2011.12, 2011.12),
        ("20210131", "point", 20_210_131, 20_210_131),
        ("thousands", "bound", 1_000, INF),
        ("数万家", "bound", 10_000, INF),
        ("one million professionals", "point", 1e6, 1e6),
    ],
)
def test_numbers(text: str, form: str, lower: float, upper: float) -> None:
    """Bounds, approximations, fractions, ranges and multipliers, as each language writes them."""
    read = read_value(text)
    assert read.form == form
    assert (read.lower, read.upper) == (pytest.approx(lower), pytest.approx(upper))


@pytest.mark.parametrize(
    "text",
    ["4+4", "expand (no number)", "UHD video", "single integrated market", "number of firms", "5G", "16nm", "一体化",
     "亿元", "15th", "3 of the 5", "1e999", "1,00", "millions / thousands", "9" * 5000],
)  # fmt: skip
def test_words_stay_words(text: str) -> None:
    """Text with a digit in it is no number, and nothing is made up."""
    read = read_value(text)
    assert (read.form, read.lower, read.upper, read.half) == ("words", None, None, None)


@pytest.mark.parametrize("text", ["", "   ", "\u3000"])
def test_nothing(text: str) -> None:
    """An empty print says nothing."""
    assert read_value(text).form == "none"


@pytest.mark.parametrize(
    ("text", "half"),
    [("3.6", 0.05), ("14.58", 0.005), ("44000", 0.5), ("9000亿", 0.5e8), ("约60%", 3.0), ("1/3", 0.0),
     ("1.2 million", 5e4), ("5.35e11", 5e8), ("about 14.58", 0.05 * 14.58)],
)  # fmt: skip
def test_half_a_last_digit(text: str, half: float) -> None:
    """The slack is half a unit of the last printed digit; 'about' is at least five per cent."""
    assert read_value(text).half == pytest.approx(half)


@pytest.mark.parametrize(
    ("text", "day"), [("2026-02-24", "2026-02-24"), ("2026年2月24日", "2026-02-24"), ("2025-10", "2025-10")]
)
def test_days(text: str, day: str) -> None:
    """A date is a date, not a difference of numbers."""
    read = read_value(text)
    assert (read.day, read.lower) == (day, None)


_SCRAPS = st.sampled_from(
    [
        *"0123456789.,-+/%~<>≥约近超一二三十百千万亿成分之年元",
        " to ",
        "about ",
        "million",
        "e9",
        "half",
        " in ",
        "２",
        "．",
        "\u3000",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(_SCRAPS, max_size=9).map("".join)))
def test_any_text_is_read(text: str) -> None:
    """Whatever stands in the cell, reading ends without an error, and lower <= upper."""
    read = read_value(text)
    assert (read.lower is None) == (read.upper is None) == (read.half is None)
    if read.lower is not None and read.upper is not None and read.half is not None:
        assert read.lower <= read.upper
        assert read.half >= 0
        assert math.isfinite(read.half)


@given(st.decimals(-(10**9), 10**9, places=3), st.integers(0, 3))
def test_plain_decimals_are_exact(number: object, places: int) -> None:
    """A plain decimal is the float that Python reads, with half of its last place beside."""
    text = f"{number:.{places}f}"
    read = read_value(text)
    assert (read.form, read.lower, read.upper) == ("point", float(text), float(text))
    assert read.half == pytest.approx(0.5 * 10**-places)
