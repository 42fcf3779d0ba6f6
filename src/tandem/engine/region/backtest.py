"""Rolling-origin back-test: how often the 80 % band, made from what was known then, held what came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tandem.base.errors import Invalid
from tandem.engine.region import fan as fans
from tandem.engine.region.growth import from_series

PATHS = 4_000
HORIZON = 10
LEAST = 6  # points before the first origin


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of n outcomes, `covered` lay between P10 and P90.

    low, high   95 % interval of the share (Wilson) that counts one trial for each origin, because forecasts from one
                origin, and over overlapping years, are far from independent
    by_horizon  (years ahead, outcomes, covered), for the years ahead that had any
    """

    n: int
    covered: int
    share: float
    low: float
    high: float
    origins: int
    by_horizon: tuple[tuple[int, int, int], ...]


def backtest(
    years: Sequence[int],
    values: Sequence[float],
    *,
    horizon: int = HORIZON,
    least: int = LEAST,
    additive: bool | None = None,
    paths: int = PATHS,
    seed: int = fans.SEED,
    bounds: fans.Bounds = fans.ANYTHING,
) -> Coverage:
    """Coverage of one annual series: from every origin with `least` points or more, 1..horizon years ahead.

    Growth is estimated from the points up to the origin alone; years without a value have no outcome.
    Raises  Invalid region.backtest.short where no origin has an outcome, and what from_series raises
    """
    count = len(values)
    if count <= least or horizon < 1:
        raise Invalid("region.backtest.short", n=count, least=least + 1)
    draws = fans.draw(horizon, paths, seed)
    levels = np.asarray(values, np.float64)
    tried, held = np.zeros(horizon, np.int64), np.zeros(horizon, np.int64)
    origins = 0
    for origin in range(least, count):
        ahead = [int(year) - int(years[origin - 1]) for year in years[origin:]]
        ahead = [far for far in ahead if far <= horizon]
        if not ahead:
            continue
        origins += 1
        growth = from_series(years[:origin], levels[:origin].tolist(), additive=additive)
        off = fans.deviations(growth, draws, ahead[-1])
        band = fans.percentiles(fans.levels(float(levels[origin - 1]), growth, off, bounds))
        rows = np.asarray(ahead) - 1
        came = levels[origin : origin + len(ahead)]
        tried[rows] += 1
        held[rows] += (came >= band[1][rows]) & (came <= band[3][rows])
    if not origins:
        raise Invalid("region.backtest.short", n=count, least=least + 1)
    return _coverage(tried.tolist(), held.tolist(), origins)


def pooled(coverages: Iterable[Coverage]) -> Coverage:
    """Several series taken together, every outcome counting once."""
    tried: dict[int, int] = {}
    held: dict[int, int] = {}
    origins = 0
    for one in coverages:
        origins += one.origins
        for far, outcomes, covered in one.by_horizon:
            tried[far] = tried.get(far, 0) + outcomes
            held[far] = held.get(far, 0) + covered
    longest = max(tried, default=0)
    if not origins:
        raise Invalid("region.backtest.short", n=0, least=1)
    return _coverage(
        [tried.get(far + 1, 0) for far in range(longest)],
        [held.get(far + 1, 0) for far in range(longest)],
        origins,
    )


def _coverage(tried: Sequence[int], held: Sequence[int], origins: int) -> Coverage:
    n, covered = sum(tried), sum(held)
    low, high = _wilson(covered / n, origins)
    by_horizon = tuple(
        (far + 1, outcomes, within)
        for far, (outcomes, within) in enumerate(zip(tried, held, strict=True))
        if outcomes
    )
    return Coverage(n, covered, covered / n, low, high, origins, by_horizon)


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share seen in n independent trials (1927)."""
    z2 = 1.959963984540054**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = float(np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2)))) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
