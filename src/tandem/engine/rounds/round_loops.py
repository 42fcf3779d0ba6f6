"""The loops of auction rounds, in which all active needs bid at the same prices: each works on one part of the needs.

Loops as in loops.py, which says what Edges holds and where they come from. Every loop that reduces bids keeps the best
by (amount, need), so that what remains does not depend on the order of arrival or on how the needs are parted.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.loops import ENDLESS, best_several, best_two, edge_of, wanted_most


class Places(NamedTuple):
    """The places of all offers and who has them, changed in place: m offers with together U places.

    price (m)     what a place costs
    base  (m+1)   where the places of each offer begin in bid and who
    bid, who (U)  accepted bids and whose they are: a heap for each offer, the lowest on top; of equal bids the later
                  need's is the lower
    size  (m)     how many bids each offer has accepted
    """

    price: npt.NDArray[np.int64]
    base: npt.NDArray[np.int64]
    bid: npt.NDArray[np.int64]
    who: npt.NDArray[np.int32]
    size: npt.NDArray[np.int32]


def survey(edges, offers):
    """What auctioneer.py has to know: edges of each offer (offers,), the largest value, places that needs can hold.

    Then the sum of the values, and that of their squares as whole multiples of 2^31 and the rest: nothing is rounded,
    so the sums over parts do not depend on the parts.
    """
    degree = np.zeros(offers, np.int64)
    largest = places = total = squares = rest = np.int64(0)
    for e in range(len(edges.offer)):
        degree[edges.offer[e]] += 1
        value = np.int64(edges.value[e])
        largest = max(largest, value)
        total += value
        squares += (value * value) >> 31
        rest += (value * value) & (2**31 - 1)
    for i in range(len(edges.slots)):
        places += min(edges.slots[i], edges.first[i + 1] - edges.first[i])
    return degree, largest, places, total, squares, rest


def wanted_at(edges, price, begin, every, wanted, surpluses):
    """Adds to wanted (m) how many needs would take each offer at these prices: its best `slots` with a surplus.

    The surpluses of needs whose number, counted from begin, is a multiple of `every` go into surpluses; returns how
    many they are.
    """
    most = wanted_most(edges, np.arange(len(edges.slots)))
    none = np.zeros(0, np.uint8)
    edge, surplus = np.empty(max(1, most), np.int64), np.empty(max(1, most), np.int64)
    noted = 0
    for i in range(len(edges.slots)):
        if edges.slots[i] == 1:
            edge[0], surplus[0], _ = best_two(edges, price, i)
            found = 1 if edge[0] >= 0 else 0
        else:
            found = best_several(edges, price, none, i, min(most, edges.slots[i]), edge, surplus)
        for k in range(found):
            wanted[edges.offer[edge[k]]] += 1
            if (begin + i) % every == 0:
                surpluses[noted] = surplus[k]
                noted += 1
    return noted


def mark(edges, needs, counts, offers):
    """Which edges are held (E): needs[k] holds the next counts[k] of `offers`."""
    held = np.zeros(len(edges.offer), np.uint8)
    at = 0
    for k in range(len(needs)):
        for _ in range(counts[k]):
            held[edge_of(edges, needs[k], offers[at])] = 1
            at += 1
    return held


def is_lower(bid, who, at, b, i):
    """Whether the bid that stands at `at` is lower than bid b of need i."""
    return bid[at] < b or (bid[at] == b and who[at] > i)


def sift_up(places, base, place, b, i):
    """Puts bid b of need i into the heap at base, starting from a free place at its end."""
    bid, who = places.bid, places.who
    while place > 0:
        parent = (place - 1) >> 1
        if is_lower(bid, who, base + parent, b, i):
            break
        bid[base + place], who[base + place] = bid[base + parent], who[base + parent]
        place = parent
    bid[base + place], who[base + place] = b, i


def sift_down(places, base, size, b, i):
    """Puts bid b of need i into the heap at base in place of its lowest bid."""
    bid, who = places.bid, places.who
    place, child = 0, 1
    while child < size:
        at = base + child
        if child + 1 < size and is_lower(bid, who, at + 1, bid[at], who[at]):
            child += 1
            at += 1
        if not is_lower(bid, who, at, b, i):
            break
        bid[base + place], who[base + place] = bid[at], who[at]
        place, child = child, 2 * child + 1
    bid[base + place], who[base + place] = b, i


def keep_best(places, j, b, i):
    """Offer j keeps the best of its bids; returns the need that has no place now: another one, i itself, or -1."""
    base, size = places.base[j], places.size[j]
    room = places.base[j + 1] - base
    if size < room:
        sift_up(places, base, size, b, i)
        places.size[j] = size + 1
        if size + 1 == room:
            places.price[j] = max(places.price[j], places.bid[base])
        return -1
    if room == 0 or not is_lower(places.bid, places.who, base, b, i):
        return i
    loser = places.who[base]
    sift_down(places, base, room, b, i)
    places.price[j] = places.bid[base]
    return loser


def vacate(places, j, i):
    """Need i leaves its place at offer j; the heap has to be settled before anybody bids again."""
    at = places.base[j]
    last = at + places.size[j] - 1
    while places.who[at] != i:
        at += 1
    places.bid[at], places.who[at] = places.bid[last], places.who[last]
    places.size[j] -= 1


def level(places):
    """Every accepted bid comes down to the price of its offer, which keeps the invariant; the heaps are in order."""
    for j in range(len(places.size)):
        base, end = places.base[j], places.base[j] + places.size[j]
        places.who[base:end] = -np.sort(-places.who[base:end])
        places.bid[base:end] = places.price[j]


def bids(edges, price, held, eps, active, need, offer, bid):  # noqa: PLR0917
    """What the active needs bid for all that they miss, against the next edge outside; returns how many bids."""
    most = wanted_most(edges, active) + 1
    edge, surplus = np.empty(most, np.int64), np.empty(most, np.int64)
    made = 0
    for i in active:
        missing = min(edges.slots[i], edges.first[i + 1] - edges.first[i])
        for e in range(edges.first[i], edges.first[i + 1]):
            missing -= held[e] if len(held) > 0 else 0
        if missing <= 0:
            continue
        found = best_several(edges, price, held, i, missing + 1, edge, surplus)
        outside = surplus[missing] if found > missing else 0
        for k in range(min(found, missing)):
            j = edges.offer[edge[k]]
            need[made], offer[made], bid[made] = i, j, price[j] + surplus[k] - outside + eps
            made += 1
    return made


def kept(places, need, offer, bid, lost):
    """Every offer keeps the best of these bids; who has no place for one goes into lost, their number out."""
    out = 0
    for k in range(len(need)):
        loser = keep_best(places, offer[k], bid[k], need[k])
        if loser >= 0:
            lost[out] = loser
            out += 1
    return out


def bid_known(edges, row, held, places, eps, active, lost, queued):  # noqa: PLR0917
    """One round, one need after the other, of needs whose edges are here: need i has row[i] of edges, -1 if not here.

    Who loses a place goes into lost (its edges here or not), their number out.
    """
    most = 1
    for i in active:
        most = max(most, edges.first[row[i] + 1] - edges.first[row[i]] + 1)
    edge, surplus = np.empty(most, np.int64), np.empty(most, np.int64)
    out = 0
    for i in active:
        queued[i] = 0
        r = row[i]
        missing = min(edges.slots[r], edges.first[r + 1] - edges.first[r])
        for e in range(edges.first[r], edges.first[r + 1]):
            missing -= held[e]
        if missing <= 0:
            continue
        found = best_several(edges, places.price, held, r, missing + 1, edge, surplus)
        outside = surplus[missing] if found > missing else 0
        for k in range(min(found, missing)):
            j = edges.offer[edge[k]]
            loser = keep_best(places, j, places.price[j] + surplus[k] - outside + eps, i)
            held[edge[k]] = 1
            if loser >= 0:
                if row[loser] >= 0:
                    held[edge_of(edges, row[loser], j)] = 0
                if not queued[loser]:
                    queued[loser] = 1
                    lost[out] = loser
                    out += 1
    return out


def standing(edges, price, held, i):
    """The smallest surplus that need i holds (0 while it has a place left), and that edge (-1 while it has)."""
    holds, least, worst = 0, ENDLESS, -1
    for e in range(edges.first[i], edges.first[i + 1]):
        if held[e]:
            holds += 1
            surplus = edges.value[e] * edges.scale - price[edges.offer[e]]
            if surplus < least:
                least, worst = surplus, e
    if holds < edges.slots[i]:
        return 0, -1
    return max(least, 0), worst


def buyers(edges, price, held, free, eps, places):
    """For offers with free places: the needs that would gain most by taking one, in the places of `places`.

    A need's gain is v - w, w its smallest surplus now. free (m), base of places laid out for the best free + 1.
    Returns which offer each need would leave (n), -1 where it has a place left.
    """
    leaves = np.full(len(edges.slots), -1, np.int32)
    for i in range(len(edges.slots)):
        if edges.slots[i] == 0:
            continue
        least, worst = standing(edges, price, held, i)
        if worst >= 0:
            leaves[i] = edges.offer[worst]
        for e in range(edges.first[i], edges.first[i + 1]):
            j = edges.offer[e]
            gain = edges.value[e] * edges.scale - least
            if free[j] > 0 and gain >= eps and not held[e]:
                keep_best(places, j, gain, i)
    return leaves


def offered(edges, free):
    """How many edges each offer with free places has in this part, at most free + 1: (m,)."""
    counts = np.zeros(len(free), np.int64)
    for e in range(len(edges.offer)):
        j = edges.offer[e]
        if 0 < free[j] >= counts[j]:
            counts[j] += 1
    return counts


def move(places, need, offer, leaves):
    """Needs take places of offers at their prices and leave others (-1: none)."""
    for k in range(len(need)):
        j = offer[k]
        at = places.base[j] + places.size[j]
        places.bid[at], places.who[at] = places.price[j], need[k]
        places.size[j] += 1
        if leaves[k] >= 0:
            vacate(places, leaves[k], need[k])


def unsettled(edges, price, held, eps, found):
    """The needs for which the invariant of loops.py does not hold at this eps; into found, their number out."""
    out = 0
    for i in range(len(edges.slots)):
        if edges.slots[i] == 0:
            continue
        least, worst = standing(edges, price, held, i)
        wrong = False
        for e in range(edges.first[i], edges.first[i + 1]):
            surplus = edges.value[e] * edges.scale - price[edges.offer[e]]
            if held[e]:
                wrong = wrong or surplus < -eps
            elif surplus > least + eps or (worst < 0 and surplus > 0):
                wrong = True
        if wrong:
            found[out] = i
            out += 1
    return out


def leave(places, leaving):
    """The needs marked in leaving (n) give up all that they hold; every heap needs settling after."""
    for j in range(len(places.size)):
        base, stay = places.base[j], 0
        for at in range(base, base + places.size[j]):
            if not leaving[places.who[at]]:
                places.bid[base + stay], places.who[base + stay] = places.bid[at], places.who[at]
                stay += 1
        places.size[j] = stay


def by_need(places, counts):
    """What every need holds: its offers, ascending, one need after the other; counts (n) says how many each has."""
    at = np.zeros(len(counts) + 1, np.int64)
    for j in range(len(places.size)):
        for k in range(places.base[j], places.base[j] + places.size[j]):
            at[places.who[k] + 1] += 1
    for i in range(len(counts)):
        counts[i] = at[i + 1]
        at[i + 1] += at[i]
    offers = np.empty(at[-1], np.int32)
    for j in range(len(places.size)):
        for k in range(places.base[j], places.base[j] + places.size[j]):
            i = places.who[k]
            offers[at[i]] = j
            at[i] += 1
    return offers
