"""The one loop that meets every entry of a query's terms: adding up what each says of its document.

Two ways with equal bits: numpy, and for large collections a loop that numba compiles. Importing and compiling it
takes seconds, so small collections never do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scan = Callable[[Ints, Ints, Floats, npt.NDArray[np.int32], npt.NDArray[np.uint8], Floats], Floats]

LARGE = 10_000_000  # entries from which compiling pays
BLOCK = 1 << 14  # documents at a time: their norms and sums stay in the processor's cache


def chosen(entries: int) -> Scan:
    """The way for a collection of so many entries."""
    return compiled() if entries >= LARGE else plain


def plain(
    begin: Ints,
    end: Ints,
    weight: Floats,
    docs: npt.NDArray[np.int32],
    counts: npt.NDArray[np.uint8],
    norms: Floats,
) -> Floats:
    """Sum over rows r and entries e in begin[r]:end[r] of tf / (tf + norm) weight[r], at each entry's document.

    begin, end, weight  (rows,); docs, counts (entries,); norms (documents,), also the shape of the result
    Rows are added in their order.
    """
    rows = [slice(a, b) for a, b in zip(begin.tolist(), end.tolist(), strict=True)]
    if not rows:
        return np.zeros(len(norms))
    doc, count = (np.concatenate([values[row] for row in rows]) for values in (docs, counts))
    part = norms.take(doc)
    part += count
    np.divide(count, part, out=part)
    part *= np.repeat(weight, end - begin)
    return np.asarray(np.bincount(doc, part, minlength=len(norms)), np.float64)


@cache
def compiled() -> Scan:
    """The same, compiled; some documents at a time, their rows in the same order."""
    import numba  # noqa: PLC0415

    one, block = np.uint64(1), np.uint32(BLOCK)  # unsigned numbers are not checked for counting from the end

    @numba.njit(nogil=True)
    def add_up(begin, end, weight, docs, counts, norms):  # type: ignore[no-untyped-def]
        total, at = np.zeros(len(norms)), begin.copy()
        limit = np.uint32(0)
        while limit < len(norms):
            limit += block
            for row in range(len(begin)):
                entry, last = np.uint64(at[row]), np.uint64(end[row])
                while entry < last:
                    doc = docs[entry]
                    if doc >= limit:
                        break
                    count = float(counts[entry])
                    total[doc] += count / (count + norms[doc]) * weight[row]
                    entry += one
                at[row] = entry
        return total

    def call(
        begin: Ints,
        end: Ints,
        weight: Floats,
        docs: npt.NDArray[np.int32],
        counts: npt.NDArray[np.uint8],
        norms: Floats,
    ) -> Floats:
        return np.asarray(add_up(begin, end, weight, docs.view(np.uint32), counts, norms))

    return call
