"""Texts and groups as small whole numbers, looked up and put in order in arrays of any length."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tandem.engine.figures import frame as reading

Ints: TypeAlias = NDArray[np.signedinteger[Any]]
_Kind = TypeVar("_Kind", bound=np.generic)
_PIECE = 1 << 16  # of a look-up: what is made on the way stays in the cache


def taken(values: NDArray[_Kind], at: Ints) -> NDArray[_Kind]:
    """values[at], piece by piece: numpy would first copy all of `at` as machine words."""
    made = np.empty(len(at), values.dtype)
    for first in range(0, len(at), _PIECE):
        piece = slice(first, first + _PIECE)
        np.take(values, at[piece], out=made[piece], mode="clip")
    return made


def order_of(values: Ints) -> Ints:
    """(n,) the stable order of whole numbers from 0: put in place where they lie close and in disorder, else sorted."""
    n, size = len(values), int(values.max(initial=-1)) + 1
    breaks = np.count_nonzero(values[1:] < values[:-1])
    if breaks < n // 1_000 or size > 8 * n + 1_000_000:
        return np.argsort(values, kind="stable")
    first = np.full(size, -1, np.int32)
    first[values[::-1]] = np.arange(n - 1, -1, -1, dtype=np.int32)
    found = first[first >= 0].astype(np.int64)
    if len(found) == n:
        return found
    again = np.ones(n, np.bool_)
    again[found] = False
    rest = np.flatnonzero(again)
    rest = rest[np.argsort(values[rest], kind="stable")]
    return np.insert(found, np.searchsorted(values[found], values[rest], side="right"), rest)


def codes(column: pl.Series) -> tuple[Ints, list[str | None]]:
    """Dense codes (n,) of a text column and the texts that they stand for, in the order of the texts."""
    if column.dtype != pl.Categorical:
        column = column.cast(pl.String).cast(pl.Categorical)
    distinct = reading.distinct(column)
    pairs = sorted(
        zip(distinct.cast(pl.String).to_list(), distinct.to_physical().to_list(), strict=True),
        key=lambda pair: (pair[0] is None, pair[0] or ""),
    )
    missing = max((code for _, code in pairs if code is not None), default=-1) + 1
    dense = np.full(missing + 1, -1, np.int32)
    for new, (_, code) in enumerate(pairs):
        dense[missing if code is None else code] = new
    names = [name for name, _ in pairs]
    if len(names) < 2:
        return np.zeros(len(column), np.int32), names
    physical = column.to_physical()
    if column.null_count():
        physical = physical.cast(pl.UInt32).fill_null(missing)
    return taken(dense, physical.to_numpy()), names


def dense(values: Ints) -> Ints:
    """The same groups numbered from 0 without gaps."""
    size = int(values.max()) + 1 if len(values) else 0
    if size > 4 * len(values) + 1_000_000:
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    there = np.zeros(size, np.bool_)
    there[values] = True
    return (np.cumsum(there) - 1)[values]
