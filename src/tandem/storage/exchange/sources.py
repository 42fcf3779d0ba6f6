"""Which file holds which table, and what reads it: workbooks, folders, single files."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
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
    """The raw tables of an input, and what was found wrong before any row was looked at."""

    tables: dict[str, RawTable] = field(default_factory=dict)
    refusals: list[Invalid] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def add(self, table: Table, raw: RawTable) -> None:
        """Keeps a table; a second one for the same name is reported and not read."""
        if table.name in self.tables:
            first = self.tables[table.name]
            params = {"first": first.sheet or first.file}
            self.notes.append(Finding("table.twice", "error", table.name, raw.file, raw.sheet, params=params))
        else:
            self.tables[table.name] = raw


def find(source: Path | None, tables: Mapping[str, Path]) -> Found:
    """All raw tables of a workbook, a folder or a file, and of the files named for tables one by one."""
    found = Found()
    for name, path in tables.items():
        if name not in TABLES:
            raise Invalid("table.unknown", table=name, known=list(TABLES))
        _attempt(found, TABLES[name], partial(read_file, Path(path), TABLES[name]))
    if source is not None:
        try:
            _source(found, Path(source))
        except Invalid as error:
            found.refusals.append(error)
    return found


def read_file(path: Path, table: Table) -> RawTable:
    """One table from one file; Invalid where the file cannot be read at all."""
    suffix = suffix_of(path)
    if suffix in WORKBOOKS:
        book = workbook.Workbook(path)
        named = [sheet for sheet in book.sheets if headers.names(table, sheet)]
        sheets = named or list(book.sheets)
        if not sheets:
            raise Invalid("workbook.unreadable", file=path.name)
        return book.read(sheets[0], table)
    if suffix == ".parquet":
        return columnar.read(path)
    if suffix in (".jsonl", ".ndjson"):
        return lines.read(path)
    return delimited.read(path, table)


def _source(found: Found, path: Path) -> None:
    if path.is_dir():
        _folder(found, path)
    elif suffix_of(path) in WORKBOOKS:
        _workbook(found, path)
    elif (table := headers.table_named(path.stem)) is not None:
        found.add(table, read_file(path, table))
    else:
        raise Invalid("file.which_table", file=path.name, known=_known_names())


def _workbook(found: Found, path: Path) -> None:
    book = workbook.Workbook(path)
    for sheet in book.sheets:
        if (table := headers.table_named(sheet)) is not None:
            _attempt(found, table, partial(book.read, sheet, table))
        elif headers.normal(sheet) not in _OWN_SHEETS:
            found.notes.append(Finding("sheet.ignored", "note", file=path.name, sheet=sheet))
    if not found.tables and not found.refusals:
        raise Invalid("book.no_tables", file=path.name, found=list(book.sheets), known=_known_names())


def _folder(found: Found, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        table = headers.table_named(path.stem)
        if path.is_symlink() and table is not None:
            found.notes.append(Finding("file.link", "warning", table.name, path.name))
        elif table is not None and path.is_file() and path.suffix.casefold() in SUFFIXES:
            _attempt(found, table, partial(read_file, path, table))
        elif path.is_file() and not path.name.startswith("."):
            found.notes.append(Finding("file.ignored", "note", file=path.name))
    if not found.tables and not found.refusals:
        raise Invalid("folder.no_tables", file=str(folder), known=_known_names())


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


def _known_names() -> list[str]:
    return [f"{table.name}/{table.zh}" for table in INPUT_TABLES]


_OWN_SHEETS = frozenset(map(headers.normal, ("guide", "说明", "matches", "匹配", "summary", "摘要")))
