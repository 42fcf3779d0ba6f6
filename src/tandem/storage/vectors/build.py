"""Encoding what a book says: here and now, or in a process of its own while the work goes on without vectors.

A background build is told its texts through a file in the directory, takes turns with other builds by a lock that
the system releases when it dies, and can be killed at any time: what it kept stays, what is left is wanted still.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import numpy as np
import polars as pl

from tandem.base.errors import Failed
from tandem.engine.matching import corpus, dense
from tandem.engine.matching.dense import Vectors
from tandem.storage.staging import staged_file
from tandem.storage.vectors import encode
from tandem.storage.vectors.segments import Segments

AT_ONCE = 2_000  # texts to a segment: a few seconds of work that a kill can lose
SOON = 2_000  # missing texts that a person is made to wait for
_WANTED = ".wanted.jsonl"

HOME = Path.home() / ".cache" / "tandem" / "vectors"  # where vectors are kept unless somebody says otherwise

Progress = Callable[[int, int], None]  # told how many are ready, of how many


def _quiet(ready: int, of: int) -> None:
    """Told of progress, does nothing."""


def of_book(
    directory: Path,
    needs: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    *,
    soon: int = SOON,
    within: bool = False,
    progress: Progress = _quiet,
) -> Vectors:
    """The vectors of a book: those at hand, few missing ones encoded at once, many started in the background.

    soon  how many missing texts are encoded before this returns; with more missing it returns what is there, and
          the result says how far it is
    within  also texts in the language of all needs (MatchSettings.meaning_within)
    Raises Missing("extra.dense"), Invalid("vectors.not_folder"), Failed("vectors.write").
    """
    encode.require()
    kept = Segments(directory)
    asked = [dense.piece(row["title"], row["text"]) for row in needs.iter_rows(named=True)]
    doc_ids, said = _documents(offers, deliveries)
    wanted = np.ones(len(said), np.bool_) if within else dense.of_use(needs, offers, deliveries)
    useful = [text for text, use in zip(said, wanted.tolist(), strict=True) if use]
    missing = _missing(kept, [*asked, *useful] if useful else [])
    add(kept, missing if len(missing) <= soon else _missing(kept, asked), progress)
    if len(missing) > soon:
        start(directory, useful)
    vectors, ready = kept.look_up(said)
    needed, _ = kept.look_up(asked)
    return Vectors(doc_ids, vectors, ready, dict(zip(needs["need_id"], needed, strict=True)), wanted)


def _documents(offers: pl.DataFrame, deliveries: pl.DataFrame) -> tuple[tuple[str, ...], list[str]]:
    """Ids and texts of all documents: deliveries by id, then offers by id."""
    said = [dense.piece(title, text) for title, text in corpus.written(offers, deliveries)]
    return (*deliveries["delivery_id"].sort(), *offers["offer_id"].sort()), said


def _missing(kept: Segments, texts: Iterable[str]) -> list[str]:
    """Each text without a vector, once."""
    return [text for text in dict.fromkeys(texts) if not kept.has(text)]


def add(kept: Segments, texts: Sequence[str], progress: Progress = _quiet) -> None:
    """Encodes texts and keeps them, AT_ONCE at a time."""
    for first in range(0, len(texts), AT_ONCE):
        part = texts[first : first + AT_ONCE]
        kept.add(part, encode.encode(part))
        progress(min(first + AT_ONCE, len(texts)), len(texts))


def start(directory: Path, texts: Sequence[str]) -> None:
    """Encodes what is missing in a process of its own, which outlives this one.

    Raises Failed("vectors.write") where the directory cannot be written.
    """
    lines = [json.dumps(text, ensure_ascii=False) for text in dict.fromkeys(texts)]
    body = "\n".join(lines).encode()
    place = directory / (blake2b(body, digest_size=12).hexdigest() + _WANTED)
    with staged_file(place) as file:
        file.write_bytes(body)
    command = [sys.executable, "-m", "tandem.storage.vectors.build", str(directory)]
    try:
        subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise Failed("vectors.write", path=str(directory), why=error.strerror or str(error)) from error


def work_off(directory: Path) -> None:
    """Encodes everything that is wanted in a directory, unless another process is at it; then returns."""
    with _alone(directory) as alone:
        while alone and (wanted := sorted(directory.glob(f"*{_WANTED}"))):
            texts = [json.loads(line) for line in wanted[0].read_text("utf-8").splitlines()]
            kept = Segments(directory)
            add(kept, _missing(kept, texts))
            wanted[0].unlink(missing_ok=True)


@contextmanager
def _alone(directory: Path) -> Iterator[bool]:
    """Whether this process is the only builder in the directory; it stays so until the block ends."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:  # not a POSIX system: two builders would do work twice, never wrongly
        yield True
        return
    with (directory / "building").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # the other builder looks for what is wanted again before it ends
            yield False
            return
        yield True


if __name__ == "__main__":
    os.nice(10)
    work_off(Path(sys.argv[1]))
