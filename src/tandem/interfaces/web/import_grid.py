"""Rows with something wrong as a sheet shows them: what names the row, and an input at each cell to be mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tandem.base import choices, error_words
from tandem.base.errors import Finding
from tandem.base.words import Lang
from tandem.domain import services
from tandem.domain.columns import Column
from tandem.domain.records import RECORD_TABLES
from tandem.hub.records.answers import CellGiven, FaultyRow, Imported

ROWS = 25  # on a page
_NAMING = ("title", "name")
_COLUMNS = {(table.name, one.name): one for table in RECORD_TABLES for one in table.columns}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what stands in it, what is wrong with it, and whether it can be mended here.

    name  of its input; was: what stood in it when the page was made
    """

    value: str
    name: str = ""
    was: str = ""
    wrong: tuple[str, ...] = ()
    error: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file; `left_out` unless it is mended; `wrong` is what no cell can be blamed for."""

    number: int
    left_out: bool
    cells: tuple[Cell | None, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The faulty rows of one table: (column, the header that its file has for it) and rows."""

    table: str
    sheet: str | None
    heads: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    @property
    def remarks(self) -> bool:
        """Whether something is wrong that no cell can be blamed for."""
        return any(row.wrong for row in self.rows)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the faulty rows.

    whole     (table, sheet, sentence, whether it is an error) of what is wrong with whole tables and files
    number    of this page, from 1; pages: how many there are
    more      findings beyond those that were listed
    lists     column -> the words that may stand in it
    """

    grids: tuple[Grid, ...]
    whole: tuple[tuple[str, str, str, bool], ...]
    number: int
    pages: int
    faulty: int
    more: int
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def page(answer: Imported, lang: Lang, number: int = 1, cities: Sequence[str] = ()) -> Page:
    """The faulty rows of a preview, so many a page."""
    placed: dict[tuple[str, int], list[Finding]] = {}
    for one in answer.findings:
        if one.table is not None and one.row is not None and one.severity != "note":
            placed.setdefault((one.table, one.row), []).append(one)
    pages = max(1, -(-len(placed) // ROWS))
    number = min(max(number, 1), pages)
    here = list(placed)[(number - 1) * ROWS : number * ROWS]
    given = {(one.table, one.row): one for one in answer.faulty}
    grids = []
    for table in dict.fromkeys(name for name, _ in here):
        rows = [(row, placed[table, row], given.get((table, row))) for name, row in here if name == table]
        grids.append(_grid(table, rows, lang))
    whole = [one for one in answer.findings if one.row is None and one.severity != "note"]
    told = tuple((one.table or "", one.sheet or one.file or "", error_words.said(one, lang), one.severity == "error")
                 for one in whole)  # fmt: skip
    mended = {head for grid in grids for head, _ in grid.heads}
    return Page(
        tuple(grids), told, number, pages, len(placed), answer.more_findings, _lists(mended, cities, lang)
    )


def retyped(one: Page, typed: Mapping[str, str]) -> Page:
    """The page with what was typed in its inputs, where it could not be taken."""

    def again(cell: Cell | None) -> Cell | None:
        return (
            replace(cell, value=typed.get(f"x.{cell.name}", cell.value))
            if cell is not None and cell.name
            else cell
        )

    grids = tuple(
        replace(grid, rows=tuple(replace(row, cells=tuple(map(again, row.cells))) for row in grid.rows))
        for grid in one.grids
    )
    return replace(one, grids=grids)


def _grid(table: str, rows: Sequence[tuple[int, list[Finding], FaultyRow | None]], lang: Lang) -> Grid:
    """A table whose columns are what names a row, and all that something is wrong with."""
    sheet = rows[0][1][0].sheet
    heads: dict[str, str] = {}
    for _, found, given in rows:
        for cell in given.cells if given is not None else ():
            if cell.column in _NAMING or any(_about(one, cell) for one in found):
                heads.setdefault(cell.column, cell.header)
    order = {
        cell.column: i for _, _, given in rows if given is not None for i, cell in enumerate(given.cells)
    }
    shown = sorted(heads, key=lambda name: (name not in _NAMING, order[name]))
    made = tuple(_row(table, row, found, given, shown, lang) for row, found, given in rows)
    return Grid(table, sheet, tuple((name, heads[name]) for name in shown), made)


def _row(
    table: str, number: int, found: list[Finding], given: FaultyRow | None, shown: Sequence[str], lang: Lang
) -> Row:
    cells: list[Cell | None] = []
    blamed: list[Finding] = []
    for name in shown:
        one = next((cell for cell in given.cells if cell.column == name), None) if given is not None else None
        own = [each for each in found if one is not None and _about(each, one)]
        blamed += own
        cells.append(None if one is None else _cell(table, number, one, own, lang))
    rest = tuple(_sentence(one, lang, value=True) for one in found if not any(one is each for each in blamed))
    return Row(number, any(one.severity == "error" for one in found), tuple(cells), rest)


def _cell(table: str, row: int, given: CellGiven, found: list[Finding], lang: Lang) -> Cell:
    wrong = tuple(_sentence(one, lang) for one in found)
    name = f"{table}.{row}.{given.column}" if found and not given.cut else ""
    error = any(one.severity == "error" for one in found)
    return Cell(given.value, name, given.value, wrong, error, given.cut)


def _about(one: Finding, cell: CellGiven) -> bool:
    return one.column in (cell.header, cell.column)


def _sentence(one: Finding, lang: Lang, *, value: bool = False) -> str:
    """What is wrong and what to do; without the value where that stands in an input beside it."""
    text = error_words.said(one, lang)
    return text if value or one.value is None else text.removeprefix(f"“{one.value}” ")


def _lists(columns: set[str], cities: Sequence[str], lang: Lang) -> Mapping[str, tuple[str, ...]]:
    """The words that are offered where one of a few is meant."""
    found: dict[str, tuple[str, ...]] = {}
    for (_, name), column in _COLUMNS.items():
        if name in columns and (words := _words(column, cities, lang)):
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *words)))
    return found


def _words(column: Column, cities: Sequence[str], lang: Lang) -> tuple[str, ...]:
    if column.type == "choice":
        return tuple(choices.word(column.name, one, lang) or one for one in column.choices)
    if column.type == "city":
        return tuple(cities)
    if column.type == "service":
        return tuple(one.name(lang) for one in services.services().values())
    return ()
