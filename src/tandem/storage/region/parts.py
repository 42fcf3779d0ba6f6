"""A register on disk: a folder of numbered imports that are written once, whole or not at all, and never changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from tandem.base.errors import Failed, Invalid
from tandem.storage import staging

MARK = "register.json"
IMPORTS = "imports"
META = "import.json"
FORMAT = "tandem-region-register"
VERSION = 1
_STORED = re.compile(r"[a-z_]+\.parquet")
_NUMBER = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class Import:
    """What is known of one import.

    files     name, sha256 and bytes of what was read; no folders are kept
    counts    table -> read, accepted, rejected, unchanged, stored
    contents  stored file -> sha256 and rows
    vintage   the one given for the whole import; latest: the last vintage's order of all imports so far
    reading   version of the reading of prints that the stored bounds were made with
    """

    number: int
    files: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, Mapping[str, int]]
    contents: Mapping[str, Mapping[str, Any]]
    vintage: str | None
    latest: float
    reading: int
    imported_on: str | None = None


def imports(folder: Path) -> tuple[Import, ...]:
    """All imports of a register in order; Invalid where the folder is no register or holds what is not ours."""
    _check_mark(folder)
    place = folder / IMPORTS
    if not place.is_dir():
        return ()
    found = [path for path in sorted(place.iterdir()) if not path.name.startswith(".")]
    for number, path in enumerate(found, 1):
        if not path.is_dir() or not _NUMBER.fullmatch(path.name) or int(path.name) != number:
            raise Invalid("register.foreign", path=f"{IMPORTS}/{path.name}")
    return tuple(_meta(path) for path in found)


def is_register(folder: Path) -> bool:
    """Whether a folder is a register of ours."""
    return (folder / MARK).is_file()


def load(
    folder: Path,
    entry: Import,
    table: str,
    columns: Sequence[str] | None = None,
    only: Mapping[str, Sequence[str]] | None = None,
) -> pl.DataFrame | None:
    """One table of an import, or some of its columns, or the rows with `only` these texts in a column.

    None where the import has no such table. Invalid register.damaged where it cannot be read.
    """
    path = folder / IMPORTS / f"{entry.number:06d}" / f"{table}.parquet"
    if path.name not in entry.contents:
        return None
    try:
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        names = lazy.collect_schema().names()
        wanted = names if columns is None else [name for name in columns if name in names]
        kinds = lazy.collect_schema()
        kept = [
            pl.col(name).is_in(pl.Series(list(texts), dtype=pl.String).cast(kinds[name]).implode())
            for name, texts in (only or {}).items()
        ]
        frame = lazy.filter(*kept).select(wanted).collect() if kept else lazy.select(wanted).collect()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic is a BaseException
        raise _damaged(entry.number, path.name) from error
    if not kept and frame.height != entry.contents[path.name]["rows"]:
        raise _damaged(entry.number, path.name)
    return frame


def verify(folder: Path, entry: Import) -> None:
    """Invalid register.damaged where a stored file is not what was written."""
    for name, content in entry.contents.items():
        path = folder / IMPORTS / f"{entry.number:06d}" / name
        if not path.is_file() or sha256(path) != content["sha256"]:
            raise _damaged(entry.number, name)


def add(folder: Path, entry: Import, frames: Mapping[str, pl.DataFrame]) -> Import:
    """Writes one import beside the others; it appears whole or not at all. `contents` is filled in.

    Raises Failed register.busy where another import took the number, Failed out.write where the system refuses
    """
    _make(folder)
    target = folder / IMPORTS / f"{entry.number:06d}"
    with staging.scratch(target) as made:
        contents: dict[str, Mapping[str, Any]] = {}
        try:
            for table, frame in frames.items():
                path = made / f"{table}.parquet"
                frame.write_parquet(path, compression="lz4", statistics=False)
                contents[path.name] = {"sha256": sha256(path), "rows": frame.height}
            complete = Import(**{**_fields(entry), "contents": contents})
            (made / META).write_text(json.dumps({"format": FORMAT, "version": VERSION, **asdict(complete)},
                                                ensure_ascii=False, indent=1) + "\n", "utf-8")  # fmt: skip
            if target.exists():
                raise Failed("register.busy", number=entry.number)
            made.chmod(0o755)
            os.rename(made, target)
        except OSError as error:
            if target.exists():
                raise Failed("register.busy", number=entry.number) from error
            raise Failed("out.write", path=str(folder), why=error.strerror or str(error)) from error
    return complete


def made(folder: Path, entry: Import) -> Path:
    """Where `add` has put an import."""
    return folder / IMPORTS / f"{entry.number:06d}"


def flush(folder: Path) -> None:
    """Waits until the files of an import, and their names, are on the disk."""
    for path in (*folder.iterdir(), folder, folder.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def adopt(folder: Path, written: Path) -> None:
    """Moves an import that `add` wrote elsewhere on the same disk into a register, whole.

    Raises Failed register.busy where another import has its number, Failed out.write where the system refuses
    """
    _make(folder)
    target = folder / IMPORTS / written.name
    try:
        target.parent.mkdir(exist_ok=True)
        os.rename(written, target)
    except OSError as error:
        if target.exists():
            raise Failed("register.busy", number=int(written.name)) from error
        raise Failed("out.write", path=str(folder), why=error.strerror or str(error)) from error


def sha256(path: Path) -> str:
    """The digest of a file's bytes, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        for block in iter(partial(handle.read, 1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _make(folder: Path) -> None:
    """The folder with its mark; Invalid where something else is there already."""
    if folder.exists() and not folder.is_dir():
        raise Invalid("out.not_folder", path=str(folder))
    if folder.is_dir() and any(
        folder.iterdir()
    ):  # looked at first: another may be making it, its mark comes first
        _check_mark(folder)
        return
    with staging.staged(folder) as made:
        (made / MARK).write_text(json.dumps({"format": FORMAT, "version": VERSION}) + "\n", "utf-8")


def _check_mark(folder: Path) -> None:
    if not is_register(folder):
        raise Invalid("register.not_one", path=str(folder))
    try:
        mark = json.loads((folder / MARK).read_text("utf-8"))
        fits = mark["format"] == FORMAT and mark["version"] == VERSION
    except (OSError, ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        raise Invalid("register.foreign", path=MARK)


def _meta(path: Path) -> Import:
    try:
        told = json.loads((path / META).read_text("utf-8"))
        if told.pop("format") != FORMAT or told.pop("version") != VERSION or told["number"] != int(path.name):
            raise Invalid("register.foreign", path=f"{IMPORTS}/{path.name}")
        entry = Import(**{**told, "files": tuple(told["files"])})
        if not all(_STORED.fullmatch(name) for name in entry.contents):
            raise Invalid("register.foreign", path=f"{IMPORTS}/{path.name}/{META}")
        return entry
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(int(path.name), META) from error


def _damaged(number: int, file: str) -> Invalid:
    return Invalid("register.damaged", number=number, file=file)


def _fields(entry: Import) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Import.__slots__}
