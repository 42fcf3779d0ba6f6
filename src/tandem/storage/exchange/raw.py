"""A table as a file gives it: text cells with the row numbers that the user's own program shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import polars as pl

from tandem.base.errors import Invalid
from tandem.storage.exchange import limits

_CHUNK = 20_000


@dataclass(frozen=True)
class Fault:
    """A row (or cell) that the file's format itself makes unreadable; `column` counts from 0."""

    row: int
    code: str
    column: int | None = None
    value: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    rejects: bool = True


@dataclass(frozen=True)
class RawTable:
    """Cells as text: `cells` has one String column per header, `rows` the number of each row in its file.

    faults are rows that could not be read at all (not in `cells`), or cells that were left empty.
    `header_row` is None where the format has none (Parquet, JSON Lines).
    """

    file: str
    sheet: str | None
    header: tuple[str, ...]
    cells: pl.DataFrame
    rows: pl.Series
    faults: tuple[Fault, ...] = ()
    escaped: bool = False


class Cells:
    """Collects rows of text into columns, in chunks, so that Python strings never pile up."""

    def __init__(self, width: int, file: str, room: limits.Room = limits.BOOK) -> None:
        """width is the number of columns; longer rows are the caller's affair. file is named in a refusal."""
        self._file, self._room = file, room
        self._names = [str(i) for i in range(width)]
        self._pending: list[Sequence[str | None]] = []
        self._numbers: list[int] = []
        self._done: list[pl.DataFrame] = []

    def add(self, number: int, row: Sequence[str | None]) -> None:
        """One row of exactly `width` cells; the empty text counts as no value."""
        self._pending.append(row)
        self._numbers.append(number)
        if len(self._pending) >= _CHUNK:
            self._flush()
        within(self._room, self._file, len(self._numbers), len(self._names))

    def table(self) -> tuple[pl.DataFrame, pl.Series]:
        """The cells and their row numbers."""
        self._flush()
        return pl.concat(self._done), pl.Series("row", self._numbers, dtype=pl.Int64)

    def _flush(self) -> None:
        schema = dict.fromkeys(self._names, pl.String)
        columns: list[Any] = list(zip(*self._pending, strict=True)) or [[] for _ in self._names]
        self._done.append(pl.DataFrame(dict(zip(self._names, columns, strict=True)), schema=schema))
        self._pending = []


def within(room: limits.Room, file: str, rows: int, width: int) -> None:
    """Raises Invalid file.rows, file.cells where a table is larger than there is room for."""
    if rows > room.rows:
        raise Invalid("file.rows", file=file, limit=room.rows)
    if rows * width > room.cells:
        raise Invalid("file.cells", file=file, limit=room.cells)


def as_text(value: Any) -> str | None:
    """A cell's value as the text a person would type; None for an empty cell.

    Numbers are shown with the 15 digits that spreadsheets keep, so that 0.1 + 0.2 is 0.3.
    """
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def blank(row: Iterable[str | None]) -> bool:
    """Whether no cell of a row has anything in it."""
    return not any(cell and not cell.isspace() for cell in row)


def _number(value: float) -> str | None:
    if math.isnan(value):
        return None  # how spreadsheets and data frames write "missing"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(value, ".15g")
