"""Why a need got what it got: codes and numbers that follow from the prices of a clearing, and can be checked by them.

For need i, offer j and posted prices p: surplus s_ij = v_ij - p_j; what the need falls back on if it does not get j,
    w_ij = the smallest surplus that it holds (0 while it has a place left)        where j is not held
    w_ij = the largest surplus that it does not hold (at least 0)                  where j is held
and its bid, the most it could pay for j without being worse off, b_ij = v_ij - w_ij.
At the posted prices nobody would rather have another offer: b_ij <= p_j where j is not held, b_ij >= p_j where it is,
both within the step of the auction. So "the lowest bid accepted there was b, this need could pay b - x" is a fact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.clear import Clearing
from tandem.engine.clearing.market import Ints, Market

HALF_POINT = 0.5  # bids closer than this are told as equal

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# What became of a need; words under `clearing.need.<code>`.
NEED_CODES = (
    "first",  # got the offers that are worth most to it, as many as it wants
    "later",  # got as many as it wants, but not only its first choices
    "short",  # got fewer than it wants
    "outbid",  # got none: every listed offer is worth more to others
    "closed",  # got none: no listed offer has a place at all
    "none",  # nobody is listed for it
    "idle",  # wants nothing: slots 0
)
# Why a pair was not accepted, or that it was; words under `clearing.pair.<code>`.
PAIR_CODES = ("accepted", "outbid", "tie", "closed", "worthless", "content")


@dataclass(frozen=True)
class Pairs:
    """Every edge of a market as a clearing left it, arrays (edges,) in points of value.

    accepted  whether it was
    choice    its place in its need's own order, from 1: by value, then by `order`
    value     what it counted for in this clearing
    price     of a place at its offer
    bid       the most its need could have paid for that place
    lowest    the lowest accepted bid at its offer; not a number where nothing was accepted
    """

    accepted: Flags
    choice: Ints
    value: Floats
    price: Floats
    bid: Floats
    lowest: Floats

    @property
    def slack(self) -> float:
        """By how much prices and bids may miss each other, in points: the step of the auction, as it turned out."""
        apart = np.where(self.accepted, self.price - self.bid, self.bid - self.price)
        return max(0.0, float(apart.max(initial=0.0)))


@dataclass(frozen=True)
class Needs:
    """Every need of a market as a clearing left it, arrays (needs,).

    code    its place in NEED_CODES
    got     how many offers it got; listed: how many it has edges of value to
    missed  the edge of its best choice that it wanted and did not get, -1 where there is none
    """

    code: Ints
    got: Ints
    listed: Ints
    missed: Ints


@dataclass(frozen=True)
class Offers:
    """Every offer of a market as a clearing left it, arrays (offers,).

    wanted  needs that have it among their first choices, as many as they want: the demand at price 0
    taken   places taken;  price of one more place, in points
    lowest  the lowest accepted bid; not a number where nothing was accepted
    """

    wanted: Ints
    taken: Ints
    price: Floats
    lowest: Floats


def pairs(market: Market, cleared: Clearing, order: Ints | None = None) -> Pairs:
    """What each edge was worth, cost and could have been paid for.

    order  (edges,) breaks ties of value within a need, smaller first; without it the number of the offer does
    """
    need, value = market.need(), market.value.astype(np.float64)
    accepted = np.zeros(market.edges, bool)
    accepted[cleared.edge] = True
    price = cleared.prices()[market.offer]
    bid = value - _fallback(market, need, accepted, value - price)
    bid[market.slots[need] == 0] = 0.0  # who wants nothing pays nothing
    lowest = np.full(market.offers, np.inf)
    np.minimum.at(lowest, market.offer[accepted], bid[accepted])
    lowest[np.isinf(lowest)] = np.nan
    return Pairs(accepted, choice(market, order), value, price, bid, lowest[market.offer])


def _fallback(market: Market, need: npt.NDArray[np.int32], accepted: Flags, surplus: Floats) -> Floats:
    """w_ij of every edge."""
    got = np.bincount(need[accepted], minlength=market.needs)
    held = np.full(market.needs, np.inf)
    np.minimum.at(held, need[accepted], surplus[accepted])
    held = np.where(got < market.slots, 0.0, np.maximum(np.where(np.isinf(held), 0.0, held), 0.0))
    other = np.zeros(market.needs)
    np.maximum.at(other, need[~accepted], surplus[~accepted])
    return np.where(accepted, other[need], held[need])


def choice(market: Market, order: Ints | None = None) -> Ints:
    """The place of each edge in its need's own order, from 1: by value, ties by `order` or by offer, (edges,)."""
    need = market.need()
    tie = np.arange(market.edges) if order is None else order
    by_choice = np.lexsort((tie, -market.value.astype(np.int64), need))
    place = np.empty(market.edges, np.int64)
    place[by_choice] = np.arange(market.edges) - market.first[:-1][need] + 1
    return place


def needs(market: Market, told: Pairs) -> Needs:
    """What became of each need."""
    need, worth = market.need(), told.value > 0
    got, listed = (np.bincount(need[some], minlength=market.needs) for some in (told.accepted, worth))
    open_ = np.bincount(need[worth & (market.capacity[market.offer] > 0)], minlength=market.needs)
    firsts = np.bincount(need[told.accepted & (told.choice <= market.slots[need])], minlength=market.needs)
    code = np.select(
        [market.slots == 0, listed == 0, (got == 0) & (open_ == 0), got == 0, got < market.slots, firsts == got],
        [_code("idle"), _code("none"), _code("closed"), _code("outbid"), _code("short"), _code("first")],
        _code("later"),
    )  # fmt: skip
    return Needs(code, got, listed, _missed(market, need, told))


def _code(name: str) -> int:
    return NEED_CODES.index(name)


def _missed(market: Market, need: npt.NDArray[np.int32], told: Pairs) -> Ints:
    """The best edge of each need that is no worse than what it got and was not accepted."""
    worst = _worst(market, need, told)
    got = np.bincount(need[told.accepted], minlength=market.needs)
    worst[got < market.slots] = np.iinfo(np.int64).max
    lost = np.flatnonzero(~told.accepted & (told.value > 0) & (told.choice < worst[need]))
    missed = np.full(market.needs, -1, np.int64)
    last_first = lost[np.argsort(-told.choice[lost], kind="stable")]
    missed[need[last_first]] = last_first  # written last: the smallest choice
    return np.where(market.slots > 0, missed, -1)


def offers(market: Market, cleared: Clearing, told: Pairs) -> Offers:
    """Demand, places and price of each offer."""
    need = market.need()
    first = (told.choice <= market.slots[need]) & (told.value > 0)
    lowest = np.full(market.offers, np.nan)
    lowest[market.offer] = told.lowest
    return Offers(
        np.bincount(market.offer[first], minlength=market.offers),
        np.bincount(market.offer[told.accepted], minlength=market.offers),
        cleared.prices(),
        lowest,
    )


def pair_codes(market: Market, told: Pairs) -> list[str]:
    """Why each edge was accepted or not, a code of PAIR_CODES for each.

    content   its need has got as many offers as it wants, all of them its better choices
    tie       its need could have paid as much as the lowest bid that was accepted: others had the same claim
    """
    need = market.need()
    got = np.bincount(need[told.accepted], minlength=market.needs)
    has_better = (got >= market.slots)[need] & (told.choice > _worst(market, need, told)[need])
    short = told.lowest - told.bid
    found = np.select(
        [told.accepted, has_better, told.value <= 0, market.capacity[market.offer] == 0,
         short <= max(HALF_POINT, told.slack)],
        [PAIR_CODES.index(code) for code in ("accepted", "content", "worthless", "closed", "tie")],
        PAIR_CODES.index("outbid"),
    )  # fmt: skip
    return [PAIR_CODES[code] for code in found.tolist()]


def _worst(market: Market, need: npt.NDArray[np.int32], told: Pairs) -> Ints:
    """The last choice that each need got, 0 where it got none."""
    worst = np.zeros(market.needs, np.int64)
    np.maximum.at(worst, need[told.accepted], told.choice[told.accepted])
    return worst
