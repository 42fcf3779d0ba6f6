"""How long something took: quartiles of the spans between two instants."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tandem.base.errors import Invalid

IntArray = NDArray[np.int64]


def quartiles(began: IntArray, ended: IntArray) -> tuple[int, int, int] | None:
    """Lower quartile, median and upper quartile of the spans, whole seconds; None without any.

    began, ended  (n,) int64, seconds UTC; a span that ends before it begins (a clock was set back) counts as 0
    Returns       with linear interpolation, rounded to the nearest second
    Raises        Invalid spans.shape where lengths differ
    Cost          O(n), inputs unchanged

    >>> quartiles(np.array([0, 0, 0]), np.array([60, 120, 240]))
    (90, 120, 180)
    """
    if len(began) != len(ended):
        raise Invalid("spans.shape")
    if not len(began):
        return None
    low, middle, high = np.percentile(np.maximum(ended - began, 0), (25, 50, 75))
    return round(float(low)), round(float(middle)), round(float(high))
