"""Small random markets with random rules, and what an exact solver makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from tandem.domain.rules import Bound, Group, Rule
from tandem.engine.clearing import market as markets
from tandem.engine.clearing.market import Market
from tandem.engine.rules.limits import Limit, limit_of

BOUNDS: tuple[Bound, ...] = ("min_units", "max_units", "min_share", "max_share", "max_cost")


def small(rng: np.random.Generator) -> Market:
    """4 to 15 needs and 3 to 8 offers: ties, several slots, offers without capacity."""
    needs, offers = int(rng.integers(4, 16)), int(rng.integers(3, 9))
    need, offer = np.nonzero(rng.random((needs, offers)) < rng.uniform(0.3, 0.8))
    value = rng.integers(0, int(rng.choice([5, 100, 5000])), len(need))
    return markets.of(need, offer, value, rng.integers(0, 4, needs), rng.integers(0, 4, offers))


def rules(market: Market, rng: np.random.Generator, count: int) -> list[Limit]:
    """Rules of every kind over sizes of offers and cities of needs; some cannot be kept, or not together."""
    size, city = rng.integers(0, 4, market.offers), rng.integers(0, 3, market.needs)
    made = []
    for row in range(1, count + 1):
        if rng.random() < 0.7:
            inside = np.isin(size, rng.choice(4, rng.integers(1, 3), replace=False))[market.offer]
        else:
            inside = np.isin(city, rng.choice(3, rng.integers(1, 3), replace=False))[market.need()]
        bound = BOUNDS[rng.integers(len(BOUNDS))]
        limit = {
            "min_units": Fraction(int(rng.integers(0, 6))),
            "max_units": Fraction(int(rng.integers(0, 6))),
            "min_share": Fraction(int(rng.integers(0, 7)), 10),
            "max_share": Fraction(int(rng.integers(0, 11)), 10),
            "max_cost": Fraction(int(rng.integers(500, 4000))),
        }[bound]
        cost = rng.integers(0, 1000, market.edges) if bound == "max_cost" else None
        made.append(limit_of(rule(bound, limit, row), inside, cost))
    return made


def rule(bound: Bound, limit: Fraction | int, row: int = 1) -> Rule:
    """A rule about some group."""
    group = Group("offers", "size", ("small",), ("small",))
    cost = ("offers", "price_from") if bound == "max_cost" else None
    return Rule(row, "rule", f"rule {row}", group, bound, Fraction(limit), cost)


def program(market: Market, limits: Sequence[Limit]) -> tuple[object, np.ndarray]:
    """Rows and right-hand sides of slots, capacities and limits, in this order."""
    sparse = pytest.importorskip("scipy.sparse", reason="scipy is not installed (dev)")
    every, one = np.arange(market.edges), np.ones(market.edges)
    rows = [
        sparse.coo_matrix((one, (market.need(), every)), shape=(market.needs, market.edges)),
        sparse.coo_matrix((one, (market.offer, every)), shape=(market.offers, market.edges)),
        *(sparse.coo_matrix(limit.weights(every)[None, :].astype(float)) for limit in limits),
    ]
    most = [market.slots, market.capacity, np.array([limit.most for limit in limits])]
    return sparse.vstack(rows).tocsr(), np.concatenate(most).astype(float)


def best_value(market: Market, limits: Sequence[Limit]) -> int | None:
    """The largest total value under the limits, exactly (HiGHS' mixed-integer solver); None where there is none."""
    optimize = pytest.importorskip("scipy.optimize", reason="scipy is not installed (dev)")
    rows, most = program(market, limits)
    found = optimize.milp(
        -market.value.astype(float),
        constraints=optimize.LinearConstraint(rows, -np.inf, most),
        bounds=optimize.Bounds(0, 1),
        integrality=np.ones(market.edges),
    )
    return round(-found.fun) if found.status == 0 else None


def relaxed(market: Market, limits: Sequence[Limit], shift: float = 0.0) -> float:
    """The value of the linear program, the first limit moved by `shift`; minus infinity where it has no solution."""
    optimize = pytest.importorskip("scipy.optimize", reason="scipy is not installed (dev)")
    rows, most = program(market, limits)
    most[market.needs + market.offers] += shift
    found = optimize.linprog(-market.value.astype(float), A_ub=rows, b_ub=most, bounds=(0, 1), method="highs")
    return -float(found.fun) if found.status == 0 else -np.inf
