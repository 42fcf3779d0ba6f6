"""From scores to the probability that a match succeeds: learned where outcomes are known, by rank where not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.engine.search.postings import FloatArray
from tandem.engine.search.tokens import IntArray

BINS = 10

# Share of the organisations on a rank that had in truth delivered, untrained: the average of two sets (robotics papers
# 2018-19, 3,805 needs: 0.221 on rank 1, 0.012 on rank 10; SBIR awards 2019-21, 331 needs: 0.320 and 0.009). It says
# nothing about the user's own region: `tandem learn` puts experience in its place. The truth of both sets is
# incomplete, so the figures are too low rather than too high.
DEFAULT_RANKS = (1, 2, 3, 5, 10, 20, 50, 100)
DEFAULT_CHANCES = (0.27, 0.079, 0.042, 0.025, 0.012, 0.0063, 0.003, 0.0013)
_SHARPNESS = 4  # measured on robotics 2016-17: 1 and 8 are worse, in Brier score and in likelihood


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


def spread(every: FloatArray) -> float:
    """What `standing` measures against: sum of s^4 over all candidates of a need."""
    return float((every**_SHARPNESS).sum())


def standing(scores: FloatArray, against: float) -> FloatArray:
    """How clearly scores stand out among those of all candidates of the same need: s^4 / spread, 0..1.

    Increasing in the score within a need, and low for everybody where many are equally near.
    """
    return scores**_SHARPNESS / against if against > 0 else np.zeros_like(scores)


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
    last = (
        np.linspace(0, len(order) - 1, bins + 1).astype(np.int64)[1:] if len(order) else np.zeros(0, np.int64)
    )
    edges = np.unique(chances[order][last])
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
