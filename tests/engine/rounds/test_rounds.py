"""Auction rounds over parts find what the one-piece auction finds: proven, exact where asked, whatever the parts."""

from __future__ import annotations

import numpy as np
import pytest

from tandem.engine.clearing import market as markets
from tandem.engine.clearing.clear import Clearing, ClearSettings, clear
from tandem.engine.clearing.market import Market
from tandem.engine.rounds import rounds
from tandem.engine.rounds.auctioneer import clear_in_rounds


def contended(needs: int, seed: int, slots: int = 1, offers: int | None = None, ties: bool = False) -> Market:
    """About six edges a need, places for nine of ten, some offers that everybody likes."""
    rng = np.random.default_rng(seed)
    offers = offers or max(3, needs // 10)
    pairs = np.unique(
        rng.integers(0, needs, 6 * needs) * offers + (offers * rng.random(6 * needs) ** 2).astype(int)
    )
    value = rng.integers(0, 5 if ties else 4000, len(pairs)) + (0 if ties else 500 * (pairs % 7))
    wanted = rng.integers(0 if slots > 1 else 1, slots + 1, needs)
    room = rng.integers(0, 2 * max(1, int(0.9 * wanted.sum()) // offers) + 1, offers)
    return markets.of(pairs // offers, pairs % offers, value, wanted, room)


def in_parts(market: Market, count: int, settings: ClearSettings) -> Clearing:
    held = rounds.parts(market, count)

    def ask(question, *shared, each=()):
        return [question(part, *shared, *(each[k] if each else ())) for k, part in enumerate(held)]

    return clear_in_rounds(ask, market.capacity, settings)[0]


def assert_equal(one: Clearing, other: Clearing) -> None:
    assert one.edge.tobytes() == other.edge.tobytes()
    assert one.price.tobytes() == other.price.tobytes()
    assert (one.scale, one.certificate, one.bids) == (other.scale, other.certificate, other.bids)


def assert_proven(market: Market, found: Clearing) -> None:
    """Feasible, worth what it says, and the bound is the dual value at its prices: all from the definition."""
    need, offer = market.need()[found.edge], market.offer[found.edge]
    assert (np.bincount(need, minlength=market.needs) <= market.slots).all()
    assert (np.bincount(offer, minlength=market.offers) <= market.capacity).all()
    assert len(set(found.edge.tolist())) == len(found.edge)
    assert int(market.value[found.edge].sum()) == found.certificate.value
    price = [int(p) for p in found.price]
    bound = sum(int(c) * p for c, p in zip(market.capacity, price, strict=True))
    for i in range(market.needs):
        here = slice(market.first[i], market.first[i + 1])
        surplus = [
            int(v) * found.scale - price[j]
            for v, j in zip(market.value[here], market.offer[here], strict=True)
        ]
        bound += sum(sorted((s for s in surplus if s > 0), reverse=True)[: int(market.slots[i])])
    assert min(price, default=0) >= 0
    assert found.certificate.bound == bound // found.scale


@pytest.mark.parametrize("slots", [1, 3])
@pytest.mark.parametrize("gap", [0.0, 0.01])
def test_one_two_three_and_seven_parts_give_the_same_bytes(slots, gap):
    """Edges, prices, certificate and even the number of bids do not depend on how the needs are parted."""
    market = contended(300, 1, slots)
    whole = in_parts(market, 1, ClearSettings(gap))
    assert whole.certificate.gap <= gap
    assert_proven(market, whole)
    for count in (2, 3, 7):
        assert_equal(in_parts(market, count, ClearSettings(gap)), whole)


@pytest.mark.parametrize("seed", range(12))
def test_without_a_gap_it_is_as_good_as_in_one_piece(seed):
    """Exact in both forms, with several slots, offers without places, ties and values of 0."""
    market = contended(60, seed, slots=1 + seed % 3, ties=seed % 2 == 0)
    found, exact = in_parts(market, 2, ClearSettings(0.0)), clear(market, ClearSettings(0.0))
    assert_proven(market, found)
    assert found.certificate.gap == 0
    assert found.certificate.value == exact.certificate.value


@pytest.mark.parametrize(
    "market",
    [
        markets.of([], [], [], [], []),
        markets.of([], [], [], [1, 2], [3]),
        markets.of([0, 1], [0, 0], [5, 7], [1, 1], [0]),
        markets.of([0], [0], [2**31], [1], [1]),
        markets.of([0, 1, 2], [0, 0, 0], [5, 5, 5], [1, 1, 1], [1]),
    ],
    ids=["nothing", "no edges", "no places", "the largest value", "ties"],
)
def test_edge_cases(market):
    """Nothing to do, nothing possible, the largest value, nothing but ties: proven all the same."""
    found = in_parts(market, 3, ClearSettings(0.0))
    assert_proven(market, found)
    assert found.certificate.gap == 0


def test_of_equal_bids_the_earlier_need_stands():
    """Three needs alike and one place: the first has it, in however many parts they are."""
    market = markets.of([0, 1, 2], [0, 0, 0], [5, 5, 5], [1, 1, 1], [1])
    assert [in_parts(market, count, ClearSettings()).edge.tolist() for count in (1, 2, 3)] == [[0]] * 3


def test_compiled_and_plain_loops_agree(monkeypatch):
    """From 20,000 edges on the loops are compiled: the same bytes as without."""
    from tandem.engine.clearing import compiled

    market = contended(4000, 3)
    assert market.edges > compiled.LARGE
    fast = in_parts(market, 1, ClearSettings())
    monkeypatch.setattr(compiled, "LARGE", 10**9)
    assert_equal(in_parts(market, 1, ClearSettings()), fast)


def test_an_answer_never_holds_more_bids_than_places():
    """What travels for an offer is at most what it can accept; who was left out is named."""
    market = contended(400, 5, offers=4)
    answer = rounds.bid(market, 1, np.zeros(4, np.int64), 1, None, None)
    assert (answer.size <= market.capacity[answer.offer]).all()
    assert len(answer.who) + len(answer.lost) == np.count_nonzero(np.diff(market.first))
    assert not set(answer.who.tolist()) & set(answer.lost.tolist())


def test_too_few_bids_allowed_says_so():
    """The certificate names the reason, and what there is is feasible and bounded."""
    market = contended(200, 7)
    found = in_parts(market, 2, ClearSettings(0.0, bids_per_need=1))
    assert found.certificate.reason == "bids"
    assert_proven(market, found)
