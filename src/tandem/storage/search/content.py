"""What an index depends on, as hashes: the text of each document, all tables together, the analysis itself."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.engine.matching import corpus

Hashes = npt.NDArray[np.uint64]
_ANALYSIS_FILES = (
    "language/text.py",
    "language/stopwords.py",
    "language/script.py",
    "language/industry.py",
    "language/industry_terms.tsv",
    "search/tokens.py",
    "search/layout.py",
)
_ANALYSIS_PACKAGES = ("rjieba", "PyStemmer", "opencc-python-reimplemented")
_NOTHING = b"\x00"  # stands for a missing title or text, which an empty one is not
_BETWEEN = b"\x1f"


def of_texts(offers: pl.DataFrame, deliveries: pl.DataFrame) -> Hashes:
    """A 128-bit hash of each document's title and text, in the order of a corpus: (documents, 2) uint64."""
    found = bytearray()
    for title, text in corpus.written(offers, deliveries):
        parts = (
            _NOTHING if part is None else part.encode("utf-8", "surrogatepass") for part in (title, text)
        )
        found += blake2b(_BETWEEN.join(parts), digest_size=16).digest()
    return np.frombuffer(bytes(found), np.uint64).reshape(-1, 2)


def of_tables(tables: tuple[pl.DataFrame, ...], texts: Hashes) -> str:
    """One hash of everything that an index holds: its tables without their texts, and the hashes of the texts."""
    whole = blake2b(texts.tobytes(), digest_size=16)
    for table in tables:
        whole.update(repr(table.schema).encode())
        for column in table.iter_columns():
            whole.update(_column(column))
    return whole.hexdigest()


def _column(column: pl.Series) -> bytes:
    """The values of a column as bytes from which they could be told apart."""
    if column.dtype == pl.List(pl.String):
        lengths = column.list.len().fill_null(2**32 - 1).to_numpy()
        return lengths.tobytes() + _column(column.explode())
    if column.dtype == pl.String:
        sizes = column.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy()
        return sizes.tobytes() + "".join(column.fill_null("").to_list()).encode("utf-8", "surrogatepass")
    return column.is_null().to_numpy().tobytes() + column.to_physical().fill_null(0).to_numpy().tobytes()


@cache
def of_analysis() -> str:
    """Which analysis makes terms of texts: any change of its code, lists or packages makes another one."""
    whole = blake2b(digest_size=16)
    for name in _ANALYSIS_FILES:
        whole.update(files("tandem.engine").joinpath(*name.split("/")).read_bytes())
    for package in _ANALYSIS_PACKAGES:
        whole.update(f"{package} {_version(package)};".encode())
    return whole.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"


def known_rows(texts: Hashes, known: Hashes) -> npt.NDArray[np.int64]:
    """For each hash the row where it stands among the known ones, -1 where it does not."""
    found = np.full(len(texts), -1, np.int64)
    if len(known) == 0 or len(texts) == 0:
        return found
    order = np.lexsort((known[:, 1], known[:, 0]))
    first = known[order, 0]
    at = np.minimum(np.searchsorted(first, texts[:, 0]), len(order) - 1)
    row = order[at]
    same = (known[row] == texts).all(
        axis=1
    )  # two texts whose first halves agree are analysed again: never wrong
    found[same] = row[same]
    return found
