"""One record by the rules of the exchange tables: what a form or a program gives, judged as a row of a file is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tandem.base.errors import Finding
from tandem.domain.tables import LONG_TEXT_LIMIT, TEXT_LIMIT, Column, Table
from tandem.storage.exchange import accept, columns, values
from tandem.storage.exchange.values import Bad

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c]")
_LINES = re.compile(r"\s*\n\s*")
_CONTROL = re.compile(columns.CONTROL)


def checked(table: Table, given: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The values that columns of the table come to, and what is wrong with them.

    given    column -> text, whole number (money in minor units), ratio, day, or several texts for `cities`
    Returns  column -> text, number, ISO 8601 day or list of codes; what a file would keep with a warning is an error
             here, because whoever asks can mend it at once, but for a registration number that fails its check
    """
    read: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, value in given.items():
        column = table.column(name)
        try:
            read[name] = _READERS.get(column.type, _text)(column, value)
        except Bad as bad:
            if column.type == "registration" and bad.warning:
                read[name] = bad.keep
            else:
                findings.append(
                    Finding(bad.code, table=table.name, column=name, value=str(value)[:60], params=bad.params)
                )
    findings += [
        Finding("required", table=table.name, column=name)
        for name, value in read.items()
        if value is None and table.column(name).required
    ]
    return read, tuple(findings)


def disordered(table: Table, record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What is wrong between columns of a whole record: an end before its beginning."""
    found = []
    for first, last, code in accept.ORDERED:
        low, high = record.get(first), record.get(last)
        if low is not None and high is not None and high < low:
            params = {"first": first, "last": last, "first_value": accept.plain(low)}
            found.append(
                Finding(code, table=table.name, column=last, value=accept.plain(high), params=params)
            )
    return tuple(found)


def _text(column: Column, value: str) -> str | None:
    clean = _BREAKS.sub("\n", value.strip(columns.EDGES))
    limit = LONG_TEXT_LIMIT if column.type == "long_text" else TEXT_LIMIT
    if column.type != "long_text":
        clean = _LINES.sub(" ", clean)
    if len(clean) > limit:
        raise Bad("text.long", n=len(clean), limit=limit)
    if _CONTROL.search(clean):
        raise Bad("text.control")
    return clean or None


def _money(column: Column, value: int) -> int:
    if value < 0:
        raise Bad("number.minimum", minimum=0)
    if value > values.MONEY_LIMIT:
        raise Bad("number.large", limit=values.MONEY_LIMIT // 100)
    return value


def _cities(column: Column, value: tuple[str, ...]) -> list[str] | None:
    found: dict[str, None] = {}
    everywhere = False
    for one in value:
        codes = values.parse_cities(one)
        everywhere |= codes is None
        found.update(dict.fromkeys(codes or ()))
    return None if everywhere else list(found)


def _day(column: Column, value: date) -> str:
    return values.parse_date(value.isoformat()).isoformat()


_READERS: Mapping[str, Callable[[Column, Any], Any]] = {
    "money": _money,
    "cities": _cities,
    "date": _day,
    "integer": lambda column, value: values.parse_integer(str(value), column.minimum),
    "ratio": lambda column, value: values.parse_ratio(repr(float(value))),
    "choice": lambda column, value: values.parse_choice(value, column),
    "service": lambda column, value: values.parse_service(value),
    "city": lambda column, value: values.parse_city(value),
    "registration": lambda column, value: values.parse_registration(value) or None,
}
