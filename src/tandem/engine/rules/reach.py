"""Which limits can hold together, which contradict each other, and how far one can be met.

Limits a_k x <= b_k cannot hold together if prices mu >= 0 make the bound of the market without values negative:
max_x sum_k -mu_k a_k x + sum_k mu_k b_k < 0 (Farkas); the limits with a price are then the ones that contradict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rules.limits import Limit
from tandem.engine.rules.mend import Assignment, mended, tightened
from tandem.engine.rules.pricing import NOTHING, Found, Known, Priced, search

QUESTIONS = 60
SMALL, NEARLY = (
    20_000,
    1e-4,
)  # edges up to which what can be reached is looked for exactly; beyond, how nearly
VALUE_BITS = 30
RATIOS = 8  # rounds of Dinkelbach's method for the largest share


@dataclass(frozen=True)
class Solved:
    """An assignment under limits: whether it keeps them all, and the prices that bound it."""

    priced: Priced
    found: Found
    assignment: Assignment
    kept: bool

    def known(self) -> Known:
        """What this search tells others in the same market."""
        points = self.found.points
        value, use = tuple(point.value for point in points), tuple(point.use for point in points)
        return Known(value, use, self.found.best.multiplier)


def solve(market: Market, limits: Sequence[Limit], gap: float, known: Known = NOTHING) -> Solved:
    """The best assignment that was found under these limits, within `gap` where that can be reached."""
    priced = Priced(market, limits, gap / 4)
    found = search(priced, gap, QUESTIONS, known=known)
    enough = found.best.bound - int(gap / 2 * max(0, found.best.bound))
    assignment = mended(priced, found, enough)
    kept = all(u <= limit.most for u, limit in zip(assignment.use.tolist(), limits, strict=True))
    if kept and any(found.best.multiplier):
        found = tightened(priced, found, assignment, gap)
    return Solved(priced, found, assignment, kept)


def contradiction(market: Market, limits: Sequence[Limit]) -> tuple[int, ...]:
    """The numbers of limits that are proven not to hold together, none of which can be spared; () without a proof."""
    among = _proof(market, limits, range(len(limits)))
    for k in among:
        fewer = _proof(market, limits, [other for other in among if other != k]) if k in among else ()
        among = fewer or among
    return tuple(among)


def _proof(market: Market, limits: Sequence[Limit], among: Sequence[int]) -> Sequence[int]:
    """Those of `among` that have a price in a proof that they do not hold together."""
    if not among:
        return ()
    nothing = market.valued(np.zeros(market.edges, np.int64))
    best = search(Priced(nothing, [limits[k] for k in among], _gap(market)), 0.0, QUESTIONS, floor=0).best
    return [k for k, m in zip(among, best.multiplier, strict=True) if m] if best.bound < 0 else ()


def farthest(market: Market, limit: Limit, held: Sequence[Limit]) -> Ints | None:
    """The edges of an assignment that goes as far towards a limit as the limits held allow; None if none was found."""
    if limit.rule.bound.endswith("share"):
        return _share(market, limit, held)
    coarser = max(0, limit.largest.bit_length() - VALUE_BITS)  # costs may be finer than values can be
    return _extreme(market, -(limit.weights(np.arange(market.edges)) >> coarser), held)


def _share(market: Market, limit: Limit, held: Sequence[Limit]) -> Ints | None:
    """Dinkelbach's method: the pairs that gain most at the share reached so far reach a better one."""
    best: Ints | None = None
    sign = 1 if limit.rule.bound == "min_share" else -1
    at, reached = limit.rule.limit, None
    for _ in range(RATIOS):
        value = sign * (limit.inside * np.int64(at.denominator) - np.int64(at.numerator))
        edge = _extreme(market, value, held)
        if edge is None or not len(edge):
            break
        share = Fraction(limit.units(edge), len(edge))
        if reached is not None and sign * share <= sign * reached:
            break
        best, reached, at = edge, share, share
    return best


def _extreme(market: Market, value: Ints, held: Sequence[Limit]) -> Ints | None:
    """The assignment of largest total of these values that keeps the limits held."""
    solved = solve(market.valued(value), held, _gap(market))
    return solved.assignment.edge if solved.kept else None


def _gap(market: Market) -> float:
    """How exactly it is looked for what can be reached: whole numbers with many ties are slow to clear to the last."""
    return 0.0 if market.edges < SMALL else NEARLY
