"""Auction rounds over parts of a market: what is asked of one part of the needs, and what it answers.

The needs are parted in ranges; every part is a Market with all offers and its own needs, numbered from 0. Prices come
in with every question, and only counts, the best bids and a few edges go out: never more bids for an offer than it has
places. The other side, which keeps the prices and the accepted bids, is in auctioneer.py.
Functions of the market and the question alone: a part that was lost can be made again and asked again.
"""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.compiled import chosen
from tandem.engine.clearing.loops import Edges
from tandem.engine.clearing.market import Ints, Market, Values
from tandem.engine.rounds import round_loops
from tandem.engine.rounds.round_loops import Places

Numbers = npt.NDArray[np.int32]
_NONE = np.zeros(0, np.uint8)


class Survey(NamedTuple):
    """What a part is like: degree (offers,) edges of each offer; places that its needs can hold.

    Of the values the largest, their sum, and the sum of their squares.
    """

    needs: int
    edges: int
    several: bool
    degree: Ints
    largest: int
    places: int
    total: int
    squares: int


class Demand(NamedTuple):
    """How many needs want each offer (offers,), and the surpluses of every so-many-th need, those above 0."""

    wanted: Numbers
    surpluses: Ints


class Holding(NamedTuple):
    """What needs hold, in their order: the first has the first counts[0] of `offers`, and so on."""

    counts: npt.NDArray[np.integer]
    offers: Numbers


class Bids(NamedTuple):
    """The best bids for some offers, one offer after the other: size[k] of them for offer[k].

    lost    needs of which a bid was left out, as there are enough better ones in the same part
    leaves  (answers to `buy`) which offer the need of each bid would leave, -1 where it has a place left
    """

    offer: Numbers
    size: Numbers
    bid: Ints
    who: Numbers
    lost: Numbers
    leaves: Numbers


class Rows(NamedTuple):
    """Edges of some needs, in their order, as in Market."""

    first: Ints
    offer: Numbers
    value: Values
    slots: Ints


def loops_for(edges: int) -> SimpleNamespace:
    """The functions of the auction's loops and of those of rounds, by name, for so many edges."""
    return chosen(edges, round_loops)


def parts(market: Market, count: int) -> list[Market]:
    """The market in `count` parts of about equally many edges; fewer where there are fewer needs."""
    cuts = np.searchsorted(market.first, np.linspace(0, market.edges, count + 1)[1:-1])
    bounds = [0, *sorted({int(cut) for cut in cuts} - {0, market.needs}), market.needs]
    return [part(market, start, stop) for start, stop in pairwise(bounds)]


def part(market: Market, start: int, stop: int) -> Market:
    """The needs from start to before stop, with all offers."""
    edges = slice(market.first[start], market.first[stop])
    first = market.first[start : stop + 1] - market.first[start]
    return Market(first, market.offer[edges], market.value[edges], market.slots[start:stop], market.capacity)


def survey(market: Market) -> Survey:
    """What has to be known of a part before the first round."""
    loops = loops_for(market.edges)
    degree, *numbers = loops.survey(as_edges(market, 1), market.offers)
    largest, places, total, squares, rest = map(int, numbers)
    several = bool((market.slots > 1).any())
    return Survey(market.needs, market.edges, several, degree, largest, places, total, (squares << 31) + rest)


def demand(market: Market, scale: int, price: Ints, every: int, begin: int) -> Demand:
    """What the needs would take at these prices; begin is the number of the part's first need among all."""
    wanted = np.zeros(market.offers, np.int32)
    surpluses = np.empty(
        int(np.minimum(market.slots, np.diff(market.first))[-begin % every :: every].sum()), np.int64
    )
    loops, edges = loops_for(market.edges), as_edges(market, scale)
    noted = loops.wanted_at(edges, price, begin, every, wanted, surpluses)
    return Demand(wanted, surpluses[:noted])


def bid(
    market: Market, scale: int, price: Ints, eps: int, active: Numbers | None, holding: Holding | None
) -> Bids:
    """The bids of the active needs (None: of all), at most as many for an offer as it has places.

    holding  what the active needs hold; None where no need wants more than one place
    """
    loops, edges = loops_for(market.edges), as_edges(market, scale)
    active = np.arange(market.needs, dtype=np.int32) if active is None else active
    held = _NONE if holding is None else loops.mark(edges, active, *holding)
    most = int(np.minimum(market.slots[active], (market.first[1:] - market.first[:-1])[active]).sum())
    need, offer, amount = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int64)
    made = loops.bids(edges, price, held, np.int64(eps), active, need, offer, amount)
    need, offer, amount = need[:made], offer[:made], amount[:made]
    room = np.minimum(market.capacity, np.bincount(offer, minlength=market.offers))
    places, lost = scratch(room), np.empty(made, np.int32)
    out = loops.kept(places, need, offer, amount, lost)
    return _bids(places, lost[:out], None)


def rows(market: Market, needs: Numbers) -> Rows:
    """The edges of these needs."""
    counts = (market.first[1:] - market.first[:-1])[needs]
    first = np.zeros(len(needs) + 1, np.int64)
    np.cumsum(counts, out=first[1:])
    edges = np.arange(first[-1]) + np.repeat(market.first[:-1][needs] - first[:-1], counts)
    return Rows(first, market.offer[edges], market.value[edges], market.slots[needs])


def buy(
    market: Market, scale: int, price: Ints, eps: int, idle: Numbers, free: Numbers, holding: Holding
) -> Bids:
    """For the idle offers with so many free places: the best free + 1 gains of needs that do not hold them."""
    loops, edges = loops_for(market.edges), as_edges(market, scale)
    room = np.zeros(market.offers, np.int64)
    room[idle] = free
    places = scratch(loops.offered(edges, room))
    leaves = loops.buyers(edges, price, _held(market, holding), room, np.int64(eps), places)
    return _bids(places, np.zeros(0, np.int32), leaves)


def unsettled(market: Market, scale: int, price: Ints, eps: int, holding: Holding) -> Numbers:
    """The needs that would rather have something else by more than eps."""
    found = np.empty(market.needs, np.int32)
    edges, held = as_edges(market, scale), _held(market, holding)
    return found[: loops_for(market.edges).unsettled(edges, price, held, np.int64(eps), found)]


def surplus(market: Market, scale: int, price: Ints) -> tuple[int, int]:
    """The part's share of the dual bound, without the worth of the places: whole units and 1/scale."""
    none = np.zeros(market.offers, np.int64)
    whole, parts = loops_for(market.edges).bound(as_edges(market, scale), none, price)
    return int(whole), int(parts)


def asking(market: Market, scale: int, price: Ints) -> Ints:
    """What a first place at the offers without any would be worth to the part's needs; 0 for other offers."""
    loops, worth = loops_for(market.edges), np.zeros(market.offers, np.int64)
    loops.worth_of_a_place(as_edges(market, scale), market.capacity, price, worth)
    return worth


def accepted(market: Market, holding: Holding) -> tuple[Ints, int]:
    """Which edges are held, ascending, and the sum of their values."""
    edge = np.flatnonzero(_held(market, holding))
    return edge, int(market.value[edge].sum(dtype=np.int64))


def scratch(room: Ints) -> Places:
    """Empty places: room[j] of offer j, at price 0."""
    base = np.zeros(len(room) + 1, np.int64)
    np.cumsum(room, out=base[1:])
    none = np.zeros(len(room), np.int64)
    bids, whose = np.empty(base[-1], np.int64), np.empty(base[-1], np.int32)
    return Places(none, base, bids, whose, np.zeros(len(room), np.int32))


def filled(places: Places) -> npt.NDArray[np.int64]:
    """Where accepted bids stand in bid and who, one offer after the other."""
    before = np.cumsum(places.size) - places.size
    starts: Ints = np.repeat(places.base[:-1] - before, places.size)
    return starts + np.arange(len(starts))


def _bids(places: Places, lost: Numbers, leaves: Numbers | None) -> Bids:
    at, offer = filled(places), np.flatnonzero(places.size).astype(np.int32)
    who = places.who[at]
    left = np.zeros(0, np.int32) if leaves is None else leaves[who]
    return Bids(offer, places.size[offer], places.bid[at], who, np.unique(lost), left)


def _held(market: Market, holding: Holding) -> npt.NDArray[np.uint8]:
    every = np.arange(market.needs, dtype=np.int32)
    return np.asarray(loops_for(market.edges).mark(as_edges(market, 1), every, *holding), np.uint8)


def as_edges(market: Market | Rows, scale: int) -> Edges:
    """As the loops see them."""
    return Edges(market.first, market.offer, market.value, market.slots, np.int64(scale))
