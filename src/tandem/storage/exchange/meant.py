"""What whoever hands a file over says of it beyond what stands in it: what sheets and headers mean, cells to be mended.

It is applied before anything is read, so that the same rules judge what was said and what the file holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from tandem.base.errors import Finding
from tandem.domain.tables import Table
from tandem.storage.exchange import headers
from tandem.storage.exchange.raw import RawTable

Change = tuple[str | None, int, str]  # a sheet, a row, a header
Place = tuple[int, str]  # a row as the user's program counts, and a column: by our name or its header


@dataclass(frozen=True)
class Meant:
    """What is said of one file.

    sheets   sheet -> table; "" where it is to be left aside
    columns  table -> header -> column; "" where the header means none of ours and the column is kept as it is
    cells    table -> place -> what stands there instead; "" for nothing
    """

    sheets: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cells: Mapping[str, Mapping[Place, str]] = field(default_factory=dict)

    def table(self, table: Table) -> Table:
        """A table with the headers that are said to mean its columns."""
        said = self.columns.get(table.name)
        return replace(table, meant=tuple(sorted(said.items()))) if said else table

    def mended(self, raw: RawTable, table: Table) -> tuple[RawTable, tuple[Finding, ...]]:
        """The table with its cells mended, and a warning for each correction that has no place in it."""
        said = self.cells.get(table.name)
        if not said:
            return raw, ()
        rows = {number: i for i, number in enumerate(raw.rows)}
        columns: dict[int, dict[int, str | None]] = {}
        lost: list[Finding] = []
        for (row, column), text in sorted(said.items()):
            position = place_of(raw.header, table, column)
            if position is None or row not in rows:
                lost.append(
                    Finding(
                        "correction.lost", "warning", table.name, raw.file, raw.sheet, row, column, text[:60]
                    )
                )
            else:
                columns.setdefault(position, {})[rows[row]] = text or None
        return replace(raw, cells=_set(raw.cells, columns)), tuple(lost)

    def changes(self, raws: Mapping[str, RawTable], among: Sequence[Table]) -> dict[Change, str]:
        """What stands in cells of the file instead, by the sheet, row and header that it is changed at."""
        found: dict[Change, str] = {}
        for table in map(self.table, among):
            if (raw := raws.get(table.name)) is None:
                continue
            for (row, column), text in self.cells.get(table.name, {}).items():
                position = place_of(raw.header, table, column)
                if position is not None:
                    found[raw.sheet, row, raw.header[position]] = text
        return found


NOTHING = Meant()


def place_of(header: Sequence[str], table: Table, column: str) -> int | None:
    """Where a column stands, by its header or by our name; None where the table has none."""
    if column in header:
        return header.index(column)
    if column not in {one.name for one in table.columns}:
        return None
    found = headers.understand(header, table).of(table.column(column))
    return found[0].position if found else None


def _set(cells: pl.DataFrame, columns: Mapping[int, Mapping[int, str | None]]) -> pl.DataFrame:
    changed = []
    for position, texts in columns.items():
        name = str(position)
        column = cells[name].cast(pl.String)
        values = pl.Series(list(texts.values()), dtype=pl.String)
        changed.append(column.scatter(list(texts), values).alias(name))
    return cells.with_columns(changed)
