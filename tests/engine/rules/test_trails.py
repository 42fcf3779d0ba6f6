"""Whichever trails are followed from one assignment towards another, slots and capacities are kept."""

from __future__ import annotations

import numpy as np
from tests.engine.rules import ruled

from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rules import trails


def some(market: Market, rng: np.random.Generator) -> Ints:
    """Any feasible assignment."""
    need, slots, capacity = market.need(), market.slots.copy(), market.capacity.copy()
    taken = []
    for edge in rng.permutation(market.edges)[: rng.integers(0, market.edges + 1)].tolist():
        if slots[need[edge]] and capacity[market.offer[edge]]:
            slots[need[edge]] -= 1
            capacity[market.offer[edge]] -= 1
            taken.append(edge)
    return np.array(sorted(taken), np.int64)


def test_trails():
    """All trails lead to the other assignment; any of them to a feasible one that gains and uses what they say."""
    rng = np.random.default_rng(1)
    for _ in range(100):
        market = ruled.small(rng)
        need, limits = market.need(), ruled.rules(market, rng, 3)
        held, other = some(market, rng), some(market, rng)
        way = trails.between(market, limits, need, held, other)
        assert way.following(np.ones(len(way.gain), np.bool_), held).tolist() == other.tolist()
        chosen = rng.random(len(way.gain)) < 0.5
        found = way.following(chosen, held)
        assert len(np.unique(found)) == len(found)
        assert (np.bincount(need[found], minlength=market.needs) <= market.slots).all()
        assert (np.bincount(market.offer[found], minlength=market.offers) <= market.capacity).all()
        assert market.value[found].sum() - market.value[held].sum() == way.gain[chosen].sum()
        for k, limit in enumerate(limits):
            assert limit.use(found) - limit.use(held) == way.use[chosen, k].sum()
