"""CSV with comma, semicolon or tab, as spreadsheet programs of any country write it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tandem.base.errors import Invalid
from tandem.domain.tables import Table
from tandem.storage.exchange import headers, limits, text
from tandem.storage.exchange.raw import Cells, Fault, RawTable, blank

_DELIMITERS = (",", ";", "\t")
_ESCAPED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def read(path: Path, table: Table, room: limits.Room = limits.BOOK) -> RawTable:
    """The rows of a CSV file; Invalid where it is not text, too long in one place, or ends inside quotes."""
    encoding = text.encoding_of(path)
    delimiter, at, header = head(path, encoding, table)
    return _table(path, header, islice(records(path, encoding, delimiter), at + 1, None), room)


def head(path: Path, encoding: str, table: Table) -> tuple[str, int, list[str]]:
    """The delimiter, how many records stand above the header, and the header; Invalid where there is none."""
    if not list(islice(records(path, encoding, ","), 1)):
        raise Invalid("file.empty", file=path.name)
    delimiter = delimiter_of(path, encoding, table)
    top = list(islice(records(path, encoding, delimiter), limits.HEADER_SEARCH_ROWS))
    at = headers.find_header([[] if isinstance(row, Fault) else row for _, row in top], table)
    number, header = top[at]
    if isinstance(header, Fault):
        raise Invalid("csv.quote", file=path.name, row=number)
    if len(header) > limits.COLUMNS:
        raise Invalid("file.columns", file=path.name, n=len(header), limit=limits.COLUMNS)
    while header and not header[-1].strip():
        header.pop()
    return delimiter, at, header


def unescape(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def _table(
    path: Path, header: list[str], rows: Iterator[tuple[int, list[str] | Fault]], room: limits.Room
) -> RawTable:
    width = len(header)
    cells, faults = Cells(width, path.name, room), []
    for number, row in rows:
        if isinstance(row, Fault):
            faults.append(row)
        elif blank(row):
            continue
        elif len(row) > width and not blank(row[width:]):
            faults.append(Fault(number, "row.wide", value=row[width], params={"n": len(row), "width": width}))
        else:
            kept = [unescape(cell) if cell[:1] == "'" else cell for cell in row[:width]]
            cells.add(number, [*kept, *[None] * (width - len(row))])
    frame, numbers = cells.table()
    names = tuple(unescape(name).strip() for name in header)
    return RawTable(path.name, None, names, frame, numbers, tuple(faults))


class _Lines:
    """Feeds lines to the CSV reader and stops a record that never ends."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._lines = text.bounded_lines(path, encoding)
        self._path = path
        self.record = 1
        self.characters = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.characters += len(line)
            if self.characters > limits.RECORD_CHARACTERS:
                raise Invalid("csv.open_quote", file=self._path.name, row=self.record)
            yield line


def records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str] | Fault]]:
    """Numbered records; one with misplaced quotation marks is a fault of its row."""
    lines = _Lines(path, encoding)
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    before = csv.field_size_limit(limits.LINE_CHARACTERS)
    try:
        while True:
            try:
                row: list[str] | Fault = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row = _fault(error, path, lines.record)
            yield lines.record, row
            lines.record += 1
            lines.characters = 0
    finally:
        csv.field_size_limit(before)


def _fault(error: csv.Error, path: Path, number: int) -> Fault:
    message = str(error)
    if "unexpected end of data" in message:
        raise Invalid("csv.open_quote", file=path.name, row=number) from error
    return Fault(number, "row.field" if "field limit" in message else "csv.quote")


def delimiter_of(path: Path, encoding: str, table: Table) -> str:
    """The delimiter under which the first rows hold most of our headers; of equals, the one giving most cells."""

    def worth(delimiter: str) -> tuple[int, int]:
        rows = [row for _, row in islice(records(path, encoding, delimiter), limits.HEADER_SEARCH_ROWS)
                if not isinstance(row, Fault)]  # fmt: skip
        return max((headers.score(row, table), len(row)) for row in rows) if rows else (0, 0)

    return max(_DELIMITERS, key=worth)
