"""XLSX workbooks: every sheet's cells as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import python_calamine

from tandem.base.errors import Invalid
from tandem.domain.tables import Table
from tandem.storage.exchange import guard, headers, limits
from tandem.storage.exchange.raw import Cells, RawTable, as_text, blank


class Workbook:
    """An opened workbook that has passed the guard."""

    def __init__(self, path: Path) -> None:
        guard.check(path)
        self._path = path
        self._book = _safely(path, lambda: python_calamine.load_workbook(path))
        self.sheets: tuple[str, ...] = tuple(
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        )

    def rows(self, sheet: str) -> tuple[int, int, list[list[Any]]]:
        """Values of a sheet from its first filled row and column on, after that row's number and column's index."""

        def load() -> tuple[int, int, list[list[Any]]]:
            found = self._book.get_sheet_by_name(sheet)
            row, column = found.start or (0, 0)
            return row + 1, column, found.to_python(skip_empty_area=True)

        loaded: tuple[int, int, list[list[Any]]] = _safely(self._path, load)
        return loaded

    def read(self, sheet: str, table: Table) -> RawTable:
        """One sheet as a table; the header may stand below a title."""
        first, _, rows = self.rows(sheet)
        top = [[as_text(cell) for cell in row] for row in rows[: limits.HEADER_SEARCH_ROWS]]
        if not top:
            raise Invalid("sheet.empty", file=self._path.name, sheet=sheet)
        at = headers.find_header(top, table)
        header, kept = _named(top[at], rows[at + 1 :])
        cells = Cells(len(kept))
        for number, row in enumerate(rows[at + 1 :], first + at + 1):
            texts = [as_text(row[position]) for position in kept]
            if not blank(texts):
                cells.add(number, texts)
        frame, numbers = cells.table()
        return RawTable(self._path.name, sheet, header, frame, numbers)


def _named(header: Sequence[str | None], rows: Sequence[Sequence[Any]]) -> tuple[tuple[str, ...], list[int]]:
    """Header texts and their positions, without columns that have neither a header nor a value."""
    names: Mapping[int, str] = {i: (name or "").strip() for i, name in enumerate(header)}
    nameless = {i for i, name in names.items() if not name}
    filled = {i for i in nameless if any(row[i] != "" for row in rows)}
    kept = [i for i in names if i not in nameless or i in filled]
    return tuple(names[i] for i in kept), kept


def _safely(path: Path, parse: Any) -> Any:
    """Runs the parser; whatever it raises, a Rust panic included, means that the workbook is damaged."""
    try:
        return parse()
    except python_calamine.PasswordError as error:
        raise Invalid("workbook.protected", file=path.name) from error
    except (Invalid, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic is a BaseException
        raise Invalid("workbook.unreadable", file=path.name) from error
