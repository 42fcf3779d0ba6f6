"""The order in which the plain ways of assigning look at edges."""

from __future__ import annotations

import numpy as np
import pytest

from tandem.engine.clearing import greedy, market


@pytest.mark.parametrize("bits", [0, 63])
def test_order_by_keys_is_the_same_packed_or_compared(bits, monkeypatch):
    """Sorting packed numbers and sorting by comparison give the same order of edges, ties as they stand."""
    monkeypatch.setattr(greedy, "BITS", bits)
    chance = np.random.default_rng(0)
    for most in (1, 3, 2**31 + 1):
        for edges in (0, 1, 40):
            need, value = chance.integers(0, 5, edges), chance.integers(0, most, edges)
            assert (greedy._ordered(need, value) == np.lexsort((value, need))).all()


def test_figures_count_needs_once_however_many_places_they_hold() -> None:
    """Need 0 holds two places and need 2 one: worth 5 + 4 + 3, two needs served, three pairs; nothing is worth 0."""
    many = market.of([0, 0, 1, 2], [0, 1, 1, 0], [5, 4, 9, 3], [2, 1, 1], [2, 1])
    assert greedy.figures(many, np.array([0, 1, 3])) == (12, 2, 3)
    assert greedy.figures(many, np.array([], dtype=np.int64)) == (0, 0, 0)
