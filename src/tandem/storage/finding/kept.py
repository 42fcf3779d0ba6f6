"""The search index on disk, beside the database: two segments as plain files that are mapped when they are read.

    public/, other/     arrays as .npy, words.txt, titles.txt
    manifest.json       format, analysis, mark of the journal, figures of every file; written last

A folder without a manifest was never finished. Nothing here is needed: what is missing or damaged is built anew.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zlib
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tandem.engine.finding.documents import FIELDS, Labels, Segment
from tandem.engine.search.tokens import Tokens
from tandem.storage.finding.rows import Mark
from tandem.storage.search import content

FORMAT = "tandem-finding-1"
_PREFIX, _POINTER, _MANIFEST = "g-", "current", "manifest.json"
_ARRAYS = ("ids", "what", "audience", "open", "version", "created", "changed", "title_at", "indptr", "docs", "counts",
           "lengths")  # fmt: skip
_CHUNK = 1 << 22


def write(place: Path, segments: tuple[Segment, Segment], at: Mark) -> None:
    """Keeps a public segment and the other one, both without anything dead, and then forgets what was kept before."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    for name, one in zip(("public", "other"), segments, strict=True):
        _write(made / name, one)
    files = {
        path.relative_to(made).as_posix(): _figures(path)
        for path in sorted(made.rglob("*"))
        if path.is_file()
    }
    about = {"format": FORMAT, "analysis": content.of_analysis(), "mark": asdict(at), "files": files}
    (made / _MANIFEST).write_text(json.dumps(about), "utf-8")
    pointer = made / _POINTER
    pointer.write_text(made.name, "utf-8")
    os.replace(pointer, place / _POINTER)
    for old in place.glob(_PREFIX + "*"):
        if old != made:
            shutil.rmtree(old, ignore_errors=True)


def read(place: Path) -> tuple[tuple[Segment, Segment], Mark] | None:
    """What was kept, mapped; None where there is nothing whole of this program's own analysis."""
    with suppress(OSError, ValueError, KeyError, IndexError, TypeError):
        folder = place / Path((place / _POINTER).read_text("utf-8")).name
        about = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if about["format"] != FORMAT or about["analysis"] != content.of_analysis():
            return None
        if any(_figures(folder / name) != figures for name, figures in about["files"].items()):
            return None
        return (_read(folder / "public", public=True), _read(folder / "other", public=False)), Mark(
            **about["mark"]
        )
    return None


def age(place: Path) -> float:
    """How many seconds ago the index was kept; 0 where it is not."""
    with suppress(OSError):
        return time.time() - (place / _POINTER).stat().st_mtime
    return 0.0


def forget(place: Path) -> None:
    """Keeps nothing any more."""
    with suppress(OSError):
        (place / _POINTER).unlink()
    for old in place.glob(_PREFIX + "*"):
        shutil.rmtree(old, ignore_errors=True)


def _write(folder: Path, one: Segment) -> None:
    folder.mkdir()
    arrays: dict[str, Any] = {name: getattr(one, name) for name in _ARRAYS}
    arrays |= {"tokens.flat": one.tokens.flat, "tokens.starts": one.tokens.starts}
    for field in FIELDS:
        arrays |= {f"{field}.doc": one.labels[field].doc, f"{field}.code": one.labels[field].code}
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values, allow_pickle=False)
    (folder / "words.txt").write_text("\n".join(one.tokens.words), "utf-8", newline="\n")
    (folder / "titles.txt").write_bytes(one.titles)
    names = {field: one.labels[field].names for field in FIELDS}
    (folder / "labels.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")


def _read(folder: Path, *, public: bool) -> Segment:
    def array(name: str) -> Any:
        try:
            return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
        except ValueError:  # nothing cannot be mapped
            return np.load(folder / f"{name}.npy", allow_pickle=False)

    words = (folder / "words.txt").read_text("utf-8").split("\n")
    names = json.loads((folder / "labels.json").read_text("utf-8"))
    columns = {name: array(name) for name in _ARRAYS}
    return Segment(
        public=public,
        alive=np.ones(len(columns["ids"]), np.bool_),
        labels={
            field: Labels(tuple(names[field]), array(f"{field}.doc"), array(f"{field}.code"))
            for field in FIELDS
        },
        titles=(folder / "titles.txt").read_bytes(),
        tokens=Tokens(words if words != [""] else [], array("tokens.flat"), array("tokens.starts")),
        **columns,
    )


def _figures(path: Path) -> list[int]:
    """Size and checksum of a file."""
    total, size = 0, 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            total, size = zlib.crc32(chunk, total), size + len(chunk)
    return [size, total]
