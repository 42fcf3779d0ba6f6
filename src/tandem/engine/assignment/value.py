"""What a match is worth to a clearing: this is the one place that says so.

    value = round(10,000 x probability of success) x importance of the need

One unit, a point, is one ten-thousandth of an expected success of importance 1: a match that surely succeeds for a need
of importance 3 is worth 30,000 points. Values are added up, so a clearing maximises expected successes weighted by
importance. The probability is as good as what it was learned from (matching/calibrate.py); `MAPPINGS` holds other
readings of the same lists, under which the assignment can be made again to see how much of it hangs on this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.clear import Clearing
from tandem.engine.clearing.market import Ints, Market

POINTS = 10_000  # of a sure success for a need of importance 1
IMPORTANCE_LIMIT = 200_000  # higher importance counts as this, so that every value fits in 2^31

Floats = npt.NDArray[np.float64]


def value(probability: Floats, importance: Ints) -> Ints:
    """The value of each match in points, (matches,).

    probability  (matches,) of success, 0..1;  importance (matches,) of the need, >= 1

    >>> value(np.array([0.27, 0.079]), np.array([1, 3])).tolist()
    [2700, 2370]
    """
    points = np.rint(np.clip(probability, 0.0, 1.0) * POINTS).astype(np.int64)
    return points * np.clip(importance, 0, IMPORTANCE_LIMIT)


# Other reasonable readings of the same list: what counts of the probability p of a match on rank r.
MAPPINGS: Mapping[str, Callable[[Floats, Ints], Floats]] = {
    "squared": lambda p, rank: p**2,  # only clear matches count
    "root": lambda p, rank: np.sqrt(p),  # being served counts nearly as much as by whom
    "rank": lambda p, rank: 1.0 / rank,  # the order of the list alone
    "unweighted": lambda p, rank: p,  # every need is as important as any other
}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How the assignment would change under another mapping of value.

    mapping  its name in MAPPINGS
    kept     share of the accepted pairs that would still be accepted
    lost     what the other assignment lacks of the total value, counted as it is here, as a share of it
    """

    mapping: str
    kept: float
    lost: float


def sensitivity(
    market: Market,
    cleared: Clearing,
    probability: Floats,
    importance: Ints,
    rank: Ints,
    clear: Callable[[Market], Clearing],
) -> tuple[Sensitivity, ...]:
    """The market cleared again by `clear` under every mapping that differs from the one in use.

    probability, importance, rank  (edges,) in the order of the market's edges
    Ignoring importance is left out where all needs are equally important.
    """
    found = []
    for name, mapping in MAPPINGS.items():
        if name == "unweighted" and len(np.unique(importance)) < 2:
            continue
        weight = np.ones_like(importance) if name == "unweighted" else importance
        other = clear(market.valued(value(mapping(probability, rank), weight)))
        found.append(_difference(name, market, cleared.edge, other.edge))
    return tuple(found)


def _difference(name: str, market: Market, edge: Ints, other: Ints) -> Sensitivity:
    here, there = (int(market.value[one].sum(dtype=np.int64)) for one in (edge, other))
    kept = len(np.intersect1d(edge, other)) / len(edge) if len(edge) else 1.0
    return Sensitivity(name, kept, (here - there) / here if here else 0.0)
