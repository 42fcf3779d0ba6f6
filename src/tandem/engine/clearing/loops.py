"""The loops of the auction: they run as they stand, or compiled by numba (compiled.py) with equal results.

Capacitated assignment by auction: Bertsekas, "The auction algorithm" (1988), with a heap of accepted bids for each
offer as in Bertsekas and Castanon's form for transportation (1989) and the reverse step of Bertsekas, Castanon and
Tsaknakis, "Reverse auction and the solution of inequality constrained assignment problems" (1993), in lowering.py.

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
EMPTY = -1  # a place that nobody holds; lower than any bid
BLOCK = 32  # needs that look together before they bid: what each will read is asked for while the others look


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
    base  (m+1)   where the places of each offer begin; they are a heap, the lowest bid on top
    place (U)     a bid and whose it is in one number, bid << bits | ~need, or EMPTY: of equal bids the later need's
                  is the lower
    free  (m)     how many empty places stand first; only right once the places are settled
    holds (n)     how many places each need holds; only kept where some need can hold two, or after mark_held
    held  (E)     which edges are held; the same, else empty
    queued (n)    which needs wait for their turn
    """

    price: npt.NDArray[np.int64]
    base: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    bits: np.int64
    free: npt.NDArray[np.int64]
    holds: npt.NDArray[np.int32]
    held: npt.NDArray[np.uint8]
    queued: npt.NDArray[np.uint8]


def taken(bits, bid, i):
    """A place that need i holds at this bid."""
    return (bid << bits) | (((1 << bits) - 1) ^ i)


def holder(bits, place):
    """Whose the place is, if it is not empty."""
    mask = (1 << bits) - 1
    return (place & mask) ^ mask


def sink(place, base, size, at, new):
    """Puts `new` into a heap at `at`, whose own number is to go, or further down where lower ones come up for it."""
    child = 2 * at + 1
    while child < size:
        lower = place[base + child]
        if child + 1 < size and place[base + child + 1] < lower:
            child += 1
            lower = place[base + child]
        if new <= lower:
            break
        place[base + at] = lower
        at, child = child, 2 * child + 1
    place[base + at] = new


def accept(book, j, bid, i):
    """Offer j gives its cheapest place to the bid of need i; returns the need that held it, or -1."""
    base = book.base[j]
    lost = book.place[base]
    sink(book.place, base, book.base[j + 1] - base, 0, taken(book.bits, bid, i))
    if book.place[base] >= 0:
        book.price[j] = book.place[base] >> book.bits
    return holder(book.bits, lost) if lost >= 0 else -1


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


def edges_of(edges, need, offer, found):
    """The edge of each pair of need and offer into found, -1 where there is none."""
    for k in range(len(need)):
        e = edge_of(edges, need[k], offer[k])
        found[k] = e if e < edges.first[need[k] + 1] and edges.offer[e] == offer[k] else -1


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


def prefetch(array, at):
    """Asks the memory for array[at] ahead of its use; as it stands it does nothing (see compiled.py)."""


def expect(edges, active, a):
    """Asks for the edges of the needs that come a block after place a: else a large market mostly waits for memory."""
    if a + 2 * BLOCK < len(active):
        prefetch(edges.first, active[a + 2 * BLOCK])
    if a + BLOCK < len(active):
        begin = edges.first[active[a + BLOCK]]
        end = edges.first[active[a + BLOCK] + 1] - 1
        prefetch(edges.offer, begin)
        prefetch(edges.value, begin)
        prefetch(edges.offer, end)
        prefetch(edges.value, end)


def look(edges, book, active, begin, edge, best, second):
    """What a block of active needs would bid, and their offers' places asked for; returns where the block ends."""
    end = min(begin + BLOCK, len(active))
    for a in range(begin, end):
        expect(edges, active, a)
        k = a - begin
        edge[k], best[k], second[k] = best_two(edges, book.price, active[a])
        if edge[k] >= 0:
            prefetch(book.base, edges.offer[edge[k]])
    for k in range(end - begin):
        if edge[k] >= 0:
            base = book.base[edges.offer[edge[k]]]
            prefetch(book.place, base)
            prefetch(book.place, base + 8)
            prefetch(book.place, base + 16)
    return end


def bid_for_one(edges, book, eps, active, losers):
    """One round for needs that want one place: each bids on its best edge; returns how many needs lost a place.

    Where others of the same block have raised the price of the edge meanwhile, the need looks again. A second best
    that they made dearer only makes the bid lower than it could be.
    """
    edge, best, second = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    lost, begin = 0, 0
    while begin < len(active):
        end = look(edges, book, active, begin, edge, best, second)
        for k in range(end - begin):
            i, e, most, next_best = active[begin + k], edge[k], best[k], second[k]
            if e >= 0 and edges.value[e] * edges.scale - book.price[edges.offer[e]] != most:
                e, most, next_best = best_two(edges, book.price, i)
            if e < 0:
                continue
            j = edges.offer[e]
            loser = accept(book, j, book.price[j] + most - next_best + eps, i)
            if loser >= 0:
                losers[lost] = loser
                lost += 1
        begin = end
    return lost


def bid_for_several(edges, book, eps, active, losers):
    """One round for needs that want several places: each bids for all that it misses together.

    The margin is taken against the next edge outside, so that a need never bids against itself.
    """
    most = wanted_most(edges, active) + 1
    edge, surplus = np.empty(most, np.int64), np.empty(most, np.int64)
    lost = 0
    for a in range(len(active)):
        expect(edges, active, a)
        i = active[a]
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
    """Notes every taken place in held and holds, both of which are 0 before; where no need holds two."""
    found = np.empty(len(edges.slots), np.int64)
    holdings(edges, book, found)
    for i in range(len(found)):
        if found[i] >= 0:
            book.held[found[i]] = 1
            book.holds[i] = 1


def occupy(edges, book, kept):
    """Puts needs into the places of these edges (ascending), as far as places, slots and values above 0 allow.

    To begin with all places are empty; they have to be settled after.
    """
    i = 0
    for e in kept:
        while edges.first[i + 1] <= e:
            i += 1
        j = edges.offer[e]
        if edges.value[e] > 0 and book.free[j] > 0 and book.holds[i] < edges.slots[i]:
            book.free[j] -= 1
            book.place[book.base[j] + book.free[j]] = taken(book.bits, book.price[j], i)
            book.holds[i] += 1
            if len(book.held) > 0:
                book.held[e] = 1


def settle(book):
    """Every taken place comes down to the price of its offer, which keeps the invariant; the heaps are in order."""
    for j in range(len(book.free)):
        base, size = book.base[j], book.base[j + 1] - book.base[j]
        free = 0
        for at in range(size):
            place = book.place[base + at]
            if place < 0:
                book.place[base + at] = book.place[base + free]
                book.place[base + free] = EMPTY
                free += 1
            else:
                book.place[base + at] = taken(book.bits, book.price[j], holder(book.bits, place))
        for at in range(size - 1, free - 1, -1):
            sink(book.place, base, size, at, book.place[base + at])
        book.free[j] = free


def release(book, j, i):
    """Need i leaves its place at offer j; the heap has to be settled before anybody bids again."""
    at = book.base[j] + book.free[j]
    first = at
    while holder(book.bits, book.place[at]) != i:
        at += 1
    book.place[at] = book.place[first]
    book.place[first] = EMPTY
    book.free[j] += 1


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
    """The needs for which the invariant does not hold leave all their places; they go into found, their number out."""
    reopened = 0
    for i in range(len(edges.slots)):
        least = margin(edges, book, i)
        open_place = book.holds[i] < edges.slots[i]
        wrong = False
        for e in range(edges.first[i], edges.first[i + 1]):
            surplus = edges.value[e] * edges.scale - book.price[edges.offer[e]]
            if book.held[e]:
                wrong = wrong or surplus < -eps
            elif surplus > least + eps or (open_place and surplus > 0):
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
    for j in range(len(book.free)):
        for at in range(book.base[j], book.base[j + 1]):
            if book.place[at] >= 0:
                found[holder(book.bits, book.place[at])] = j
    for i in range(len(found)):
        if found[i] >= 0:
            found[i] = edge_of(edges, i, found[i])


def take_in_order(edges, need, order, slots, capacity, marked):
    """Marks in marked (E) the edges that are accepted when each, in this order, is while there are places for it."""
    for e in order:
        i, j = need[e], edges.offer[e]
        if slots[i] > 0 and capacity[j] > 0 and edges.value[e] > 0:
            slots[i] -= 1
            capacity[j] -= 1
            marked[e] = 1
