"""The prices that people are told are the least that prove the assignment: what one more place adds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from tests.engine.assignment.test_explain import EXACT, markets

from tandem.engine.clearing import market
from tandem.engine.clearing.clear import ClearSettings, clear
from tandem.engine.clearing.lowest import lowest
from tandem.engine.clearing.market import Market


def test_a_place_that_nobody_else_wants_is_worth_nothing_more():
    """One need, one place: the auction may post up to 9; a second place would add 0."""
    of = market.of([0], [0], [9], [1], [1])
    assert lowest(of, clear(of, EXACT)).price.tolist() == [0]


def test_a_price_carries_over_from_one_offer_to_the_next():
    """C wants Y only (5). B has Y (7) or X (6). A has X (8): it keeps X, B keeps Y, C gets nothing.

    One more place at Y would serve C: 5. One more at X would move B there (7 to 6) and serve C at Y: 5 - 1 = 4.
    """
    of = market.of([0, 1, 1, 2], [0, 0, 1, 1], [8, 6, 7, 5], [1, 1, 1], [1, 1])
    assert lowest(of, clear(of, EXACT)).price.tolist() == [4, 5]


@settings(max_examples=120, deadline=None)
@given(of=markets())
def test_a_price_is_what_one_more_place_adds(of: Market) -> None:
    """At every offer: the value of the market with one place more there, less its value, is the price."""
    found = clear(of, EXACT)
    told = lowest(of, found)
    assert told.certificate.bound == found.certificate.value
    for j in range(of.offers):
        more = replace(of, capacity=of.capacity + (np.arange(of.offers) == j))
        assert clear(more, EXACT).certificate.value - found.certificate.value == told.prices()[j]


@settings(max_examples=60, deadline=None)
@given(of=markets())
def test_a_loose_clearing_keeps_its_proof(of: Market) -> None:
    """Where the assignment is only within 20 % of the best, the bound gets no worse and still holds."""
    found = clear(of, ClearSettings(gap=0.2))
    told = lowest(of, found)
    assert clear(of, EXACT).certificate.value <= told.certificate.bound <= found.certificate.bound
    assert (told.price >= 0).all()
    assert told.edge.tolist() == found.edge.tolist()
