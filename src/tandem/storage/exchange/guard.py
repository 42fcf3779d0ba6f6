"""Workbooks that would fill the memory: refused by counting real bytes and cells before they are parsed."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tandem.base.errors import Invalid
from tandem.storage.exchange import limits

_CHUNK = 1 << 20
_OVERLAP = 64  # a cell's address may lie across two chunks
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")


def check(path: Path) -> None:
    """Invalid unless the file is a zip archive whose parts stay within the limits once unpacked.

    Parsers lay a sheet out as a dense grid: one cell at XFD1048576 in a file of 5 KB would ask for 500 GB.
    So the span of every sheet is counted from the cell addresses themselves, not from what the file claims.
    """
    with path.open("rb") as handle:
        if handle.read(len(_OLE)) == _OLE:
            raise Invalid("workbook.protected", file=path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, path)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Invalid("workbook.unreadable", file=path.name) from error


def _check_archive(archive: zipfile.ZipFile, path: Path) -> None:
    members = archive.infolist()
    if len(members) > limits.MEMBERS:
        raise Invalid("workbook.members", file=path.name, n=len(members), limit=limits.MEMBERS)
    packed = path.stat().st_size
    total = 0
    for member in members:
        is_sheet = "worksheets/" in member.filename.casefold() and not member.filename.endswith(".rels")
        span = _Span(path, member.filename)
        for chunk in _chunks(archive, member):
            total += len(chunk)
            if total > limits.UNPACKED_BYTES:
                raise Invalid("file.unpacked", file=path.name, limit=limits.UNPACKED_BYTES >> 20)
            if total > limits.RATIO_FROM_BYTES and total > packed * limits.UNPACKED_RATIO:
                raise Invalid("workbook.ratio", file=path.name, limit=limits.UNPACKED_RATIO)
            if is_sheet:
                span.add(chunk)


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as handle:
        while chunk := handle.read(_CHUNK):
            yield chunk


class _Span:
    """The rows and columns that a sheet's cells reach."""

    def __init__(self, path: Path, member: str) -> None:
        self._path, self._member = path, member
        self._tail = b""
        self._rows = self._columns = 0

    def add(self, chunk: bytes) -> None:
        """Looks at the addresses of one more piece of the sheet; Invalid once it spans too much."""
        text = self._tail + chunk
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Invalid("workbook.unreadable", file=self._path.name)
        self._tail = text[-_OVERLAP:]
        found = _ADDRESS.findall(text)
        if not found:
            return
        self._rows = max(self._rows, *(int(digits[:9]) for digits in {digits for _, digits in found}))
        self._columns = max(
            self._columns, *(_number(letters) for letters in {letters for letters, _ in found})
        )
        if self._columns > limits.COLUMNS:
            raise Invalid("file.columns", file=self._path.name, n=self._columns, limit=limits.COLUMNS)
        if self._rows * self._columns > limits.GRID_CELLS:
            raise Invalid("workbook.grid", file=self._path.name, rows=self._rows, columns=self._columns)


def _number(letters: bytes) -> int:
    """A column's number from its letters: A is 1, XFD 16384."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number
