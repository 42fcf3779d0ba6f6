"""XLSX workbooks: every sheet's cells, parsed at arm's length."""

from __future__ import annotations

import importlib.util
import marshal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from tandem.base.errors import Invalid
from tandem.domain.tables import Table
from tandem.storage.exchange import guard, headers, limits
from tandem.storage.exchange.raw import Cells, RawTable, as_text, blank, within

_PARSER = Path(__file__).with_name("parse_workbook.py")


@dataclass(frozen=True)
class Sheet:
    """The filled rows of a sheet: (row number, cells) from column `left` on; cells end after the last filled one."""

    left: int
    rows: Sequence[tuple[int, Sequence[Any]]]


class Workbook:
    """A workbook that has passed the guard, with all its worksheets; Invalid where it is damaged or too much."""

    def __init__(self, path: Path, room: limits.Room = limits.BOOK) -> None:
        guard.check(path)
        self._path, self._room = path, room
        self.sheets = {name: Sheet(column, [(row + 1 + offset, cells) for offset, cells in rows])
                       for name, row, column, rows in _parsed(path, room)}  # fmt: skip

    def top(self, name: str) -> list[list[str | None]]:
        """The rows of a sheet among which its header stands."""
        rows = self.sheets[name].rows[: limits.HEADER_SEARCH_ROWS]
        return [[as_text(_value(cell)) for cell in row] for _, row in rows]

    def read(self, name: str, table: Table) -> RawTable:
        """One sheet as a table; the header may stand below a title."""
        rows = self.sheets[name].rows
        top = self.top(name)
        if not top:
            raise Invalid("sheet.empty", file=self._path.name, sheet=name)
        at = headers.find_header(top, table)
        body = rows[at + 1 :]
        width = max([len(top[at]), *(len(row) for _, row in body)])
        if width > limits.COLUMNS:
            raise Invalid("file.columns", file=self._path.name, n=width, limit=limits.COLUMNS)
        within(self._room, self._path.name, len(body), 1)
        header, kept = _named([*top[at], *[None] * (width - len(top[at]))], body)
        cells = Cells(len(kept), self._path.name, self._room)
        for number, row in body:
            texts = [cell if cell.__class__ is str else as_text(_value(cell)) for cell in row]
            texts += [None] * (width - len(texts))
            if not blank(texts):
                cells.add(number, texts if len(kept) == width else [texts[position] for position in kept])
        frame, numbers = cells.table()
        return RawTable(self._path.name, name, header, frame, numbers)

    def values(self, name: str) -> tuple[int, dict[int, list[Any]]]:
        """A sheet's first column and its rows by number, as numbers, dates and texts."""
        sheet = self.sheets[name]
        return sheet.left, {number: [_value(cell) for cell in row] for number, row in sheet.rows}


def _parsed(path: Path, room: limits.Room) -> list[Any]:
    """What the parser's own process answers; it may die of a hostile file, ours does not."""
    package = importlib.util.find_spec("python_calamine")
    if package is None or package.origin is None:
        raise Invalid("workbook.unreadable", file=path.name)
    folder = str(Path(package.origin).parents[1])
    memory, seconds = str(limits.PARSER_BYTES), str(limits.PARSER_SECONDS)
    command = [sys.executable, "-I", "-S", str(_PARSER), str(path.absolute()), folder, memory, seconds,
               str(room.cells)]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.PARSER_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise _heavy(path) from error
    if done.returncode != 0 or not done.stdout:
        raise _heavy(path)
    answer = marshal.loads(done.stdout)  # noqa: S302  written by our own script
    if answer == "large":
        raise Invalid("file.cells", file=path.name, limit=room.cells)
    if isinstance(answer, str):
        raise Invalid(f"workbook.{answer}", file=path.name)
    return list(answer)


def _heavy(path: Path) -> Invalid:
    limit, seconds = limits.PARSER_BYTES >> 20, limits.PARSER_SECONDS
    return Invalid("workbook.heavy", file=path.name, limit=limit, seconds=seconds)


def _value(cell: Any) -> Any:
    """A cell as the parser meant it: dates travel as marked text."""
    if cell.__class__ is not tuple:
        return cell
    text: str = cell[1]
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    return text


def _named(
    header: Sequence[str | None], rows: Sequence[tuple[int, Sequence[Any]]]
) -> tuple[tuple[str, ...], list[int]]:
    """Header texts and their positions, without columns that have neither a header nor a value."""
    names = [(name or "").strip() for name in header]
    nameless = [i for i, name in enumerate(names) if not name]
    filled = {i for i in nameless if any(len(row) > i and row[i] != "" for _, row in rows)}
    kept = [i for i, name in enumerate(names) if name or i in filled]
    return tuple(names[i] for i in kept), kept
