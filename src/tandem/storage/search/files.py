"""One generation of an index as a folder of plain files, and the checks that keep damaged ones out.

    manifest.json                 format, version, audience, analysis, content, counts, size and checksum of each file
    words.txt, pairs.npy          the vocabulary
    documents.*.npy               postings of documents; profiles.*.npy those of organisations
    tokens.*.npy, hashes.npy      each document's analysis and the hash of its text: analysed once, used again
    *.parquet                     the tables of the index, without their texts

The manifest is written last: a folder without one was never finished.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.base.errors import Invalid
from tandem.engine.search.postings import Postings
from tandem.engine.search.tokens import PARTS, Tokens
from tandem.engine.search.vocabulary import Vocabulary
from tandem.storage.search.content import Hashes

FORMAT, VERSION = "tandem-search", 1
MANIFEST = "manifest.json"
TABLES = ("organisations", "offers", "deliveries")
_POSTINGS = ("indptr", "docs", "counts", "lengths")
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Generation:
    """What one generation holds; arrays may be mapped from its files.

    tables  organisations, offers, deliveries, without texts
    tokens  the documents' analysis, its words those of the vocabulary
    hashes  (documents, 2) uint64, of the documents' texts
    """

    tables: Mapping[str, pl.DataFrame]
    documents: Postings
    profiles: Postings
    tokens: Tokens
    hashes: Hashes


def write(folder: Path, held: Generation, about: Mapping[str, Any]) -> None:
    """Writes a generation into an empty folder, everything on the disk before the manifest is."""
    vocabulary = held.documents.vocabulary
    if not isinstance(vocabulary, Vocabulary):
        raise TypeError("only a whole collection can be kept")
    (folder / "words.txt").write_text("\n".join(vocabulary.words), encoding="utf-8", newline="\n")
    arrays: dict[str, npt.NDArray[Any]] = {"pairs": vocabulary.pairs, "hashes": held.hashes}
    arrays |= {"tokens.flat": held.tokens.flat, "tokens.starts": held.tokens.starts}
    arrays |= {f"documents.{name}": getattr(held.documents, name) for name in _POSTINGS}
    if held.profiles is not held.documents:
        arrays |= {f"profiles.{name}": getattr(held.profiles, name) for name in _POSTINGS}
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values, allow_pickle=False)
    for name in TABLES:
        held.tables[name].write_parquet(folder / f"{name}.parquet")
    listed = {file.name: _figures(file) for file in sorted(folder.iterdir())}
    manifest = {"format": FORMAT, "version": VERSION, **about, "files": listed}
    (folder / MANIFEST).write_text(
        json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    for file in folder.iterdir():
        settle(file)
    settle(folder)


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a generation. Raises Invalid index.foreign or index.version where it is none of ours."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid("index.corrupt", path=str(folder), what=MANIFEST) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Invalid("index.foreign", path=str(folder))
    if found.get("version") != VERSION:
        raise Invalid("index.version", path=str(folder), version=str(found.get("version")), known=VERSION)
    return found


def read(folder: Path) -> Generation:
    """A generation, its arrays mapped. Raises Invalid index.corrupt naming the first file that is not as written."""
    listed = manifest(folder).get("files")
    if not isinstance(listed, dict):
        raise Invalid("index.corrupt", path=str(folder), what=MANIFEST)
    for name, figures in listed.items():
        file = folder / Path(str(name)).name
        if not file.is_file() or _figures(file) != figures:
            raise Invalid("index.corrupt", path=str(folder), what=str(name))
    try:
        held = _read(folder, "profiles.indptr.npy" in listed)
        _refuse_unsound(folder, held)
        return held
    except (OSError, ValueError, KeyError, IndexError, pl.exceptions.PolarsError) as error:
        raise Invalid("index.corrupt", path=str(folder), what=str(error)) from error


def _read(folder: Path, has_profiles: bool) -> Generation:
    words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = Vocabulary(words if words != [""] else [], _array(folder, "pairs", np.int64))
    documents = _postings(folder, "documents", vocabulary)
    return Generation(
        {name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES},
        documents,
        _postings(folder, "profiles", vocabulary) if has_profiles else documents,
        Tokens(
            vocabulary.words,
            _array(folder, "tokens.flat", np.int32),
            _array(folder, "tokens.starts", np.int64),
        ),
        _array(folder, "hashes", np.uint64),
    )


def _postings(folder: Path, which: str, vocabulary: Vocabulary) -> Postings:
    return Postings(
        vocabulary,
        _array(folder, f"{which}.indptr", np.int64),
        _array(folder, f"{which}.docs", np.int32),
        _array(folder, f"{which}.counts", np.uint8),
        _array(folder, f"{which}.lengths", np.float64),
    )


def _array(folder: Path, name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
    """An array mapped from its file, as a plain view: slices of np.memmap itself are slow."""
    mapped = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    if mapped.dtype != kind:
        raise ValueError(name)
    return np.asarray(mapped)


def _refuse_unsound(folder: Path, held: Generation) -> None:
    """Raises ValueError where numbers point outside their arrays: compiled loops would read foreign memory."""
    documents = held.tables["deliveries"].height + held.tables["offers"].height
    for which, postings in (("documents", held.documents), ("profiles", held.profiles)):
        if len(postings.indptr) != len(postings.vocabulary) + 1:
            raise ValueError("indptr")
        _steps(postings.indptr, len(postings.docs))
        if len(postings.counts) != len(postings.docs):
            raise ValueError("counts")
        if postings is not held.documents or which == "documents":
            _inside(folder / f"{which}.docs.npy", len(postings.lengths))
    if len(held.documents.lengths) != documents or len(held.hashes) != documents:
        raise ValueError("lengths")
    if len(held.tokens.starts) != PARTS * documents + 1:
        raise ValueError("starts")
    _steps(held.tokens.starts, len(held.tokens.flat))
    _inside(folder / "tokens.flat.npy", len(held.tokens.words))


def _steps(begins: npt.NDArray[np.int64], end: int) -> None:
    if len(begins) == 0 or begins[0] != 0 or begins[-1] != end or bool((begins[1:] < begins[:-1]).any()):
        raise ValueError("order")


def _inside(file: Path, size: int) -> None:
    """Whether all numbers of a file are below `size`; read and not mapped, so that its pages are not held."""
    with file.open("rb") as stream:
        np.lib.format.read_magic(stream)
        np.lib.format.read_array_header_1_0(stream)
        while len(values := np.fromfile(stream, np.int32, _CHUNK)):
            if values.min() < 0 or values.max() >= size:
                raise ValueError("range")


def _figures(file: Path) -> dict[str, int]:
    checksum = 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return {"bytes": file.stat().st_size, "crc32": checksum}


def settle(path: Path) -> None:
    """Waits until a file or folder is on the disk, where the system can tell."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
