"""A table of many rows as a stream of parts, never held as a whole: Parquet, CSV and JSON Lines.

What is not plain (workbooks, old encodings, broken quotation marks) goes by the general reader of storage/exchange,
which knows every oddity and is bounded by its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from tandem.base.errors import Invalid
from tandem.domain.tables import Column, Table
from tandem.storage.exchange import delimited, headers, limits, lines, sources, text
from tandem.storage.exchange.raw import Fault, RawTable

ROW = "\0row"  # the number of a row in the user's file; no header can be called so
PART = 1 << 21  # rows of Parquet that are looked at together
BLOCK = 32 << 20  # bytes of text that are looked at together
KEYS_SEARCHED = 1_000  # lines of JSON in which keys are looked for

Parts = Callable[[Sequence[int]], Iterator[pl.DataFrame]]


class Irregular(Exception):
    """The file is not as plain as the fast way wants it."""


@dataclass(frozen=True)
class Source:
    """A table in a file.

    header  what stands above each column; most: as many rows there are, or a few more
    parts   positions in the header -> frames with a column for each, named by its position, and ROW. Cells are as the
            file has them: numbers, or text with white space; rows without any value are left out
    faults  rows that could not be read at all; plain: whether `parts` may still raise Irregular
    """

    file: str
    sheet: str | None
    header: tuple[str, ...]
    most: int
    parts: Parts
    faults: tuple[Fault, ...] = ()
    plain: bool = False

    def position(self, table: Table, column: Column) -> int | None:
        """Where a column of the table stands; None where it is not given."""
        found = headers.understand(self.header, table).of(column)
        return found[0].position if found else None

    def names(self, table: Table) -> Mapping[str, int]:
        """Every column under our name where we know it, else under the user's own, with its position."""
        known = {head.column.name: head.position for head in headers.understand(self.header, table).known}
        own = {name: at for at, name in enumerate(self.header) if name and at not in known.values()}
        return {**own, **known}


def open_source(path: Path, table: Table, *, plain: bool = True) -> Source:
    """The table of a file; Invalid where it cannot be read at all.

    plain  whether the fast way may be tried; it raises Irregular while parts are read where it was wrong to try
    """
    suffix = sources.suffix_of(path, limits.STREAMED_FILE_BYTES)
    if suffix == ".parquet":
        return _parquet(path)
    if plain and suffix not in sources.WORKBOOKS:
        try:
            return _json_lines(path) if suffix in (".jsonl", ".ndjson") else _delimited(path, table)
        except Irregular:
            pass
    return _general(path, table)


def _general(path: Path, table: Table) -> Source:
    sources.suffix_of(path)  # the limits of the general reader
    return from_raw(sources.read_file(path, table))


def from_raw(raw: RawTable) -> Source:
    """A table that is read already, as a stream of one part."""

    def parts(positions: Sequence[int]) -> Iterator[pl.DataFrame]:
        yield raw.cells.select(map(str, positions)).with_columns(raw.rows.alias(ROW))

    return Source(raw.file, raw.sheet, raw.header, raw.cells.height, parts, raw.faults)


def _parquet(path: Path) -> Source:
    with _hostile(path):
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        names = lazy.collect_schema().names()
        height = int(lazy.select(pl.len()).collect().item())
    if len(names) > limits.COLUMNS:
        raise Invalid("file.columns", file=path.name, n=len(names), limit=limits.COLUMNS)

    def parts(positions: Sequence[int]) -> Iterator[pl.DataFrame]:
        wanted = lazy.select(pl.col(names[at]).alias(str(at)) for at in positions)
        for begin in range(0, height, PART):
            with _hostile(path):
                part = wanted.slice(begin, PART).collect()
            yield part.with_columns(pl.int_range(begin + 2, begin + 2 + part.height).alias(ROW))

    return Source(path.name, None, tuple(names), height, parts)


@contextmanager
def _hostile(path: Path) -> Iterator[None]:
    """Damaged Parquet is refused in words; polars may panic on it."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic is a BaseException
        raise Invalid("file.parquet", file=path.name) from error


def _delimited(path: Path, table: Table) -> Source:
    encoding = text.encoding_of(path)
    delimiter, at, header = delimited.head(path, encoding, table)
    if encoding == "utf-16" or not header:
        raise Irregular
    head = _start(path, at + 1)
    if b"\n" not in head or head.count(b'"') % 2 or any(line.count(b'"') % 2 for line in head.splitlines()):
        raise Irregular
    schema = {str(i): pl.String for i in range(len(header))}
    names = tuple(delimited.unescape(name).strip() for name in header)

    def parts(positions: Sequence[int]) -> Iterator[pl.DataFrame]:
        number = at + 2
        for block in _blocks(path, encoding, len(head), quoted=True):
            part = _cells(block, delimiter, schema)
            yield _numbered(part, number).select(*map(str, positions), ROW)
            number += part.height

    return Source(path.name, None, names, _line_breaks(path) + 1, parts, plain=True)


def _start(path: Path, count: int) -> bytes:
    with path.open("rb") as handle:
        return b"".join(islice(handle, count))


def _cells(block: bytes, delimiter: str, schema: Mapping[str, type[pl.String]]) -> pl.DataFrame:
    if not block.strip():
        return pl.DataFrame(schema=dict(schema))
    try:
        cells = pl.read_csv(block, has_header=False, separator=delimiter, schema=dict(schema))
    except pl.exceptions.PolarsError as error:
        raise Irregular from error
    return cells.with_columns(_unescaped(cells[name]) for name in cells.columns)


def _unescaped(cells: pl.Series) -> pl.Series:
    """Without the apostrophe that keeps spreadsheets from taking a cell for a formula."""
    if not cells.str.starts_with("'").any():
        return cells
    return cells.str.replace(r"^'('*[=+\-@\t\r＝＋－＠])", "${1}")


def _numbered(part: pl.DataFrame, first: int) -> pl.DataFrame:
    """With the number of each row, and without rows that hold nothing."""
    numbered = part.with_columns(pl.int_range(first, first + part.height).alias(ROW))
    empty = part.select(pl.all_horizontal(pl.all().is_null())).to_series()
    return numbered.filter(~empty) if empty.any() else numbered


def _json_lines(path: Path) -> Source:
    encoding = text.encoding_of(path)
    if encoding == "utf-16":
        raise Irregular
    names = tuple(lines.keys(path, encoding, KEYS_SEARCHED))
    if not names:
        raise Irregular

    def parts(positions: Sequence[int]) -> Iterator[pl.DataFrame]:
        wanted = {str(at): names[at] for at in positions}
        number = 1
        for block in _blocks(path, encoding, 3 if encoding == "utf-8-sig" else 0, quoted=False):
            part = _objects(block, wanted, whole=len(wanted) == len(names))
            yield part.with_columns(pl.int_range(number, number + part.height).alias(ROW))
            number += part.height

    return Source(path.name, None, names, _line_breaks(path) + 1, parts, plain=True)


def _objects(block: bytes, wanted: Mapping[str, str], *, whole: bool) -> pl.DataFrame:
    """One row a line; Irregular where lines are empty, or a key may stand twice or be written oddly.

    whole  all known keys are wanted: then a key that only later lines have is Irregular too
    """
    try:
        found = pl.read_ndjson(block, schema=dict.fromkeys(wanted.values(), pl.String))
    except pl.exceptions.PolarsError as error:
        raise Irregular from error
    if found.height != block.count(b"\n") + (not block.endswith(b"\n")):
        raise Irregular
    for name in wanted.values():
        if block.count(f'"{name}"'.encode()) != found.height:
            raise Irregular
    if whole and block.count(b'":') != found.height * len(wanted):
        raise Irregular
    return found.select(pl.col(name).alias(at) for at, name in wanted.items())


def _line_breaks(path: Path) -> int:
    with path.open("rb") as handle:
        return sum(block.count(b"\n") for block in iter(partial(handle.read, 1 << 20), b""))


def _blocks(path: Path, encoding: str, begin: int, *, quoted: bool) -> Iterator[bytes]:
    """The file from a place on as whole records of UTF-8; with quotation marks, a record may hold line breaks."""
    with path.open("rb") as handle:
        handle.seek(begin)
        rest = b""
        while chunk := handle.read(BLOCK):
            block = rest + chunk
            cut = _cut(block, quoted)
            rest = block[cut:]
            if len(rest) > limits.RECORD_CHARACTERS and cut == 0:
                raise Irregular
            if cut:
                yield _utf8(block[:cut], encoding)
        if rest:
            if quoted and rest.count(b'"') % 2:
                raise Irregular
            yield _utf8(rest, encoding)


def _utf8(block: bytes, encoding: str) -> bytes:
    return block if encoding.startswith("utf-8") else block.decode(encoding).encode()


def _cut(block: bytes, quoted: bool) -> int:
    """Where the last whole record ends."""
    at = block.rfind(b"\n") + 1
    while quoted and at and block.count(b'"', 0, at) % 2:
        at = block.rfind(b"\n", 0, at - 1) + 1
    return at
