"""The one loop that meets every entry of a query's terms: adding up what each says of its document.

Two ways with equal bits: numpy, and for large collections a loop that numba compiles when it is installed (the extra
`scale`). Importing and compiling it takes seconds, so small collections never do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scan = Callable[[Ints, Ints, Floats, npt.NDArray[np.int32], npt.NDArray[np.uint8], Floats], Floats]

LARGE = 10_000_000  # entries from which compiling pays


def chosen(entries: int) -> Scan:
    """The way for a collection of so many entries."""
    if entries >= LARGE and find_spec("numba") is not None:
        return compiled()
    return plain


def plain(
    begin: Ints,
    end: Ints,
    weight: Floats,
    docs: npt.NDArray[np.int32],
    counts: npt.NDArray[np.uint8],
    norms: Floats,
) -> Floats:
    """Sum over rows r and entries e in begin[r]:end[r] of weight[r] tf / (tf + norm), at each entry's document.

    begin, end, weight  (rows,); docs, counts (entries,); norms (documents,), also the shape of the result
    Rows are added in their order.
    """
    total = np.zeros(len(norms))
    for a, b, w in zip(begin.tolist(), end.tolist(), weight.tolist(), strict=True):
        doc, count = docs[a:b], counts[a:b]
        total[doc] += w * count / (count + norms[doc])
    return total


@cache
def compiled() -> Scan:
    """The same, compiled."""
    import numba  # noqa: PLC0415

    @numba.njit(nogil=True)
    def add_up(begin, end, weight, docs, counts, norms):  # type: ignore[no-untyped-def]
        total = np.zeros(len(norms))
        for row in range(len(begin)):
            for entry in range(begin[row], end[row]):
                doc, count = docs[entry], float(counts[entry])
                total[doc] += weight[row] * count / (count + norms[doc])
        return total

    def call(
        begin: Ints,
        end: Ints,
        weight: Floats,
        docs: npt.NDArray[np.int32],
        counts: npt.NDArray[np.uint8],
        norms: Floats,
    ) -> Floats:
        return np.asarray(add_up(begin, end, weight, docs, counts, norms))

    return call
