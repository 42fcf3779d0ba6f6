"""Edges in any order -> compressed rows: what an edge holds lies where clearing reads it, and nowhere else.

Edges that come sorted by need are laid down as they come. Others are counted first and placed in a second pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Array = npt.NDArray[Any]
Room = Callable[[str, int, Any], Array]

BLOCK = 1 << 22  # edges that are sorted together
NARROW = 2**31  # values below this take half the memory


def in_memory(name: str, count: int, kind: Any) -> Array:
    """Room for `count` numbers."""
    return np.empty(count, kind)


class Layout:
    """Takes edges in parts and lays them out.

    Usage: `add` every part; where `unordered`, `begin_placing` and `place` every part again; then `finish`.
    """

    def __init__(self, needs: int, offers: int, most: int, extra: int = 0, room: Room = in_memory) -> None:
        """most is the largest number of edges that may come; extra the number of further columns of 64 bits."""
        self.needs, self.offers, self.room = needs, offers, room
        self.degree = np.zeros(needs, np.int64)
        self.offer: Rows = room("offer", most, np.int32)
        self.value = room("value", most, np.int32)
        self.extra = [room(f"extra{number}", most, np.int64) for number in range(extra)]
        self.count, self.unordered, self.ascending = 0, False, True
        self._last = -1
        self._cursor: Ints = self.degree

    def add(self, need: Rows, offer: Rows, value: Ints, *extra: Ints) -> None:
        """One part, all of it known needs and offers."""
        if not len(need):
            return
        self._count(need)
        if len(value) and int(value.max()) >= NARROW:
            self._widen()
        if self.unordered:
            return
        self._watch_order(need, offer)
        if self.unordered:
            return
        part = slice(self.count - len(need), self.count)
        for column, given in zip((self.offer, self.value, *self.extra), (offer, value, *extra), strict=True):
            column[part] = given

    def begin_placing(self) -> None:
        """Before the second pass: every need's edges have their place."""
        self._cursor = self._first()[:-1].copy()
        self.ascending = False

    def place(self, need: Rows, offer: Rows, value: Ints, *extra: Ints) -> None:
        """The same part again, into the places of its needs."""
        if not len(need):
            return
        order = np.argsort(need, kind="stable")
        sorted_need = need[order]
        begin = np.flatnonzero(np.r_[True, sorted_need[1:] != sorted_need[:-1]])
        length = np.diff(np.r_[begin, len(need)])
        owner = sorted_need[begin]
        at = np.arange(len(need)) + np.repeat(self._cursor[owner] - begin, length)
        self._cursor[owner] += length
        columns: list[Array] = [self.offer, self.value, *self.extra]
        several: tuple[Array, ...] = (offer, value, *extra)
        for column, given in zip(columns, several, strict=True):
            column[at] = given[order]

    def finish(self) -> tuple[Ints, list[Array], Ints]:
        """Where each need's edges begin, the columns (offer, value, further ones), and the edges that stand twice.

        An edge that stands twice is given as need * offers + offer.
        """
        first = self._first()
        columns = [column[: self.count] for column in (self.offer, self.value, *self.extra)]
        twice = np.zeros(0, np.int64) if self.ascending else sort_rows(first, columns, self.offers)
        return first, columns, twice

    def _first(self) -> Ints:
        first = np.zeros(self.needs + 1, np.int64)
        np.cumsum(self.degree, out=first[1:])
        return first

    def _count(self, need: Rows) -> None:
        low = int(need.min())
        counted = np.bincount(need - low)
        self.degree[low : low + len(counted)] += counted
        self.count += len(need)

    def _watch_order(self, need: Rows, offer: Rows) -> None:
        key = need * np.int64(self.offers) + offer
        if not int(key[0]) > self._last or not bool((key[1:] > key[:-1]).all()):
            self.ascending = False
            before = self._last // self.offers
            self.unordered = int(need[0]) < before or bool((need[1:] < need[:-1]).any())
        self._last = int(key[-1])

    def _widen(self) -> None:
        if self.value.dtype == np.int32:
            narrow = self.value
            self.value = self.room("wide", len(narrow), np.int64)
            self.value[:] = narrow


def sort_rows(first: Ints, columns: list[Array], offers: int) -> Ints:
    """Sorts each need's edges by offer, in place; returns the edges that stand twice as need * offers + offer."""
    twice = [np.zeros(0, np.int64)]
    low = 0
    while low < len(first) - 1:
        high = max(low + 1, int(np.searchsorted(first, first[low] + BLOCK, side="right")) - 1)
        part = slice(int(first[low]), int(first[high]))
        need = np.repeat(np.arange(low, high), np.diff(first[low : high + 1]))
        key = need * offers + columns[0][part]
        if not bool((key[1:] > key[:-1]).all()):
            order = np.argsort(key, kind="stable")
            key = key[order]
            for column in columns:
                column[part] = column[part][order]
            twice.append(np.unique(key[1:][key[1:] == key[:-1]]))
        low = high
    return np.concatenate(twice)
