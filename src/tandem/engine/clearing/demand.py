"""Who is wanted most while nothing has a price."""

from __future__ import annotations

import numpy as np

from tandem.engine.clearing.market import Ints, Market, Values

CHUNK = 1 << 20  # needs looked at together


def first_choices(market: Market) -> Ints:
    """For each offer (offers,), how many needs have it among their most valuable edges, as many as they have slots.

    Ties go to the smaller offer number; edges worth nothing are nobody's choice.
    """
    wanted = np.zeros(market.offers, np.int64)
    for low in range(0, market.needs, CHUNK):
        high = min(low + CHUNK, market.needs)
        part = slice(int(market.first[low]), int(market.first[high]))
        degree = np.diff(market.first[low : high + 1])
        slots = market.slots[low:high]
        one = np.flatnonzero((degree > 0) & (slots == 1))
        many = np.flatnonzero((degree > 0) & (slots > 1))
        begin = market.first[low:high] - market.first[low]
        value, offer = market.value[part], market.offer[part]
        chosen = np.concatenate([_best(value, begin, degree, one), _bests(value, begin, degree, slots, many)])
        wanted += np.bincount(offer[chosen[value[chosen] > 0]], minlength=market.offers)
    return wanted


def _best(value: Values, begin: Ints, degree: Ints, needs: Ints) -> Ints:
    """The first edge of largest value of each of these needs."""
    at, start, holder = _edges(begin, degree, needs)
    if not len(at):
        return at
    largest = np.maximum.reduceat(value[at], start)
    top = np.flatnonzero(value[at] == largest[holder])
    return at[top[np.r_[True, holder[top[1:]] != holder[top[:-1]]]]]


def _bests(value: Values, begin: Ints, degree: Ints, slots: Ints, needs: Ints) -> Ints:
    """The edges of largest value of each of these needs, as many as it has slots."""
    at, start, holder = _edges(begin, degree, needs)
    order = np.lexsort((-value[at].astype(np.int64), holder))
    rank = np.arange(len(at)) - start[holder]
    return at[order[rank < slots[needs][holder]]]


def _edges(begin: Ints, degree: Ints, needs: Ints) -> tuple[Ints, Ints, Ints]:
    """The edges of these needs one need after the other, where each need's begin, and whose each is."""
    start = np.cumsum(degree[needs]) - degree[needs]
    holder = np.repeat(np.arange(len(needs)), degree[needs])
    at = np.arange(len(holder)) - start[holder] + begin[needs][holder]
    return at, start, holder
