"""Needs and offers as clearing takes them: an id, how many places, and any columns by which rules can group."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.domain.tables import INTEGER_LIMIT, Table
from tandem.storage.edges import judge
from tandem.storage.edges.faults import Faults
from tandem.storage.exchange.stream import ROW, Irregular, Source, open_source


@dataclass(frozen=True)
class Side:
    """One row for each need or offer, in the order of the file.

    ids     unique, as judge.ids gives them; places (rows,) slots or capacity
    frame   the id under its name, then the columns that were asked for
    known   whether there is a column of ids at all; without one no edge can be judged
    """

    ids: pl.Series
    places: npt.NDArray[np.int64]
    frame: pl.DataFrame
    faults: Faults
    read: int
    known: bool = True


def read_side(path: Path, table: Table, keep: Collection[str] | None = None) -> Side:
    """The needs or offers of a file.

    table  its first two columns are the id, which is required, and the places, 1 where they are not given
    keep   further columns wanted, by name; None keeps all
    Raises Invalid where the file cannot be read at all; faulty rows are in `faults`
    """
    try:
        return _side(open_source(path, table), table, keep)
    except Irregular:
        return _side(open_source(path, table, plain=False), table, keep)


def _side(source: Source, table: Table, keep: Collection[str] | None) -> Side:
    key, count = table.columns[:2]
    faults = Faults(table.name.removeprefix("clearing_"), source)
    at_key, at_count = source.position(table, key), source.position(table, count)
    if at_key is None:
        faults.missing([key])
        empty = pl.Series(key.name, [], dtype=pl.Int64)
        return Side(empty, np.zeros(0, np.int64), empty.to_frame(), faults, 0, known=False)
    further = {
        name: at
        for name, at in source.names(table).items()
        if at not in (at_key, at_count) and (keep is None or name in keep)
    }
    positions = sorted({at_key, *([] if at_count is None else [at_count]), *further.values()})
    parts = list(source.parts(positions)) or [_nothing(positions)]
    rows = pl.concat(parts, how="vertical_relaxed")
    ids = judge.ids(rows[str(at_key)])
    default = int(count.default or 0)
    places = np.full(len(ids), default, np.int64)
    if at_count is not None:
        places = judge.whole(rows[str(at_count)], INTEGER_LIMIT, default)
        faults.numbers(rows, at_count, places, INTEGER_LIMIT)
    good = _identified(faults, rows, ids, at_key)
    frame = pl.DataFrame(
        [ids.alias(key.name), *(_plain(rows[str(at)]).alias(name) for name, at in further.items())]
    )
    read = rows.height + len(source.faults)
    if not good.all():
        frame, ids, places = frame.filter(good), ids.filter(good), places[good.to_numpy()]
    return Side(ids.alias(key.name), np.maximum(places, 0), frame, faults, read)


def _nothing(positions: Sequence[int]) -> pl.DataFrame:
    return pl.DataFrame(schema={**{str(at): pl.String for at in positions}, ROW: pl.Int64})


def _plain(cells: pl.Series) -> pl.Series:
    return judge.ids(cells) if cells.dtype == pl.String else cells


def _identified(faults: Faults, rows: pl.DataFrame, ids: pl.Series, at: int) -> pl.Series:
    """Which rows have an id that no row before has; the others are faults."""
    header = faults.source.header[at]
    missing = ids.is_null()
    again = ~ids.is_first_distinct() & ~missing
    if missing.any():
        nameless = rows.filter(missing)[ROW]
        faults.add(len(nameless), (("required", row, header, None, {}) for row in nameless))
    if again.any():
        known = pl.DataFrame([ids.alias("id"), rows[ROW]])
        first = known.filter(~again & ~missing).rename({ROW: "first"})
        second = known.filter(again)
        told = second.head(faults.room).join(first, on="id", maintain_order="left").iter_rows()
        faults.add(
            second.height,
            (("id.twice", row, header, one, {"first_row": before}) for one, row, before in told),
        )
    return ~missing & ~again
