"""Clearing under rules against an exact solver: rules kept, values within the certificate, nothing dropped silently."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tests.engine.clearing.oracle import assert_feasible
from tests.engine.rules import ruled

from tandem.domain.rules import Pair
from tandem.engine.clearing import market as markets
from tandem.engine.clearing.clear import ClearSettings, clear
from tandem.engine.rules.clear_under import clear_under, shifts
from tandem.engine.rules.limits import Fixed, Limits, limit_of
from tandem.engine.rules.ruled_check import verdict

EXACT = ClearSettings(gap=0.0)


@pytest.mark.parametrize(("count", "markets_"), [(1, 150), (3, 70), (10, 20)])
def test_against_an_exact_solver(count, markets_):
    """All rules are kept exactly where that is possible, and the optimum lies between value and bound."""
    rng = np.random.default_rng(count)
    short = []
    for _ in range(markets_):
        market = ruled.small(rng)
        limits = ruled.rules(market, rng, count)
        found = clear_under(market, Limits(tuple(limits)), EXACT)
        assert_feasible(market, found.clearing)
        best = ruled.best_value(market, limits)
        for one, limit in zip(found.outcomes, limits, strict=True):
            assert one.kept == (limit.use(found.clearing.edge) <= limit.most)
            assert one.kept == (one.reason is None)
        assert found.kept == (best is not None)
        assert not verdict(market, Limits(tuple(limits)), found).problems
        if best is not None:
            certificate = found.clearing.certificate
            assert certificate.value <= best <= certificate.bound
            short.append((best - certificate.value) / max(1, best))
    assert np.mean(short) < 0.005, "assignments are close to the best, not only certified"
    assert np.mean(np.array(short) == 0) > 0.9


def test_rules_that_contradict_are_named_with_what_can_be_reached():
    """What is set aside is infeasible beside the rules it names, reachable as told, and the others are kept."""
    rng, seen = np.random.default_rng(5), 0
    for _ in range(25):
        market = ruled.small(rng)
        size = rng.integers(0, 2, market.offers)[market.offer] == 0
        limits = [
            limit_of(ruled.rule("max_units", 2, 1), size),
            limit_of(ruled.rule("min_units", 4, 2), size),
            limit_of(ruled.rule("max_share", Fraction(9, 10), 3), size),
        ]
        found = clear_under(market, Limits(tuple(limits)), EXACT)
        first, second, third = found.outcomes
        assert first.kept
        assert third.kept
        assert not second.kept
        assert second.reason in ("conflict", "unreachable")
        assert not set(second.against) - {0, 2}
        named = [limits[k] for k in (*second.against, 1)]
        assert ruled.best_value(market, named) is None
        assert second.reached is not None
        lower = limit_of(ruled.rule("min_units", int(second.reached), 2), size)
        assert ruled.best_value(market, [limits[0], lower, limits[2]]) is not None
        seen += second.reason == "conflict"
    assert seen > 5


def test_a_rule_alone_that_cannot_be_kept_says_how_far_it_goes():
    """At least 9 of what has 5 places: 5 can be reached, and the clearing is the one without the rule."""
    market = markets.of([0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 1], [5, 4, 3, 9, 8, 7], np.ones(6), [2, 3])
    limit = limit_of(ruled.rule("min_units", 9), np.ones(6, bool))
    found = clear_under(market, Limits((limit,)), EXACT)
    (one,) = found.outcomes
    assert (one.kept, one.reason, one.reached, one.against) == (False, "unreachable", 5, ())
    assert found.clearing.certificate.value == clear(market, EXACT).certificate.value


def test_the_price_of_a_number_is_the_dual_of_the_linear_program():
    """The price lies between what one unit less saves and what one unit more costs."""
    rng, binding = np.random.default_rng(11), 0
    for _ in range(60):
        market = ruled.small(rng)
        inside = rng.random(market.offers)[market.offer] < 0.5
        bound = "min_units" if rng.random() < 0.5 else "max_units"
        limit = limit_of(ruled.rule(bound, int(rng.integers(1, 7))), inside)
        found = clear_under(market, Limits((limit,)), EXACT)
        (one,) = found.outcomes
        if not one.kept or not one.price:
            continue
        step = 1e-3
        here, looser, tighter = (ruled.relaxed(market, [limit], shift) for shift in (0, step, -step))
        low, high = (looser - here) / step, (here - tighter) / step
        if found.clearing.certificate.gap:  # no whole assignment is as good as the relaxation
            continue
        assert low - 1e-4 <= one.price <= high + 1e-4
        assert one.exact
        assert one.cost == clear(market, EXACT).certificate.value - found.clearing.certificate.value
        binding += 1
    assert binding > 5


def test_required_and_forbidden_pairs():
    """A required pair is accepted before all else, a forbidden one never; what cannot be says why."""
    rng = np.random.default_rng(7)
    for trial in range(60):
        market = ruled.small(rng)
        limits = ruled.rules(market, rng, int(rng.integers(0, 3)))
        some = rng.permutation(market.edges)[:4].tolist()
        pair = Pair(1, "n", "o", required=True)
        required = tuple(Fixed(pair, edge) for edge in [*some[:2], *([None] if trial % 5 == 0 else [])])
        every = Limits(tuple(limits), required, tuple(some[2:]))
        found = clear_under(market, every, EXACT)
        assert_feasible(market, found.clearing)
        assert not set(some[2:]) & set(found.clearing.edge.tolist())
        for told, fixed in zip(found.pairs, required, strict=True):
            assert told.kept == (told.reason is None)
            assert not told.kept or fixed.edge in found.clearing.edge
            assert (told.reason == "no_edge") == (fixed.edge is None)
        assert not verdict(market, every, found).problems


def test_rules_that_do_not_bind_cost_nothing():
    """Kept without effort: price and cost 0, the clearing as without rules."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        market = ruled.small(rng)
        inside = rng.random(market.edges) < 0.5
        limits = (
            limit_of(ruled.rule("min_units", 0), inside),
            limit_of(ruled.rule("max_units", 999), inside),
        )
        found = clear_under(market, Limits(limits), EXACT)
        assert [(one.kept, one.price, one.cost) for one in found.outcomes] == [(True, 0, 0)] * 2
        assert found.clearing.certificate.value == clear(market, EXACT).certificate.value
        assert found.clearing.edge.tolist() == found.without.tolist()


def test_large_values_and_costs():
    """Values of 2^31 and costs near the limit keep their certificate."""
    rng = np.random.default_rng(13)
    for _ in range(10):
        market = ruled.small(rng)
        market = market.valued(rng.integers(0, 2**31, market.edges))
        cost = rng.integers(0, 2**41, market.edges)
        limits = [
            limit_of(ruled.rule("max_cost", 2**43), np.ones(market.edges, bool), cost),
            limit_of(ruled.rule("min_share", Fraction(3333, 10000), 2), rng.random(market.edges) < 0.5),
        ]
        found = clear_under(market, Limits(tuple(limits)), EXACT)
        best = ruled.best_value(market, limits)
        assert found.kept
        assert best is not None
        assert found.clearing.certificate.value <= best + 1e-9 * best
        assert best - 1e-9 * best <= found.clearing.certificate.bound
        assert not verdict(market, Limits(tuple(limits)), found).problems


def test_no_edges():
    """A market without edges keeps every maximum and no minimum."""
    market = markets.of([], [], [], [1, 2], [1])
    nothing = np.zeros(0, bool)
    limits = (limit_of(ruled.rule("max_units", 0), nothing), limit_of(ruled.rule("min_units", 1, 2), nothing))
    found = clear_under(market, Limits(limits), EXACT)
    assert [(one.kept, one.reached) for one in found.outcomes] == [(True, None), (False, 0)]
    assert not len(found.clearing.edge)


def test_the_same_again():
    """The same market, rules and settings give the same result; the inputs are as they were."""
    rng = np.random.default_rng(17)
    market = ruled.small(rng)
    limits = Limits(tuple(ruled.rules(market, rng, 3)))
    before = market.value.copy()
    one, other = (clear_under(market, limits, ClearSettings(gap=0.01)) for _ in range(2))
    assert one.outcomes == other.outcomes
    assert one.clearing.edge.tolist() == other.clearing.edge.tolist()
    assert market.value.tolist() == before.tolist()


def test_who_gains_and_who_loses():
    """Two places move from the one group to the other, and nothing else."""
    market = markets.of([0, 0, 1, 1], [0, 1, 0, 1], [9, 5, 8, 6], [1, 1], [2, 2])
    group = np.array(["large", "small"])[market.offer]
    found = clear_under(market, Limits((limit_of(ruled.rule("min_units", 2), group == "small"),)), EXACT)
    assert [(one.code, one.group, one.before, one.after) for one in shifts(found, group)] == [
        ("lost", "large", 2, 0),
        ("gained", "small", 0, 2),
    ]
    assert found.outcomes[0].cost == 6
