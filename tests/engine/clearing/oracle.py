"""Small random markets, and what OR-Tools' minimum-cost flow makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from tandem.engine.clearing import market as markets
from tandem.engine.clearing.clear import Assignment
from tandem.engine.clearing.market import Market

LARGEST = (1, 2, 10, 1000, 2**31)


def best_value(market: Market) -> int:
    """The largest total value of the market, exactly."""
    flows = pytest.importorskip("ortools.graph.python.min_cost_flow", reason="ortools is not installed (dev)")
    flow = flows.SimpleMinCostFlow()
    needs, offers, edges = market.needs, market.offers, market.edges
    source, sink = needs + offers, needs + offers + 1
    need, offer = np.arange(needs), needs + np.arange(offers)
    places = int(market.slots.sum())
    tail = np.concatenate([np.full(needs, source), market.need(), offer, [source]])
    head = np.concatenate([need, needs + market.offer, np.full(offers, sink), [sink]])
    room = np.concatenate([market.slots, np.ones(edges, np.int64), market.capacity, [places]])
    cost = np.concatenate([np.zeros(needs), -market.value.astype(np.int64), np.zeros(offers + 1)])
    flow.add_arcs_with_capacity_and_unit_cost(tail, head, room, cost.astype(np.int64))
    flow.set_node_supply(source, places)
    flow.set_node_supply(sink, -places)
    assert flow.solve() == flow.OPTIMAL
    return -int(flow.optimal_cost())


def small(rng: np.random.Generator) -> Market:
    """Up to 11 needs and 7 offers: ties, isolated needs, no slots, no capacity, values up to 2^31."""
    needs, offers = int(rng.integers(1, 12)), int(rng.integers(1, 8))
    need, offer = np.nonzero(rng.random((needs, offers)) < rng.random())
    value = rng.integers(0, int(rng.choice(LARGEST)) + 1, len(need))
    return markets.of(need, offer, value, rng.integers(0, 4, needs), rng.integers(0, 5, offers))


def changed(market: Market, rng: np.random.Generator) -> Market:
    """The market with about a third of its values, slots and capacities changed; some values fall below 0."""
    value = market.value.astype(np.int64)
    other = rng.random(len(value)) < 0.3
    value[other] = rng.integers(-3, max(2, int(value.max(initial=1))), int(other.sum()))
    slots = np.maximum(0, market.slots + rng.integers(-1, 2, market.needs))
    capacity = np.maximum(0, market.capacity + rng.integers(-1, 2, market.offers))
    return Market(market.first, market.offer, value, slots, capacity)


def assert_feasible(market: Market, found: Assignment) -> None:
    """No need above its slots, no offer above its capacity, no edge twice."""
    assert (np.diff(found.edge) > 0).all()
    assert (np.bincount(market.need()[found.edge], minlength=market.needs) <= market.slots).all()
    assert (np.bincount(market.offer[found.edge], minlength=market.offers) <= market.capacity).all()
