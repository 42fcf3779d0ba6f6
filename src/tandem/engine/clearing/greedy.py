"""What hubs do today, for comparison: the best pair first, or whoever comes first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.compiled import chosen
from tandem.engine.clearing.loops import Edges
from tandem.engine.clearing.market import Ints, Market

BITS = 63  # of a number that is sorted


class Figures(NamedTuple):
    """What a way of assigning comes to: total value, needs with at least one place, accepted pairs."""

    value: int
    served: int
    pairs: int


def figures(market: Market, edge: Ints) -> Figures:
    """The figures of accepted edges, which ascend, so that those of a need stand together."""
    needs = market.need_of(edge)
    served = int(np.count_nonzero(np.diff(needs))) + bool(len(needs))
    return Figures(int(market.value[edge].sum(dtype=np.int64)), served, len(edge))


def greedy(market: Market) -> Ints:
    """Edges accepted one by one by falling value while need and offer have places; ties by need, then offer."""
    return _taken(market, _ordered(_falling(market)))


def first_come(market: Market) -> Ints:
    """Needs one after the other take the most valuable offers that still have places; ties by offer."""
    return _taken(market, _ordered(market.need(), _falling(market)))


def _falling(market: Market) -> Ints:
    """A key from 0 that rises as values fall."""
    return np.asarray(market.value.max(initial=0) - market.value.astype(np.int64))


def _ordered(*keys: npt.NDArray[np.integer[Any]]) -> Ints:
    """Edges by the first key, then the next, then as they stand; keys count from 0.

    Keys and edge packed into one number are sorted in place, which is many times faster than by comparing.
    """
    edges = len(keys[0])
    bits = [int(key.max(initial=0)).bit_length() for key in (*keys, np.array([edges]))]
    if sum(bits) > BITS:
        return np.lexsort(keys[::-1])
    packed = np.zeros(edges, np.int64)
    for key, width in zip((*keys, np.arange(edges)), bits, strict=True):
        packed <<= width
        packed |= key
    packed.sort()
    packed &= (1 << bits[-1]) - 1
    return packed


def _taken(market: Market, order: Ints) -> Ints:
    edges = Edges(market.first, market.offer, market.value, market.slots, np.int64(1))
    loops = chosen(market.edges)
    taken = np.zeros(market.edges, np.uint8)
    loops.take_in_order(edges, market.need(), order, market.slots.copy(), market.capacity.copy(), taken)
    return np.flatnonzero(taken)
