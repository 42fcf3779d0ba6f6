"""Figures that a hub's own records give: how many needs were answered, and how many of them well.

They are figures like published ones, so that indicators are derived from them, doubted and cited in the same way.
"""

from __future__ import annotations

import polars as pl

GOOD = 0.8  # rating from which a delivery counts as good
KNOWN, WELL = "needs_matched", "needs_good_outcome"
_TEXTS = ("figure_id", "indicator", "value", "unit", "period", "geography", "kind", "source", "definition")


def outcome_figures(
    deliveries: pl.DataFrame, geography: str, source: str, good: float = GOOD
) -> pl.DataFrame:
    """Needs with a known outcome, and those with a good one, for each year in which they were delivered.

    deliveries  need_id, delivered_on, rating (0..1); a need counts once a year, by the mean of its rated deliveries
    geography   where the hub is; source: what the figures are cited by
    Returns     texts as engine/figures/frame.understand takes them; without rows where no delivery names a need and
                has a rating and a day
    """
    rated = deliveries.filter(pl.all_horizontal(pl.col("need_id", "delivered_on", "rating").is_not_null()))
    needs = rated.group_by(year=pl.col("delivered_on").dt.year(), need="need_id").agg(pl.col("rating").mean())
    years = needs.group_by("year").agg(
        pl.len().alias(KNOWN), (pl.col("rating") >= good).sum().alias(WELL)
    )  # fmt: skip
    long = years.unpivot([KNOWN, WELL], index="year", variable_name="indicator").sort("year", "indicator")
    year = pl.col("year").cast(pl.String)
    return long.select(
        pl.format("hub-{}-{}", "indicator", "year").alias("figure_id"),
        "indicator",
        pl.col("value").cast(pl.String),
        pl.lit("needs").alias("unit"),
        year.alias("period"),
        pl.lit(geography).alias("geography"),
        pl.lit("baseline").alias("kind"),
        pl.lit(source).alias("source"),
        pl.lit(f"rating >= {good}").alias("definition"),
    ).select(_TEXTS)
