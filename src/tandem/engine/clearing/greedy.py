"""What hubs do today, for comparison: the best pair first, or whoever comes first."""

from __future__ import annotations

import numpy as np

from tandem.engine.clearing.compiled import chosen
from tandem.engine.clearing.loops import Edges
from tandem.engine.clearing.market import Ints, Market


def greedy(market: Market) -> Ints:
    """Edges accepted one by one by falling value while need and offer have places; ties by need, then offer."""
    return _taken(market, np.argsort(-market.value.astype(np.int64), kind="stable"))


def first_come(market: Market) -> Ints:
    """Needs one after the other take the most valuable offers that still have places; ties by offer."""
    need = market.need()
    return _taken(market, np.lexsort((-market.value.astype(np.int64), need)))


def _taken(market: Market, order: Ints) -> Ints:
    edges = Edges(market.first, market.offer, market.value, market.slots, np.int64(1))
    loops = chosen(market.edges)
    taken = np.zeros(market.edges, np.uint8)
    loops.take_in_order(edges, market.need(), order, market.slots.copy(), market.capacity.copy(), taken)
    return np.flatnonzero(taken)
