"""The checker finds every planted fault, adds up as the definition says, and agrees with an independent one."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.base import words
from tandem.engine.clearing import check as checker
from tandem.engine.clearing.check import Claim, Edges, Rule, Verdict, check

TOOL = Path(__file__).resolve().parents[4] / "shared" / "tools" / "check_clearing.py"


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


# Two needs want offer 0, which has one place. The best: N0-F0 (7) and N1-F1 (4), N2 takes both F1 and F2 (3 + 2).
EDGES = Edges(
    need=ints(0, 0, 1, 1, 2, 2),
    offer=ints(0, 1, 0, 1, 1, 2),
    value=ints(7, 3, 6, 4, 3, 2),
    slots=ints(1, 1, 2),
    capacity=ints(1, 2, 5),
)
GOOD = Claim(
    need=ints(0, 1, 2, 2), offer=ints(0, 1, 1, 2), price=ints(4, 0, 0), scale=2, value=16, bound=16,
    pair_value=ints(7, 4, 3, 2),
)  # fmt: skip


def codes(verdict: Verdict) -> set[str]:
    return {problem.code.removeprefix("clearing.check.") for problem in verdict.problems}


def test_a_right_clearing_has_no_problem():
    """By hand: prices 2, 0, 0; D = 1 x 2 + (7 - 2) + 4 + (3 + 2) = 16 = 7 + 4 + 3 + 2."""
    verdict = check(EDGES, GOOD)
    assert verdict == Verdict((), value=16, bound=16, pairs=4, served=3, regret=0.0, short=0, idle=0.0)
    assert verdict.gap == 0


PLANTED = {
    "over-full offer": (replace(GOOD, offer=ints(0, 0, 1, 2), value=None, pair_value=None), {"capacity"}),
    "need above its slots": (
        replace(GOOD, need=ints(0, 1, 1, 2), offer=ints(0, 1, 0, 2), value=None, pair_value=None),
        {"slots", "capacity"},
    ),
    "pair is no edge": (replace(GOOD, offer=ints(0, 2, 1, 2), value=None, pair_value=None), {"no_edge"}),
    "pair twice": (
        replace(GOOD, need=ints(0, 1, 2, 2), offer=ints(0, 1, 1, 1), value=None, pair_value=None),
        {"pair_twice", "capacity"},
    ),
    "wrong value": (replace(GOOD, value=17), {"value"}),
    "wrong worth of a pair": (replace(GOOD, pair_value=ints(7, 4, 2, 3)), {"pair_value"}),
    "bound too low": (replace(GOOD, bound=15), {"bound"}),
    "bound too high": (replace(GOOD, bound=20), {"bound"}),
    "prices that prove another bound": (replace(GOOD, price=ints(0, 0, 0)), {"bound"}),
    "negative price": (replace(GOOD, price=ints(4, 0, -1)), {"negative_price"}),
    "unknown need": (replace(GOOD, need=ints(0, 1, 2, 3)), {"unknown_pair"}),
    "unknown offer": (replace(GOOD, offer=ints(0, -1, 1, 2)), {"unknown_pair"}),
    "a price beyond all numbers": (replace(GOOD, price=ints(2**62, 0, 0)), {"large"}),
}


@pytest.mark.parametrize("case", PLANTED)
def test_planted_faults_are_found(case):
    """Each fault has its own code, and nothing else is said to be wrong."""
    claim, wanted = PLANTED[case]
    assert codes(check(EDGES, claim)) == wanted


def test_faulty_markets_are_refused():
    """An edge twice, a negative value, an edge of nobody."""
    twice = replace(EDGES, offer=ints(0, 0, 0, 1, 1, 2))
    assert "edge_twice" in codes(check(twice, replace(GOOD, bound=None)))
    assert codes(check(replace(EDGES, value=ints(7, 3, -6, 4, 3, 2)), GOOD)) == {"negative"}
    assert codes(check(replace(EDGES, need=ints(0, 0, 1, 1, 2, 9)), GOOD)) == {"unknown_edge"}


def test_columns_must_belong_together():
    """Columns of different lengths are a mistake of the caller."""
    with pytest.raises(ValueError, match="lengths"):
        check(EDGES, replace(GOOD, offer=ints(0)))


def test_rules_count_and_are_priced():
    """At least 2 units of weight at offer 2, at most 1 at offer 0; the bound holds their prices."""
    at_two, at_zero = EDGES.offer == 2, EDGES.offer == 0
    kept = check(EDGES, replace(GOOD, bound=None), [Rule(at_zero, 1, at_least=False, price=2)])
    assert (kept.problems, kept.rules) == ((), (1,))
    # v' of edges at offer 0 is 1 less: 2 + 4 + 4 + 5 + 1 x 1 = 16
    assert kept.bound == 16
    broken = check(EDGES, GOOD, [Rule(at_two, 2, at_least=True), Rule(at_zero, 0, at_least=False)])
    assert {"rule_least", "rule_most"} <= codes(broken)
    assert [problem.params["rule"] for problem in broken.problems] == [1, 2]
    assert codes(check(EDGES, GOOD, [Rule(at_two, 0, at_least=True, price=-1)])) == {"negative_price"}


def test_regret_idle_places_and_needs_left_short():
    """A need that gets its second best at zero prices regrets the difference; one that gets nothing is left short."""
    claim = Claim(need=ints(0), offer=ints(1), price=ints(0, 0, 3))
    verdict = check(EDGES, claim)
    assert verdict.problems == ()
    assert (verdict.regret, verdict.short, verdict.idle) == (4, 1, 15)  # N2's second best at price 3 is none


def test_numbers_beyond_64_bits_are_added_exactly():
    """Values of 2^31 at a scale of 2^29, and capacities of 2^31: no rounding, no overflow."""
    edges = Edges(
        np.arange(8), np.zeros(8, np.int64), np.full(8, 2**31), np.ones(8, np.int64), ints(2**31 - 1)
    )
    claim = Claim(np.arange(8), np.zeros(8, np.int64), ints(2**60 - 1), 2**29)
    verdict = check(edges, claim)
    assert verdict.problems == ()
    assert verdict.value == 8 * 2**31
    assert verdict.bound == (8 + (2**31 - 1) * (2**60 - 1)) // 2**29


def test_nothing_at_all():
    """No edges, no needs, no offers: nothing is accepted and nothing is possible."""
    empty = np.zeros(0, np.int64)
    verdict = check(Edges(empty, empty, empty, empty, empty), Claim(empty, empty, empty, value=0, bound=0))
    assert verdict == Verdict((), 0, 0, 0, 0, 0.0, 0, 0.0)


@st.composite
def clearings(draw):
    """A small market, pairs that may break every law, prices, and a rule by group of offers."""
    needs, offers = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    several = draw(st.booleans())
    cells = st.tuples(st.integers(0, needs - 1), st.integers(0, offers - 1))
    edges = draw(st.lists(cells, unique=True, max_size=needs * offers))
    value = draw(st.lists(st.integers(0, 20), min_size=len(edges), max_size=len(edges)))
    pairs = draw(st.lists(st.sampled_from(edges), max_size=8, unique=draw(st.booleans()))) if edges else []
    pairs += draw(st.lists(cells, max_size=1))
    slots = draw(st.lists(st.integers(0, 3) if several else st.just(1), min_size=needs, max_size=needs))
    capacity = draw(st.lists(st.integers(0, 3), min_size=offers, max_size=offers))
    price = draw(st.lists(st.integers(0, 40), min_size=offers, max_size=offers))
    group = draw(st.lists(st.sampled_from("ab"), min_size=offers, max_size=offers))
    rule = draw(st.none() | st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 12)))
    return edges, value, pairs, slots, capacity, price, group, rule


@pytest.fixture(scope="module")
def tool():
    if not TOOL.is_file():
        pytest.skip("needs ../shared/tools/check_clearing.py")
    spec = importlib.util.spec_from_file_location("check_clearing", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@settings(max_examples=300)
@given(clearings(), st.sampled_from([1, 2, 3, 1 << 20]))
def test_agrees_with_the_independent_tool(tool, drawn, chunk):
    """Feasibility, value, bound, regret, idle places and needs left short are those of check_clearing.py."""
    edges, value, pairs, slots, capacity, price, group, rule = drawn
    need, offer = np.array(edges, np.int64).reshape(-1, 2).T
    got, by = np.array(pairs, np.int64).reshape(-1, 2).T
    rules, told = [], []
    if rule is not None:
        least, limit, mu = rule
        inside = np.array(group) == "a"
        rules = [Rule(inside[offer], limit, at_least=least, price=mu)]
        told = [
            {
                "column": "group",
                "values": ["a"],
                "min_units" if least else "max_units": limit,
                "price": mu / 4,
            }
        ]
    before, checker.CHUNK = checker.CHUNK, chunk
    try:
        ours = check(
            Edges(need, offer, np.array(value, np.int64), np.array(slots), np.array(capacity)),
            Claim(got, by, np.array(price), 4),
            rules,
        )
    finally:
        checker.CHUNK = before
    theirs = tool.check(
        pl.DataFrame({"need_id": need, "offer_id": offer, "value": np.array(value, np.int64)}),
        pl.DataFrame({"need_id": range(len(slots)), "slots": slots}, schema_overrides={"need_id": pl.Int64}),
        pl.DataFrame({"offer_id": range(len(capacity)), "capacity": capacity, "group": group}),
        pl.DataFrame({"need_id": got, "offer_id": by}),
        pl.DataFrame({"offer_id": range(len(price)), "price": [each / 4 for each in price]}),
        told,
    )
    assert (not ours.problems) == theirs["feasible"]
    assert ours.value == theirs["objective"]
    assert ours.bound == np.floor(theirs["upper_bound"])
    assert ours.regret == theirs["largest_regret_of_an_accepted_pair"]
    assert ours.idle == theirs["idle_capacity_at_positive_price"]
    assert ours.short == theirs["needs_left_short_though_a_positive_surplus_is_posted"]


def test_every_problem_has_words():
    """Each code that the checker can give has its sentence."""
    import re

    found = set(re.findall(r'"(clearing\.check\.\w+)"', Path(checker.__file__).read_text("utf-8")))
    assert len(found) >= 14
    assert all(words.has(f"error.{code}") for code in found)
