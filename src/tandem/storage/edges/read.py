"""The door of reading for clearing on its own: three files in, a market and its ids out, or every fault at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.base.errors import Finding, Invalid
from tandem.domain.tables import CLEARING_NEEDS, CLEARING_OFFERS, EDGES
from tandem.engine.clearing.market import OFFER_LIMIT, VALUE_LIMIT, Market
from tandem.engine.rules.limits import COST_LIMIT
from tandem.storage.edges import judge
from tandem.storage.edges.directory import Directory, Rows
from tandem.storage.edges.faults import Faults
from tandem.storage.edges.layout import Array, Layout, Room, in_memory
from tandem.storage.edges.sides import Side, read_side
from tandem.storage.exchange.stream import ROW, Irregular, Source, open_source

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Files:
    """Where needs, offers and edges stand, and what is wanted of them beside ids and numbers.

    keep   columns of needs and offers that rules name; None keeps all
    costs  columns of edges with whole numbers that rules name
    folder where the edges' arrays are kept as files when they are too large for memory; None: in memory
    """

    edges: Path
    needs: Path
    offers: Path
    keep: Collection[str] | None = None
    costs: Sequence[str] = ()
    folder: Path | None = None


@dataclass(frozen=True)
class Read:
    """A market, and the ids of its needs and offers; costs: one row an edge, in the order of the market."""

    market: Market
    needs: Side
    offers: Side
    costs: pl.DataFrame | None


def read_market(files: Files) -> Read:
    """Reads and judges everything; the edges pass once (twice where they do not come by need), in parts.

    Raises Invalid as storage.exchange where a file cannot be read; Invalid clear.rows with a finding for each faulty
    row (the first thousand of a table): file, row, column, value, why
    """
    needs = read_side(files.needs, CLEARING_NEEDS, files.keep)
    offers = read_side(files.offers, CLEARING_OFFERS, files.keep)
    try:
        reading = _Edges(files, needs, offers, open_source(files.edges, EDGES))
        first, columns = reading.run()
    except Irregular:
        reading = _Edges(files, needs, offers, open_source(files.edges, EDGES, plain=False))
        first, columns = reading.run()
    faults = (needs.faults, offers.faults, reading.faults)
    if sum(each.count for each in faults):
        listed = tuple(one for each in faults for one in each.listed)
        raise refusal(listed, sum(each.count for each in faults))
    market = Market(first, columns[0], columns[1], needs.places, offers.places)
    costs = pl.DataFrame(dict(zip(reading.costs, columns[2:], strict=True))) if reading.costs else None
    return Read(market, needs, offers, costs)


def refusal(findings: tuple[Finding, ...], count: int) -> Invalid:
    """Nothing is cleared while a row is faulty: a wrong edge could change everybody's place."""
    return Invalid("clear.rows", findings, n=count, listed=len(findings))


class _Edges:
    """The edges on their way from the file into the arrays."""

    def __init__(self, files: Files, needs: Side, offers: Side, source: Source) -> None:
        if max(len(needs.ids), len(offers.ids)) > OFFER_LIMIT:
            raise Invalid("clear.many", n=max(len(needs.ids), len(offers.ids)), limit=OFFER_LIMIT)
        self.source, self.faults = source, Faults(EDGES.name, source)
        self.known = needs.known and offers.known
        self.needs, self.offers = Directory(needs.ids), Directory(offers.ids)
        self.columns = [source.position(EDGES, column) for column in EDGES.columns]
        names = source.names(EDGES)
        self.costs = {name: names[name] for name in files.costs if name in names}
        room: Room = in_memory if files.folder is None else partial(_on_disk, files.folder)
        self.layout = Layout(len(needs.ids), len(offers.ids), source.most, len(self.costs), room)

    def run(self) -> tuple[Ints, list[Array]]:
        """Where each need's edges begin, and the columns offer, value and costs; or faults."""
        missing = [column for column, at in zip(EDGES.columns, self.columns, strict=True) if at is None]
        if missing:
            self.faults.missing(missing)
        if missing or not self.known:
            return np.zeros(1, np.int64), []
        for part in self.parts():
            need, offer, *numbers = self.good(part, self.faults)
            self.layout.add(need, offer, *numbers)
        if self.layout.unordered:
            self.layout.begin_placing()
            for part in self.parts():
                need, offer, *numbers = self.good(part, None)
                self.layout.place(need, offer, *numbers)
        first, columns, twice = self.layout.finish()
        if len(twice):
            self.tell_twice(twice)
        return first, columns

    @property
    def at(self) -> tuple[int, int, tuple[tuple[int, int], ...]]:
        """Positions of need and offer, and of the numbers with the largest that each may be."""
        need, offer, value = (int(at or 0) for at in self.columns)
        return need, offer, ((value, VALUE_LIMIT), *((at, COST_LIMIT - 1) for at in self.costs.values()))

    def parts(self) -> Iterator[pl.DataFrame]:
        """The columns that are needed, part by part."""
        need, offer, numbers = self.at
        return self.source.parts(list(dict.fromkeys((need, offer, *(at for at, _ in numbers)))))

    def good(self, part: pl.DataFrame, faults: Faults | None) -> list[Any]:
        """Need, offer, value and costs of the good edges of a part; what is wrong with others is told to `faults`."""
        need_at, offer_at, number_at = self.at
        need, offer = self.needs.rows(_ids(part, need_at)), self.offers.rows(_ids(part, offer_at))
        numbers = [
            judge.whole(part[str(at)], limit, judge.NONE if number else judge.BAD)  # costs may be left empty
            for number, (at, limit) in enumerate(number_at)
        ]
        good = (need >= 0) & (offer >= 0)
        for each in numbers:
            good &= each != judge.BAD
        if good.all():
            return [need, offer, *numbers]
        if faults is not None:
            self.tell_ids(faults, part, need, need_at, "edge.need")
            self.tell_ids(faults, part, offer, offer_at, "edge.offer")
            for each, (at, limit) in zip(numbers, number_at, strict=True):
                faults.numbers(part, at, each, limit)
        columns: tuple[Array, ...] = (need, offer, *numbers)
        return [each[good] for each in columns]

    def tell_ids(self, faults: Faults, part: pl.DataFrame, rows: Rows, at: int, code: str) -> None:
        """Ids that are missing or stand in no row of needs or offers."""
        bad = np.flatnonzero(rows < 0)
        some = part[bad[: faults.room]]
        header = self.source.header[at]
        faults.add(
            len(bad),
            (
                ("required" if one is None else code, row, header, one, {})
                for row, one in zip(some[ROW], _ids(some, at), strict=True)
            ),
        )

    def tell_twice(self, twice: Ints) -> None:
        """The rows of edges that stand twice: one more pass, because the arrays hold no row numbers."""
        need_at, offer_at, _ = self.at
        seen: dict[int, int] = {}
        for part in self.parts():
            need, offer = self.needs.rows(_ids(part, need_at)), self.offers.rows(_ids(part, offer_at))
            key = np.where((need < 0) | (offer < 0), -1, need * np.int64(len(self.offers)) + offer)
            again = part.filter(pl.Series(np.isin(key, twice)))
            told = zip(
                again[ROW], _ids(again, need_at), _ids(again, offer_at), key[np.isin(key, twice)], strict=True
            )
            for row, one, other, which in told:
                if (first := seen.setdefault(int(which), row)) != row:
                    params = {"need": one, "offer": other, "first_row": first}
                    self.faults.add(1, [("edge.twice", row, None, None, params)])


def _ids(part: pl.DataFrame, at: int) -> pl.Series:
    return judge.ids(part[str(at)])


def _on_disk(folder: Path, name: str, count: int, kind: Any) -> Array:
    """Room in a file: the system keeps in memory what is in use, and writes the rest away."""
    if not count:
        return np.empty(0, kind)
    return np.asarray(np.memmap(folder / f"{name}.bin", kind, "w+", shape=(count,)))
