"""The measures of a match list: known answers worked by hand, and agreement with an independent oracle."""

from __future__ import annotations

import importlib.util
import math
from functools import cache
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.base.errors import Invalid
from tandem.engine.matching.evaluate import evaluate

ORACLE = Path(__file__).resolve().parents[4] / "shared" / "tools" / "eval_match.py"


def listed(*rows: tuple[str, int, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"need_id": pl.String, "rank": pl.Int64, "org_id": pl.String}, orient="row")


def known(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"need_id": pl.String, "org_id": pl.String}, orient="row")


def test_one_need_worked_by_hand():
    """True organisations on ranks 2 and 4 of a need with three: dcg = 1/log2(3) + 1/log2(5)."""
    quality = evaluate(
        listed(("n", 1, "x"), ("n", 2, "a"), ("n", 3, "y"), ("n", 4, "b")),
        known(("n", "a"), ("n", "b"), ("n", "c")),
        resamples=0,
    )
    ideal = 1 + 1 / math.log2(3) + 1 / 2
    assert quality.ndcg_10 == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal, abs=1e-12)
    assert quality.recall_10 == pytest.approx(2 / 3)
    assert quality.mrr == pytest.approx(1 / 2)
    assert (quality.hit_1, quality.hit_10) == (0.0, 1.0)


def test_a_need_without_matches_counts_and_a_need_without_outcome_does_not():
    """Two known needs, one matched perfectly: half the score; the third need's matches change nothing."""
    quality = evaluate(listed(("n", 1, "a"), ("other", 1, "z")), known(("n", "a"), ("m", "b")), resamples=0)
    assert (quality.needs, quality.without_matches, quality.ndcg_10, quality.shown) == (2, 1, 0.5, 1)


def test_repeats_give_no_credit():
    """An organisation listed twice keeps its best rank and the next one moves up."""
    quality = evaluate(listed(("n", 1, "x"), ("n", 2, "x"), ("n", 3, "a")), known(("n", "a")), resamples=0)
    assert quality.repeats == 1
    assert quality.mrr == pytest.approx(1 / 2)


def test_beyond_rank_100_nothing_counts():
    """A true organisation on place 101 is not found."""
    rows = [("n", rank, f"o{rank}") for rank in range(1, 102)]
    quality = evaluate(listed(*rows), known(("n", "o101")), resamples=0)
    assert (quality.recall_100, quality.mrr) == (0.0, 0.0)


def test_exposure_worked_by_hand():
    """Two of three listed places are held by organisations with at most one delivery; one of their pairs is found."""
    deliveries = pl.DataFrame({"org_ids": [["big", "small"], ["big"], ["big"]]})
    organisations = pl.DataFrame({"org_id": ["big", "small", "new", "unseen"]})
    quality = evaluate(
        listed(("n", 1, "big"), ("n", 2, "small"), ("n", 3, "new")),
        known(("n", "small"), ("n", "unseen")),
        organisations,
        deliveries,
        small=1,
        resamples=0,
    )
    assert (quality.organisations, quality.small_organisations, quality.shown) == (4, 3, 3)
    assert quality.small_share == pytest.approx(2 / 3)
    assert quality.small_recall_10 == pytest.approx(1 / 2)


def test_the_interval_holds_the_mean_and_repeats_itself():
    """The bootstrap is seeded: twice the same, and the point estimate lies inside."""
    rows = listed(*((f"n{i}", 1, "a" if i % 3 else "b") for i in range(30)))
    truth = known(*((f"n{i}", "a") for i in range(30)))
    first, second = evaluate(rows, truth, resamples=200), evaluate(rows, truth, resamples=200)
    assert first == second
    low, high = first.ndcg_10_interval or (1.0, 0.0)
    assert low < first.ndcg_10 < high


def test_nothing_known_is_refused():
    """Without any outcome there is nothing to judge."""
    with pytest.raises(Invalid, match="no_truth"):
        evaluate(listed(("n", 1, "a")), known())


@cache
def oracle() -> ModuleType:
    """The shared tool with its rounding switched off."""
    if not ORACLE.is_file():
        pytest.skip("needs ../shared/tools/eval_match.py as an oracle")
    spec = importlib.util.spec_from_file_location("eval_match", ORACLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.round = lambda value, _: value  # type: ignore[attr-defined]
    return module


NAMES = {
    "ndcg@10": "ndcg_10",
    "hit@1": "hit_1",
    "hit@10": "hit_10",
    "r@10": "recall_10",
    "r@100": "recall_100",
    "mrr": "mrr",
    "needs": "needs",
    "needs_without_matches": "without_matches",
    "true_pairs": "pairs",
    "repeated_organisations_dropped": "repeats",
    "organisations": "organisations",
    "small_organisations": "small_organisations",
    "small_share_top10": "small_share",
    "small_recall@10": "small_recall_10",
    "organisations_shown_top10": "shown",
}
PAIRS = st.tuples(st.sampled_from([f"n{i}" for i in range(5)]), st.sampled_from([f"o{i}" for i in range(15)]))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(PAIRS, st.integers(1, 120)), max_size=80),
    st.lists(PAIRS, min_size=1, max_size=20),
    st.lists(st.lists(st.sampled_from([f"o{i}" for i in range(18)]), min_size=1, max_size=3), max_size=30),
)
def test_agrees_with_the_oracle(rows, pairs, owners):
    """Every figure equals that of the shared evaluation tool to 1e-9, whatever the lists."""
    matches = listed(*((need, rank, org) for (need, org), rank in rows))
    truth = known(*pairs)
    organisations = pl.DataFrame({"org_id": [f"o{i}" for i in range(15)]})
    deliveries = pl.DataFrame({"org_ids": owners}, schema={"org_ids": pl.List(pl.String)})
    joined = pl.DataFrame({"org_id": [";".join(own) for own in owners]}, schema={"org_id": pl.String})
    theirs = oracle().evaluate(matches, truth, organisations, joined, small_max=2)
    ours = evaluate(matches, truth, organisations, deliveries, small=2, resamples=0)
    for their_name, our_name in NAMES.items():
        assert getattr(ours, our_name) == pytest.approx(theirs[their_name], abs=1e-9), our_name


def test_the_interval_agrees_with_the_oracle():
    """Same seed, same resampling: the interval is that of the shared tool."""
    matches = listed(*((f"n{i}", 1 + j, f"o{(i * 7 + j * j) % 11}") for i in range(25) for j in range(8)))
    truth = known(*((f"n{i}", f"o{i % 11}") for i in range(25)))
    theirs = oracle().evaluate(matches, truth, bootstrap=300)
    ours = evaluate(matches, truth, resamples=300)
    assert ours.ndcg_10_interval == pytest.approx(tuple(theirs["ndcg@10_95ci"]), abs=1e-9)
