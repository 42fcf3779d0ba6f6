"""From ids to row numbers: a table where ids are numbers lying close together, else a join."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Rows = npt.NDArray[np.int32]

SPREAD = 4  # the table from number to row may have this many times the entries that are needed
SMALL = 1_000  # or this many


class Directory:
    """The rows of ids, which are unique and present, as judge.ids gives them.

    Text that is a plain whole number ("7", not "007") is kept as the number; so ids are the same whether a file
    holds them as numbers or as text.
    """

    def __init__(self, ids: pl.Series) -> None:
        numbers = _numbers(ids)
        self.numeric = numbers.null_count() == 0
        self.table: Rows | None = None
        known = (numbers if self.numeric else _text(ids)).alias("id")
        self.known = pl.DataFrame([known, pl.int_range(len(ids), dtype=pl.Int32, eager=True).alias("row")])
        if self.numeric and len(numbers):
            low, high = int(numbers.min()), int(numbers.max())  # type: ignore[arg-type]  # whole numbers
            if high - low < SPREAD * len(numbers) + SMALL:
                self.low, self.table = low, np.full(high - low + 1, -1, np.int32)
                self.table[numbers.to_numpy() - low] = np.arange(len(numbers), dtype=np.int32)

    def __len__(self) -> int:
        return self.known.height

    def rows(self, ids: pl.Series) -> Rows:
        """The row of each id; -1 where it is unknown or missing."""
        wanted = _numbers(ids) if self.numeric else _text(ids)
        if self.table is not None:
            return self._looked_up(wanted)
        found = wanted.alias("id").to_frame().join(self.known, on="id", how="left", maintain_order="left")
        rows: Rows = found["row"].fill_null(-1).to_numpy()
        return rows

    def _looked_up(self, wanted: pl.Series) -> Rows:
        assert self.table is not None
        at = wanted.fill_null(self.low - 1).to_numpy() - self.low
        inside = (at >= 0) & (at < len(self.table))
        rows = self.table[at if inside.all() else np.where(inside, at, 0)]
        rows[~inside] = -1
        return rows


def _numbers(ids: pl.Series) -> pl.Series:
    """Ids as whole numbers of 64 bits, null where they are something else."""
    if ids.dtype.is_integer():
        return ids.cast(pl.Int64, strict=False)
    numbers = ids.cast(pl.Int64, strict=False)
    plain = (numbers.cast(pl.String) == ids).fill_null(True)
    return numbers if plain.all() else numbers.set(~plain, None)


def _text(ids: pl.Series) -> pl.Series:
    return ids if ids.dtype == pl.String else ids.cast(pl.String)
