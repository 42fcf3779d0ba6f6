"""The tables beside the figures: a row that comes again with other content wins, the older one stays on disk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from tandem.domain.region.tables import REGISTER_TABLES
from tandem.domain.tables import Table
from tandem.storage.exchange import book
from tandem.storage.exchange.accept import ROW

_KEYS = {table.name: table.key for table in REGISTER_TABLES}


def empty(table: Table) -> pl.DataFrame:
    """A table's frame without rows."""
    return book.empty(table)


def fresh(given: pl.DataFrame, held: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows of an input that are new or other than those that hold, without their row numbers."""
    rows = given.drop(ROW) if ROW in given.columns else given
    key = _KEYS[name]
    known = {_identity(row, key): _content(row) for row in held.iter_rows(named=True)}
    new: list[bool] = []
    for row in rows.iter_rows(named=True):
        content = _content(row)
        new.append(known.get(_identity(row, key)) != content)
        known[_identity(row, key)] = content
    return rows.filter(pl.Series(new, dtype=pl.Boolean)) if rows.height else rows


def merged(frames: Iterable[pl.DataFrame | None], name: str) -> pl.DataFrame:
    """One table of several imports, oldest first: of rows with one id the last; statements without an id all stay."""
    plain = [frame.drop(ROW) if ROW in frame.columns else frame for frame in frames if frame is not None]
    whole = pl.concat(plain, how="diagonal_relaxed")
    key = _KEYS[name]
    if key is None:
        return whole.unique(maintain_order=True)
    last = whole.with_row_index("\0at").group_by(key, maintain_order=True).agg(pl.all().last())
    return last.drop("\0at").select(whole.columns)


def _identity(row: dict[str, Any], key: str | None) -> Any:
    return row[key] if key is not None else _content(row)


def _content(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in row.items() if value is not None))
