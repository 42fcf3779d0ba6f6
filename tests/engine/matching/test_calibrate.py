"""From scores to probabilities: pooled by hand, monotone always, honest about what was predicted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.matching import calibrate

scores = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("values", "weights", "pooled"),
    [
        ([1, 2, 3], [1, 1, 1], [1, 2, 3]),
        ([3, 2, 1], [1, 1, 1], [2, 2, 2]),
        ([1, 3, 2, 4], [1, 1, 1, 1], [1, 2.5, 2.5, 4]),
        ([1, 3, 2], [1, 1, 3], [1, 2.25, 2.25]),
        ([4, 5, 1, 0, 6], [1, 1, 1, 1, 1], [2.5, 2.5, 2.5, 2.5, 6]),
    ],
)
def test_known_answers_of_pooling(values, weights, pooled):
    level, _ = calibrate.isotonic(np.array(values, float), np.array(weights, float))
    np.testing.assert_allclose(level, pooled)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_pooling_is_the_nearest_rising_sequence(values):
    """Against all rising sequences of block means: no other cut into blocks is nearer."""
    own = np.array(values, float)
    level, _ = calibrate.isotonic(own, np.ones(len(own)))
    assert (np.diff(level) >= 0).all()
    best = min(
        float(((own - means) ** 2).sum())
        for cut in range(2 ** (len(own) - 1))
        if (np.diff(means := _means(own, cut)) >= 0).all()
    )
    assert float(((own - level) ** 2).sum()) == pytest.approx(best)


def _means(values, cut):
    blocks = np.concatenate([[0], np.cumsum([(cut >> i) & 1 for i in range(len(values) - 1)])]).astype(int)
    return (np.bincount(blocks, values) / np.bincount(blocks))[blocks]


@given(scores, st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_curves_never_fall_and_stay_inside(seen, asked):
    curve = calibrate.fit(np.array([s for s, _ in seen]), np.array([y for _, y in seen]))
    chances = curve.at(np.sort(np.array(asked)))
    assert (np.diff(chances) >= 0).all()
    assert (chances > 0).all()
    assert (chances < 1).all()


def test_a_curve_finds_the_rate():
    """Half of the low scores and nine tenths of the high ones succeed."""
    low, high = np.full(1000, 0.2), np.full(1000, 0.8)
    happened = np.concatenate([np.arange(1000) % 2 == 0, np.arange(1000) % 10 != 0])
    curve = calibrate.fit(np.concatenate([low, high]), happened)
    np.testing.assert_allclose(curve.at(np.array([0.2, 0.8])), [0.5, 0.9], atol=1e-3)


def test_by_rank_falls_from_the_first_place_on():
    chances = calibrate.by_rank(np.arange(1, 2001))
    assert (np.diff(chances) <= 0).all()
    assert chances[0] == pytest.approx(0.27)
    assert chances[-1] > 0


def test_standing_rises_with_the_score_and_is_a_share():
    every = np.array([0.1, 0.4, 0.8, 0.0])
    stands = calibrate.standing(every, calibrate.spread(every))
    assert np.argsort(stands).tolist() == np.argsort(every).tolist()
    assert stands.sum() == pytest.approx(1.0)
    assert calibrate.standing(np.zeros(2), 0.0).tolist() == [0.0, 0.0]


def test_reliability_by_hand():
    chances = np.array([0.1, 0.1, 0.1, 0.1, 0.9, 0.9])
    happened = np.array([False, False, False, True, True, True])
    table = calibrate.reliability(chances, happened, bins=2)
    assert table["matches"].to_list() == [4, 2]
    assert table["observed"].to_list() == [0.25, 1.0]
    assert calibrate.expected_error(table) == pytest.approx((4 * 0.15 + 2 * 0.1) / 6)
    assert calibrate.brier(chances, happened) == pytest.approx((3 * 0.01 + 0.81 + 2 * 0.01) / 6)


@given(scores)
def test_every_match_is_in_one_bin(seen):
    table = calibrate.reliability(np.array([s for s, _ in seen]), np.array([y for _, y in seen]))
    assert table["matches"].sum() == len(seen)
    assert table["high"].is_sorted()
