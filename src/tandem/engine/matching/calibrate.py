"""From scores to the probability that a match succeeds: learned where outcomes are known, by rank where not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.engine.matching.postings import FloatArray, IntArray

BINS = 10

# Share of listed organisations on a rank that had delivered, without any training: the average of two sets of ours
# (robotics papers 2018-19, 3,805 needs; SBIR awards 2019-21, 331 needs). Not the user's own experience: `tandem learn`
# puts that in its place. Their truth is incomplete, so the figures are low rather than high.
DEFAULT_RANKS = (1, 2, 3, 5, 10, 20, 50, 100)
DEFAULT_CHANCES = (0.30, 0.12, 0.08, 0.05, 0.03, 0.015, 0.006, 0.003)


@dataclass(frozen=True)
class Curve:
    """A non-decreasing function from scores to probabilities, straight between its points and level outside.

    score   (points,) ascending; chance: (points,) non-decreasing, 0..1
    """

    score: tuple[float, ...]
    chance: tuple[float, ...]

    def at(self, scores: FloatArray) -> FloatArray:
        """The probability at each score."""
        return np.interp(scores, self.score, self.chance)


def by_rank(rank: npt.NDArray[np.integer]) -> FloatArray:
    """The probability of success by rank alone (1..), from DEFAULT_CHANCES; straight in the logarithms between."""
    logs = np.interp(np.log(rank), np.log(DEFAULT_RANKS), np.log(DEFAULT_CHANCES))
    return np.asarray(np.exp(logs))


def fit(scores: FloatArray, succeeded: npt.NDArray[np.bool_]) -> Curve:
    """The isotonic curve nearest to what happened: scores of matches and whether each succeeded.

    Equal scores are one point; each level stretch stands at its mean score, one success and one failure are shared
    among all matches so that no probability is 0 or 1. Needs at least one match.
    """
    points, place = np.unique(np.round(scores, 9), return_inverse=True)
    n = np.bincount(place).astype(np.float64)
    rate = np.bincount(place, succeeded) / n
    level, block = isotonic(rate, n)
    held = np.bincount(block, n)
    centre = np.bincount(block, points * n) / held
    mean = (succeeded.sum() + 1) / (len(scores) + 2)
    chance = (np.array([level[block == b][0] for b in range(len(held))]) * held + mean) / (held + 1)
    return Curve(tuple(centre.tolist()), tuple(np.maximum.accumulate(chance).tolist()))


def isotonic(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, IntArray]:
    """The non-decreasing sequence nearest to `values` in weighted squares, by pooling adjacent violators.

    Returns the sequence (n,) and the number of the pooled block of each place (n,), from 0.  O(n).
    Source: Barlow et al. 1972, ch. 1.

    >>> isotonic(np.array([1.0, 3.0, 2.0, 4.0]), np.ones(4))[0].tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, places
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, held, places = value, weight, 1
        while blocks and blocks[-1][0] >= mean:
            before, own, more = blocks.pop()
            mean, held, places = (before * own + mean * held) / (own + held), own + held, places + more
        blocks.append((mean, held, places))
    sizes = [places for _, _, places in blocks]
    block = np.repeat(np.arange(len(blocks)), sizes)
    return np.repeat([mean for mean, _, _ in blocks], sizes).astype(np.float64), block.astype(np.int64)


def reliability(chances: FloatArray, succeeded: npt.NDArray[np.bool_], bins: int = BINS) -> pl.DataFrame:
    """Predicted against observed success: one row for each of `bins` parts of as many matches (ties together).

    Returns bin (1..), low, high (probabilities), matches, predicted, observed (means)
    """
    order = np.argsort(chances, kind="stable")
    edges = np.unique(chances[order][np.linspace(0, len(order) - 1, bins + 1).astype(int)[1:]]) if len(order) else []
    part = np.searchsorted(edges, chances)
    rows = []
    for number in range(len(edges)):
        own = part == number
        rows.append((number + 1, float(chances[own].min()), float(chances[own].max()), int(own.sum()),
                     float(chances[own].mean()), float(succeeded[own].mean())))  # fmt: skip
    return pl.DataFrame(rows, RELIABILITY_SCHEMA, orient="row")


RELIABILITY_SCHEMA = {
    "bin": pl.Int64,
    "low": pl.Float64,
    "high": pl.Float64,
    "matches": pl.Int64,
    "predicted": pl.Float64,
    "observed": pl.Float64,
}


def brier(chances: FloatArray, succeeded: npt.NDArray[np.bool_]) -> float:
    """Mean squared distance between what was said and what happened, 0 (best) to 1."""
    return float(np.mean((chances - succeeded) ** 2))


def expected_error(table: pl.DataFrame) -> float:
    """Expected calibration error of a reliability table: mean |predicted - observed|, weighted by matches."""
    off = (table["predicted"] - table["observed"]).abs() * table["matches"]
    return float(off.sum()) / max(int(table["matches"].sum()), 1)
