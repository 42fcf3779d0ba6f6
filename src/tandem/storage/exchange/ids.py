"""Ids for rows that have none, made from their content; an id that stands twice is a problem."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import polars as pl

from tandem.domain.tables import Table
from tandem.storage.exchange.columns import Problem

_PREFIX = {
    "organisations": "O", "needs": "N", "offers": "F", "deliveries": "D",
    "indicators": "I", "geographies": "G", "clusters": "C", "links": "L", "measures": "M",
}  # fmt: skip
_CALLED = {"indicators": ("name",), "geographies": ("name",), "clusters": ("name",),
           "links": ("chain", "stage", "name"), "measures": ("title", "pillar")}  # fmt: skip
_DIGITS = 12


def complete(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame with an id in every row: the user's, else one made from the row's known columns.

    The same content gives the same id in any file and order of columns; a repeated row gets -2, -3, ... Rows of the
    register's tables are told apart by what they are called, so that a better definition is no new indicator.
    """
    if table.key is None or not frame[table.key].null_count():
        return frame
    content = list(
        _CALLED.get(table.name, [column.name for column in table.columns if column.name != table.key])
    )
    ids: list[str] = frame[table.key].to_list()
    taken = {given for given in ids if given is not None}
    missing = frame[table.key].is_null().arg_true().to_list()
    for i, row in zip(missing, frame[missing].select(content).iter_rows(named=True), strict=True):
        base = f"{_PREFIX[table.name]}-{_digest(row)}"
        made, number = base, 2
        while made in taken:
            made, number = f"{base}-{number}", number + 1
        taken.add(made)
        ids[i] = made
    return frame.with_columns(pl.Series(table.key, ids, dtype=pl.String))


def duplicates(frame: pl.DataFrame, table: Table, row_column: str) -> list[Problem]:
    """The second and later rows that carry an id already used, naming the row that had it first."""
    if table.key is None:
        return []
    keys = frame[table.key]
    repeated = keys.is_not_null() & ~keys.is_first_distinct()
    if not repeated.any():
        return []
    first = dict(zip(reversed(keys.to_list()), reversed(frame[row_column].to_list()), strict=True))
    return [
        Problem(i, table.key, "id.twice", keys[i], params={"first_row": first[keys[i]]})
        for i in repeated.arg_true()
    ]


def _digest(row: dict[str, Any]) -> str:
    plain = {name: value for name, value in row.items() if value is not None}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
