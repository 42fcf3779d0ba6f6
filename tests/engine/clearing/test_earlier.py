"""Clearing again from what an earlier clearing published: pairs and prices by need and offer."""

from __future__ import annotations

import numpy as np
from tests.engine.clearing import oracle

from tandem.engine.clearing import earlier
from tandem.engine.clearing import market as markets
from tandem.engine.clearing.clear import ClearSettings, clear

EXACT = ClearSettings(gap=0.0)


def test_pairs_that_are_gone_are_left_out() -> None:
    """Unknown needs, unknown offers, pairs that are no edges any more and repeated pairs do no harm."""
    market = markets.of([0, 0, 1], [0, 1, 1], [5, 4, 3], [1, 1], [1, 1])
    need, offer = np.array([0, -1, 1, 1, 7, 1]), np.array([1, 0, 0, 1, 0, 1])
    begun = earlier.beginning(market, need, offer, np.array([0.5, np.nan]))
    assert begun.edge.tolist() == [1, 2]
    assert begun.prices().tolist() == [0.5, 0.0]


def test_from_published_pairs_and_prices_it_is_exact_and_keeps_what_holds() -> None:
    """After changes the optimum is found again, whatever was kept; without changes nobody bids."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        market = oracle.small(rng)
        before = clear(market, EXACT)
        need, offer = market.need()[before.edge], market.offer[before.edge]
        same = clear(market, EXACT, earlier.beginning(market, need, offer, before.prices()))
        assert same.certificate.value == same.certificate.bound == before.certificate.value
        after = oracle.changed(market, rng)
        found = clear(after, EXACT, earlier.beginning(after, need, offer, before.prices()))
        oracle.assert_feasible(after, found)
        assert found.certificate.value == oracle.best_value(after.valued(np.maximum(after.value, 0)))


def test_wild_prices_do_no_harm() -> None:
    """Prices far above every value, negative ones and infinite ones still lead to the optimum."""
    rng = np.random.default_rng(2)
    for _ in range(100):
        market = oracle.small(rng)
        wild = rng.choice([-5.0, 0.0, 1e9, 1e18, np.inf], market.offers)
        found = clear(market, EXACT, earlier.beginning(market, np.zeros(0, int), np.zeros(0, int), wild))
        assert found.certificate.value == oracle.best_value(market)
