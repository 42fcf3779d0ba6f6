"""The search for the prices of limits: Lagrangian relaxation, each question answered by a clearing.

For prices mu >= 0 the market with values v' = v - sum_k mu_k a_k and its dual bound D give an upper bound on every
clearing that keeps the limits a_k x <= b_k:   L(mu) = D(v') + sum_k mu_k b_k.   L is convex; its lowest point is
sought by cutting planes inside a box that moves and grows (Marsten, Hogan and Blankenship, "The boxstep method for
large-scale optimization", 1975): every assignment found is a straight line value + mu (b - use) below L.
With one limit this is bisection between two assignments, of which one keeps the limit and one does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.clear import BID_BITS, Clearing, ClearSettings, clear
from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rules.limits import Limit, exact_sum, uses
from tandem.engine.rules.master import Floats, lowest

FINE = 24  # values are scaled so that the largest takes so many bits: the resolution of prices
CAP = 2**8  # no price takes more than so many times the largest value from one edge
WORD = 61  # whole numbers stay below 2^61
BIDS = 200  # for each need and question; a bound holds even where a clearing stops there
WHOLE = 2**-8  # part of a unit of value to which an exact clearing is asked for
FIRST = 0.5  # how far the first step may go, in mean values
CLOSE = 0.05  # the search ends where the bound can fall by less than this part of the wanted gap
SERIOUS = 0.1  # a step is good that brings this part of what the lines promised
GROWTH, SHRINK = 2.0, 0.5


@dataclass(frozen=True)
class Point:
    """One answer: an assignment, and the bound that its prices prove.

    multiplier  whole numbers m_k: the price of limit k is m_k / (scale 2^shift_k)
    value, use  of the accepted edges, in the market's own values
    bound       an upper bound on the value of every assignment that keeps all limits, rounded down
    """

    multiplier: tuple[int, ...]
    edge: Ints
    value: int
    use: tuple[int, ...]
    bound: int
    clearing: Clearing


class Priced:
    """A market whose limits have prices."""

    def __init__(self, market: Market, limits: Sequence[Limit], gap: float) -> None:
        self.market, self.limits = market, tuple(limits)
        size = np.abs(market.value)
        largest = max(1, int(size.max(initial=0)))
        # values are whole: what is a small part of 1 need not be asked for
        places = max(1, int(np.minimum(market.slots, np.diff(market.first)).sum()))
        self.settings = ClearSettings(max(gap, WHOLE / (places * largest)), BIDS)
        self.mean = max(1.0, float(size.mean())) if market.edges else 1.0
        bits = BID_BITS - market.needs.bit_length() - 1
        self.scale = 1 << max(0, min(FINE, bits - CAP.bit_length()) - largest.bit_length())
        self.cap = min(CAP * largest * self.scale, 1 << bits)
        self.shift = tuple(
            min(limit.largest.bit_length() - 1, WORD - self.cap.bit_length()) for limit in self.limits
        )
        self.most = tuple(
            self.cap * (1 << s) // limit.largest for s, limit in zip(self.shift, self.limits, strict=True)
        )
        self.clearings = self.bids = 0

    def adjusted(self, multiplier: Sequence[int]) -> Ints:
        """v' of every edge in 1/scale of a unit of value, rounded up where it is not whole, which keeps every bound."""
        value = self.market.value.astype(np.int64) * self.scale
        for m, shift, limit in zip(multiplier, self.shift, self.limits, strict=True):
            if not m:
                continue
            if limit.cost is None:
                value -= np.where(limit.inside, (m * limit.inner) >> shift, (m * limit.outer) >> shift)
            else:
                value -= (limit.cost * m) >> shift
        return value

    def price(self, k: int, multiplier: int) -> Fraction:
        """The price of limit k in units of value."""
        return Fraction(multiplier, self.scale << self.shift[k])

    def ask(self, multiplier: Sequence[int]) -> Point:
        """The clearing at these prices, from the start: prices far apart make an earlier one a poor beginning."""
        value = np.maximum(self.adjusted(multiplier), 0)
        found = clear(self.market.valued(value), self.settings)
        self.clearings += 1
        self.bids += found.bids
        bound = Fraction(found.certificate.bound, self.scale)
        bound += sum(
            (
                self.price(k, m) * limit.most
                for k, (m, limit) in enumerate(zip(multiplier, self.limits, strict=True))
            ),
            Fraction(0),
        )
        own = worth(self.market, found.edge)
        return Point(
            tuple(multiplier), found.edge, own, tuple(uses(self.limits, found.edge)), int(bound // 1), found
        )


@dataclass(frozen=True)
class Found:
    """Where the search ended: every point in the order of asking, and the one with the lowest bound."""

    points: tuple[Point, ...]
    best: Point


@dataclass(frozen=True)
class Known:
    """What an earlier search in the same market tells this one: assignments (value, use), and prices to begin from."""

    value: tuple[int, ...] = ()
    use: tuple[tuple[int, ...], ...] = ()
    multiplier: tuple[int, ...] | None = None

    def without(self, k: int) -> Known:
        """The same for a search without limit k."""
        multiplier = None if self.multiplier is None else _without(self.multiplier, k)
        return Known(self.value, tuple(_without(use, k) for use in self.use), multiplier)


NOTHING = Known()


def search(
    priced: Priced, gap: float, questions: int, floor: int | None = None, known: Known = NOTHING
) -> Found:
    """The prices with the lowest bound, within a small part of `gap`, in at most so many questions.

    With a floor the search ends as soon as the bound is below it.
    """
    best = priced.ask(known.multiplier or (0,) * len(priced.limits))
    points, units = [best], Units(priced, best.bound)
    size = np.full(len(priced.limits), FIRST)
    while len(points) < questions and not _settled(priced, best, floor):
        centre = units.normal(best.multiplier)
        low, high = np.maximum(centre - size, 0), np.minimum(centre + size, units.most)
        value = [*known.value, *(point.value for point in points)]
        lines = units.lines(value, [*known.use, *(point.use for point in points)])
        mu, z, _ = lowest(*lines, low, high)
        promised = -z * units.height - (points[0].bound - best.bound)
        multiplier = units.whole(_between(units, points, mu))
        if promised <= CLOSE * gap * best.bound or any(multiplier == point.multiplier for point in points):
            break
        point = priced.ask(multiplier)
        points.append(point)
        if best.bound - point.bound >= SERIOUS * promised:
            size = np.where((mu >= high) | ((mu <= low) & (low > 0)), size * GROWTH, size)
            best = point
        elif point.bound > best.bound:
            size = size * SHRINK
    return Found(tuple(points), best)


def _without(numbers: tuple[int, ...], k: int) -> tuple[int, ...]:
    return (*numbers[:k], *numbers[k + 1 :])


def _between(units: Units, points: Sequence[Point], mu: Floats) -> Floats:
    """For one limit, the price at which its use should be right, going by the two nearest (regula falsi); else mu."""
    _, slope = units.lines([point.value for point in points], [point.use for point in points])
    short, long = np.flatnonzero(slope[:, 0] < 0), np.flatnonzero(slope[:, 0] > 0)
    if len(mu) > 1 or not len(short) or not len(long):
        return mu
    at = np.array([units.normal(point.multiplier)[0] for point in points])
    a, b = short[np.argmax(at[short])], long[np.argmin(at[long])]
    part = slope[a, 0] / (slope[a, 0] - slope[b, 0])
    return np.array([at[a] + (at[b] - at[a]) * min(max(part, 0.1), 0.9)])


class Units:
    """Prices and lines in numbers near 1: a price of 1 takes the mean value from an edge of typical weight.

    Lines are counted from `base`, in numbers of `height`.
    """

    def __init__(self, priced: Priced, base: int, height: float | None = None) -> None:
        self.base, self.height = base, height or float(max(1, base))
        typical = [_typical(limit) for limit in priced.limits]
        self.unit = np.array(
            [priced.mean * priced.scale * 2.0**s / t for s, t in zip(priced.shift, typical, strict=True)]
        )
        self.worth = np.array([priced.mean / t for t in typical]) / self.height
        self.limit = np.array([limit.most for limit in priced.limits], np.int64)
        self.top = priced.most
        self.most = np.array([float(m) for m in priced.most]) / self.unit

    def normal(self, multiplier: Sequence[int]) -> Floats:
        """Whole multipliers as numbers near 1."""
        near: Floats = np.array([float(m) for m in multiplier]) / self.unit
        return near

    def whole(self, mu: Floats) -> tuple[int, ...]:
        """Numbers near 1 as whole multipliers."""
        return tuple(
            min(top, max(0, round(one * unit)))
            for one, unit, top in zip(mu, self.unit, self.top, strict=True)
        )

    def lines(self, value: npt.ArrayLike, use: npt.ArrayLike) -> tuple[Floats, Floats]:
        """The lines of assignments by value (T,) and use (T, K): where they start (T,), how they rise (T, K)."""
        start = (np.asarray(value, np.int64) - self.base) / self.height
        slack: Floats = (self.limit - np.asarray(use, np.int64)) * self.worth
        return start, slack


def worth(market: Market, edge: Ints) -> int:
    """The total value of these edges."""
    return int(market.value[edge].sum(dtype=np.int64)) if len(edge) else 0


def _settled(priced: Priced, best: Point, floor: int | None) -> bool:
    """Whether no limit needs a price, or the bound is low enough already."""
    free = not any(best.multiplier)
    kept = all(u <= limit.most for u, limit in zip(best.use, priced.limits, strict=True))
    return (free and kept) or (floor is not None and best.bound < floor)


def _typical(limit: Limit) -> float:
    """The mean size of a weight that is not 0."""
    if limit.cost is not None:
        charged = int(np.count_nonzero(limit.cost))
        return max(1.0, exact_sum(limit.cost) / max(1, charged))
    return float(max(abs(limit.inner), abs(limit.outer)))
