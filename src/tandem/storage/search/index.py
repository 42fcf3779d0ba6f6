"""The search index of an audience: a folder of generations and a pointer to the one in use.

    DIRECTORY/AUDIENCE/current        the name of the generation in use, replaced by one rename
    DIRECTORY/AUDIENCE/g-.../         generations: see files.py

A new generation is built beside the one in use, so a build that is killed at any moment leaves that one as it was;
what it left lying about goes with the next build. Audiences share nothing: hidden texts move no public figure.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import numpy as np
import polars as pl

from tandem.base.errors import Failed, Invalid
from tandem.engine.matching import corpus
from tandem.engine.matching.corpus import Corpus
from tandem.engine.search import postings, tokens
from tandem.engine.search.tokens import Tokens
from tandem.storage.search import content, files
from tandem.storage.search.content import Hashes
from tandem.storage.search.files import Generation

PUBLIC = "public"
_POINTER, _LOCK, _PREFIX = "current", "lock", "g-"
_LONGEST = 80  # characters of a folder's name
_KEPT = {
    "organisations": ("org_id", "size", "city"),
    "offers": ("offer_id", "title", "org_id"),
    "deliveries": ("delivery_id", "title", "org_ids", "delivered_on", "rating"),
}


def open_or_build(
    directory: Path,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    audience: str = PUBLIC,
) -> Corpus:
    """The corpus of three exchange tables by way of an index on disk, which is made or brought up to date first.

    Only texts that the index does not hold yet are analysed. The result equals corpus.read of the same tables, bit
    for bit, whatever the index held before.
    Raises Invalid index.foreign, index.version, index.corrupt, index.audience; Failed index.write.
    """
    place = folder_of(directory, audience)
    _refuse_foreign(directory, place)
    tables = _kept(organisations, offers, deliveries)
    hashes = content.of_texts(offers, deliveries)
    about = {
        "audience": audience,
        "analysis": content.of_analysis(),
        "content": content.of_tables(tuple(tables.values()), hashes),
        "documents": len(hashes),
    }
    try:
        with _alone(place):
            now = _current(place)
            _clear(place, now)
            if now is None or _about(now) != about:
                now = _renewed(place, tables, hashes, _texts(now, offers, deliveries, hashes), about)
                _clear(place, now)
            return _corpus(files.read(now))
    except OSError as error:
        raise Failed(
            "index.write", path=str(error.filename or place), why=error.strerror or str(error)
        ) from error


def load(directory: Path, audience: str = PUBLIC) -> Corpus:
    """The corpus as last indexed. Raises Invalid index.missing, index.foreign, index.version, index.corrupt."""
    place = folder_of(directory, audience)
    now = _current(place)
    if now is None:
        raise Invalid("index.missing", path=str(directory), audience=audience)
    if _about(now)["audience"] != audience:
        raise Invalid("index.foreign", path=str(place))
    return _corpus(files.read(now))


def folder_of(directory: Path, audience: str) -> Path:
    """Where an audience's index lies: a name that is safe everywhere, and another one for every audience."""
    if not audience.strip():
        raise Invalid("index.audience")
    plain = "abcdefghijklmnopqrstuvwxyz0123456789-_"
    safe = "".join(
        one if one in plain else "".join(f"%{byte:02x}" for byte in one.encode("utf-8", "surrogatepass"))
        for one in audience
    )
    if len(safe) > _LONGEST:
        safe = (
            safe[:40] + "%" + blake2b(audience.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        )
    return directory / safe


def _corpus(held: Generation) -> Corpus:
    return corpus.assembled(
        held.tables["organisations"],
        held.tables["offers"],
        held.tables["deliveries"],
        held.documents,
        held.profiles,
    )


def _kept(
    organisations: pl.DataFrame, offers: pl.DataFrame, deliveries: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The tables in the order of a corpus, with the columns that it is made of."""
    given = {"organisations": organisations, "offers": offers, "deliveries": deliveries}
    return {
        name: table.select(one for one in _KEPT[name] if one in table.columns).sort(
            _KEPT[name][0], maintain_order=True
        )
        for name, table in given.items()
    }


def _about(generation: Path) -> dict[str, object]:
    found = files.manifest(generation)
    return {name: found.get(name) for name in ("audience", "analysis", "content", "documents")}


def _texts(now: Path | None, offers: pl.DataFrame, deliveries: pl.DataFrame, hashes: Hashes) -> Tokens:
    """The analysis of every document: taken from the generation in use where it holds the same text."""
    held = None
    if now is not None and files.manifest(now).get("analysis") == content.of_analysis():
        held = files.read(now)
    if held is None:
        return tokens.read(corpus.written(offers, deliveries))
    row = content.known_rows(hashes, held.hashes)
    fresh = row < 0
    texts = corpus.written(offers, deliveries)
    new = tokens.read(text for text, is_new in zip(texts, fresh.tolist(), strict=True) if is_new)
    row[fresh] = held.tokens.documents + np.arange(int(fresh.sum()))
    return tokens.taken(tokens.joined(held.tokens, new), row)


def _renewed(
    place: Path,
    tables: dict[str, pl.DataFrame],
    hashes: Hashes,
    texts: Tokens,
    about: dict[str, object],
) -> Path:
    """Builds a generation beside the one in use, and points to it; what was built is no longer held afterwards."""
    texts = tokens.alphabetical(texts)
    documents = postings.build(texts, corpus.least_pairs(texts.documents))
    whole = corpus.assembled(tables["organisations"], tables["offers"], tables["deliveries"], documents)
    made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    files.write(made, Generation(tables, documents, whole.profiles, texts, hashes), about)
    pointer = made / _POINTER
    pointer.write_text(made.name, encoding="utf-8")
    files.settle(pointer)
    os.replace(pointer, place / _POINTER)
    files.settle(place)
    return made


def _clear(place: Path, keep: Path | None) -> None:
    """Removes every generation but one: what is out of use, what a killed build left."""
    for folder in place.glob(_PREFIX + "*"):
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)


def _current(place: Path) -> Path | None:
    """The generation in use. Raises Invalid index.corrupt where the pointer points nowhere."""
    try:
        name = (place / _POINTER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("index.corrupt", path=str(place), what=_POINTER) from error
    if not name.startswith(_PREFIX) or Path(name).name != name or not (place / name).is_dir():
        raise Invalid("index.corrupt", path=str(place), what=_POINTER)
    return place / name


def _refuse_foreign(directory: Path, place: Path) -> None:
    """An index is made where there is nothing, or beside other audiences; never among somebody's files."""
    for folder, ours in ((directory, _is_audience), (place, _is_ours)):
        if folder.exists() and not (folder.is_dir() and all(ours(path) for path in folder.iterdir())):
            raise Invalid("index.foreign", path=str(folder))


def _is_audience(path: Path) -> bool:
    return path.is_dir() and all(_is_ours(inside) for inside in path.iterdir())


def _is_ours(path: Path) -> bool:
    return path.name in (_POINTER, _LOCK) or (path.name.startswith(_PREFIX) and path.is_dir())


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Holds others back while an index is being looked at or built; a killed process holds nobody back."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / _LOCK).open("a") as lock:
        try:
            import fcntl  # noqa: PLC0415

            fcntl.flock(lock, fcntl.LOCK_EX)
        except ImportError:  # not on this system: two builds at once are both whole, the later one stays
            pass
        yield
