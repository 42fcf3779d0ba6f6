"""Joint clearing: all needs and offers assigned together, as good as asked for, with prices and a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.compiled import LARGE, chosen
from tandem.engine.clearing.loops import EMPTY, Book, Edges
from tandem.engine.clearing.market import Ints, Market
from tandem.engine.clearing.opening import BELOW, opening_prices, spread

EPS_PER_GAP = 8  # a bid step of 8 % of the mean value certifies about 1 % (measured: bench/clearing.py)
FINER = 5  # by how much the bid step shrinks where a certificate is not good enough yet
COARSEST = (
    8  # no bid step is larger than this part of the largest value, and an exact clearing begins with it
)
KEPT = np.int64(2)  # bid steps by which an earlier place may be short of the best for its need
BID_BITS = 61  # for a bid and whose it is in one number of 64 bits


@dataclass(frozen=True, slots=True)
class ClearSettings:
    """gap is the wanted certified gap, a share of the bound: 0 asks for an optimum; bids_per_need bounds the work."""

    gap: float = 0.001
    bids_per_need: int = 2_000


@dataclass(frozen=True)
class Assignment:
    """Accepted edges and prices.

    edge   positions of the accepted edges in the market, ascending
    price  (offers,) shadow price of a place at each offer in 1/scale of a unit of value; 0 where places are left
    scale  a power of two
    """

    edge: Ints
    price: Ints
    scale: int

    def prices(self) -> npt.NDArray[np.float64]:
        """The prices in units of value: exact, because scale is a power of two."""
        return self.price / self.scale


@dataclass(frozen=True)
class Clearing(Assignment):
    """What clearing found, a proposal, with its proof and the number of bids that it took."""

    certificate: Certificate
    bids: int = 0


def clear(
    market: Market, settings: ClearSettings = ClearSettings(), start: Assignment | None = None
) -> Clearing:
    """The assignment of largest total value within the wanted gap, its prices and its certificate.

    start  edges and prices to begin from, such as those of a market that was a little different: what still holds is
           kept, and the certificate is as good as without
    Deterministic: the same input gives the same result; of equal bids the earlier need's stands.
    Where the gap is not reached, the certificate says why: "bids", it would take more bids than allowed, or
    "precision", values are so large that prices cannot be counted finely enough. The assignment is feasible and the
    bound holds in any case.
    """
    auction = _Auction(market, start)
    most = settings.bids_per_need * max(1, market.needs)
    if start is not None and auction.large:
        result = auction.kept(settings.gap, most)
        if result is not None:
            return result
    for eps in auction.steps(settings.gap):
        for step in (auction.run, auction.fill):
            if not step(eps, most):
                return auction.result(settings.gap, "bids")
            result = auction.result(settings.gap, None)
            if result.certificate.gap <= settings.gap:
                return result
    return auction.result(settings.gap, "precision")


class _Auction:
    """The state of one auction: see loops.py for the arrays and the invariant."""

    def __init__(self, market: Market, start: Assignment | None) -> None:
        self.market, self.bids, self.begun = market, 0, start is not None
        self.loops, self.large = chosen(market.edges), 0 < market.edges >= LARGE
        self.degree = degree = market.degree()
        # one place more than can be wanted is never taken, so the price of an offer that is not scarce stays 0
        self.capacity, self.scarce = np.minimum(market.capacity, degree + 1), market.capacity <= degree
        self.scale = np.int64(exact_scale(market))
        self.largest = int(market.value.max(initial=0)) * int(self.scale)
        self.several = bool((market.slots > 1).any())
        self.edges = Edges(market.first, market.offer, market.value, market.slots, self.scale)
        self.book = _empty_book(self.capacity, market, self.several, self.largest)
        if start is not None:
            self.begin_from(start)
        elif self.large:
            self.open_at(opening_prices(self.edges, self.capacity, self.scarce, self.loops))

    def open_at(self, price: Ints) -> None:
        """Takes over prices, except where places are left for every need that could want one, or there are none."""
        np.copyto(self.book.price, np.minimum(price, self.largest), where=self.scarce & (self.capacity > 0))

    def begin_from(self, start: Assignment) -> None:
        """Takes over prices and places."""
        self.open_at(rescaled(start, int(self.scale)))
        self.loops.occupy(self.edges, self.book, start.edge)

    def idle_share(self) -> float:
        """What the prices of idle places add to the bound, as a share of all places at their prices."""
        price = self.book.price // self.scale
        return float((self.book.free * price).sum() / max(1, (self.capacity * price).sum()))

    def kept(self, gap: float, most: int) -> Clearing | None:
        """The clearing that keeps what an earlier one assigned, if that is good enough; else opens again."""
        eps = next(self.steps(gap))
        # its own step may have been a little larger; what that allowed need not be mended
        if self.idle_share() <= gap and self.run(eps, min(most, self.market.needs), KEPT * eps):
            result = self.result(gap, None)
            if result.certificate.gap <= gap:
                return result
        self.open_again()
        return None

    def open_again(self) -> None:
        """Empties all places and lowers prices a little: where many places are idle, quicker than filling each."""
        below = int(BELOW * spread(self.market.value) * float(self.scale))
        price, self.begun = np.maximum(0, self.book.price - below), False
        self.book = _empty_book(self.capacity, self.market, self.several, self.largest)
        self.open_at(price)

    def steps(self, gap: float) -> Iterator[np.int64]:
        """Bid steps, from the first to the finest, at which every clearing is an optimum."""
        mean = float(self.market.value.mean()) * float(self.scale) if self.market.edges else 0.0
        coarsest = self.largest // COARSEST
        eps = min(int(mean * gap * EPS_PER_GAP), coarsest) if gap else coarsest
        while eps > 1:
            yield np.int64(eps)
            eps //= FINER
        yield np.int64(1)

    def run(self, eps: np.int64, most: int, kept: np.int64 | None = None) -> bool:
        """Bids until nobody wants to bid; False where that takes more than `most` bids.

        kept  what earlier places may be short of the best by, where that is not eps
        """
        active = self.opened(eps if kept is None else kept)
        self.book.queued[active] = 1
        bid = self.loops.bid_for_several if self.several else self.loops.bid_for_one
        losers = np.empty(self.market.needs, np.int32)
        while len(active):
            self.bids += len(active)
            if self.bids > most:
                return False
            lost = bid(self.edges, self.book, eps, active, losers)
            active = losers[:lost].copy()
        return True

    def opened(self, eps: np.int64) -> npt.NDArray[np.int32]:
        """The needs that must bid: all at first; later those whose invariant at the finer step does not hold."""
        if not self.begun:
            self.begun = True
            return np.flatnonzero(self.market.slots > 0).astype(np.int32)
        self.know_held()
        self.loops.settle(self.book)
        found = np.empty(self.market.needs, np.int32)
        active = found[: self.loops.reopen(self.edges, self.book, eps, found)].copy()
        self.loops.settle(self.book)
        return active

    def know_held(self) -> None:
        """From here on the book says which edges are held, even if no need holds two."""
        if not self.several:
            self.book = self.book._replace(
                held=np.zeros(self.market.edges, np.uint8), holds=np.zeros(self.market.needs, np.int32)
            )
            self.loops.mark_held(self.edges, self.book)

    def fill(self, eps: np.int64, most: int) -> bool:
        """The reverse step for offers with idle places and a price; False where it takes too long."""
        self.loops.settle(self.book)
        idle = np.flatnonzero((self.book.free > 0) & (self.book.price > 0)).astype(np.int32)
        if not len(idle):
            return True
        self.know_held()
        by_offer = self.loops.turned(self.edges, self.degree)
        sold = self.loops.lower(self.edges, self.book, by_offer, eps, idle, np.int64(most - self.bids))
        self.bids += max(0, sold)
        self.loops.settle(self.book)
        return bool(sold >= 0)

    def result(self, wanted: float, reason: str | None) -> Clearing:
        """What was reached so far, with its proof."""
        edge = self.accepted()
        certificate = Certificate(total(self.market.value[edge]), self.bound(), wanted, reason)
        return Clearing(edge, self.published(), int(self.scale), certificate, self.bids)

    def accepted(self) -> Ints:
        """The edges of all accepted bids, ascending."""
        if self.several:
            return np.flatnonzero(self.book.held)
        found = np.empty(self.market.needs, np.int64)
        self.loops.holdings(self.edges, self.book, found)
        return found[found >= 0]

    def bound(self) -> int:
        """The dual bound at the book's prices, rounded down to a whole unit of value."""
        whole, parts = self.loops.bound(self.edges, self.capacity, self.book.price)
        return int(whole) + int(parts) // int(self.scale)

    def published(self) -> Ints:
        """The prices; at offers without capacity, what their first place would be worth."""
        closed = (self.market.capacity == 0) & (self.book.price > 0)
        if not closed.any():
            return np.where(self.capacity > 0, self.book.price, 0)
        asking = self.book.price.copy()
        asking[closed] = 0
        return np.asarray(self.loops.worth_of_a_place(self.edges, self.capacity, self.book.price, asking))


def rescaled(start: Assignment, scale: int) -> Ints:
    """The prices of an assignment in 1/scale; both scales are powers of two."""
    finer = scale.bit_length() - start.scale.bit_length()
    return start.price << finer if finer > 0 else start.price >> -finer


def exact_scale(market: Market) -> int:
    """The parts of a unit of value in which prices are counted, a power of two.

    By the invariant every place that a need could hold costs the bound at most two bid steps. With more parts than
    twice the places, the bound of a bid step of one part, rounded down, is what was reached: an optimum.
    Fewer parts where numbers would outgrow 64 bits.
    """
    places = int(np.minimum(market.slots, np.diff(market.first)).sum())
    room = BID_BITS - market.needs.bit_length() - int(market.value.max(initial=0)).bit_length()
    return 1 << min((2 * places).bit_length(), room)


def total(values: npt.NDArray[np.int32] | Ints) -> int:
    """The sum of values up to 2^31; at most 2^31 of them, so 64 bits hold it."""
    return int(values.sum(dtype=np.int64))


def _empty_book(capacity: Ints, market: Market, several: bool, largest: int) -> Book:
    base = np.zeros(market.offers + 1, np.int64)
    np.cumsum(capacity, out=base[1:])
    return Book(
        price=np.where(capacity > 0, 0, largest),  # where there is no place, no surplus may tempt a need
        base=base,
        place=np.full(base[-1], EMPTY, np.int64),
        bits=np.int64(market.needs.bit_length()),
        free=capacity.copy(),
        holds=np.zeros(market.needs, np.int32),
        held=np.zeros(market.edges if several else 0, np.uint8),
        queued=np.zeros(market.needs, np.uint8),
    )
