"""Published figures as a frame: every distinct text is understood once, plain decimals by whole columns.

Prints stay as they are; beside them stand bounds in base units, the form of the print and what is measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from tandem.domain.region.periods import read_period
from tandem.domain.region.printed import read_value
from tandem.domain.region.quantities import measure
from tandem.domain.region.tables import FIGURES
from tandem.domain.region.units import Unit, read_unit
from tandem.engine.figures import places

TEXTS = tuple(column.name for column in FIGURES.columns)
PARSED: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "indicator_id": pl.String, "geo_id": pl.String, "lower": pl.Float64, "upper": pl.Float64, "half": pl.Float64,
    "form": pl.String, "dimension": pl.String, "currency": pl.String, "thing": pl.String, "whole": pl.String,
    "first_year": pl.Int16, "last_year": pl.Int16,
}  # fmt: skip
SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {**dict.fromkeys(TEXTS, pl.String), **PARSED}
"""Columns of the parsed frame; all texts are Categorical (but figure_id and value) where the indicator comes as one."""

READING = 1  # raised whenever a print comes to be read otherwise, so that stored bounds are made anew
_PLAIN = r"^-?\d{1,15}(\.\d{1,12})?$"
_GROWTH = re.compile(r"growth|\byoy\b|增长|增速|增幅|同比", re.IGNORECASE)
_MEASURED = ("lower", "upper", "half", "form", "dimension", "currency", "thing", "whole")


def frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The parsed frame of a few rows; a row may name its figure `id` and its period `year`, as figures.csv does."""
    named = [{_ALIASES.get(key, key): value for key, value in row.items()} for row in rows]
    texts = {
        name: [None if row.get(name) in (None, "") else str(row[name]) for row in named] for name in TEXTS
    }
    return understand(pl.DataFrame(texts, schema=dict.fromkeys(TEXTS, pl.String)))


_ALIASES = {"id": "figure_id", "year": "period"}


def understand(
    texts: pl.DataFrame, indicators: pl.DataFrame | None = None, geographies: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The parsed frame (SCHEMA, unknown columns behind): bounds in base units, form, dimension, years, ids.

    texts        (n, any of TEXTS and more) String or Categorical; kind is 'baseline' where it is missing
    indicators   names and aliases by which an indicator is known, and geographies the same for places
    Guarantees   rows in their order, prints unchanged, no error for any text; each distinct text is read once
    """
    made = texts.with_columns(
        pl.lit(None, pl.String).alias(name) for name in TEXTS if name not in texts.columns
    ).with_columns(pl.col("kind").fill_null("baseline"))
    measured = _measured(made)
    if (
        made["indicator"].dtype == pl.String
    ):  # a large frame holds its texts as Categorical, a small one as String
        measured = measured.cast(dict.fromkeys(_MEASURED[3:], pl.String))
    made = made.hstack(measured).hstack(_years(made))
    indicator_ids = places.indicator_ids(_distinct(made["indicator"]), indicators)
    geo_ids = places.geo_ids(_distinct(made["geography"]), geographies)
    return made.with_columns(
        _mapped(made["indicator"], indicator_ids).alias("indicator_id"),
        _mapped(made["geography"], geo_ids).alias("geo_id"),
    ).select(*SCHEMA, pl.exclude(*SCHEMA))


def distinct(column: pl.Series) -> pl.Series:
    """A row for each text of a column, and one for null where it has any, in whatever order; quick for Categorical."""
    if column.dtype != pl.Categorical:
        return column.unique()
    codes, begun = column.to_physical(), 0
    most = codes.max()
    missing = most + 1 if isinstance(most, int) else 0
    codes = codes.fill_null(missing) if codes.null_count() else codes
    last = np.full(missing + 1, -1, np.int64)
    for piece in codes.get_chunks():
        last[piece.to_numpy()] = np.arange(begun, begun + len(piece))
        begun += len(piece)
    return column[last[last >= 0]]


def _distinct(column: pl.Series) -> list[str]:
    return [text for text in distinct(column).cast(pl.String).to_list() if text is not None]


def _mapped(column: pl.Series, answers: Mapping[str, str]) -> pl.Series:
    """Each text's answer; the column keeps its type, String or Categorical."""
    known = pl.DataFrame(
        {"text": list(answers), "answer": list(answers.values())},
        schema={"text": pl.String, "answer": pl.String},
    ).cast(column.dtype)
    return column.to_frame("text").join(known, on="text", how="left", maintain_order="left")["answer"]


def _years(texts: pl.DataFrame) -> list[pl.Series]:
    periods = _distinct(texts["period"])
    read = [read_period(text) for text in periods]
    known = pl.DataFrame(
        {"period": periods, "first_year": [p.first for p in read], "last_year": [p.last for p in read]},
        schema={"period": pl.String, "first_year": pl.Int16, "last_year": pl.Int16},
    ).cast({"period": texts["period"].dtype})
    return (
        texts.select("period")
        .join(known, on="period", how="left", maintain_order="left")
        .select("first_year", "last_year")
        .get_columns()
    )


def _measured(texts: pl.DataFrame) -> pl.DataFrame:
    """Bounds and dimension of every row: plain decimals by column, the other distinct prints one by one."""
    plain = texts["value"].cast(pl.String).str.contains(_PLAIN).fill_null(False)
    units = _units(texts)
    rows = texts.select(pl.col("value", "unit"), plain.alias("plain")).with_row_index("row").join(
        units, on="unit", how="left", nulls_equal=True, maintain_order="left"
    )  # fmt: skip
    by_column = rows["plain"] & rows["linear"]
    parts = [
        part for part in (_linear(rows.filter(by_column)), _read(rows.filter(~by_column))) if part.height
    ]
    measured = pl.concat(parts).sort("row") if len(parts) > 1 else (parts[0] if parts else _read(rows))
    measured = _growth(measured, texts["indicator"])
    return measured.select(_MEASURED)


def _units(texts: pl.DataFrame) -> pl.DataFrame:
    """What each distinct unit says; `linear` where a plain decimal is simply multiplied."""
    names: list[str | None] = [*_distinct(texts["unit"]), None]
    read = [read_unit(name or "") for name in names]
    return pl.DataFrame(
        {
            "unit": names,
            "times": [unit.multiplier * max(unit.scale, 1.0) for unit in read],
            "over": [float(round(1 / unit.scale)) if unit.scale < 1 else 1.0 for unit in read],
            "dimension": [unit.dimension for unit in read],
            "currency": [unit.currency for unit in read],
            "thing": [unit.thing for unit in read],
            "whole": [unit.whole for unit in read],
            "linear": [_is_linear(unit) for unit in read],
        },
        schema={"unit": pl.String, "times": pl.Float64, "over": pl.Float64, "dimension": pl.Categorical,
                "currency": pl.Categorical, "thing": pl.Categorical, "whole": pl.Categorical, "linear": pl.Boolean},
    ).cast({"unit": texts["unit"].dtype})  # fmt: skip


def _is_linear(unit: Unit) -> bool:
    return unit.dimension != "date" and unit.thing != "year" and not unit.about


def _linear(rows: pl.DataFrame) -> pl.DataFrame:
    """Plain decimals: value x unit, half a last digit from the places behind the point."""
    text = pl.col("value").cast(pl.String)
    places_behind = (text.str.len_bytes() - 1 - text.str.find(".", literal=True)).fill_null(0)
    number = text.cast(pl.Float64) * pl.col("times") / pl.col("over")
    half = pl.lit(0.5) * pl.lit(10.0).pow(-places_behind.cast(pl.Float64)) * pl.col("times") / pl.col("over")
    return rows.select(
        "row",
        number.alias("lower"),
        number.alias("upper"),
        half.alias("half"),
        pl.lit("point", pl.Categorical).alias("form"),
        pl.col("dimension", "currency", "thing", "whole"),
    )


def _read(rows: pl.DataFrame) -> pl.DataFrame:
    """The other prints: each distinct pair of value and unit is read once."""
    pairs = rows.select("value", "unit").unique(maintain_order=True)
    read = [
        measure(read_value(value or ""), read_unit(unit or ""))
        for value, unit in pairs.cast(pl.String).iter_rows()
    ]
    kinds = {"lower": pl.Float64, "upper": pl.Float64, "half": pl.Float64}
    known = pairs.with_columns(
        pl.Series(name, [getattr(quantity, name) for quantity in read], dtype=kinds.get(name, pl.Categorical))
        for name in _MEASURED
    )
    return rows.select("row", "value", "unit").join(
        known, on=["value", "unit"], how="left", nulls_equal=True, maintain_order="left"
    ).select("row", *_MEASURED)  # fmt: skip


def _growth(measured: pl.DataFrame, indicator: pl.Series) -> pl.DataFrame:
    """A bare per cent beside an indicator that names growth is a growth rate."""
    named = pl.Series(
        "indicator", [text for text in _distinct(indicator) if _GROWTH.search(text)], dtype=pl.String
    )
    rate = indicator.is_in(named.cast(indicator.dtype).implode()) & (measured["dimension"] == "share")
    rate = rate & measured["whole"].is_null() & measured["thing"].is_null()
    return measured.with_columns(
        pl.when(rate).then(pl.lit("growth", pl.Categorical)).otherwise(pl.col("dimension")).alias("dimension")
    )
