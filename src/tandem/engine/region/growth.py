"""How fast something grows and how sure that is: from its series, from a published growth figure, or assumed.

The rates follow r_t = mean + u_t, u_t = phi u_{t-1} + e_t, e ~ N(0, sd^2 (1 - phi^2)), so that sd is that of r.
What short series leave open stays open: the mean has an error, sd has degrees of freedom, and both widen the fan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from tandem.base.errors import Invalid

Floats = npt.NDArray[np.float64]
Basis = Literal["series", "published", "assumed"]

SD, PHI = 0.02, 0.5  # of annual growth where no series tells: assumptions, shown as such
LEAST = 2  # points of a series; one point has no growth
SHORT = 5  # points below which a series tells its mean but not its spread

# Chosen on 150 annual series of public data packages (50 each of GDP, shares, counts) and on simulated ones:
# weights halve about every three years; a longer memory lost more to changes of trend than it gained in precision.
_DECAY = 0.8
_DRIFT = 1.5  # on the mean's variance: means drift, and with 1 too few outcomes ten years on were held
_PHI_WEIGHT = 6.0  # rates that the prior PHI counts for
_OWN_WEIGHT = 5.0  # independent forecasts that "the errors are as the formula says" counts for
_FLOOR = 0.0025  # sd of growth below which a series is taken for rounded rather than certain
_PHI_RANGE = (-0.3, 0.9)
_OUTLIER = 16.0  # square of a standardised error beyond which it counts no further
_WIDEN = (
    0.25,
    9.0,
)  # squares of the least and the most factor by which own forecast errors change the spread
_HORIZON = 10
_MEMORY = 120  # rates looked back at, at most


@dataclass(frozen=True, slots=True)
class Growth:
    """Annual growth as shares (0.039 = 3.9 %), or annual change in the value's own unit where `additive`.

    mean, sd, phi  of r_t as the module says; sd > 0, -1 < phi < 1
    basis, n       'series' with n annual rates, 'published' (n = 1) or 'assumed' (n = 0)
    figures        ids of the figures it stands on
    mean_error     standard error of the mean; 0 where the mean is a premise
    freedom        degrees of freedom of sd and mean_error (Student's t); None where sd is a premise
    """

    mean: float
    sd: float
    phi: float
    basis: Basis
    n: int
    figures: tuple[str, ...] = ()
    additive: bool = False
    mean_error: float = 0.0
    freedom: float | None = None

    def at(self, mean: float) -> Growth:
        """The same ups and downs around another mean that is taken as given."""
        return replace(self, mean=mean, mean_error=0.0)


def stated(
    mean: float,
    *,
    basis: Basis = "published",
    sd: float = SD,
    phi: float = PHI,
    figures: tuple[str, ...] = (),
    additive: bool = False,
) -> Growth:
    """Growth as a publication prints it ('published') or as somebody supposes ('assumed'): the mean is a premise."""
    return Growth(mean, sd, phi, basis, int(basis == "published"), figures, additive)


def from_series(
    years: Sequence[int],
    values: Sequence[float],
    *,
    figures: tuple[str, ...] = (),
    additive: bool | None = None,
) -> Growth:
    """Growth of an annual series, recent years counting more, widened by how far its own past forecasts went wrong.

    years, values  ascending years (gaps allowed: k years between two points are one observation of a k-year mean)
    additive       annual differences instead of rates; None: where a value is 0 or less (rates mean nothing there)
    Returns        mean = sum w_i g_i with w_i ~ .8^age; phi of the residuals drawn towards .5 as by six more rates;
                   sd with n_eff - 1 degrees of freedom, n_eff = 1 / sum w_i^2;
                   mean_error^2 = 1.5 sd^2 V(phi, n) / n_eff. Rates are taken as logarithms and given back as shares.
                   With 2-4 points sd is at least the assumed 2 % (of differences: their mean size), with 2 degrees
                   of freedom.
    Raises         Invalid region.growth.years (not ascending, not as many as values, no number),
                   region.growth.short (under 2 points), region.growth.sign (rates asked of values <= 0)
    """
    when, levels = _checked(years, values)
    if additive is None:
        additive = bool((levels <= 0).any())
    elif not additive and bool((levels <= 0).any()):
        raise Invalid("region.growth.sign", value=float(levels.min()))
    steps = np.diff(when).astype(np.float64)
    changes = np.diff(levels if additive else np.log(levels)) / steps
    found = _short(changes, additive) if len(levels) < SHORT else _long(changes, steps, levels, additive)
    if not additive:
        found = _as_shares(found)
    return replace(found, figures=figures)


def _checked(years: Sequence[int], values: Sequence[float]) -> tuple[npt.NDArray[np.int64], Floats]:
    when, levels = np.asarray(years, np.int64), np.asarray(values, np.float64)
    if len(when) != len(levels) or bool((np.diff(when) <= 0).any()) or not bool(np.isfinite(levels).all()):
        raise Invalid("region.growth.years", years=len(when), values=len(levels))
    if len(levels) < LEAST:
        raise Invalid("region.growth.short", n=len(levels), least=LEAST)
    return when, levels


def _short(changes: Floats, additive: bool) -> Growth:
    least = float(np.abs(changes).mean()) if additive else SD
    sd = max(float(changes.std(ddof=1)) if len(changes) > 1 else 0.0, least, np.finfo(np.float64).tiny)
    error = sd * float(np.sqrt(_inflation(PHI, np.array([len(changes)]))[0] / len(changes)))
    return Growth(
        float(changes.mean()), sd, PHI, "series", len(changes), (), additive, error, freedom=float(LEAST)
    )


def _long(changes: Floats, steps: Floats, levels: Floats, additive: bool) -> Growth:
    changes, steps = changes[-_MEMORY:], steps[-_MEMORY:]
    floor = _FLOOR * (float(np.abs(levels).mean()) if additive else 1.0)
    weights = steps * _DECAY ** (steps.sum() - steps.cumsum())
    weights /= weights.sum()
    effective = float(1 / (weights**2).sum())
    mean = float(weights @ changes)
    phi = _phi(changes, steps)
    spread = float(weights @ ((changes - mean) ** 2 * steps / _inflation(phi, steps)))
    inflation = float(_inflation(phi, np.array([len(changes)]))[0])
    variance = max(spread / max(1 - inflation / effective, 0.2), floor**2)
    if bool((steps == 1).all()):
        variance *= _own_errors(changes, phi, floor)
    error = float(np.sqrt(variance * _DRIFT * inflation / effective))
    freedom = max(effective - 1, float(LEAST))
    return Growth(mean, float(np.sqrt(variance)), phi, "series", len(changes), (), additive, error, freedom)


def _as_shares(logs: Growth) -> Growth:
    """From logarithmic rates to shares: the median level after many years stays the same to second order."""
    mean = float(np.expm1(logs.mean + logs.sd**2 / 2))
    times = float(np.exp(logs.mean))
    return replace(logs, mean=mean, sd=logs.sd * times, mean_error=logs.mean_error * times)


def _phi(changes: Floats, steps: Floats) -> float:
    """Lag-one autocorrelation of neighbouring annual rates, with Kendall's correction, drawn towards PHI."""
    off = changes - changes.mean()
    annual = (steps[1:] == 1) & (steps[:-1] == 1)
    squares = float((off**2).sum())
    pairs = int(annual.sum())
    if pairs < 3 or squares == 0:
        return PHI
    n = pairs + 1
    raw = float((off[1:] * off[:-1])[annual].sum()) / squares
    raw = float(np.clip(raw + (1 + 3 * raw) / n, *_PHI_RANGE))
    return (n * raw + _PHI_WEIGHT * PHI) / (n + _PHI_WEIGHT)


def _inflation(phi: float, n: Floats | npt.NDArray[np.int64]) -> Floats:
    """n times the variance of the mean of n neighbouring AR(1) values of variance 1."""
    held = phi / (1 - phi) - phi * (1 - np.power(phi, n)) / (n * (1 - phi) ** 2)
    return np.asarray(1 + 2 * held, np.float64)


def summed(phi: float, years: int) -> Floats:
    """Variance of u_1 + .. + u_h for h = 1..years with u_0 = 0 and a standing variance of 1: (years,)."""
    powers = (1 - np.power(phi, np.arange(1, years + 1))) / (1 - phi)
    return np.asarray((1 - phi**2) * np.cumsum(powers**2), np.float64)


def _own_errors(changes: Floats, phi: float, floor: float) -> float:
    """The factor on the variance by which the series' own past forecasts erred more, or less, than the formula says.

    From each past origin (four rates or more) the same weighted mean forecasts up to ten years; squared errors over
    their predicted variance, each counting 1/h because forecasts of h years overlap, are averaged with 1 (prior).
    """
    n = len(changes)
    origins = np.arange(4, n)
    if not len(origins):
        return 1.0
    age = origins[:, None] - 1 - np.arange(n)[None, :]
    weights = np.where(age >= 0, _DECAY ** np.maximum(age, 0), 0.0)
    weights /= weights.sum(1, keepdims=True)
    means = weights @ changes
    effective = 1 / (weights**2).sum(1)
    inflation = _inflation(phi, origins)
    variance = np.maximum(weights @ changes**2 - means**2, 0) / np.maximum(1 - inflation / effective, 0.2)
    sums = np.concatenate([[0.0], changes.cumsum()])
    ahead = np.arange(1, min(_HORIZON, n - 4) + 1)
    ends = origins[:, None] + ahead[None, :]
    error = sums[np.minimum(ends, n)] - sums[origins][:, None] - ahead * means[:, None]
    told = summed(phi, len(ahead))[None, :] + ahead**2 * (inflation / effective)[:, None]
    told = told * (np.maximum(variance, floor**2) * _tail(np.maximum(effective - 1, LEAST)) ** 2)[:, None]
    counts = np.where(ends <= n, 1 / ahead, 0.0)
    square = np.minimum(error**2 / told, _OUTLIER)
    factor = (_OWN_WEIGHT + (counts * square).sum()) / (_OWN_WEIGHT + counts.sum())
    return float(np.clip(factor, *_WIDEN))


def _tail(freedom: Floats) -> Floats:
    """How much farther out the 90 % point of Student's t lies than the normal's (Cornish-Fisher, three terms)."""
    z = 1.2815515655446004
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return np.asarray((z + first / freedom + second / freedom**2 + third / freedom**3) / z, np.float64)
