"""Vectors kept in a directory by the content of the text that they stand for.

Each segment is one file: rows of (key, vector), written whole under another name and then renamed, so that a
killed build leaves every earlier segment usable and nothing half-written. A key is a digest of the model's name and
the text: texts that did not change are never encoded again, whoever they belong to.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np

from tandem.base.errors import Failed, Invalid
from tandem.engine.matching.dense import DIMENSIONS, VectorArray
from tandem.engine.search.postings import BoolArray
from tandem.storage.vectors import encode

_ROW = np.dtype([("key", "V16"), ("vector", "<f2", (DIMENSIONS,))])
_SUFFIX = ".vectors.npy"


def key(text: str) -> bytes:
    """What a text is known by: 16 bytes of the model and the content."""
    return blake2b(f"{encode.MODEL}\0{text}".encode(), digest_size=16).digest()


class Segments:
    """The vectors of one directory as they were when it was opened; `add` writes more and knows them at once.

    Raises Invalid("vectors.not_folder") where a file stands in the way.
    """

    def __init__(self, directory: Path) -> None:
        if directory.exists() and not directory.is_dir():
            raise Invalid("vectors.not_folder", path=str(directory))
        self.directory = directory
        self._parts: list[np.ndarray] = []
        self._place: dict[bytes, tuple[int, int]] = {}
        self._read: set[str] = set()
        self.refresh()

    def __len__(self) -> int:
        return len(self._place)

    def refresh(self) -> None:
        """Takes in the segments that another process has written since."""
        for file in sorted(self.directory.glob(f"*{_SUFFIX}")):
            if file.name not in self._read:
                self._read.add(file.name)
                part = _mapped(file)
                if part is not None:
                    self._take_in(part)

    def has(self, text: str) -> bool:
        """Whether the vector of a text is there."""
        return key(text) in self._place

    def look_up(self, texts: Sequence[str]) -> tuple[VectorArray, BoolArray]:
        """The vectors of texts, (texts, DIMENSIONS) float32, zeros where there is none; and which are there."""
        found = np.zeros((len(texts), DIMENSIONS), np.float32)
        places = [self._place.get(key(text)) for text in texts]
        there = np.array([place is not None for place in places], np.bool_)
        part = np.array([place[0] if place else -1 for place in places], np.int64)
        row = np.array([place[1] if place else 0 for place in places], np.int64)
        for number, rows in enumerate(self._parts):
            own = np.flatnonzero(part == number)
            if len(own):
                found[own] = rows["vector"][row[own]]
        return found, there

    def add(self, texts: Sequence[str], vectors: VectorArray) -> None:
        """Keeps the vectors of texts as one more segment.  Raises Failed("vectors.write")."""
        rows = np.empty(len(texts), _ROW)
        rows["key"] = np.frombuffer(b"".join(key(text) for text in texts), "V16")
        rows["vector"] = vectors
        self._read.add(_written(self.directory, rows))
        self._take_in(rows)

    def _take_in(self, rows: np.ndarray) -> None:
        number = len(self._parts)
        self._parts.append(rows)
        for i, one in enumerate(rows["key"].tolist()):
            self._place.setdefault(bytes(one), (number, i))


def _mapped(file: Path) -> np.ndarray | None:
    """The rows of a segment, read from disk as they are needed; None for a file that is not one."""
    with suppress(OSError, ValueError, EOFError):
        rows = np.load(file, mmap_mode="r", allow_pickle=False)
        if rows.dtype == _ROW and rows.ndim == 1:
            return np.asarray(rows)
    return None


def _written(directory: Path, rows: np.ndarray) -> str:
    """Writes a segment under a name of its own and gives that name."""
    place: str | None = None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle, place = tempfile.mkstemp(prefix="part-", suffix=".unfinished", dir=directory)
        with os.fdopen(handle, "wb") as file:
            np.save(file, rows, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        # a segment is named by its content, so two builds of the same texts write the same file
        name = blake2b(rows["key"].tobytes(), digest_size=12).hexdigest() + _SUFFIX
        os.replace(place, directory / name)
        return name
    except OSError as error:
        if place is not None:
            Path(place).unlink(missing_ok=True)
        raise Failed("vectors.write", path=str(directory), why=error.strerror or str(error)) from error
