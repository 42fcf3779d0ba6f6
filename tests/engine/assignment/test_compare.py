"""Joint, greedy and first come on one market; what value is, and how much hangs on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from tests.engine.assignment.test_explain import EXACT, markets

from tandem.engine.assignment import compare
from tandem.engine.assignment.compare import Plan
from tandem.engine.assignment.value import IMPORTANCE_LIMIT, MAPPINGS, sensitivity, value
from tandem.engine.clearing import market
from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.clear import clear
from tandem.engine.clearing.market import Market


def plans(of: Market) -> dict[str, Plan]:
    flags = compare.accepted(of, clear(of, EXACT).edge)
    small = np.arange(of.edges) % 2 == 0
    none = np.zeros(of.edges, bool)
    choice = np.arange(of.edges) - of.first[of.need()] + 1
    return {name: compare.plan(name, of, flags[name], choice, small, none) for name in compare.PLANS}


def test_three_ways_by_hand():
    """Need 0 takes the only place at 5; greedy gives it to need 1 for 8; jointly both are served: 5 + 7.

    Offers X (one place) and Y (one place): need 0 knows X at 5; need 1 knows X at 8 and Y at 7.
    """
    of = market.of([0, 1, 1], [0, 0, 1], [5, 8, 7], [1, 1], [1, 1])
    found = plans(of)
    assert {name: plan.value for name, plan in found.items()} == {"joint": 12, "greedy": 8, "first_come": 12}
    assert {name: plan.served for name, plan in found.items()} == {"joint": 2, "greedy": 1, "first_come": 2}
    assert (found["joint"].firsts, found["greedy"].firsts) == (1, 1)
    assert (found["joint"].small, found["joint"].small_share) == (2, 1.0)
    assert compare.gain(found["joint"], found["greedy"]) == pytest.approx(0.5)
    assert compare.verdict(found["joint"], found["greedy"]) == "gain"


def test_little_gain_is_called_little():
    """Room for everybody: the three ways agree, and the verdict says that nothing is gained."""
    found = plans(market.of([0, 1], [0, 1], [3, 4], [1, 1], [1, 1]))
    assert len({plan.value for plan in found.values()}) == 1
    assert compare.verdict(found["joint"], found["greedy"]) == "little"


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        (Certificate(10, 10, 0.0), "exact"),
        (Certificate(99, 100, 0.02), "gap"),
        (Certificate(90, 100, 0.02, "bids"), "bids"),
    ],
)
def test_the_certificate_in_a_word(certificate, code):
    """Exact, within the wanted gap, or stopped before."""
    assert compare.proof(certificate) == code


@settings(max_examples=100, deadline=None)
@given(of=markets())
def test_joint_is_never_below_the_others(of: Market) -> None:
    """Greedy and first come are feasible assignments, so an optimum is worth at least as much, and the bound holds."""
    found = plans(of)
    assert found["joint"].value >= max(found["greedy"].value, found["first_come"].value)
    assert clear(of, EXACT).certificate.bound >= found["joint"].value


def test_value_is_points_times_importance():
    """0.27 of a success is 2,700 points; importance multiplies; nothing outgrows the limit of a market."""
    made = value(np.array([0.27, 0.00004, 1.0, 2.0]), np.array([1, 5, 10**9, 1]))
    assert made.tolist() == [2700, 0, 10_000 * IMPORTANCE_LIMIT, 10_000]
    assert made.max() <= market.VALUE_LIMIT


def test_sensitivity_says_what_would_change():
    """Importance decides who gets the place; ignoring it, the surer match does, and nobody else."""
    probability, importance = np.array([0.5, 0.6]), np.array([2, 1])
    of = market.of([0, 1], [0, 0], value(probability, importance), [1, 1], [1])
    cleared = clear(of, EXACT)

    def again(changed: Market):
        return clear(changed, EXACT)

    found = sensitivity(of, cleared, probability, importance, np.array([1, 1]), again)
    assert {one.mapping: one.kept for one in found} == {"squared": 1, "root": 1, "rank": 1, "unweighted": 0}
    assert found[-1].lost == pytest.approx(0.4)  # 6,000 instead of 10,000 points
    equal = sensitivity(of, cleared, probability, np.array([1, 1]), np.array([1, 1]), again)
    assert {one.mapping for one in equal} == set(MAPPINGS) - {"unweighted"}
