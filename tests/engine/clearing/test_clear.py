"""Joint clearing against an exact oracle, its certificate, and its promises: feasible, deterministic, resumable."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from tests.engine.clearing import oracle

from tandem.engine.clearing import clear as clearing
from tandem.engine.clearing import compiled
from tandem.engine.clearing import market as markets
from tandem.engine.clearing.clear import Assignment, ClearSettings, clear
from tandem.engine.clearing.greedy import first_come, greedy
from tandem.engine.clearing.market import Market

EXACT = ClearSettings(gap=0.0)
ROOMY = 400


def random_markets(count: int, seed: int) -> Iterator[tuple[Market, np.random.Generator]]:
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield oracle.small(rng), rng


def crowded(needs: int, seed: int = 1) -> Market:
    """Needs that agree about which of `needs` / 10 offers are good, with fewer places than needs."""
    rng = np.random.default_rng(seed)
    offers = needs // 10
    need = np.repeat(np.arange(needs), 8)
    offer = rng.integers(0, offers, len(need))
    pair = np.unique(need * offers + offer)
    need, offer = pair // offers, pair % offers
    value = 3000 + 500 * rng.normal(size=offers)[offer] + 1000 * rng.normal(size=len(pair))
    capacity = rng.geometric(1 / 9, offers)
    slots = rng.integers(1, 3, needs)
    return markets.of(need, offer, np.clip(np.rint(value), 0, 8000).astype(int), slots, capacity)


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiles the loops and opens near the final prices even for small markets."""
    monkeypatch.setattr(compiled, "LARGE", 0)
    monkeypatch.setattr(clearing, "LARGE", 0)


def test_an_exact_clearing_is_worth_what_min_cost_flow_finds() -> None:
    """With gap 0 value, bound and the flow's optimum are one number."""
    for market, _ in random_markets(ROOMY, seed=1):
        found = clear(market, EXACT)
        best = oracle.best_value(market)
        oracle.assert_feasible(market, found)
        assert (found.certificate.value, found.certificate.bound, found.certificate.reason) == (
            best,
            best,
            None,
        )


@pytest.mark.parametrize("gap", [1e-9, 0.001, 0.05, 1.0])
def test_the_true_gap_is_within_the_certified_and_that_within_the_wanted(gap: float) -> None:
    """value <= optimum <= bound, and the certified gap is what was asked for."""
    for market, _ in random_markets(ROOMY // 4, seed=2):
        certificate = clear(market, ClearSettings(gap=gap)).certificate
        assert certificate.value <= oracle.best_value(market) <= certificate.bound
        assert certificate.gap <= gap


def test_from_an_earlier_clearing_it_is_as_exact_as_from_nothing() -> None:
    """After changes of values, slots and capacities, beginning from the old prices and places is exact too."""
    for market, rng in random_markets(ROOMY, seed=3):
        before = clear(market, EXACT)
        after = oracle.changed(market, rng)
        found = clear(after, EXACT, start=before)
        oracle.assert_feasible(after, found)
        best = oracle.best_value(after.valued(np.maximum(after.value, 0)))
        assert (found.certificate.value, found.certificate.bound) == (best, best)


@pytest.mark.usefixtures("small_is_large")
def test_opening_near_the_final_prices_is_as_exact_as_from_zero() -> None:
    """Opening prices and compiled loops give optima as well: any opening is right."""
    for market, _ in random_markets(ROOMY // 2, seed=4):
        found = clear(market, EXACT)
        oracle.assert_feasible(market, found)
        assert found.certificate.value == found.certificate.bound == oracle.best_value(market)


def test_compiled_loops_give_the_same_as_plain_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """One source, two ways to run: edges, prices and bids are equal."""
    market = crowded(300)
    plain = clear(market)
    monkeypatch.setattr(compiled, "LARGE", 0)
    fast = clear(market)
    assert np.array_equal(plain.edge, fast.edge)
    assert np.array_equal(plain.price, fast.price)
    assert plain.bids == fast.bids


@pytest.mark.usefixtures("small_is_large")
def test_opening_prices_spare_bids() -> None:
    """In a crowded market a need bids once or twice, not ten times, at the same certified gap."""
    market = crowded(3000)
    opened = clear(market)
    from_zero = clear(market, start=Assignment(np.zeros(0, np.int64), np.zeros(market.offers, np.int64), 1))
    assert opened.certificate.gap <= 0.001
    assert from_zero.certificate.gap <= 0.001
    assert opened.bids < from_zero.bids / 2


def test_nobody_prefers_another_offer_at_the_posted_prices() -> None:
    """Exact prices support the assignment: what a need holds is worth no less to it than any edge it does not hold."""
    for market, _ in random_markets(100, seed=5):
        found = clear(market, EXACT)
        surplus = market.value.astype(np.int64) * found.scale - found.price[market.offer]
        held = np.isin(np.arange(market.edges), found.edge)
        step = 2 * max(1, int(market.slots.sum()))
        for first, last in pairwise(market.first.tolist()):
            mine, others = surplus[first:last][held[first:last]], surplus[first:last][~held[first:last]]
            if len(mine) and len(others):
                assert mine.min() >= others.max() - step


def test_idle_places_cost_nothing() -> None:
    """An offer with a place left has price 0."""
    for market, _ in random_markets(100, seed=6):
        found = clear(market, EXACT)
        used = np.bincount(market.offer[found.edge], minlength=market.offers)
        assert not found.price[(used < market.capacity)].any()


def test_a_place_where_there_is_none_has_the_price_of_the_first() -> None:
    """Of two needs for one full offer the second, worth 7, makes the price of a closed offer that it could use 7."""
    market = markets.of([0, 1, 1], [0, 0, 1], [9, 8, 7], [1, 1], [1, 0])
    found = clear(market, EXACT)
    assert found.edge.tolist() == [0]
    assert found.prices()[1] == pytest.approx(7, abs=0.5)


def test_the_order_of_rows_does_not_matter() -> None:
    """The same edges in another order give the same accepted pairs and prices."""
    rng = np.random.default_rng(7)
    market = crowded(200)
    rows = rng.permutation(market.edges)
    shuffled = markets.of(
        market.need()[rows], market.offer[rows], market.value[rows], market.slots, market.capacity
    )
    assert np.array_equal(clear(market).edge, clear(shuffled).edge)
    assert np.array_equal(clear(market).price, clear(shuffled).price)


def test_among_equals_the_earlier_need_is_served() -> None:
    """Three needs of the same value for one place: the first gets it, whatever the gap."""
    market = markets.of([0, 1, 2], [0, 0, 0], [5, 5, 5], [1, 1, 1], [1])
    assert clear(market, EXACT).edge.tolist() == [0]
    assert clear(market).edge.tolist() == [0]


@pytest.mark.parametrize(
    ("edges", "slots", "capacity"),
    [
        (([], [], []), [1, 1], [1]),
        (([0], [0], [3]), [1], [0]),
        (([0], [0], [3]), [0], [1]),
        (([], [], []), [], []),
    ],
)
def test_nothing_to_clear_is_cleared(
    edges: tuple[list[int], list[int], list[int]], slots: list[int], capacity: list[int]
) -> None:
    """No edges, no capacity, no slots, nobody: an empty assignment, worth 0, proven."""
    found = clear(markets.of(*edges, slots, capacity), EXACT)
    assert len(found.edge) == 0
    assert (found.certificate.value, found.certificate.bound, found.certificate.gap) == (0, 0, 0.0)


def test_too_few_bids_are_said_and_the_bound_still_holds() -> None:
    """Where the work is bounded too low, the certificate says so and remains true."""
    market = crowded(200)
    certificate = clear(market, ClearSettings(gap=0.0, bids_per_need=3)).certificate
    assert certificate.reason == "bids"
    assert certificate.value <= oracle.best_value(market) <= certificate.bound


def test_values_too_large_for_their_number_are_still_nearly_exact() -> None:
    """Where 64 bits cannot hold exact prices, the certificate says "precision" or proves the optimum all the same."""
    rng = np.random.default_rng(8)
    needs = 2000
    market = markets.of(
        np.repeat(np.arange(needs), 2), np.tile([0, 1], needs), rng.integers(2**30, 2**31, 2 * needs),
        np.full(needs, 1), [needs // 3, needs // 3],
    )  # fmt: skip
    certificate = clear(market, EXACT).certificate
    assert certificate.value <= oracle.best_value(market) <= certificate.bound
    assert certificate.gap < 1e-9


def test_joint_clearing_is_worth_at_least_what_hubs_do_today() -> None:
    """Never below the best pair first nor below first come, first served."""
    for market, _ in random_markets(100, seed=9):
        best = clear(market, EXACT).certificate.value
        for edge in (greedy(market), first_come(market)):
            assert int(market.value[edge].sum(dtype=np.int64)) <= best


@pytest.mark.long
def test_ten_thousand_random_markets_are_exact() -> None:
    """The claim of the benchmark page, on a fresh seed."""
    for market, _ in random_markets(10_000, seed=10):
        certificate = clear(market, EXACT).certificate
        assert certificate.value == certificate.bound == oracle.best_value(market)
