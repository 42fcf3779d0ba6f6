"""What organisations state about themselves, as values that rules can compare: yes, a number in base units, a word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from tandem.domain.region.numerals import DIGITS, POWER, decimal, folded, power

Value: TypeAlias = float | bool | str
UNDATED = 0  # the year of a statement that names none: older than every other

_YES = {"yes", "y", "true", "是", "有", "已"}
_NO = {"no", "n", "false", "否", "无", "未", "没有"}
_BOUND = r"(?:>=?|<=?|[≥≤~]|at least|at most|over|about|more than|不少于|不低于|不超过|超过|约)?\s*"
_AMOUNT = re.compile(rf"{_BOUND}([+-]?(?:{DIGITS}))\s*({POWER})?\s*(.*)", re.DOTALL | re.IGNORECASE)
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("%", "percent", "per cent", "％"), "%"),
    **dict.fromkeys(("yuan", "cny", "rmb", "元", "人民币", "元人民币", "yuan rmb"), "yuan"),
    **dict.fromkeys(("person", "people", "人", "名"), "person"),
    **dict.fromkeys(("year", "年"), "year"),
    **dict.fromkeys(
        ("enterprise", "firm", "company", "companie", "家", "家企业", "企业", "户"), "enterprise"
    ),
    **dict.fromkeys(("item", "piece", "项", "件", "个", "次", "位", "分", "point"), ""),
}
# What a fact may be stated in: yuan, persons, years, pieces, shares. Another currency is another quantity, so such a
# statement stays a word and meets no threshold.
_BASE = ("", "%", "yuan", "person", "year", "enterprise")


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated value with what proves it: text, an address or the number of a document; None where none is named."""

    value: Value
    text: str
    evidence: str | None


def read(text: str) -> Value:
    """The value a statement means: True or False, a number in base units, else the text in lower case.

    >>> read("是"), read("3.4 %"), read("8600万元"), read("1,200"), read("Shenzhen")
    (True, 0.034, 86000000.0, 1200.0, 'shenzhen')
    """
    plain = text.strip().casefold()
    if plain in _YES or plain in _NO:
        return plain in _YES
    value, unit = amount(plain)
    return value if value is not None and unit in _BASE else plain


def amount(text: str) -> tuple[float | None, str]:
    """The number at the beginning of a text, in base units, and its unit in one spelling; None where there is none.

    >>> amount("≥ 1.2 million enterprises"), amount("60 %"), amount("200家"), amount("a platform")
    ((1200000.0, 'enterprise'), (0.6, '%'), (200.0, 'enterprise'), (None, ''))
    """
    found = _AMOUNT.fullmatch(folded(text).casefold())
    number = decimal(found.group(1).lstrip("+-")) if found else None
    if found is None or number is None:
        return None, ""
    rest = found.group(3).strip(" .;,；。，")
    unit = _UNITS.get(rest, _UNITS.get(rest.removesuffix("s"), rest.removesuffix("s")))
    sign = -1.0 if found.group(1).startswith("-") else 1.0
    value = sign * number[0] * power(found.group(2) or "") * (0.01 if unit == "%" else 1.0)
    # Rounded to 15 digits, so that 3 % is the same number as the 0.03 of a rule.
    return float(f"{value:.15g}"), unit


def stated(facts: pl.DataFrame, until: int | None = None) -> dict[str, dict[str, dict[int, Fact]]]:
    """Organisation -> field -> year -> fact, in the order of the table; a later row replaces an earlier one.

    facts  the table of facts: organisation (or org_id), criterion, value, year (number or text, or none), evidence
    until  the last year that counts; facts of later years are left out
    """
    who = "org_id" if "org_id" in facts.columns else "organisation"
    rows = facts.select(
        pl.col(who).cast(pl.String),
        pl.col("criterion").cast(pl.String).str.strip_chars(),
        pl.col("value").cast(pl.String),
        pl.col("year").cast(pl.String).str.extract(r"(\d{4})").cast(pl.Int32).fill_null(UNDATED),
        pl.col("evidence").cast(pl.String).str.strip_chars(),
    ).drop_nulls([who, "criterion", "value"])
    if until is not None:
        rows = rows.filter(pl.col("year") <= until)
    found: dict[str, dict[str, dict[int, Fact]]] = {}
    for organisation, criterion, value, year, evidence in rows.iter_rows():
        years = found.setdefault(organisation, {}).setdefault(criterion, {})
        years[year] = Fact(read(value), value, evidence or None)
    return found


def newest(years: Mapping[int, Fact], count: int = 1) -> Sequence[Fact]:
    """The facts of the newest years in a row, newest first; fewer than `count` where a year is missing."""
    last = max(years, default=0)
    found = []
    for year in range(last, last - count, -1):
        if year not in years:
            break
        found.append(years[year])
    return found
