"""Rows in which something changes: texts stay for many rows of a large register, and are looked at once a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


def starts(figures: pl.DataFrame, columns: Sequence[str]) -> NDArray[np.int64]:
    """Rows that differ from the one before in any of the columns, the first row among them; ascending."""
    if not (figures.height and columns):
        return np.arange(min(figures.height, 1), dtype=np.int64)
    changes = [pl.col(name).ne_missing(pl.col(name).shift()) for name in columns]
    differs = figures.lazy().select(pl.any_horizontal(changes).alias("differs")).collect()["differs"]
    found = differs.arg_true().to_numpy().astype(np.int64)
    return found if len(found) and found[0] == 0 else np.r_[0, found]


def lengths(begun: NDArray[np.int64], height: int) -> NDArray[np.int64]:
    """How many rows each run has that begins at `begun`."""
    made: NDArray[np.int64] = np.diff(np.r_[begun, height])
    return made


def counted(figures: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Every distinct row of some columns, in the order in which they come first, with `len`, how many rows say so."""
    begun = starts(figures, columns)
    held = figures.select(columns)[begun].with_columns(pl.Series("len", lengths(begun, figures.height)))
    return held.group_by(columns, maintain_order=True).agg(pl.col("len").sum())
