"""From assignments that nearly keep the limits to one that keeps them exactly, at little loss of value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.market import Ints
from tandem.engine.rules import moves, trails
from tandem.engine.rules.limits import uses
from tandem.engine.rules.master import Floats, lowest
from tandem.engine.rules.pricing import Found, Point, Priced, Units, worth

STARTS = 4  # how many of the points found are tried as a start
TOWARDS = 6  # how many others each is led towards
NEIGHBOURS, LINES = 3, 200  # points and trails from which the last prices are read
LOW = 1e-4  # of equally good prices the lower one is chosen
ALLOWED = 0.1  # part of the gap that is given up for better prices
ROUNDS = 60  # rounds of local moves
_CHOSEN = 4096  # trails weighed together

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Assignment:
    """Accepted edges, ascending; what they are worth; what they use of each limit (K,)."""

    edge: Ints
    value: int
    use: Ints


class Mender:
    """What mending needs to know of a market with limits and prices."""

    def __init__(self, priced: Priced, point: Point) -> None:
        self.market, self.limits = priced.market, priced.limits
        self.need = priced.market.need()
        self.most = np.array([limit.most for limit in priced.limits], np.int64)
        self.price = np.array([float(priced.price(k, m)) for k, m in enumerate(point.multiplier)])
        # how much a unit of excess counts: excesses of different limits in comparable numbers
        self.weight = np.array([1 / max(1.0, float(limit.largest)) for limit in priced.limits])

    def made(self, edge: Ints) -> Assignment:
        """The assignment of these edges."""
        return Assignment(edge, worth(self.market, edge), np.array(uses(self.limits, edge), np.int64))

    def excess(self, use: Ints) -> Floats:
        """By how much limits are broken, (..., K) -> (...)."""
        over: Floats = np.maximum(use - self.most, 0) @ self.weight
        return over

    def loss(self, gain: Ints, use: Ints, broken: Bools) -> Floats:
        """What changes cost: value, and use of the limits that are kept, at their prices."""
        cost: Floats = (use * np.where(broken, 0.0, self.price)).sum(axis=1) - gain
        return cost

    def towards(self, one: Assignment, other: Ints) -> Assignment:
        """Follows the cheapest trails towards another assignment until the limits are kept, then all that pay."""
        way = trails.between(self.market, self.limits, self.need, one.edge, other)
        if not len(way.gain):
            return one
        chosen = self.keeping(way, one.use)
        chosen = self.paying(way, one.use + way.use[chosen].sum(axis=0), chosen)
        return self.made(way.following(chosen, one.edge)) if chosen.any() else one

    def keeping(self, way: trails.Trails, use: Ints) -> Bools:
        """Which trails (T,) bring the excess down, cheapest first."""
        chosen = np.zeros(len(way.gain), np.bool_)
        while (excess := float(self.excess(use))) > 0:
            less = excess - self.excess(use + way.use)
            open_ = np.flatnonzero(~chosen & (less > 1e-12))
            if not len(open_):
                break
            loss = self.loss(way.gain[open_], way.use[open_], use > self.most)
            order = open_[np.argsort(loss / less[open_], kind="stable")][:_CHOSEN]
            after = self.excess(use + np.cumsum(way.use[order], axis=0))
            order = order[: int(np.argmin(after)) + 1]
            chosen[order] = True
            use = use + way.use[order].sum(axis=0)
        return chosen

    def paying(self, way: trails.Trails, use: Ints, chosen: Bools) -> Bools:
        """`chosen`, with every trail followed or left that adds value and keeps the limits as well as now."""
        chosen = chosen.copy()
        room = np.maximum(self.most, use)
        for _ in range(_CHOSEN):
            sign = np.where(chosen, -1, 1)
            gain, change = way.gain * sign, way.use * sign[:, None]
            good = np.flatnonzero((gain > 0) & (use + change <= room).all(axis=1))
            if not len(good):
                break
            order = good[np.argsort(-gain[good], kind="stable")]
            fits = (use + np.cumsum(change[order], axis=0) <= room).all(axis=1)
            order = order[: len(order) if fits.all() else int(np.argmin(fits))]
            chosen[order] = ~chosen[order]
            use = use + change[order].sum(axis=0)
        return chosen

    def kept(self, one: Assignment) -> bool:
        """Whether all limits are kept."""
        return bool((one.use <= self.most).all())

    def rank(self, one: Assignment) -> tuple[float, int]:
        """Higher is better: first the limits, then the value."""
        return -float(self.excess(one.use)), one.value

    def moved(self, one: Assignment) -> Assignment:
        """Local moves: first those that bring the excess down, cheapest first, then those that add value."""
        for _ in range(ROUNDS):
            found = self.made(moves.round_of(self, one.edge, one.use))
            if self.rank(found) <= self.rank(one):
                break
            one = found
        return one


def mended(priced: Priced, found: Found, enough: int) -> Assignment:
    """The best assignment found, whose `use` says whether it keeps the limits; one worth `enough` is good enough."""
    mender = Mender(priced, found.best)
    ranked = _ranked(mender, found)
    led: list[Assignment] = []
    for start in ranked[:STARTS]:
        one = mender.made(start.edge)
        for other in [point for point in ranked if point is not start][:TOWARDS]:
            if mender.kept(one) and one.value >= enough:
                return one
            one = mender.towards(one, other.edge)
        led.append(one)
    led.sort(key=mender.rank, reverse=True)
    best = mender.moved(led[0])
    for one in led[1:]:
        if mender.kept(best):
            break
        best = max(best, mender.moved(one), key=mender.rank)
    return best


def tightened(priced: Priced, found: Found, one: Assignment, gap: float) -> Found:
    """The prices read off an assignment that keeps the limits: every trail from it towards another is a line too.

    An assignment and its trails are exact where a clearing's bound is not, so that prices meet where they should.
    Taken where the bound is as good, within a small part of the gap.
    """
    mender = Mender(priced, found.best)
    value, use = [np.array([one.value])], [one.use[None, :]]
    for point in _ranked(mender, found)[:NEIGHBOURS]:
        way = trails.between(mender.market, mender.limits, mender.need, one.edge, point.edge)
        order = np.argsort(mender.loss(way.gain, way.use, np.zeros(len(one.use), np.bool_)), kind="stable")[
            :LINES
        ]
        value += [one.value + way.gain[order], np.array([point.value])]
        use += [one.use + way.use[order], np.array([point.use])]
    units = Units(priced, one.value, priced.mean)
    start, slope = units.lines(np.concatenate(value), np.concatenate(use))
    mu = lowest(start, slope + LOW, np.zeros(len(one.use)), units.most).mu
    point = priced.ask(units.whole(mu))
    as_good = point.bound - found.best.bound <= ALLOWED * gap * max(1, found.best.bound)
    return Found((*found.points, point), point if as_good else found.best)


def _ranked(mender: Mender, found: Found) -> Sequence[Point]:
    """Points that may be a good start: worth most once their excess is paid for at the best prices."""
    slack = [mender.most - np.array(point.use, np.int64) for point in found.points]
    worth_ = [
        point.value + float((mender.price * np.minimum(s, 0)).sum())
        for point, s in zip(found.points, slack, strict=True)
    ]
    return [found.points[i] for i in sorted(range(len(worth_)), key=lambda i: -worth_[i])]
