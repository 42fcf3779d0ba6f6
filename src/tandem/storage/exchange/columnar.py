"""Parquet: typed columns turned into the text a person would type."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tandem.base.errors import Invalid
from tandem.storage.exchange import limits
from tandem.storage.exchange.raw import Fault, RawTable, within

_FIRST_ROW = 2  # a spreadsheet would show the header in row 1


def read(path: Path, room: limits.Room = limits.BOOK) -> RawTable:
    """The rows of a Parquet file; columns of a type that no cell can hold are left out with a fault."""
    frame = _frame(path, room)
    texts: list[pl.Series] = []
    faults: list[Fault] = []
    for position, column in enumerate(frame.iter_columns()):
        text = as_text(column)
        if text is None:
            faults.append(
                Fault(1, "column.type", position, column.name, {"type": str(column.dtype)}, rejects=False)
            )
            text = pl.Series(column.name, [None] * frame.height, dtype=pl.String)
        texts.append(text.alias(str(position)))
    if sum(int(text.str.len_bytes().sum() or 0) for text in texts) > limits.PARQUET_TEXT_BYTES:
        raise Invalid("file.unpacked", file=path.name, limit=limits.PARQUET_TEXT_BYTES >> 20)
    rows = pl.Series("row", range(_FIRST_ROW, frame.height + _FIRST_ROW), dtype=pl.Int64)
    return RawTable(path.name, None, tuple(frame.columns), pl.DataFrame(texts), rows, tuple(faults))


def _frame(path: Path, room: limits.Room) -> pl.DataFrame:
    """The file's frame, after its own figures have been checked; polars may panic on hostile bytes."""
    try:
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        width = len(lazy.collect_schema())
        height = int(lazy.select(pl.len()).collect().item())
        if width > limits.COLUMNS:
            raise Invalid("file.columns", file=path.name, n=width, limit=limits.COLUMNS)
        within(room, path.name, height, width)
        return lazy.collect()
    except (Invalid, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic is a BaseException
        raise Invalid("file.parquet", file=path.name) from error


def as_text(column: pl.Series) -> pl.Series | None:
    """The text that a person would type for each value; None where no cell can hold such values."""
    kind = column.dtype
    if isinstance(kind, (pl.List, pl.Array)):
        inner = kind.inner
        if isinstance(inner, (pl.String, pl.Categorical, pl.Enum)) or (
            isinstance(inner, type) and inner == pl.String
        ):
            return column.cast(pl.List(pl.String)).list.join(";", ignore_nulls=True)
        return None
    if kind == pl.Datetime:
        return column.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    if kind.is_float():
        return _floats(column.cast(pl.Float64))
    if (
        kind == pl.Boolean
        or kind.is_integer()
        or kind in (pl.String, pl.Date, pl.Categorical, pl.Enum, pl.Decimal, pl.Null)
    ):
        return column.cast(pl.String)
    return None


def _floats(column: pl.Series) -> pl.Series:
    """Whole numbers without '.0'; NaN, which data frames write for 'missing', as no value."""
    present = column.fill_nan(None)
    whole = (present == present.floor()) & (present.abs() < 1e15)
    frame = pl.DataFrame({"value": present, "whole": whole})
    return frame.select(
        pl.when("whole")
        .then(pl.when("whole").then("value").cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(pl.col("value").cast(pl.String))
    ).to_series()
