"""What a register of figures holds, counted: kinds, sources, vintages, places, the span of what was measured."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tandem.engine.figures.frame import distinct


@dataclass(frozen=True, slots=True)
class Census:
    """How many figures there are of each kind, the most frequent first, and from how many sources, vintages, places.

    first, last  years that the baselines span; None where no baseline has a year
    """

    kinds: dict[str, int]
    sources: int
    vintages: int
    places: int
    first: int | None
    last: int | None


def count(figures: pl.DataFrame) -> Census:
    """The census of parsed figures (frame.SCHEMA); what is not stated counts as no source, vintage or place.

    Guarantees  kinds of equal number stand in the order of their names
    """
    kinds = _counted(figures["kind"])
    spanned = figures.filter(pl.col("kind").cast(pl.String) == "baseline").select(
        pl.col("first_year").min(), pl.col("last_year").max()
    )
    first, last = spanned.row(0)
    sources, vintages, places = (
        len(distinct(figures[name]).drop_nulls()) for name in ("source", "vintage", "geo_id")
    )
    return Census(dict(kinds.iter_rows()), sources, vintages, places, first, last)


def main_place(figures: pl.DataFrame) -> str | None:
    """The geo_id that most figures are about, of equals the first in order; None where none has a place."""
    counted = _counted(figures["geo_id"])
    return None if counted.is_empty() else str(counted[0, 0])


def _counted(texts: pl.Series) -> pl.DataFrame:
    """Each text and how often it stands there, the most frequent first, equals in order; nulls are left out."""
    counts = texts.drop_nulls().value_counts(name="n")  # before the cast, which only distinct texts shall pay
    return counts.cast({texts.name: pl.String}).sort("n", texts.name, descending=[True, False])
