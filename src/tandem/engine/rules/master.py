"""The lowest point of a few straight lines over a box: the small linear program behind the search for prices.

    minimise z over low <= mu <= high with z >= value_t + slope_t . mu for every line t

Solved by the simplex method on its dual (the Dantzig-Wolfe master), which starts from any one line:
    maximise sum_t value_t w_t - high.up + low.down with sum_t w_t = 1, sum_t slope_t w_t + up - down = 0
over w, up, down >= 0. It has one row for each rule and one more, so that dense algebra does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_TINY = 1e-9
_PATIENT = 50  # pivots by largest gain; from then on by first index, which cannot cycle


class Lowest(NamedTuple):
    """mu (K,) where the highest line is lowest, its height z, and the weight (T,) of each line that meets there."""

    mu: Floats
    z: float
    weight: Floats


def lowest(value: Floats, slope: Floats, low: Floats, high: Floats) -> Lowest:
    """value (T,), slope (T, K), box low <= high (K,); T >= 1. Numbers near 1 in size are expected."""
    T, K = slope.shape
    columns = np.zeros((K + 1, T + 2 * K))
    columns[0, :T], columns[1:, :T] = 1, slope.T
    columns[1:, T : T + K], columns[1:, T + K :] = np.eye(K), -np.eye(K)
    gain = np.concatenate([value, -high, low])
    basis = _first_basis(value, slope, low, high)
    dual = np.zeros(K + 1)
    for pivot in range(200 + 20 * (T + K)):
        square = columns[:, basis]
        dual = np.linalg.solve(square.T, gain[basis])
        entering = _entering(gain - dual @ columns, careful=pivot > _PATIENT)
        if entering < 0:
            break
        step = np.linalg.solve(square, columns[:, entering])
        level = np.maximum(np.linalg.solve(square, _unit(K + 1)), 0)
        leaving = _leaving(level, step, basis)
        if leaving < 0:
            break
        basis[leaving] = entering
    level = np.zeros(T + 2 * K)
    level[basis] = np.maximum(np.linalg.solve(columns[:, basis], _unit(K + 1)), 0)
    mu = np.clip(-dual[1:], low, high)
    return Lowest(mu, float((value + slope @ mu).max()), level[:T])


def _first_basis(value: Floats, slope: Floats, low: Floats, high: Floats) -> npt.NDArray[np.int64]:
    """The line that is highest at the lower corner, held up by the sides of the box."""
    T, K = slope.shape
    top = int(np.argmax(value + slope @ low))
    sides = np.where(slope[top] <= 0, np.arange(K), K + np.arange(K)) + T
    return np.concatenate([[top], sides]).astype(np.int64)


def _unit(n: int) -> Floats:
    one = np.zeros(n)
    one[0] = 1
    return one


def _entering(reduced: Floats, *, careful: bool) -> int:
    if careful:
        better = np.flatnonzero(reduced > _TINY)
        return int(better[0]) if len(better) else -1
    best = int(np.argmax(reduced))
    return best if reduced[best] > _TINY else -1


def _leaving(level: Floats, step: Floats, basis: npt.NDArray[np.int64]) -> int:
    falling = np.flatnonzero(step > _TINY)
    if not len(falling):
        return -1
    ratio = level[falling] / step[falling]
    tied = falling[ratio <= ratio.min() + 1e-12]
    return int(tied[np.argmin(basis[tied])])
