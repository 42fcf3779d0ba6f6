"""A whole column of text at once -> typed values and the places that could not be read.

Every distinct text is parsed once; long texts are looked at by polars without leaving it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from tandem.domain.tables import LONG_TEXT_LIMIT, TEXT_LIMIT, Column
from tandem.storage.exchange import values
from tandem.storage.exchange.book import dtype
from tandem.storage.exchange.values import Bad

EDGES = " \t\r\n\x0b\x0c\x85\xa0\u3000\u200b\ufeff\u2028\u2029"
CONTROL = r"[\x00-\x08\x0e-\x1f\x7f]"
_TEXT = ("id", "text", "long_text", "reference", "references")
EMPTY_MARKS = ("-", "--", "—", "——", "/", "n/a", "N/A", "#N/A", "无", "null", "NULL", "None")


@dataclass(frozen=True)
class Problem:
    """What is wrong in one row; `position` is the row's place in its frame."""

    position: int
    column: str
    code: str
    value: str | None = None
    warning: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


def trimmed(column: pl.Series) -> pl.Series:
    """Cells without white space at their ends; what is then empty has no value."""
    plain = column.str.strip_chars(EDGES)
    return plain.set(plain == "", None)


def typed(
    cells: pl.Series, column: Column, unit: str = ""
) -> tuple[pl.Series, pl.Series | None, list[Problem]]:
    """Values of a column, the currencies that its amounts name (money only), and its problems.

    cells  trimmed text; a cell that cannot be read becomes null and a problem. Categorical cells need no trimming:
           each distinct text is looked at once, and text stays Categorical
    """
    if cells.dtype == pl.Categorical:
        return _by_distinct(cells, column, unit)
    if column.type in _TEXT:
        text, problems = _text(cells, column)
        return text, None, problems
    cells = cells.set(cells.is_in(EMPTY_MARKS), None)
    read, problems = _parsed(cells, column, parser(column, unit))
    if column.type != "money":
        return read, None, problems
    return read.struct.field("minor"), read.struct.field("currency"), problems


def _by_distinct(
    cells: pl.Series, column: Column, unit: str
) -> tuple[pl.Series, pl.Series | None, list[Problem]]:
    """The same for a column of few distinct texts: they are read as a column of their own, and put back."""
    texts = cells.unique(maintain_order=True).drop_nulls()
    read, marks, problems = typed(trimmed(texts.cast(pl.String)), column, unit)
    given = read.cast(pl.Categorical) if read.dtype == pl.String else read
    known = pl.DataFrame([texts.alias("text"), given.alias("read")])
    if marks is not None:
        known = known.with_columns(marks.alias("mark"))
    joined = cells.alias("text").to_frame().join(known, on="text", how="left", maintain_order="left")
    found = [
        replace(problem, position=position)
        for problem in problems
        for position in _positions(cells == texts[problem.position])
    ]
    return joined["read"].alias(column.name), joined["mark"] if marks is not None else None, found


def _text(cells: pl.Series, column: Column) -> tuple[pl.Series, list[Problem]]:
    """Text of bounded length without control characters; one-line columns become one line."""
    long = column.type == "long_text"
    limit = LONG_TEXT_LIMIT if long or column.type == "references" else TEXT_LIMIT
    clean = cells.str.replace_all(r"\r\n?|[\x0b\x0c]", "\n")
    clean = clean if long else clean.str.replace_all(r"\s*\n\s*", ";" if column.type == "references" else " ")
    length = clean.str.len_chars()
    problems = [
        Problem(i, column.name, "text.long", clean[i], params={"n": length[i], "limit": limit})
        for i in _positions(length > limit)
    ]
    control = _positions(clean.str.contains(CONTROL))
    problems += [Problem(i, column.name, "text.control", clean[i]) for i in control]
    return clean, problems


def parser(column: Column, unit: str) -> Callable[[str], Any]:
    """What reads a cell of a column; `unit` is what its header says in brackets. It raises values.Bad."""
    parsers: Mapping[str, Callable[[str], Any]] = {
        "date": values.parse_date,
        "integer": lambda text: values.parse_integer(text, column.minimum),
        "ratio": values.parse_ratio,
        "number": values.parse_number,
        "flag": values.parse_flag,
        "choice": lambda text: values.parse_choice(text, column),
        "service": values.parse_service,
        "city": values.parse_city,
        "cities": values.parse_cities,
        "registration": values.parse_registration,
        "money": lambda text: dict(zip(("minor", "currency"), values.parse_money(text, unit), strict=True)),
    }
    return parsers[column.type]


def _parsed(cells: pl.Series, column: Column, parse: Callable[[str], Any]) -> tuple[pl.Series, list[Problem]]:
    distinct = cells.drop_nulls().unique(maintain_order=True).to_list()
    read: list[Any] = []
    bad: dict[str, Bad] = {}
    for text in distinct:
        try:
            read.append(parse(text))
        except Bad as error:
            bad[text] = error
            read.append(error.keep)
    kind = pl.Struct({"minor": pl.Int64, "currency": pl.String}) if column.type == "money" else dtype(column)
    table = pl.DataFrame({"text": pl.Series(distinct, dtype=pl.String), "value": pl.Series(read, dtype=kind)})
    joined = cells.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")
    problems = [
        Problem(i, column.name, bad[cells[i]].code, cells[i], bad[cells[i]].warning, bad[cells[i]].params)
        for i in (_positions(cells.is_in(list(bad))) if bad else ())
    ]
    return joined["value"].alias(column.name), problems


def _positions(mask: pl.Series) -> list[int]:
    found: list[int] = mask.fill_null(False).arg_true().to_list()
    return found
