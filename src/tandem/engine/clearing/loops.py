"""The loops of the auction: they run as they stand, or compiled by numba (compiled.py) with equal results.

Capacitated assignment by auction: Bertsekas, "The auction algorithm" (1988), with a heap of accepted bids for each
offer as in Bertsekas and Castanon's form for transportation (1989) and the reverse step of Bertsekas, Castanon and
Tsaknakis, "Reverse auction and the solution of inequality constrained assignment problems" (1993).

All prices, bids and surpluses are whole numbers in 1/scale of a unit of value, so nothing is ever rounded.
The invariant, eps-complementary slackness: with w the smallest surplus v - p that a need holds (0 while it has a
place left), no edge that it does not hold has v - p > w + eps, and none that it holds has v - p < -eps.
Offers that are not full keep the price they started from.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

ENDLESS = 2**62


class Edges(NamedTuple):
    """The market as the loops see it: n needs, E edges; see market.py. scale is a number of 64 bits."""

    first: npt.NDArray[np.int64]
    offer: npt.NDArray[np.int32]
    value: npt.NDArray[np.int32] | npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]
    scale: np.int64


class Book(NamedTuple):
    """The auction's state, changed in place: m offers with together U places.

    price (m)     what a place costs
    base  (m+1)   where the places of each offer begin in bid and who
    bid, who (U)  accepted bids and whose they are: a heap for each offer, the lowest on top, equal bids by need
    size  (m)     how many bids each offer has accepted
    holds (n)     how many places each need holds
    held  (E)     which edges are held; empty while no need can hold two
    queued (n)    which needs wait for their turn
    """

    price: npt.NDArray[np.int64]
    base: npt.NDArray[np.int64]
    bid: npt.NDArray[np.int64]
    who: npt.NDArray[np.int32]
    size: npt.NDArray[np.int32]
    holds: npt.NDArray[np.int32]
    held: npt.NDArray[np.uint8]
    queued: npt.NDArray[np.uint8]


def sift_up(book, base, place, b, i):
    """Puts bid b of need i into the heap at base, starting from a free place at its end."""
    bid, who = book.bid, book.who
    while place > 0:
        parent = (place - 1) >> 1
        at = base + parent
        if bid[at] < b or (bid[at] == b and who[at] < i):
            break
        bid[base + place], who[base + place] = bid[at], who[at]
        place = parent
    bid[base + place], who[base + place] = b, i


def sift_down(book, base, size, b, i):
    """Puts bid b of need i into the heap at base in place of its lowest bid."""
    bid, who = book.bid, book.who
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        at = base + child
        if child + 1 < size and (bid[at + 1] < bid[at] or (bid[at + 1] == bid[at] and who[at + 1] < who[at])):
            child += 1
            at += 1
        if b < bid[at] or (b == bid[at] and i < who[at]):
            break
        bid[base + place], who[base + place] = bid[at], who[at]
        place = child
    bid[base + place], who[base + place] = b, i


def accept(book, j, b, i):
    """Offer j takes the bid b of need i; returns the need that lost its place for it, or -1."""
    base, size = book.base[j], book.size[j]
    room = book.base[j + 1] - base
    if size < room:
        sift_up(book, base, size, b, i)
        book.size[j] = size + 1
        if size + 1 == room:
            book.price[j] = max(book.price[j], book.bid[base])
        return -1
    loser = book.who[base]
    sift_down(book, base, room, b, i)
    book.price[j] = book.bid[base]
    return loser


def edge_of(edges, i, j):
    """The edge of need i and offer j; a need's offers are sorted."""
    low, high = edges.first[i], edges.first[i + 1]
    while low < high:
        middle = (low + high) >> 1
        if edges.offer[middle] < j:
            low = middle + 1
        else:
            high = middle
    return low


def best_two(edges, price, i):
    """The edge of largest surplus of need i (-1 if none is above 0), that surplus, and the next one (at least 0)."""
    best, second, edge = 0, 0, -1
    for e in range(edges.first[i], edges.first[i + 1]):
        surplus = edges.value[e] * edges.scale - price[edges.offer[e]]
        if surplus > second:
            if surplus > best:
                best, second, edge = surplus, best, e
            else:
                second = surplus
    return edge, best, second


def best_several(edges, price, held, i, wanted, edge, surplus):
    """Up to `wanted` edges of largest positive surplus of need i, best first, among those that `held` does not mark.

    They go into edge and surplus; returns how many there are. With no marks (held empty) every edge counts.
    """
    found = 0
    for e in range(edges.first[i], edges.first[i + 1]):
        this = edges.value[e] * edges.scale - price[edges.offer[e]]
        if this <= 0 or wanted <= 0 or (len(held) > 0 and held[e]):
            continue
        if found < wanted:
            found += 1
        elif this <= surplus[found - 1]:
            continue
        at = found - 1
        while at > 0 and surplus[at - 1] < this:
            surplus[at], edge[at] = surplus[at - 1], edge[at - 1]
            at -= 1
        surplus[at], edge[at] = this, e
    return found


def wanted_most(edges, needs):
    """The largest number of places that one of these needs can hold."""
    most = 0
    for i in needs:
        most = max(most, min(edges.slots[i], edges.first[i + 1] - edges.first[i]))
    return most


def bid_for_one(edges, book, eps, active, losers):
    """One round for needs that want one place: each bids on its best edge; returns how many needs lost a place."""
    lost = 0
    for i in active:
        e, best, second = best_two(edges, book.price, i)
        if e < 0:
            continue
        j = edges.offer[e]
        loser = accept(book, j, book.price[j] + best - second + eps, i)
        if loser >= 0:
            losers[lost] = loser
            lost += 1
    return lost


def bid_for_several(edges, book, eps, active, losers):
    """One round for needs that want several places: each bids for all that it misses together.

    The margin is taken against the next edge outside, so that a need never bids against itself.
    """
    most = wanted_most(edges, active) + 1
    edge, surplus = np.empty(most, np.int64), np.empty(most, np.int64)
    lost = 0
    for i in active:
        book.queued[i] = 0
        missing = min(edges.slots[i], edges.first[i + 1] - edges.first[i]) - book.holds[i]
        if missing <= 0:
            continue
        found = best_several(edges, book.price, book.held, i, missing + 1, edge, surplus)
        outside = surplus[missing] if found > missing else 0
        for k in range(min(found, missing)):
            j = edges.offer[edge[k]]
            loser = accept(book, j, book.price[j] + surplus[k] - outside + eps, i)
            book.held[edge[k]] = 1
            book.holds[i] += 1
            if loser >= 0:
                book.held[edge_of(edges, loser, j)] = 0
                book.holds[loser] -= 1
                if not book.queued[loser]:
                    book.queued[loser] = 1
                    losers[lost] = loser
                    lost += 1
    return lost


def mark_held(edges, book):
    """Notes every accepted bid in held and holds, both of which are 0 before."""
    for j in range(len(book.size)):
        for at in range(book.base[j], book.base[j] + book.size[j]):
            i = book.who[at]
            book.held[edge_of(edges, i, j)] = 1
            book.holds[i] += 1


def settle(book):
    """Every accepted bid becomes the price of its offer, which keeps the invariant; the heaps are in order again."""
    for j in range(len(book.size)):
        at, end = book.base[j], book.base[j] + book.size[j]
        book.who[at:end] = np.sort(book.who[at:end])
        book.bid[at:end] = book.price[j]


def release(book, j, i):
    """Takes need i out of the accepted bids of offer j; their order as a heap is lost until they are settled."""
    at = book.base[j]
    last = at + book.size[j] - 1
    while book.who[at] != i:
        at += 1
    book.bid[at], book.who[at] = book.bid[last], book.who[last]
    book.size[j] -= 1


def margin(edges, book, i):
    """The smallest surplus that need i holds; 0 while it has a place left."""
    if book.holds[i] < edges.slots[i]:
        return 0
    least = ENDLESS
    for e in range(edges.first[i], edges.first[i + 1]):
        if book.held[e]:
            least = min(least, edges.value[e] * edges.scale - book.price[edges.offer[e]])
    return max(least, 0)


def reopen(edges, book, eps, found):
    """The needs for which the invariant does not hold give up what they hold; they go into found, their number out."""
    reopened = 0
    for i in range(len(edges.slots)):
        least = margin(edges, book, i)
        free = book.holds[i] < edges.slots[i]
        wrong = False
        for e in range(edges.first[i], edges.first[i + 1]):
            surplus = edges.value[e] * edges.scale - book.price[edges.offer[e]]
            if book.held[e]:
                wrong = wrong or surplus < -eps
            elif surplus > least + eps or (free and surplus > 0):
                wrong = True
        if not wrong:
            continue
        for e in range(edges.first[i], edges.first[i + 1]):
            if book.held[e]:
                release(book, edges.offer[e], i)
                book.held[e] = 0
        book.holds[i] = 0
        found[reopened] = i
        reopened += 1
    return reopened


def holdings(edges, book, found):
    """The edge that each need holds, or -1, into found (n); for markets in which no need holds two."""
    for i in range(len(found)):
        found[i] = -1
    for j in range(len(book.size)):
        for at in range(book.base[j], book.base[j] + book.size[j]):
            found[book.who[at]] = j
    for i in range(len(found)):
        if found[i] >= 0:
            found[i] = edge_of(edges, i, found[i])


def take_in_order(edges, need, order, slots, capacity, taken):
    """Marks in taken (E) the edges that are accepted when each, in this order, is while there are places for it."""
    for e in order:
        i, j = need[e], edges.offer[e]
        if slots[i] > 0 and capacity[j] > 0 and edges.value[e] > 0:
            slots[i] -= 1
            capacity[j] -= 1
            taken[e] = 1
