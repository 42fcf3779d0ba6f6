"""Workbooks that would fill the memory: refused by counting real bytes while unpacking, before anything is parsed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tandem.base.errors import Invalid
from tandem.storage.exchange import limits

_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check(path: Path) -> None:
    """Invalid unless the file is a zip archive whose parts stay within the limits once unpacked.

    What the archive says about its sizes is not believed. What a sheet makes of few bytes (one cell at XFD1048576
    spans 17 billion) cannot be counted here: that is why the parser runs in a process of its own.
    """
    try:
        with path.open("rb") as handle:
            if handle.read(len(_OLE)) == _OLE:
                raise Invalid("workbook.protected", file=path.name)
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
    for size in (len(chunk) for member in members for chunk in _chunks(archive, member)):
        total += size
        if total > limits.UNPACKED_BYTES:
            raise Invalid("file.unpacked", file=path.name, limit=limits.UNPACKED_BYTES >> 20)
        if total > limits.RATIO_FROM_BYTES and total > packed * limits.UNPACKED_RATIO:
            raise Invalid("workbook.ratio", file=path.name, limit=limits.UNPACKED_RATIO)


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as handle:
        while chunk := handle.read(_CHUNK):
            yield chunk
