"""Explanations follow from prices: hand-computed markets, and every sentence checked against the prices it rests on."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.engine.assignment import explain
from tandem.engine.assignment.explain import NEED_CODES, PAIR_CODES
from tandem.engine.clearing import market
from tandem.engine.clearing.clear import ClearSettings, clear
from tandem.engine.clearing.lowest import lowest
from tandem.engine.clearing.market import Market

EXACT = ClearSettings(gap=0.0)


def told(of: Market):
    found = lowest(of, clear(of, EXACT))
    pairs = explain.pairs(of, found)
    return found, pairs, explain.needs(of, pairs)


def test_one_place_two_needs():
    """A: offer 0 at 10 or offer 1 at 4; B: offer 0 at 9 only. B loses 9 without the place, A only 10 - 4 = 6."""
    of = market.of([0, 0, 1], [0, 1, 0], [10, 4, 9], [1, 1], [1, 1])
    found, pairs, needs = told(of)
    assert pairs.accepted.tolist() == [False, True, True]
    assert pairs.choice.tolist() == [1, 2, 1]
    assert (pairs.bid[0], pairs.lowest[0], found.prices()[0]) == (6, 9, 6)
    assert [NEED_CODES[code] for code in needs.code] == ["later", "first"]
    assert needs.missed.tolist() == [0, -1]
    assert explain.pair_codes(of, pairs) == ["outbid", "accepted", "accepted"]


def test_equal_claims_are_called_a_tie():
    """Two needs with the same values and one place: neither is said to have been outbid."""
    of = market.of([0, 1], [0, 0], [7, 7], [1, 1], [1])
    _, pairs, needs = told(of)
    lost = int(np.flatnonzero(~pairs.accepted)[0])
    assert explain.pair_codes(of, pairs)[lost] == "tie"
    assert sorted(NEED_CODES[code] for code in needs.code) == ["first", "outbid"]


def test_every_outcome_of_a_need_has_its_code():
    """Room nowhere, nobody listed, nothing wanted, fewer than wanted, nothing of any worth."""
    of = market.of([0, 2, 3, 4], [0, 1, 1, 1], [5, 5, 5, 0], [1, 1, 0, 2, 1], [0, 2])
    _, pairs, needs = told(of)
    assert [NEED_CODES[code] for code in needs.code] == ["closed", "none", "idle", "short", "none"]
    assert needs.missed.tolist() == [0, -1, -1, -1, -1]
    assert explain.pair_codes(of, pairs)[:1] == ["closed"]


def test_demand_and_price_of_an_offer():
    """Three needs want offer 0, which has one place: wanted 3, and one more is worth 7."""
    of = market.of([0, 1, 2], [0, 0, 0], [9, 7, 4], [1, 1, 1], [1])
    found, pairs, _ = told(of)
    offers = explain.offers(of, found, pairs)
    assert (offers.wanted.tolist(), offers.taken.tolist()) == ([3], [1])
    assert offers.price[0] == 7
    assert offers.lowest[0] == 9


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Small markets with slots, capacities (also 0) and many ties."""
    needs, offers = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    pairs = [(i, j) for i in range(needs) for j in range(offers)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs)))
    values = draw(st.lists(st.integers(0, 30), min_size=len(chosen), max_size=len(chosen)))
    slots = draw(st.lists(st.integers(0, 3), min_size=needs, max_size=needs))
    capacity = draw(st.lists(st.integers(0, 3), min_size=offers, max_size=offers))
    return market.of([i for i, _ in chosen], [j for _, j in chosen], values, slots, capacity)


@settings(max_examples=150, deadline=None)
@given(of=markets())
def test_explanations_hold_at_the_posted_prices(of: Market) -> None:
    """Nobody would pay the price for what it did not get; everybody would for what it got; codes say nothing else."""
    found, pairs, needs = told(of)
    wanting = of.slots[of.need()] > 0
    assert (pairs.bid - pairs.price)[~pairs.accepted & wanting].max(initial=0) <= 0
    assert (pairs.price - pairs.bid)[pairs.accepted].max(initial=0) <= 0
    for edge, name in enumerate(explain.pair_codes(of, pairs)):
        assert name in PAIR_CODES
        if name == "outbid":
            assert pairs.bid[edge] < pairs.lowest[edge]
        if name == "tie":
            assert pairs.bid[edge] == pairs.lowest[edge]
    for i, code in enumerate(needs.code):
        own = slice(of.first[i], of.first[i + 1])
        if NEED_CODES[code] == "outbid":  # every listed offer costs what it is worth to the need, or more
            assert (pairs.price[own] >= pairs.value[own]).all()
        if NEED_CODES[code] == "first":
            assert sorted(pairs.choice[own][pairs.accepted[own]]) == list(range(1, of.slots[i] + 1))
    assert found.certificate.value == of.value[pairs.accepted].sum()
