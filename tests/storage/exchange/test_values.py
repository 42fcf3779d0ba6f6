"""Single cells are read as a careful person would read them, exactly, or refused with a code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base import words
from tandem.domain.tables import NEEDS, TABLES
from tandem.storage.exchange import choices, values
from tandem.storage.exchange.values import Bad

_DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def _code(parse: Any, *args: Any) -> str:
    with pytest.raises(Bad) as caught:
        parse(*args)
    return caught.value.code


@given(_DAYS)
def test_every_form_of_a_date_gives_the_day(day: date) -> None:
    """ISO, slashes, dots, Chinese, digits, English months and times after it all mean the same day."""
    y, m, d = day.year, day.month, day.day
    forms = [
        f"{y:04}-{m:02}-{d:02}",
        f"{y}-{m}-{d}",
        f"{y}/{m}/{d}",
        f"{y}.{m}.{d}",
        f"{y}年{m}月{d}日",
        f"{y} 年 {m} 月 {d} 号",
        f"{y:04}{m:02}{d:02}",
        f"{day:%d} {day:%B} {y}",
        f"{day:%b} {d}, {y}",
        f"{y}-{m}-{d} 10:30",
        f"{day.isoformat()}T08:00:00Z",
    ]
    assert {values.parse_date(form) for form in forms} == {day}


@given(st.integers(20_000, 109_999))
def test_excel_serials_are_days(serial: int) -> None:
    """Excel's day numbers give the day that Excel shows (day 1 is 1 January 1900, with its false leap day)."""
    assert (values.parse_date(str(serial)) - date(1899, 12, 30)).days == serial
    assert values.parse_date(f"{serial}.5") == values.parse_date(str(serial))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "date.impossible"),
        ("2026年13月1日", "date.impossible"),
        ("20260431", "date.impossible"),
        ("1026-01-01", "date.year"),
        ("03/04/2026", "date.unread"),
        ("soon", "date.unread"),
        ("2026", "date.unread"),
        ("2026-03", "date.unread"),
        ("1 Foo 2026", "date.unread"),
        ("1 J 2026", "date.unread"),
        ("", "date.unread"),
    ],
)
def test_days_that_are_none_are_refused(text: str, code: str) -> None:
    """Impossible and ambiguous days are not guessed at."""
    assert _code(values.parse_date, text) == code


@given(st.integers(0, 10**15))
def test_money_is_exact_in_every_spelling(minor: int) -> None:
    """An amount in minor units survives plain, grouped, full-width and scaled spellings without rounding."""
    amount = Decimal(minor).scaleb(-2)
    plain = format(amount, "f")
    wide = plain.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."})
    forms = [
        plain,
        f"{amount:,f}",
        wide,
        f"¥{plain}",
        f"{plain}元",
        f"{format(amount.scaleb(-4), 'f')}万",
        f"{format(amount.scaleb(-8), 'f')}亿元",
        f"RMB {plain}",
    ]
    assert {values.parse_money(form)[0] for form in forms} == {minor}


@pytest.mark.parametrize(
    ("text", "unit", "minor", "currency"),
    [
        ("250万", "", 250_000_000, ""),
        ("250 万元", "", 250_000_000, ""),
        ("250", "万元", 250_000_000, ""),
        ("250万", "万元", 250_000_000, ""),
        ("2.5", "亿元", 25_000_000_000, ""),
        ("100", "万港元", 100_000_000, "HKD"),
        ("HK$ 1,234.50", "", 123_450, "HKD"),
        ("100元", "万元", 10_000, ""),
        ("1.5m", "", 150_000_000, ""),
        ("20 000", "", 2_000_000, ""),
        ("1e3", "", 100_000, ""),
        ("€5", "", 500, "EUR"),
        ("5 美元", "", 500, "USD"),
        ("￥１２．５", "", 1_250, "CNY"),
    ],
)
def test_money_with_units(text: str, unit: str, minor: int, currency: str) -> None:
    """Units in the cell win over the header's; currencies are recognised."""
    assert values.parse_money(text, unit) == (minor, currency)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.005", "money.decimals"),
        ("0.0000001万", "money.decimals"),
        ("-5", "number.minimum"),
        ("1,2", "money.unread"),
        ("1.234,56", "money.unread"),
        ("abc", "money.unread"),
        ("$5", "money.unread"),
        ("NaN", "money.unread"),
        ("1e999", "number.large"),
        ("9" * 40, "number.large"),
        ("9" * 70, "number.unread"),
        ("5万吨", "money.unread"),
        ("Infinity", "money.unread"),
        ("1e-999", "money.decimals"),
    ],
)
def test_amounts_that_would_be_guessed_are_refused(text: str, code: str) -> None:
    """No rounding, no other country's decimal comma, no infinite or absurd numbers."""
    assert _code(values.parse_money, text) == code


def test_integers() -> None:
    """Counts are whole, bounded and may carry a measure word."""
    assert [values.parse_integer(text) for text in ("3", "3.0", "１,０００", "3家", " 5 个")] == [
        3,
        3,
        1000,
        3,
        5,
    ]
    assert _code(values.parse_integer, "3.5") == "number.whole"
    assert _code(values.parse_integer, "-1", 0) == "number.minimum"
    assert _code(values.parse_integer, "3000000000") == "number.large"
    assert _code(values.parse_integer, "nan") == "number.unread"


@given(st.text(max_size=40))
def test_no_text_breaks_a_parser(text: str) -> None:
    """Whatever stands in a cell gives a value or a code with words, never another exception."""
    for parse in (
        values.parse_date,
        values.parse_integer,
        values.parse_money,
        values.parse_ratio,
        values.parse_number,
        values.parse_flag,
        values.parse_city,
        values.parse_cities,
        values.parse_registration,
        lambda cell: values.parse_choice(cell, NEEDS.column("kind")),
    ):
        try:
            parse(text)
        except Bad as error:
            assert words.say(f"finding.{error.code}", "zh", **error.params)  # noqa: PT017
            assert words.say(f"finding.{error.code}.fix", "en", **error.params)  # noqa: PT017


def test_ratios() -> None:
    """Numbers from 0 to 1 and percentages; stars are refused."""
    assert [values.parse_ratio(text) for text in ("0", "1", "0.85", "85%", "８５％")] == [
        0,
        1,
        0.85,
        0.85,
        0.85,
    ]
    assert _code(values.parse_ratio, "4.5") == "ratio.range"
    assert _code(values.parse_ratio, "-0.1") == "ratio.range"


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_catalogues_choices_read_back(lang: words.Lang) -> None:
    """Every word that a template's list shows is read as its choice."""
    for table in TABLES.values():
        for column in table.columns:
            for choice in column.choices:
                assert choices.meant(column, words.say(f"choice.{column.name}.{choice}", lang)) == choice
                assert choices.meant(column, choice.upper()) == choice


@pytest.mark.parametrize(
    ("column", "text", "choice"),
    [
        ("kind", "技术", "technology"),
        ("kind", "场景", "scenario"),
        ("kind", "ＴＥＣＨＮＯＬＯＧＹ", "technology"),
        ("kind", "金融", "finance"),
    ],
)
def test_chinese_choices(column: str, text: str, choice: str) -> None:
    """Choices are understood in Chinese and whatever their width."""
    assert values.parse_choice(text, NEEDS.column(column)) == choice


def test_a_wrong_choice_gets_a_suggestion() -> None:
    """The closest choice is offered in both languages."""
    with pytest.raises(Bad) as caught:
        values.parse_choice("techology", NEEDS.column("kind"))
    assert (caught.value.params["suggestion"], caught.value.params["suggestion_zh"]) == ("technology", "技术")
    assert _code(values.parse_choice, "魔法", NEEDS.column("kind")) == "choice.unknown"


def test_cities_served() -> None:
    """Lists in any punctuation, provinces, regions and 'nationwide'; unknown parts are left out with a warning."""
    assert values.parse_cities("广州、深圳；Hong Kong") == ["440100", "440300", "810000"]
    assert values.parse_cities("Guangzhou, Shenzhen") == ["440100", "440300"]
    assert values.parse_cities("Shenzhen, Guangdong") == ["440300"]
    assert values.parse_cities("廣州；澳門") == ["440100", "820000"]
    assert values.parse_cities("全国") is None
    with pytest.raises(Bad) as caught:
        values.parse_cities("广州;火星")
    assert (caught.value.warning, caught.value.keep, caught.value.params["unknown"]) == (
        True,
        ["440100"],
        ["火星"],
    )


def test_registration_numbers() -> None:
    """A wrong check character warns and keeps the number; other registers' numbers pass."""
    assert values.parse_registration(" 91350100M000100Y43 ") == "91350100M000100Y43"
    assert values.parse_registration("HRB 12345") == "HRB12345"
    with pytest.raises(Bad) as caught:
        values.parse_registration("91350100M000100Y44")
    assert (caught.value.code, caught.value.warning, caught.value.keep) == (
        "registration.check",
        True,
        "91350100M000100Y44",
    )
