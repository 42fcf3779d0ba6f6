"""Prices that files can hold: what is written must prove what is claimed, to the last unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tandem.engine.clearing.check import Claim, Edges, check
from tandem.engine.clearing.clear import Clearing
from tandem.engine.clearing.market import Market


def publishable(market: Market, found: Clearing, bits: int) -> Clearing:
    """The clearing with prices of at most so many bits, and the bound that these prices prove.

    Prices are rounded downwards, and only where values and needs are so many that they must be: then the bound is
    a little higher, never lower.
    """
    surplus = int(found.price.max(initial=0)).bit_length() - bits
    drop = min(surplus, found.scale.bit_length() - 1)
    if drop <= 0:
        return found
    price, scale, nobody = found.price >> drop, found.scale >> drop, np.zeros(0, np.int64)
    edges = Edges(market.need(), market.offer, market.value, market.slots, market.capacity)
    bound = check(edges, Claim(nobody, nobody, price, scale)).bound
    return replace(found, price=price, scale=scale, certificate=replace(found.certificate, bound=bound))
