"""An earlier clearing as the beginning of a new one, after needs and offers have come, gone or changed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.clear import Assignment
from tandem.engine.clearing.compiled import chosen
from tandem.engine.clearing.loops import Edges
from tandem.engine.clearing.market import Market

FINE = 20  # bits of a unit of value that are kept of an earlier price
Rows = npt.NDArray[np.int32] | npt.NDArray[np.int64]


def beginning(market: Market, need: Rows, offer: Rows, price: npt.NDArray[np.float64]) -> Assignment:
    """The pairs of an earlier clearing that are still edges, and its prices.

    need, offer  (pairs,) rows in the market as it is now; -1 where the need or offer is gone
    price        (offers,) in units of value; 0 for offers that are new. Prices below 0 or not finite count as 0
    """
    there = (need >= 0) & (offer >= 0) & (need < market.needs) & (offer < market.offers)
    edge = np.empty(int(there.sum()), np.int64)
    edges = Edges(market.first, market.offer, market.value, market.slots, np.int64(1))
    chosen(market.edges).edges_of(edges, need[there].astype(np.int64), offer[there].astype(np.int64), edge)
    asked = np.where(np.isfinite(price) & (price > 0), price, 0.0)
    whole = np.rint(np.minimum(asked, 2.0 ** (62 - FINE)) * (1 << FINE)).astype(np.int64)
    return Assignment(np.unique(edge[edge >= 0]), whole, 1 << FINE)
