"""The day as of which a register is read: the newest that the register itself names, because no clock is asked."""

from __future__ import annotations

from datetime import date

import polars as pl

from tandem.domain.region.periods import read_period


def newest_day(figures: pl.DataFrame) -> date:
    """The newest exact day among vintages and published dates, else the end of the newest baseline's year.

    figures  the parsed figures frame; with targets alone, the last day before the first of their years; without any
             year, 1 January 2000
    """
    dates = figures.filter(pl.col("kind") == "date")
    texts = [*figures["vintage"].unique().cast(pl.String), *dates["value"].unique().cast(pl.String)]
    days = [day for text in texts if text and (day := _day(text)) is not None]
    if days:
        return max(days)
    year = figures.filter(pl.col("kind") == "baseline")["last_year"].max()
    if year is None and (first := figures["first_year"].min()) is not None:
        year = max(int(str(first)) - 1, 1)
    return date(int(year), 12, 31) if isinstance(year, int) else date(2000, 1, 1)


def _day(text: str) -> date | None:
    """The day of a text that names year, month and day."""
    named = read_period(text).day
    try:
        return date.fromisoformat(named) if named is not None else None
    except ValueError:  # a month alone
        return None
