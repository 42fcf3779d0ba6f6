"""The reverse step of the auction: offers with idle places and a price lower it until somebody comes or it is 0.

Loops as in loops.py, which says what Edges and Book hold.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing.loops import ENDLESS, edge_of, holder, margin, prefetch, release, taken

SOON = 24  # edges ahead


class ByOffer(NamedTuple):
    """The edges once more, by offer and then by need: those of offer j stand at start[j]:start[j + 1]."""

    start: npt.NDArray[np.int64]
    need: npt.NDArray[np.int32]
    value: npt.NDArray[np.int32] | npt.NDArray[np.int64]


def turned(edges, degree):
    """The edges by offer, of which offer j has degree[j]."""
    start = np.zeros(len(degree) + 1, np.int64)
    for j in range(len(degree)):
        start[j + 1] = start[j] + degree[j]
    at = start[:-1].copy()
    need, value = np.empty(len(edges.offer), np.int32), np.empty_like(edges.value)
    for i in range(len(edges.slots)):
        for e in range(edges.first[i], edges.first[i + 1]):
            j = edges.offer[e]
            need[at[j]], value[at[j]] = i, edges.value[e]
            at[j] += 1
    return ByOffer(start, need, value)


def buyer(edges, book, by_offer, margins, j):
    """The need that gains most, v - w, by a place at j and does not hold one (-1 if none gains), its gain, the next."""
    best, second, who = 0, 0, -1
    for k in range(by_offer.start[j], by_offer.start[j + 1]):
        prefetch(margins, by_offer.need[min(k + SOON, len(by_offer.need) - 1)])
        i = by_offer.need[k]
        gain = by_offer.value[k] * edges.scale - margins[i]
        if gain > second and not book.held[edge_of(edges, i, j)]:
            if gain > best:
                best, second, who = gain, best, i
            else:
                second = gain
    return who, best, second


def worst_held(edges, book, i, kept):
    """The edge of smallest surplus that need i holds, other than `kept`."""
    least, worst = ENDLESS, -1
    for e in range(edges.first[i], edges.first[i + 1]):
        if book.held[e] and e != kept:
            surplus = edges.value[e] * edges.scale - book.price[edges.offer[e]]
            if surplus < least:
                least, worst = surplus, e
    return worst


def sell(edges, book, j, i, e):
    """Need i takes a place of offer j by edge e; returns the offer that it leaves for it, or -1."""
    book.free[j] -= 1
    book.place[book.base[j] + book.free[j]] = taken(book.bits, book.price[j], i)
    book.held[e] = 1
    book.holds[i] += 1
    if book.holds[i] <= edges.slots[i]:
        return -1
    left = worst_held(edges, book, i, e)
    other = edges.offer[left]
    book.held[left] = 0
    book.holds[i] -= 1
    release(book, other, i)
    return other


def lower(edges, book, by_offer, eps, idle, most):
    """Every offer in `idle` (full ones and those of price 0 do no harm) sells its places or comes down to price 0.

    Needs' surpluses only rise, by eps at least with every place sold, so it ends. Returns how many places were sold,
    -1 where it would be more than `most` (prices and places are then still consistent).
    The places are settled before, and have to be settled again after.
    """
    margins = np.empty(len(edges.slots), np.int64)
    for i in range(len(margins)):
        margins[i] = margin(edges, book, i)
    waiting = np.zeros(len(book.price), np.uint8)
    queue = np.empty(len(book.price) + 1, np.int32)
    tail = 0
    for j in idle:
        waiting[j], queue[tail] = 1, j
        tail += 1
    head, sold = 0, 0
    while head != tail:
        j = queue[head]
        head = (head + 1) % len(queue)
        waiting[j] = 0
        while book.free[j] > 0 and book.price[j] > 0:
            if sold >= most:
                return -1
            i, best, second = buyer(edges, book, by_offer, margins, j)
            # never above what it was: the invariant holds only to within eps
            book.price[j] = min(book.price[j], max(0, second - eps)) if best >= eps else 0
            if best >= eps:
                sold += 1
                other = sell(edges, book, j, i, edge_of(edges, i, j))
                if other >= 0 and book.price[other] > 0 and not waiting[other]:
                    waiting[other], queue[tail] = 1, other
                    tail = (tail + 1) % len(queue)
            for at in range(book.base[j] + book.free[j], book.base[j + 1]):
                i = holder(book.bits, book.place[at])
                margins[i] = margin(edges, book, i)
    return sold
