"""What reading gives: typed frames with fixed schemas, and every finding about the user's input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tandem.base.errors import Finding
from tandem.domain.tables import INPUT_TABLES, Column, Table
from tandem.storage.exchange.raw import RawTable

_TYPES: Mapping[str, pl.DataType] = {
    "references": pl.List(pl.String()),
    "cities": pl.List(pl.String()),
    "date": pl.Date(),
    "integer": pl.Int64(),
    "money": pl.Int64(),
    "ratio": pl.Float64(),
    "number": pl.Float64(),
    "flag": pl.Boolean(),
}
_REFERRED = {
    ("organisation", "reference"): "org_id",
    ("organisation", "references"): "org_ids",
    ("need", "reference"): "need_id",
}


EXAMPLE = "EXAMPLE-"  # how the ids of the template's own rows begin


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one table: read = accepted + rejected."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Book:
    """All exchange tables of one input, typed and with references resolved to ids.

    Each frame has its canonical columns first (see `schema`), then the user's unknown columns as text.
    `sources` names the (file, sheet) of each table that was given; the sheet is None outside workbooks.
    `rows` has the number of each frame's rows in their file, `given` the columns that the file has, by frame names.
    `raws` has the tables as the file gives them, corrections made.
    """

    organisations: pl.DataFrame
    needs: pl.DataFrame
    offers: pl.DataFrame
    deliveries: pl.DataFrame
    truth: pl.DataFrame
    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, Counts] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    rows: Mapping[str, pl.Series] = field(default_factory=dict)
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    raws: Mapping[str, RawTable] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that made a row or a table be left out."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def table(self, name: str) -> pl.DataFrame:
        """The frame of one input table; KeyError for another name."""
        if name not in {table.name for table in INPUT_TABLES}:
            raise KeyError(name)
        frame: pl.DataFrame = getattr(self, name)
        return frame


def frame_name(column: Column) -> str:
    """The column's name in the frame: references are kept as ids, so `organisation` is `org_id` there."""
    return _REFERRED.get((column.name, column.type), column.name)


def dtype(column: Column) -> pl.DataType:
    """The polars type that holds a column's values."""
    return _TYPES.get(column.type, pl.String())


def schema(table: Table) -> dict[str, pl.DataType]:
    """Names and types of a table's canonical frame, in order."""
    return {frame_name(column): dtype(column) for column in table.columns}


def empty(table: Table) -> pl.DataFrame:
    """The table's canonical frame without rows."""
    return pl.DataFrame(schema=schema(table))
