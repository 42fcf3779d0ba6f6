"""Prices to open an auction with: near what it will end with, so that a need bids once or twice instead of ten times.

A few passes over the edges count how many needs want each offer most at the current prices; a price then follows the
excess of demand over capacity with some momentum, and all prices together follow the level at which as many places
are wanted as there are. It is a descent of the dual bound with a coarse grid of one point for its slowest direction.
The auction makes any opening right; a bad one only costs bids. Tuned in bench/clearing.py's family, on other members.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.loops import Edges
from tandem.engine.clearing.market import VALUE_LIMIT, Ints, Values

Floats = npt.NDArray[np.float64]

PASSES = 7
STEP = 0.45  # of the spread of values, at the first pass
SHRINK = 0.85  # of the step, from pass to pass
MOMENTUM = 0.4
LEVEL = 0.7  # how much of the distance to the common level is gone at once
BELOW = 0.2  # of the spread: as prices can only rise in an auction, it opens a little below
SAMPLE = 100_000  # surpluses from which the level is read


def opening_prices(
    edges: Edges, capacity: Ints, scarce: npt.NDArray[np.bool_], loops: SimpleNamespace
) -> Ints:
    """Prices (m,) in 1/scale of a unit of value; 0 where an offer is not scarce: all who could want it find a place."""
    unit = spread(edges.value) * float(edges.scale)
    every = len(edges.slots) // SAMPLE + 1
    surpluses = np.empty(int(np.minimum(edges.slots, np.diff(edges.first))[::every].sum()), np.int64)
    price: Floats = np.zeros(len(capacity))
    speed: Floats = np.zeros(len(capacity))
    ceiling = np.where(capacity > 0, 0, float(VALUE_LIMIT) * float(edges.scale))
    for at in range(PASSES):
        asked = np.zeros(len(capacity), np.int32)
        found = loops.demand(edges, (price + ceiling).astype(np.int64), asked, surpluses, every)
        speed = MOMENTUM * speed + STEP * SHRINK**at * unit * excess(asked, capacity)
        lift = LEVEL * level(surpluses[:found], int(capacity.sum()) // every)
        price = np.where(scarce & (capacity > 0), np.maximum(0.0, price + speed + lift), 0.0)
    return np.maximum(0.0, price - BELOW * unit).astype(np.int64)


def spread(values: Values) -> float:
    """The standard deviation of a sample of values, in units of value."""
    return float(values[:: len(values) // SAMPLE + 1].std())


def excess(asked: npt.NDArray[np.int32], capacity: Ints) -> Floats:
    """How far demand is above capacity, from -2 to 2: for small differences the logarithm of their ratio."""
    ratio: Floats = 2.0 * (asked - capacity) / (asked + capacity + 1)
    return ratio


def level(surpluses: Ints, places: int) -> float:
    """By how much all prices would have to rise for no more than so many of these (positive) surpluses to remain."""
    if len(surpluses) <= places:
        return 0.0
    return float(np.partition(surpluses, len(surpluses) - places - 1)[len(surpluses) - places - 1])
