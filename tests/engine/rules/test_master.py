"""The small linear program behind the search for prices, against scipy's."""

from __future__ import annotations

import numpy as np
import pytest

from tandem.engine.rules.master import lowest


def test_against_an_exact_solver():
    """The same height as HiGHS finds, at a point of the box, as a mean of lines that sums to one."""
    optimize = pytest.importorskip("scipy.optimize", reason="scipy is not installed (dev)")
    rng = np.random.default_rng(0)
    for _ in range(200):
        lines, prices = int(rng.integers(1, 40)), int(rng.integers(1, 12))
        value = rng.integers(-5, 6, lines) * 0.3
        slope = rng.integers(-3, 4, (lines, prices)).astype(float)
        low = rng.integers(0, 2, prices).astype(float)
        high = low + rng.integers(0, 4, prices)
        found = lowest(value, slope, low, high)
        exact = optimize.linprog(
            np.r_[1, np.zeros(prices)],
            A_ub=np.hstack([-np.ones((lines, 1)), slope]),
            b_ub=-value,
            bounds=[(None, None), *zip(low, high, strict=True)],
        )
        assert found.z == pytest.approx(exact.fun, abs=1e-6)
        assert ((low <= found.mu) & (found.mu <= high)).all()
        assert found.weight.sum() == pytest.approx(1)
