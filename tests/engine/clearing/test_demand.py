"""First choices are counted as the definition says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.clearing import demand, market


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), unique=True, max_size=30),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
    st.sampled_from([1, 2, 100]),
    st.randoms(use_true_random=False),
)
def test_first_choices_are_the_best_edges_as_many_as_slots(pairs, slots, chunk, chance):
    """Each need names its most valuable offers, smaller numbers first on ties; worthless edges are nobody's choice."""
    value = [chance.randint(0, 4) for _ in pairs]
    need, offer = np.array(pairs, np.int64).reshape(-1, 2).T
    want = np.zeros(5, np.int64)
    for i in range(6):
        own = sorted((-v, j) for (k, j), v in zip(pairs, value, strict=True) if k == i)
        for worth, j in own[: slots[i]]:
            want[j] += worth < 0
    before, demand.CHUNK = demand.CHUNK, chunk
    try:
        found = demand.first_choices(market.of(need, offer, value, slots, np.ones(5)))
    finally:
        demand.CHUNK = before
    assert found.tolist() == want.tolist()


@pytest.mark.parametrize("needs", [0, 2])
def test_nobody_wants_anything(needs):
    """No edges: no choices."""
    empty = np.zeros(0, np.int64)
    assert demand.first_choices(market.of(empty, empty, empty, np.ones(needs), np.ones(3))).tolist() == [
        0,
        0,
        0,
    ]
