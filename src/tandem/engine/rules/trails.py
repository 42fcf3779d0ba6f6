"""What it would take to go from one assignment towards another, in the smallest steps that stay feasible.

The pairs that only one of two assignments has fall into trails: at every need and every offer a pair given up is
matched with a pair taken, so that following any choice of trails keeps slots and capacities.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rules.limits import Limit

Weights = npt.NDArray[np.int64]


class Trails(NamedTuple):
    """T trails over the D pairs that change.

    edge (D,), sign (D,) +1 taken, -1 given up; trail (D,) which trail it belongs to
    gain (T,) change of value; use (T, K) change of what each limit sums
    """

    edge: Ints
    sign: Ints
    trail: Ints
    gain: Ints
    use: Weights

    def following(self, chosen: npt.NDArray[np.bool_], held: Ints) -> Ints:
        """The assignment after the chosen trails (T,) have been followed."""
        mine = chosen[self.trail]
        given, taken = self.edge[mine & (self.sign < 0)], self.edge[mine & (self.sign > 0)]
        return changed(held, given, taken)


def changed(held: Ints, given: Ints, taken: Ints) -> Ints:
    """Edges `held` (ascending) without those given up, with those taken, ascending."""
    kept = np.ones(len(held), np.bool_)
    kept[np.searchsorted(held, given)] = False
    edge = np.concatenate([held[kept], taken])
    edge.sort()
    return edge


def between(
    market: Market, limits: Sequence[Limit], need: npt.NDArray[np.int32], held: Ints, other: Ints
) -> Trails:
    """The trails from the assignment `held` to the assignment `other`; need: market.need()."""
    given, taken = _missing(held, other), _missing(other, held)
    edge = np.concatenate([given, taken])
    sign = np.repeat(np.array([-1, 1]), [len(given), len(taken)])
    trail = _trails(need[edge], market.offer[edge], sign)
    count = int(trail.max(initial=-1)) + 1
    gain = _summed(market.value[edge].astype(np.int64) * sign, trail, count)
    use = [_summed(limit.weights(edge) * sign, trail, count) for limit in limits]
    return Trails(edge, sign, trail, gain, np.stack(use, axis=1) if use else np.zeros((count, 0), np.int64))


def _missing(some: Ints, others: Ints) -> Ints:
    """Those of `some` that are not among the others; both ascending."""
    if not len(others):
        return some
    at = np.minimum(np.searchsorted(others, some), len(others) - 1)
    missing: Ints = some[others[at] != some]
    return missing


def _trails(need: npt.NDArray[np.int32], offer: npt.NDArray[np.int32], sign: Ints) -> Ints:
    """The number of each pair's trail."""
    label = np.arange(len(sign))
    one, two = _partners(need, sign), _partners(offer, sign)
    while True:  # the smallest label of a trail spreads along it, in ever longer strides
        least = np.minimum(label, np.minimum(label[one], label[two]))
        least = least[least]
        if np.array_equal(least, label):
            return np.asarray(np.cumsum(label == np.arange(len(label))) - 1)[label]
        label = least


def _partners(place: npt.NDArray[np.int32], sign: Ints) -> Ints:
    """For each pair the one of opposite sign at the same place that it is matched with, else itself."""
    order = np.lexsort((sign, place))
    at, way = place[order], sign[order]
    first = np.searchsorted(at, at)
    given = np.cumsum(way < 0)
    before = np.where(first > 0, given[np.maximum(first - 1, 0)], 0)
    total: Ints = given[np.searchsorted(at, at, side="right") - 1] - before
    size = np.searchsorted(at, at, side="right") - first
    rank = np.arange(len(at)) - first
    # pairs given up stand before those taken: the k-th of the one is matched with the k-th of the other
    mate = np.where(way < 0, rank + total, rank - total)
    good = np.where(way < 0, mate < size, mate < total)
    partner = np.arange(len(sign))
    partner[order] = np.where(good, order[np.where(good, first + mate, 0)], order)
    return partner


def _summed(number: Ints, group: Ints, count: int) -> Ints:
    """Sums by group, exactly."""
    total: Ints = np.zeros(count, np.int64)
    np.add.at(total, group, number)
    return total
