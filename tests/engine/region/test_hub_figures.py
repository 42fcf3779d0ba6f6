"""Outcomes of a hub's own records become figures that indicators are derived from."""

from __future__ import annotations

from datetime import date

import polars as pl

from tandem.engine.figures.frame import understand
from tandem.engine.region.hub_figures import outcome_figures
from tandem.engine.region.quality import derive

DELIVERIES = pl.DataFrame(
    {
        "need_id": ["N1", "N1", "N2", "N3", None, "N4", "N5"],
        "delivered_on": [date(2025, 3, 1), date(2025, 9, 1), date(2025, 4, 1), date(2025, 5, 1), date(2025, 1, 1),
                         date(2024, 2, 2), None],
        "rating": [0.6, 1.0, 0.79, 0.95, 1.0, None, 0.9],
    }
)  # fmt: skip
INDICATORS = pl.DataFrame(
    {
        "indicator_id": ["good_outcome_share", "needs_good_outcome", "needs_matched"],
        "name": ["Good outcomes", "Matched needs with a good outcome", "Matched needs with a known outcome"],
        "numerator": ["needs_good_outcome", None, None],
        "denominator_id": ["needs_matched", None, None],
    }
)


def test_a_need_counts_once_by_the_mean_of_its_ratings():
    """Of three needs rated in 2025, N1 (0.6 and 1.0) and N3 are good; unrated and undated ones say nothing."""
    made = outcome_figures(DELIVERIES, "440000", "records")
    assert made.select("indicator", "value", "period").rows() == [
        ("needs_good_outcome", "2", "2025"),
        ("needs_matched", "3", "2025"),
    ]


def test_the_rate_is_derived_like_any_other():
    """2 of 3: the derived indicator names both figures."""
    figures = understand(outcome_figures(DELIVERIES, "440000", "records"), INDICATORS)
    row = derive(figures, INDICATORS).row(0, named=True)
    assert abs(row["value"] - 2 / 3) < 1e-12
    assert (row["numerator"], row["denominator"]) == (
        "hub-needs_good_outcome-2025",
        "hub-needs_matched-2025",
    )


def test_records_without_outcomes_give_no_figures():
    """A hub that never recorded an outcome has no rate, rather than one of zero."""
    assert (
        outcome_figures(DELIVERIES.with_columns(rating=pl.lit(None, pl.Float64)), "440000", "r").height == 0
    )
