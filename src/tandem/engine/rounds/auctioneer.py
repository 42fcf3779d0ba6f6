"""The side of an auction in rounds that keeps prices and accepted bids, and asks the parts (rounds.py).

An opening, whose cheap passes ask only how many needs want each offer (opening.py), then for every bid step eps:
  rounds    all active needs bid at the same prices, in their parts
  rest      the few that are still active bid one after the other here: their edges come here, and those of whom they
            push out, as needed
  filling   offers with idle places and a price lower it until somebody comes or it is 0 (the reverse step)
  proof     the dual bound, one pass over all parts
Where the gap is not good enough yet, once more with a smaller eps. Nothing depends on how the needs are parted.
Only prices (offers), accepted bids (places) and a few numbers for every need are kept here, no edges but the rest's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.clear import COARSEST, EPS_PER_GAP, FINER, Clearing, ClearSettings
from tandem.engine.clearing.loops import Edges
from tandem.engine.clearing.market import Ints
from tandem.engine.clearing.opening import BELOW, LEVEL, MOMENTUM, SHRINK, STEP, excess, level
from tandem.engine.rounds import rounds
from tandem.engine.rounds.rounds import Bids, Holding, Numbers, Rows

PASSES = 10  # of the opening; more than on one machine, because a bid costs more here
SAMPLE = 25_000  # needs of whose surpluses the common level of prices is read, as in opening.py
FEW = 0.02  # of the needs still active: from here on their edges come to this side
MOST_ROUNDS = 40  # after which the rest comes here however large it is
LARGEST = 2**61  # scaled values stay below this, so that sums of two fit in 64 bits
IDLE = 0.4  # of the wanted gap may stay as idle places at a price


class Ask(Protocol):
    """What puts a question of rounds.py to every part, and gives the answers in the order of the parts."""

    def __call__(
        self, question: Callable[..., Any], *shared: object, each: Sequence[tuple[object, ...]] = ()
    ) -> Any:
        """question(part, *shared, *each[k]) of the k-th part."""


@dataclass
class Tally:
    """How the rounds went: how often the parts were asked what, how many needs' edges came here."""

    asked: dict[str, int] = field(default_factory=dict)
    active: list[int] = field(default_factory=list)
    fetched: int = 0


def clear_in_rounds(
    ask: Ask, capacity: Ints, settings: ClearSettings = ClearSettings(), passes: int = PASSES
) -> tuple[Clearing, Tally]:
    """What clear.clear finds, asked of parts: within the wanted gap, deterministic, whatever the number of parts.

    ask       puts the questions; the parts together are the market
    capacity  (offers,) of every offer, >= 0
    """
    auction = _Auction(ask, capacity)
    auction.open(passes)
    most = settings.bids_per_need * max(1, auction.needs)
    for eps in auction.steps(settings.gap):
        active = auction.reopened(eps)
        for step in (auction.rounds, auction.rest):
            active = step(active, eps, most)
        if len(active) or not auction.fill(eps, settings.gap, most):
            return auction.result(settings.gap, "bids"), auction.tally
        found = auction.result(settings.gap, None)
        if found.certificate.gap <= settings.gap:
            return found, auction.tally
    return auction.result(settings.gap, "precision"), auction.tally


class _Auction:
    """Prices, accepted bids, and which needs are where."""

    def __init__(self, ask: Ask, capacity: Ints) -> None:
        self._ask, self.tally, self.bids = ask, Tally(), 0
        surveys = self.ask(rounds.survey)
        self.bounds = np.cumsum([0, *(one.needs for one in surveys)])
        self.before = np.cumsum([0, *(one.edges for one in surveys)])
        self.needs, self.several = int(self.bounds[-1]), any(one.several for one in surveys)
        self.degree: Ints = np.asarray(sum(one.degree for one in surveys))
        # one place more than can be wanted is never taken, so the price of an offer that is not scarce stays 0
        self.capacity = np.minimum(capacity, self.degree + 1)
        self.closed = capacity == 0
        largest = max((one.largest for one in surveys), default=0)
        places = sum(one.places for one in surveys)
        self.scale = 1 << min((2 * places).bit_length(), (LARGEST // max(1, largest)).bit_length() - 1)
        self.largest = largest * self.scale
        edges = max(1, int(self.before[-1]))
        total, squares = sum(one.total for one in surveys), sum(one.squares for one in surveys)
        self.mean = total / edges * self.scale
        self.spread = math.sqrt(edges * squares - total**2) / edges * self.scale
        self.loops = rounds.loops_for(int(self.before[-1]))
        self.places = rounds.scratch(self.capacity)
        self.places.price[self.capacity == 0] = self.largest  # no surplus may tempt a need there
        self.queued = np.zeros(self.needs, np.uint8)
        self.fresh = True

    def ask(
        self, question: Callable[..., Any], *shared: object, each: Sequence[tuple[object, ...]] = ()
    ) -> Any:
        name = question.__name__
        self.tally.asked[name] = self.tally.asked.get(name, 0) + 1
        return self._ask(question, *shared, each=each)

    def steps(self, gap: float) -> Iterator[int]:
        """Bid steps, as in clear.py."""
        eps = int(self.mean * gap * EPS_PER_GAP) if gap else self.largest // COARSEST
        while eps > 1:
            yield eps
            eps //= FINER
        yield 1

    def open(self, passes: int) -> None:
        """Prices as opening.py finds them, from the demand of all parts."""
        room, every = self.capacity > 0, self.needs // SAMPLE + 1
        scarce = room & (self.capacity < self.degree)
        price, speed = np.zeros(len(room)), np.zeros(len(room))
        for at in range(passes):
            each = [(int(begin),) for begin in self.bounds[:-1]]
            found = self.ask(rounds.demand, self.scale, self.places.price, every, each=each)
            wanted = np.asarray(sum(one.wanted for one in found), np.int32)
            left = np.concatenate([one.surpluses for one in found])
            speed = MOMENTUM * speed + STEP * SHRINK**at * self.spread * excess(wanted, self.capacity)
            lift = LEVEL * level(left, int(self.capacity.sum()) // every)
            price = np.where(scarce, np.maximum(0.0, price + speed + lift), 0.0)
            self.places.price[room] = price[room].astype(np.int64)
        below = np.maximum(0.0, price - BELOW * self.spread).astype(np.int64)
        self.places.price[room] = below[room]

    def reopened(self, eps: int) -> Numbers:
        """The needs that must bid: all at first; later those that would rather have something else by more than eps."""
        if self.fresh:
            self.fresh = False
            return np.arange(self.needs, dtype=np.int32)
        self.loops.level(self.places)
        found = self.ask(
            rounds.unsettled, self.scale, self.places.price, eps, each=[(one,) for one in self.holdings()]
        )
        active = self.joined(found)
        leaving = np.zeros(self.needs, np.uint8)
        leaving[active] = 1
        self.loops.leave(self.places, leaving)
        self.loops.level(self.places)
        return active

    def rounds(self, active: Numbers, eps: int, most: int) -> Numbers:
        """Rounds in the parts until few needs are active; returns them."""
        for _ in range(MOST_ROUNDS):
            if len(active) <= FEW * self.needs or self.bids > most:
                break
            self.bids += len(active)
            self.tally.active.append(len(active))
            asked = [(None if len(active) == self.needs else own, self.holding(own, k))
                     for k, own in enumerate(self.split(active))]  # fmt: skip
            answers = self.ask(rounds.bid, self.scale, self.places.price, eps, each=asked)
            active = self.merged(answers)
        return active

    def merged(self, answers: Sequence[Bids]) -> Numbers:
        """Every offer keeps its best bids; returns the needs that lost one."""
        lost = [self.joined([one.lost for one in answers])]
        for start, one in zip(self.bounds, answers, strict=False):
            out = np.empty(len(one.bid), np.int32)
            who = one.who + np.int32(start)
            count = self.loops.kept(self.places, who, np.repeat(one.offer, one.size), one.bid, out)
            lost.append(out[:count])
        return np.unique(np.concatenate(lost))

    def rest(self, active: Numbers, eps: int, most: int) -> Numbers:
        """The active needs bid one after the other here; returns who is left where that takes too many bids."""
        if self.bids > most:
            return active
        known = _Known(self.needs)
        out = np.empty(self.needs, np.int32)
        self.queued[active] = 1
        while len(active):
            missing = active[known.row[active] < 0]
            if len(missing):
                self.fetch(self.lowest(missing, known), known)
            waiting = []
            while len(active):
                self.bids += len(active)
                if self.bids > most:
                    return active
                lost = self.loops.bid_known(
                    known.edges(self.scale),
                    known.row,
                    known.held,
                    self.places,
                    np.int64(eps),
                    active,
                    out,
                    self.queued,
                )
                here = known.row[out[:lost]] >= 0
                waiting.append(out[:lost][~here])
                active = out[:lost][here]
            active = np.unique(np.concatenate(waiting))
        return active

    def lowest(self, missing: Numbers, known: _Known) -> Numbers:
        """These needs, and those that would be pushed out next anywhere: fewer questions, for some edges more."""
        full = (self.places.size == self.capacity) & (self.capacity > 0)
        lowest = self.places.who[self.places.base[:-1][full]]
        return np.union1d(missing, lowest[known.row[lowest] < 0])

    def fetch(self, needs: Numbers, known: _Known) -> None:
        """The edges of these needs (ascending) come here."""
        self.tally.fetched += len(needs)
        own = self.split(needs)
        for k, answer in enumerate(self.ask(rounds.rows, each=[(one,) for one in own])):
            edges, every = rounds.as_edges(answer, 1), np.arange(len(own[k]), dtype=np.int32)
            holding = self.holding(own[k], k)
            held = (
                np.zeros(len(answer.offer), np.uint8)
                if holding is None
                else self.loops.mark(edges, every, *holding)
            )
            known.add(own[k] + np.int32(self.bounds[k]), answer, held)

    def fill(self, eps: int, gap: float, most: int) -> bool:
        """The reverse step; False where it takes too many sales."""
        while True:
            free = self.capacity - self.places.size
            idle = np.flatnonzero((free > 0) & (self.places.price > 0)).astype(np.int32)
            price = self.places.price
            cost = float((free[idle] * price[idle].astype(np.float64)).sum())
            if cost <= IDLE * gap * float((self.capacity * price.astype(np.float64)).sum()):
                break
            if self.bids > most:
                return False
            each = [(one,) for one in self.holdings()]
            self.sold(
                self.ask(rounds.buy, self.scale, price, eps, idle, free[idle].astype(np.int32), each=each),
                idle,
                eps,
            )
        self.loops.level(self.places)
        return True

    def sold(self, answers: Sequence[Bids], idle: Numbers, eps: int) -> None:
        """Idle offers come down to their next best gain and sell to the best; a need takes the best of its chances."""
        free = np.zeros_like(self.capacity)
        free[idle] = (self.capacity - self.places.size)[idle]
        best = rounds.scratch(np.where(free > 0, free + 1, 0))
        leaves = np.full(self.needs, -1, np.int32)
        for start, one in zip(self.bounds, answers, strict=False):
            who, out = one.who + np.int32(start), np.empty(len(one.bid), np.int32)
            self.loops.kept(best, who, np.repeat(one.offer, one.size), one.bid, out)
            leaves[who] = one.leaves
        full = best.size > free  # more come than there is room for: the last of them says the price
        last = np.where(full, best.price, 0)  # the lowest gain of a full heap
        price = self.places.price
        price[idle] = np.minimum(price[idle], np.maximum(0, last[idle] - np.where(full[idle], eps, 0)))
        at = rounds.filled(best)
        offer = np.repeat(np.arange(len(free), dtype=np.int32), best.size)
        buys = ~(full[offer] & (at == best.base[offer]))
        need, offer, gain = best.who[at][buys], offer[buys], best.bid[at][buys] - price[offer[buys]]
        order = np.lexsort((offer, -gain, need))
        need, offer = need[order], offer[order]
        first = np.r_[True, need[1:] != need[:-1]] if len(need) else np.zeros(0, bool)
        need, offer = need[first], offer[first]
        self.loops.move(self.places, need, offer, leaves[need])
        self.bids += len(need)

    def result(self, wanted: float, reason: str | None) -> Clearing:
        """What was reached so far, with its proof."""
        found = self.ask(rounds.accepted, each=[(one,) for one in self.holdings()])
        edge = np.concatenate(
            [np.zeros(0, np.int64), *(one + at for at, (one, _) in zip(self.before, found, strict=False))]
        )
        price = self.places.price
        halves = self.ask(rounds.surplus, self.scale, price)
        whole = sum(one for one, _ in halves) + int((self.capacity * (price // self.scale)).sum())
        over = sum(one for _, one in halves) + int((self.capacity * (price % self.scale)).sum())
        certificate = Certificate(
            sum(value for _, value in found), whole + over // self.scale, wanted, reason
        )
        return Clearing(edge, self.published(), self.scale, certificate, self.bids)

    def published(self) -> Ints:
        """The prices; at offers without capacity, what their first place would be worth."""
        closed = self.closed & (self.places.price > 0)
        price = np.where(self.capacity > 0, self.places.price, 0)
        if closed.any():
            price[closed] = np.max(self.ask(rounds.asking, self.scale, self.places.price), axis=0)[closed]
        return price

    def holdings(self) -> list[Holding]:
        """What the needs of each part hold."""
        counts = np.zeros(self.needs, np.int32)
        offers = self.loops.by_need(self.places, counts)
        narrow = counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
        ends = np.cumsum([counts[a:b].sum() for a, b in zip(self.bounds[:-1], self.bounds[1:], strict=True)])
        return [
            Holding(narrow[a:b], own)
            for a, b, own in zip(self.bounds[:-1], self.bounds[1:], np.split(offers, ends[:-1]), strict=True)
        ]

    def holding(self, own: Numbers, k: int) -> Holding | None:
        """What some needs of part k hold; None where none can hold a place and still want another."""
        return self.held_by(own + np.int32(self.bounds[k])) if self.several else None

    def held_by(self, needs: Numbers) -> Holding:
        """What these needs hold."""
        place = np.full(self.needs, -1, np.int32)
        place[needs] = np.arange(len(needs), dtype=np.int32)
        at = rounds.filled(self.places)
        who = place[self.places.who[at]]
        offer = np.repeat(np.arange(len(self.capacity), dtype=np.int32), self.places.size)[who >= 0]
        who = who[who >= 0]
        return Holding(np.bincount(who, minlength=len(needs)), offer[np.argsort(who, kind="stable")])

    def split(self, needs: Numbers) -> list[Numbers]:
        """Ascending needs by part, numbered as there."""
        cuts = np.split(needs, np.searchsorted(needs, self.bounds[1:-1]))
        return [own - np.int32(start) for own, start in zip(cuts, self.bounds, strict=False)]

    def joined(self, found: Sequence[Numbers]) -> Numbers:
        """The reverse: the needs of all parts, numbered as here."""
        own = [one + np.int32(start) for one, start in zip(found, self.bounds, strict=False)]
        return np.concatenate([np.zeros(0, np.int32), *own])


class _Known:
    """The needs whose edges are here."""

    def __init__(self, needs: int) -> None:
        self.row = np.full(needs, -1, np.int32)
        self.rows = Rows(
            np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64)
        )
        self.held: npt.NDArray[np.uint8] = np.zeros(0, np.uint8)

    def add(self, needs: Numbers, rows: Rows, held: npt.NDArray[np.uint8]) -> None:
        """The edges of some more needs, and which of them are held."""
        self.row[needs] = len(self.rows.slots) + np.arange(len(needs), dtype=np.int32)
        self.held = np.concatenate([self.held, held])
        had = self.rows
        self.rows = Rows(
            np.concatenate([had.first, rows.first[1:] + had.first[-1]]),
            np.concatenate([had.offer, rows.offer]),
            np.concatenate([had.value, rows.value]),
            np.concatenate([had.slots, rows.slots]),
        )

    def edges(self, scale: int) -> Edges:
        """As the loops see them."""
        return rounds.as_edges(self.rows, scale)
