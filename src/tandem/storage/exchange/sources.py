"""Which file holds which table, and what reads it: workbooks, folders, single files."""

from __future__ import annotations

import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tandem.base.errors import Finding, Invalid
from tandem.domain.tables import INPUT_TABLES, TABLES, Table
from tandem.storage.exchange import columnar, delimited, headers, limits, lines, workbook
from tandem.storage.exchange.raw import RawTable

SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson")
WORKBOOKS = (".xlsx", ".xlsm")


@dataclass
class Found:
    """The raw tables of an input, and what was found wrong before any row was looked at.

    streams  files of tables that are not to be read as a whole; among: the tables that are looked for
    sheets   sheet -> table, where somebody has said it; "" where a sheet is left aside
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    streams: dict[str, Path] = field(default_factory=dict)
    among: tuple[Table, ...] = INPUT_TABLES
    streamed: Collection[str] = ()
    room: limits.Room = limits.BOOK
    sheets: Mapping[str, str] = field(default_factory=dict)
    refusals: list[Invalid] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def add(self, table: Table, raw: RawTable) -> None:
        """Keeps a table; a second one for the same name is reported and not read."""
        if not self._twice(table, raw.file, raw.sheet):
            self.tables[table.name] = raw

    def read(self, table: Table, path: Path) -> None:
        """The table of one file: read, or kept for streaming; what cannot be read is a refusal."""
        try:
            if table.name in self.streamed and suffix_of(path, limits.STREAMED_FILE_BYTES) not in WORKBOOKS:
                if not self._twice(table, path.name, None):
                    self.streams[table.name] = path
            else:
                self.add(table, read_file(path, table, self.room))
        except Invalid as error:
            self.refusals.append(error)

    def table_of(self, sheet: str) -> Table | None:
        """The table that a sheet is said to hold, or that its name means."""
        if sheet not in self.sheets:
            return headers.table_named(sheet, self.among)
        return next((table for table in self.among if table.name == self.sheets[sheet]), None)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.tables or self.streams or self.refusals)

    def _twice(self, table: Table, file: str, sheet: str | None) -> bool:
        raw, path = self.tables.get(table.name), self.streams.get(table.name)
        if raw is None and path is None:
            return False
        first = (raw.sheet or raw.file) if raw is not None else path.name if path is not None else ""
        self.notes.append(Finding("table.twice", "error", table.name, file, sheet, params={"first": first}))
        return True


def find(
    source: Path | None,
    tables: Mapping[str, Path],
    among: tuple[Table, ...] = INPUT_TABLES,
    streamed: Collection[str] = (),
    room: limits.Room = limits.BOOK,
    sheets: Mapping[str, str] | None = None,
) -> Found:
    """All raw tables of a workbook, a folder or a file, and of the files named for tables one by one.

    among     the tables that sheets and files are looked up in
    streamed  names of tables whose files (other than workbooks) are only found, not read
    room      how large a table may be
    sheets    sheet -> table, beyond what the names of sheets say; "" for none
    """
    found = Found(among=among, streamed=streamed, room=room, sheets=sheets or {})
    known = {**TABLES, **{table.name: table for table in among}}
    for name, path in tables.items():
        if name not in known:
            raise Invalid("table.unknown", table=name, known=list(known))
        found.read(known[name], Path(path))
    if source is not None:
        try:
            _source(found, Path(source))
        except Invalid as error:
            found.refusals.append(error)
    return found


def read_file(path: Path, table: Table, room: limits.Room = limits.BOOK) -> RawTable:
    """One table from one file; Invalid where the file cannot be read at all."""
    suffix = suffix_of(path)
    if suffix in WORKBOOKS:
        book = workbook.Workbook(path, room)
        named = [sheet for sheet in book.sheets if headers.names(table, sheet)]
        sheets = named or list(book.sheets)
        if not sheets:
            raise Invalid("workbook.unreadable", file=path.name)
        return book.read(sheets[0], table)
    if suffix == ".parquet":
        return columnar.read(path, room)
    if suffix in (".jsonl", ".ndjson"):
        return lines.read(path, room)
    return delimited.read(path, table, room)


def _source(found: Found, path: Path) -> None:
    if path.is_dir():
        _folder(found, path)
    elif suffix_of(path, limits.STREAMED_FILE_BYTES if found.streamed else None) in WORKBOOKS:
        _workbook(found, path)
    elif (table := headers.table_named(path.stem, found.among)) is not None:
        found.read(table, path)
    else:
        raise Invalid("file.which_table", file=path.name, known=_known_names(found.among))


def _workbook(found: Found, path: Path) -> None:
    book = workbook.Workbook(path, found.room)
    for sheet in book.sheets:
        if (table := found.table_of(sheet)) is not None:
            _attempt(found, table, partial(book.read, sheet, table))
        elif not (own_sheet(sheet) or sheet in found.sheets):
            found.notes.append(Finding("sheet.ignored", "note", file=path.name, sheet=sheet))
    if found.empty:
        raise Invalid(
            "book.no_tables", file=path.name, found=list(book.sheets), known=_known_names(found.among)
        )


def _folder(found: Found, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        table = headers.table_named(path.stem, found.among)
        if path.is_symlink() and table is not None:
            found.notes.append(Finding("file.link", "warning", table.name, path.name))
        elif table is not None and path.is_file() and path.suffix.casefold() in SUFFIXES:
            found.read(table, path)
        elif path.is_file() and not path.name.startswith("."):
            found.notes.append(Finding("file.ignored", "note", file=path.name))
    if found.empty:
        raise Invalid("folder.no_tables", file=str(folder), known=_known_names(found.among))


def _attempt(found: Found, table: Table, read: Callable[[], RawTable]) -> None:
    try:
        found.add(table, read())
    except Invalid as error:
        found.refusals.append(error)


def suffix_of(path: Path, most: int | None = None) -> str:
    """The file's suffix, once it is a plain file of a kind and size that we read; Invalid where it is not."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise Invalid("file.missing", file=str(path)) from None
    except (OSError, ValueError) as error:
        raise Invalid("file.unreadable", file=str(path)) from error
    if stat.S_ISDIR(status.st_mode):
        raise Invalid("file.folder", file=str(path))
    if not stat.S_ISREG(status.st_mode):
        raise Invalid("file.unreadable", file=str(path))
    most = limits.FILE_BYTES if most is None else most
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise Invalid("file.suffix", file=path.name, suffix=suffix or "-", known=list(SUFFIXES))
    if status.st_size == 0:
        raise Invalid("file.empty", file=path.name)
    if status.st_size > most:
        raise Invalid("file.large", file=path.name, n=status.st_size >> 20, limit=most >> 20)
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise Invalid("file.unreadable", file=str(path)) from error
    return suffix


def _known_names(among: tuple[Table, ...]) -> list[str]:
    return [f"{table.name}/{table.zh}" for table in among]


def own_sheet(sheet: str) -> bool:
    """Whether a sheet is one that our own workbooks have beside their tables."""
    return headers.normal(sheet) in _OWN_SHEETS


_OWN_SHEETS = frozenset(map(headers.normal, ("guide", "说明", "matches", "匹配", "summary", "摘要")))
