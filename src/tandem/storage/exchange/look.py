"""A file looked at before it is read: its sheets, what each is taken for, its headers, and its first rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tandem.base.errors import Invalid
from tandem.domain.tables import Table
from tandem.storage.exchange import guess, headers, limits, sources
from tandem.storage.exchange.meant import Meant
from tandem.storage.exchange.raw import RawTable
from tandem.storage.exchange.workbook import Workbook

FIRST = 3  # rows that are shown
_SHOWN = 80  # characters of a cell that are shown
_LEAST = 1.0  # what a header row must be worth to be taken for a table


@dataclass(frozen=True, slots=True)
class Header:
    """One header.

    column  ours that it is taken for; by: name, said, likeness, values, or "" for none
    cells   what stands beneath it in the first rows
    """

    header: str
    column: str | None
    by: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, or a file of one table (sheet None).

    table    what it is taken for; by: name (its own), said, headers (that it has), or "" for none
    rows     how many stand beneath the header
    missing  required columns that no header is taken for
    """

    sheet: str | None
    table: str | None
    by: str
    rows: int
    headers: tuple[Header, ...] = ()
    missing: tuple[str, ...] = ()


def look(
    path: Path,
    among: tuple[Table, ...],
    said: Meant,
    table: str | None = None,
    room: limits.Room = limits.UPLOAD,
) -> tuple[Sheet, ...]:
    """What a file holds, as far as it can be seen.

    among   the tables that it may hold; table: the one that a single file is said to be
    Raises  Invalid as reading does where the file cannot be read at all
    """
    own = tuple(said.table(one) for one in among)
    if sources.suffix_of(path) in sources.WORKBOOKS:
        return _workbook(path, own, said, table, room)
    named = next((one for one in own if one.name == table), None) or headers.table_named(path.stem, own)
    raw = sources.read_file(path, named or own[0], room)
    kind, by = (named, "said" if table else "name") if named else _by_headers([raw.header], own)
    if kind is not None and named is None:
        raw = sources.read_file(path, kind, room)  # where the header stands depends on what is looked for
    return (_seen(raw, kind, by),)


def _workbook(
    path: Path, own: tuple[Table, ...], said: Meant, table: str | None, room: limits.Room
) -> tuple[Sheet, ...]:
    book = Workbook(path, room)
    if not book.sheets:
        raise Invalid("workbook.unreadable", file=path.name)
    found = []
    asked = list(book.sheets)
    if table is not None:  # as reading does it: the sheet of that name, else the first
        named = [one for one in own if one.name == table]
        asked = [sheet for sheet in asked if named and headers.names(named[0], sheet)][:1] or asked[:1]
    for sheet in asked:
        if sources.own_sheet(sheet) and sheet not in said.sheets:
            continue
        top = book.top(sheet)
        if not top:
            found.append(Sheet(sheet, None, "", 0))
            continue
        kind, by = _kind(sheet, top, own, said, table)
        found.append(_seen(book.read(sheet, kind or own[0]), kind, by))
    return tuple(_once(found))


def _kind(
    sheet: str, top: Sequence[Sequence[str | None]], own: tuple[Table, ...], said: Meant, table: str | None
) -> tuple[Table | None, str]:
    if sheet in said.sheets or table is not None:
        wanted = table if table is not None else said.sheets[sheet]
        return next((one for one in own if one.name == wanted), None), "said"
    if (named := headers.table_named(sheet, own)) is not None:
        return named, "name"
    return _by_headers(top, own)


def _by_headers(rows: Sequence[Sequence[str | None]], own: tuple[Table, ...]) -> tuple[Table | None, str]:
    """The table that header rows look most like."""
    rated = [(max(guess.worth([cell or "" for cell in row], one) for row in rows), -i, one)
             for i, one in enumerate(own)]  # fmt: skip
    best = max(rated, key=lambda one: one[:2])
    return (best[2], "headers") if best[0] >= _LEAST else (None, "")


def _once(found: Sequence[Sheet]) -> list[Sheet]:
    """Each table is one sheet's: a further sheet that only looks like it is left aside."""
    sure = {one.table for one in found if one.by in ("name", "said")}
    kept: list[Sheet] = []
    for one in found:
        if one.by == "headers" and one.table in sure:
            kept.append(Sheet(one.sheet, None, "", one.rows, tuple(Header(each.header, None, "", each.cells)
                                                                   for each in one.headers)))  # fmt: skip
            continue
        sure.add(one.table)
        kept.append(one)
    return kept


def _seen(raw: RawTable, kind: Table | None, by: str) -> Sheet:
    texts = [raw.cells[str(i)] for i in range(len(raw.header))]
    first = [tuple((text or "")[:_SHOWN] for text in column.head(FIRST)) for column in texts]
    if kind is None:
        shown = tuple(Header(name, None, "", first[i]) for i, name in enumerate(raw.header))
        return Sheet(raw.sheet, None, by, raw.cells.height, shown)
    beneath = {i: column.head(4 * guess.LOOKED_AT).drop_nulls().head(guess.LOOKED_AT).to_list()
               for i, column in enumerate(texts)}  # fmt: skip
    made = guess.guesses(raw.header, beneath, kind)
    shown = tuple(Header(raw.header[one.position], one.column.name if one.column else None, one.by,
                         first[one.position]) for one in made)  # fmt: skip
    taken = {one.column.name for one in made if one.column}
    missing = tuple(one.name for one in kind.columns if one.required and one.name not in taken)
    return Sheet(raw.sheet, kind.name, by, raw.cells.height, shown, missing)
