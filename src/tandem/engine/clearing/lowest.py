"""The lowest prices that an assignment admits: what one more place at an offer is worth, and not more.

Prices that prove an assignment are not unique: the auction may leave an offer at what its only bidder would have paid.
Told to people is the least price at which nobody else wants a place there, which for an optimum is what one more place
would add to the total value (Demange and Gale 1985; for one more place the least dual, Shapley 1962):

    p_j = max over needs i that do not hold j of v_ij - w_i, at least 0, and 0 where places are left
    w_i = min over the offers k that i holds of v_ik - p_k, and 0 while i has a place left

found from p = 0 upwards; whole numbers throughout. Prices never rise above those that the auction posted, so they
stay finite where the assignment is only nearly an optimum.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tandem.engine.clearing.clear import Clearing
from tandem.engine.clearing.market import Ints, Market

ROUNDS = (
    500  # a price follows from another one at most through so many needs; beyond, the auction's prices stand
)


def lowest(market: Market, cleared: Clearing, *, proven: bool = True) -> Clearing:
    """The same assignment at its lowest prices, in whole units of value, if they prove as much; else as it came.

    proven  False where the certificate is not that of this market alone, as under rules: it then stays as it is
    """
    price = _least(market, cleared)
    if price is None:
        return cleared
    if not proven:
        return replace(cleared, price=price, scale=1)
    bound = _bound(market, price)
    if bound > cleared.certificate.bound:
        return cleared
    certificate = replace(cleared.certificate, bound=bound)
    return replace(cleared, price=price, scale=1, certificate=certificate)


def _least(market: Market, cleared: Clearing) -> Ints | None:
    """The fixed point, (offers,); None where it is not reached in ROUNDS."""
    need, offer, value = market.need(), market.offer, market.value.astype(np.int64)
    held = np.zeros(market.edges, bool)
    held[cleared.edge] = True
    full = np.bincount(need[held], minlength=market.needs) >= market.slots
    other = ~held & (market.slots > 0)[need]
    most = -(-cleared.price // cleared.scale)
    most[np.bincount(offer[held], minlength=market.offers) < market.capacity] = 0
    price = np.zeros(market.offers, np.int64)
    for _ in range(ROUNDS):
        least = np.full(market.needs, np.iinfo(np.int64).max)
        np.minimum.at(least, need[held], value[held] - price[offer[held]])
        least = np.where(full, np.maximum(least, 0), 0)
        higher = np.zeros(market.offers, np.int64)
        np.maximum.at(higher, offer[other], value[other] - least[need[other]])
        higher = np.minimum(higher, most)
        if np.array_equal(higher, price):
            return price
        price = higher
    return None


def _bound(market: Market, price: Ints) -> int:
    """D(p) of certificate.py at prices in whole units."""
    need = market.need()
    surplus = np.maximum(market.value.astype(np.int64) - price[market.offer], 0)
    order = np.lexsort((-surplus, need))
    place = np.arange(market.edges) - market.first[:-1][need]
    counted = surplus[order][place < market.slots[need]]
    return int((market.capacity * price).sum()) + int(counted.sum())
