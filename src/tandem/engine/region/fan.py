"""What growth with its ups and downs may lead to: simulated paths, their bands, and how often a target is reached."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tandem.base.errors import Invalid
from tandem.engine.region.growth import Growth

Floats = npt.NDArray[np.float64]
Direction = Literal["up", "down"]
Bounds = tuple[float, float]

PATHS = 100_000
SEED = 20_260  # any other gives the same probabilities within their errors
ANYTHING: Bounds = (-np.inf, np.inf)
SHARE: Bounds = (0.0, 1.0)
_PERCENTS = (5, 10, 50, 90, 95)
_LEAST_FACTOR = 0.01  # a level never falls by more than 99 % in a year, so that it keeps its sign
_STEPS = 2  # of Newton's method; a third changes means by less than 1e-9 where sd is up to 10 %


@dataclass(frozen=True, slots=True)
class Fan:
    """Levels that 5, 10, 50, 90 and 95 % of the paths stay under, each year; the first year is the base."""

    years: tuple[int, ...]
    p5: tuple[float, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    p95: tuple[float, ...]
    growth: Growth
    paths: int
    seed: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The share of paths at or beyond the target, its Monte-Carlo error sqrt(p (1 - p) / N), and their levels."""

    probability: float
    error: float
    level_p5: float
    level_p50: float
    level_p95: float


@dataclass(frozen=True)
class Draws:
    """Standard normal numbers that every fan of a run shares, so that fans differ only by what they assume.

    shocks  (years, paths): e_t of each year; mean (paths,): how the mean errs; spread (paths,): how sd errs
    """

    shocks: Floats
    mean: Floats
    spread: Floats
    seed: int

    @property
    def paths(self) -> int:
        """How many paths there are."""
        return int(self.shocks.shape[1])


def draw(years: int, paths: int = PATHS, seed: int = SEED) -> Draws:
    """The numbers for so many years and paths; fewer years from the same seed are the first of these."""
    if years < 1 or paths < 1:
        raise Invalid("region.fan.size", years=years, paths=paths)
    chance = np.random.default_rng(seed)
    return Draws(
        mean=chance.standard_normal(paths),
        spread=chance.standard_normal(paths),
        shocks=chance.standard_normal((years, paths)),
        seed=seed,
    )


def deviations(growth: Growth, draws: Draws, years: int) -> Floats:
    """How far each year's growth lies from the mean on each path, (years, paths): u_t, and the error of the mean."""
    return swings(growth, draws, years) + mean_errors(growth, draws)


def swings(growth: Growth, draws: Draws, years: int) -> Floats:
    """u_t of each year and path, (years, paths), from u_0 = 0.

    Where sd is estimated with f degrees of freedom, every path has its own sd x sqrt(f / chi2_f), so that the paths
    together follow Student's t.
    """
    keep, fresh = growth.phi, growth.sd * float(np.sqrt(1 - growth.phi**2))
    made = draws.shocks[:years] * (fresh * _own_spread(growth, draws))
    for year in range(1, years):
        made[year] += keep * made[year - 1]
    return made


def mean_errors(growth: Growth, draws: Draws) -> Floats:
    """How far the mean itself may be off on each path, (paths,); 0 where it is taken as given."""
    return growth.mean_error * _own_spread(growth, draws) * draws.mean


def _own_spread(growth: Growth, draws: Draws) -> Floats | float:
    """sqrt(f / chi2_f) of each path, chi2 by Wilson and Hilferty's cube (1931); 1 where sd is taken as given."""
    if growth.freedom is None:
        return 1.0
    ninth = 2 / (9 * growth.freedom)
    return np.asarray(np.maximum(1 - ninth + np.sqrt(ninth) * draws.spread, 0.2) ** -1.5)


def levels(x0: float, growth: Growth, off: Floats, bounds: Bounds = ANYTHING) -> Floats:
    """Levels of every year and path, (years, paths): x0 prod (1 + r_t), or x0 + sum r_t where growth is additive."""
    if growth.additive:
        made = x0 + np.cumsum(off + growth.mean, axis=0)
    else:
        made = off + (1 + growth.mean)
        np.maximum(made, _LEAST_FACTOR, out=made)
        made[0] *= x0
        for year in range(1, len(made)):
            made[year] *= made[year - 1]
    return made if bounds == ANYTHING else np.asarray(np.clip(made, *bounds))


def final(x0: float, growth: Growth, off: Floats, bounds: Bounds = ANYTHING) -> Floats:
    """Levels of the last year alone, (paths,)."""
    if growth.additive:
        made = x0 + off.sum(0) + growth.mean * len(off)
    else:
        factors = off + (1 + growth.mean)
        made = x0 * np.multiply.reduce(np.maximum(factors, _LEAST_FACTOR, out=factors), axis=0)
    return made if bounds == ANYTHING else np.asarray(np.clip(made, *bounds))


def fan(
    x0: float,
    growth: Growth,
    years: Sequence[int],
    paths: int = PATHS,
    seed: int = SEED,
    *,
    draws: Draws | None = None,
    bounds: Bounds = ANYTHING,
) -> Fan:
    """The fan of x0 from years[0], its year, over the later years given (ascending).

    x0      any unit, > 0 where growth is not additive; draws: shared ones in place of paths and seed
    bounds  what levels cannot leave (a share: 0..1)
    Raises  Invalid region.fan.years (fewer than two, or not ascending), region.fan.size
    """
    span = _span(years)
    draws = draws or draw(span, paths, seed)
    made = levels(x0, growth, deviations(growth, draws, span), bounds)
    return of_levels(x0, growth, years, made, draws.seed)


def of_levels(x0: float, growth: Growth, years: Sequence[int], made: Floats, seed: int) -> Fan:
    """The fan of paths that are already there: made (years after the base, paths)."""
    rows = [year - years[0] - 1 for year in years[1:]]
    bands = percentiles(made if len(rows) == len(made) else made[rows])
    p5, p10, p50, p90, p95 = ((float(x0), *(float(level) for level in band)) for band in bands)
    when = tuple(int(year) for year in years)
    return Fan(when, p5, p10, p50, p90, p95, growth, made.shape[1], seed)


def percentiles(made: Floats) -> Floats:
    """The levels that 5, 10, 50, 90 and 95 % of the last axis stay under, (5, ...); the nearest path's own level."""
    count = made.shape[-1]
    places = [round(percent / 100 * (count - 1)) for percent in _PERCENTS]
    ranked = np.sort(made, axis=-1)  # several times faster than partitioning at five places
    return np.stack([ranked[..., place] for place in places])


def reach(last: Floats, target: float, direction: Direction = "up") -> Reach:
    """How often levels of the target year (paths,) are at or over the target; at or under it where it is 'down'."""
    hit = last >= target if direction == "up" else last <= target
    probability = float(np.count_nonzero(hit) / len(last))
    error = float(np.sqrt(probability * (1 - probability) / len(last)))
    low, _, middle, _, high = (float(level) for level in percentiles(last))
    return Reach(probability, error, low, middle, high)


def reached(
    x0: float,
    growth: Growth,
    target: float,
    years: int,
    direction: Direction = "up",
    *,
    paths: int = PATHS,
    seed: int = SEED,
    bounds: Bounds = ANYTHING,
) -> Reach:
    """The probability that x0 gets to the target within so many years (>= 1), judged in the last of them."""
    off = deviations(growth, draw(years, paths, seed), years)
    return reach(final(x0, growth, off, bounds), target, direction)


def mean_for(
    x0: float,
    growth: Growth,
    off: Floats,
    target: float,
    shares: Sequence[float],
    direction: Direction = "up",
) -> tuple[float, ...]:
    """The mean growth that would let each of these shares of the paths reach the target in the last year.

    Every path has one mean with which it arrives exactly (Newton's method on the logarithm of its level); the mean
    for a share is that share's quantile of them. off (years, paths) as `swings` gives them;
    x0 and target of one sign where growth is not additive.
    """
    years = len(off)
    if growth.additive:
        exact = (target - x0 - off.sum(0)) / years
    else:
        aim = np.log(target / x0)
        exact = np.expm1(aim / years) - np.add.reduce(off, axis=0) / years
        for _ in range(_STEPS):
            factors = off + (1 + exact)
            np.maximum(factors, _LEAST_FACTOR, out=factors)
            short = aim - np.log(np.multiply.reduce(factors, axis=0))
            exact += short / np.add.reduce(np.reciprocal(factors, out=factors), axis=0)
    wanted = shares if direction == "up" else [1 - share for share in shares]
    ranked = np.sort(exact)
    return tuple(float(ranked[round(share * (len(ranked) - 1))]) for share in wanted)


def _span(years: Sequence[int]) -> int:
    if len(years) < 2 or any(after <= before for before, after in itertools.pairwise(years)):
        raise Invalid("region.fan.years", years=len(years))
    return int(years[-1] - years[0])
