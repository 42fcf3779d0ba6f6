"""What is said of a file of records: read from settings, kept as JSON, joined with what was said before.

A setting says one thing each: "sheet=table", "header=column" or "table: header=column", "table row column=value".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tandem.base.errors import Invalid
from tandem.domain.records import RECORD_TABLES
from tandem.domain.tables import Table
from tandem.hub.records.inputs import RECORD_NAMES, FileSaid
from tandem.storage.exchange import headers
from tandem.storage.exchange.meant import Meant

MOST_CELLS = 5_000  # corrections of one file: beyond, the file itself is the place for them
_TABLES: Mapping[str, Table] = {table.name: table for table in RECORD_TABLES if table.name in RECORD_NAMES}
_CELL = re.compile(r"(\S+)\s+(\d{1,9})\s+([^=]+)=(.*)", re.DOTALL)
_ASIDE = ""


@dataclass(frozen=True)
class Said:
    """What is said of one file: columns by table and header as written there, cells by table and place."""

    table: str | None = None
    organisation: str | None = None
    sheets: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cells: Mapping[str, Mapping[tuple[int, str], str]] = field(default_factory=dict)

    @property
    def corrections(self) -> int:
        """How many cells are corrected."""
        return sum(map(len, self.cells.values()))

    def meant(self, learned: Mapping[str, Mapping[str, str]]) -> Meant:
        """What reading takes, with what was learned from earlier files where this one says nothing."""
        tables = {*learned, *self.columns}
        columns = {one: {**_unsaid(learned.get(one, {}), self.columns.get(one, {})), **self.columns.get(one, {})}
                   for one in tables}  # fmt: skip
        return Meant(self.sheets, columns, self.cells)

    def text(self) -> str:
        """As JSON."""
        cells = [[table, *place, text] for table, held in self.cells.items() for place, text in held.items()]
        return json.dumps({"table": self.table, "organisation": self.organisation, "sheets": self.sheets,
                           "columns": self.columns, "cells": cells}, ensure_ascii=False)  # fmt: skip


def from_text(text: str) -> Said:
    """What `Said.text` has written."""
    held: Mapping[str, Any] = json.loads(text)
    cells: dict[str, dict[tuple[int, str], str]] = {}
    for table, row, column, value in held["cells"]:
        cells.setdefault(table, {})[row, column] = value
    return Said(held["table"], held["organisation"], held["sheets"], held["columns"], cells)


def said(given: FileSaid, corrections: Iterable[str] = (), before: Said | None = None) -> Said:
    """What settings say, over what was said before.

    Raises Invalid import.sheet, import.column, import.correction, import.many
    """
    known = before or Said()
    sheets, columns = dict(known.sheets), {table: dict(held) for table, held in known.columns.items()}
    cells = {table: dict(held) for table, held in known.cells.items()}
    for text in given.sheets:
        sheet, table = _sheet(text)
        sheets[sheet] = table
    for text in given.columns:
        for table, header, column in _column(text):
            columns.setdefault(table, {})[header] = column
    for text in corrections:
        table, place, value = _cell(text)
        cells.setdefault(table, {})[place] = value
    made = Said(given.table or known.table, given.organisation or known.organisation, sheets, columns, cells)
    if made.corrections > MOST_CELLS:
        raise Invalid("import.many", n=made.corrections, most=MOST_CELLS)
    return made


def _unsaid(learned: Mapping[str, str], here: Mapping[str, str]) -> dict[str, str]:
    """What was learned of headers, and for columns, of which nothing is said here."""
    own = {headers.normal(header) for header in here}
    taken = {column for column in here.values() if column}
    return {header: column for header, column in learned.items()
            if headers.normal(header) not in own and column not in taken}  # fmt: skip


def _sheet(text: str) -> tuple[str, str]:
    sheet, mark, name = text.rpartition("=")
    if not mark or not sheet.strip():
        raise Invalid("import.sheet", value=text, known=list(_TABLES))
    return sheet.strip(), _table(name, text) if name.strip() else _ASIDE


def _table(name: str, text: str) -> str:
    found = headers.table_named(name, RECORD_TABLES)
    if found is None or found.name not in _TABLES:
        raise Invalid("import.sheet", value=text, known=list(_TABLES))
    return found.name


def _column(text: str) -> list[tuple[str, str, str]]:
    """The (table, header, column) that a text says: of the table before its colon, else of all that have the column."""
    left, mark, name = text.rpartition("=")
    first, colon, rest = left.partition(":")
    of = headers.table_named(first, RECORD_TABLES) if colon else None
    header = (rest if of else left).strip()
    if not mark or not header or (of is not None and of.name not in _TABLES):
        raise Invalid("import.column", value=text, known=_names(None))
    tables = [of] if of is not None else list(_TABLES.values())
    if not name.strip():
        return [(table.name, header, _ASIDE) for table in tables]
    found = [(table.name, header, match[1].name) for table in tables
             if (match := headers.recognised(name.strip(), table)) is not None]  # fmt: skip
    if not found:
        raise Invalid("import.column", value=text, known=_names(of))
    return found


def _names(table: Table | None) -> list[str]:
    tables = _TABLES.values() if table is None else (table,)
    return list(dict.fromkeys(column.name for one in tables for column in one.columns))


def _cell(text: str) -> tuple[str, tuple[int, str], str]:
    match = _CELL.fullmatch(text.strip())
    of = headers.table_named(match[1], RECORD_TABLES) if match else None
    if match is None or of is None or of.name not in _TABLES:
        raise Invalid("import.correction", value=text)
    return of.name, (int(match[2]), match[3].strip()), match[4].strip()
