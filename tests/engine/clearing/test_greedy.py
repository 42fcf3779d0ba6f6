"""The order in which the plain ways of assigning look at edges."""

from __future__ import annotations

import numpy as np
import pytest

from tandem.engine.clearing import greedy


@pytest.mark.parametrize("bits", [0, 63])
def test_order_by_keys_is_the_same_packed_or_compared(bits, monkeypatch):
    """Sorting packed numbers and sorting by comparison give the same order of edges, ties as they stand."""
    monkeypatch.setattr(greedy, "BITS", bits)
    chance = np.random.default_rng(0)
    for most in (1, 3, 2**31 + 1):
        for edges in (0, 1, 40):
            need, value = chance.integers(0, 5, edges), chance.integers(0, most, edges)
            assert (greedy._ordered(need, value) == np.lexsort((value, need))).all()
