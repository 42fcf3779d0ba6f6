"""What is cleared: needs and offers joined by valued edges, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tandem.base.errors import Invalid

Ints = npt.NDArray[np.int64]
Offers = npt.NDArray[np.int32]
Values = npt.NDArray[np.int32] | npt.NDArray[np.int64]

VALUE_LIMIT = 2**31  # the largest value of an edge
OFFER_LIMIT = 2**31 - 1  # offers and needs are counted with 32 bits
_PART = 4_000_000  # edges counted at a time


@dataclass(frozen=True)
class Market:
    """Edges sorted by need and then by offer (compressed rows); a need takes an offer at most once.

    first     (needs + 1,) where the edges of each need begin in `offer` and `value`
    offer     (edges,) the offer of each edge
    value     (edges,) what the edge is worth, 0 <= value <= 2^31: int32 where all fit, else int64
    slots     (needs,) how many offers each need wants, >= 0
    capacity  (offers,) how many needs each offer can serve, >= 0
    """

    first: Ints
    offer: Offers
    value: Values
    slots: Ints
    capacity: Ints

    @property
    def needs(self) -> int:
        """How many needs there are."""
        return len(self.slots)

    @property
    def offers(self) -> int:
        """How many offers there are."""
        return len(self.capacity)

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return len(self.offer)

    def need(self) -> npt.NDArray[np.int32]:
        """The need of each edge, (edges,)."""
        return np.repeat(np.arange(self.needs, dtype=np.int32), np.diff(self.first))

    def need_of(self, edge: Ints) -> Ints:
        """The need of each of these edges."""
        return np.searchsorted(self.first, edge, side="right") - 1

    def degree(self) -> Ints:
        """How many edges each offer has, (offers,); counted in parts, because counting copies what it counts."""
        counts = np.zeros(self.offers, np.int64)
        for begin in range(0, self.edges, _PART):
            counts += np.bincount(self.offer[begin : begin + _PART], minlength=self.offers)
        return counts

    def valued(self, value: npt.NDArray[np.int64]) -> Market:
        """The same edges with other values (edges,); values <= 0 are never accepted."""
        return replace(self, value=value)


def of(
    need: npt.ArrayLike,
    offer: npt.ArrayLike,
    value: npt.ArrayLike,
    slots: npt.ArrayLike,
    capacity: npt.ArrayLike,
) -> Market:
    """A market from one row an edge, in any order.

    need, offer  (edges,) row numbers in `slots` and `capacity`; value (edges,) integers
    Raises  Invalid clearing.number (not whole, negative or above the limit), clearing.unknown (no such need or
            offer), clearing.twice (the same pair again); each names the table and the row, from 0
    """
    capacities = _whole("offers", "capacity", capacity, OFFER_LIMIT)
    wanted = _whole("needs", "slots", slots, OFFER_LIMIT)
    values = _whole("edges", "value", value, VALUE_LIMIT)
    needs = _known("need", need, len(wanted))
    offers = _known("offer", offer, len(capacities))
    if not len(needs) == len(offers) == len(values):
        raise Invalid("clearing.lengths", need=len(needs), offer=len(offers), value=len(values))
    key = needs * max(1, len(capacities)) + offers
    if len(key) > 1 and not bool((key[1:] > key[:-1]).all()):
        order = np.argsort(key, kind="stable")
        key = key[order]
        again = np.flatnonzero(key[1:] == key[:-1])
        if len(again):
            row = int(order[again[0] + 1])
            raise Invalid("clearing.twice", row=row, need=int(needs[row]), offer=int(offers[row]))
        needs, offers, values = needs[order], offers[order], values[order]
    first = np.zeros(len(wanted) + 1, np.int64)
    np.cumsum(np.bincount(needs, minlength=len(wanted)), out=first[1:])
    return Market(first, offers.astype(np.int32), narrow(values), wanted, capacities)


def narrow(value: Ints) -> Values:
    """The values in half the memory where all of them fit."""
    fits = not len(value) or int(value.max()) < VALUE_LIMIT
    return value.astype(np.int32) if fits else value


def _whole(table: str, column: str, given: npt.ArrayLike, limit: int) -> Ints:
    numbers = np.asarray(given)
    if not len(numbers):
        return np.zeros(0, np.int64)
    if numbers.dtype.kind not in "iuf":
        raise Invalid("clearing.number", table=table, column=column, row=0, value=str(numbers.flat[0]))
    with np.errstate(invalid="ignore"):
        good = (numbers >= 0) & (numbers <= limit) & (numbers == np.floor(numbers))
    if not bool(good.all()):
        row = int(np.flatnonzero(~good)[0])
        raise Invalid("clearing.number", table=table, column=column, row=row, value=str(numbers[row]))
    return numbers.astype(np.int64)


def _known(column: str, given: npt.ArrayLike, count: int) -> Ints:
    numbers = np.asarray(given, np.int64) if len(np.asarray(given)) else np.zeros(0, np.int64)
    wrong = np.flatnonzero((numbers < 0) | (numbers >= count))
    if len(wrong):
        row = int(wrong[0])
        raise Invalid("clearing.unknown", column=column, row=row, value=int(numbers[row]), count=count)
    return numbers
