"""What is wrong in tables of many rows: everything is counted, the first thousand are told one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.base.errors import Finding
from tandem.domain.tables import Column
from tandem.storage.edges import judge
from tandem.storage.exchange import limits
from tandem.storage.exchange.stream import ROW, Source

Told = tuple[str, int | None, str | None, Any, Mapping[str, Any]]  # code, row, column, value, figures


@dataclass
class Faults:
    """What is wrong in one table: `count` is all of it, `listed` the first of it."""

    table: str
    source: Source
    count: int = 0
    listed: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        faults = [fault for fault in self.source.faults if fault.rejects]
        header = self.source.header
        self.add(
            len(faults),
            (
                (one.code, one.row, None if one.column is None else header[one.column], one.value, one.params)
                for one in faults
            ),
        )

    @property
    def room(self) -> int:
        """How many more can be told one by one."""
        return max(0, limits.FINDINGS_LISTED - len(self.listed))

    def add(self, count: int, told: Iterable[Told]) -> None:
        """So many faults more, and how to tell the first of them."""
        self.count += count
        table, file, sheet = self.table, self.source.file, self.source.sheet
        for code, row, column, value, params in islice(told, self.room):
            shown = None if value is None else str(value)[: limits.VALUE_SHOWN]
            self.listed.append(Finding(code, "error", table, file, sheet, row, column, shown, params))

    def missing(self, columns: Sequence[Column]) -> None:
        """Required columns that are not there."""
        params = {
            "missing": [column.name for column in columns],
            "missing_zh": [column.zh for column in columns],
            "found": [name for name in self.source.header if name][:20],
        }
        self.add(1, [("columns.missing", None, None, None, params)])

    def numbers(self, rows: pl.DataFrame, at: int, read: npt.NDArray[np.int64], limit: int) -> None:
        """The cells of a column that are no whole numbers from 0 to the limit."""
        bad = np.flatnonzero(read == judge.BAD)
        header = self.source.header[at]
        cells = rows[bad[: self.room]].select(ROW, str(at)).iter_rows()
        self.add(len(bad), (_number(row, header, cell, limit) for row, cell in cells))


def _number(row: int, header: str, cell: Any, limit: int) -> Told:
    code, text, params = judge.why(cell, limit)
    return code, row, header, text, params
