"""The day as of which a register is read comes from the register."""

from __future__ import annotations

from datetime import date

from tandem.engine.figures import frame as figures
from tandem.engine.region import days


def row(**values: str) -> dict[str, str]:
    return {"id": "F", "indicator": "GDP", "value": "1", "geography": "G", "year": "2025", **values}


def test_the_newest_exact_day_wins():
    """Dates of publication and published dates count; months, years and words do not."""
    rows = [
        row(vintage="2026-02-24"),
        row(vintage="2027"),
        row(vintage="final"),
        row(kind="date", value="2026-01-26", unit="date"),
        row(kind="date", value="2026-10", unit="date"),
    ]
    assert days.newest_day(figures.frame(rows)) == date(2026, 2, 24)


def test_without_a_day_the_newest_baseline_ends_its_year():
    """A target's year is no baseline; an empty register still has a day."""
    rows = [row(), row(year="2023"), row(kind="target", year="2035")]
    assert days.newest_day(figures.frame(rows)) == date(2025, 12, 31)
    assert days.newest_day(figures.frame([])) == date(2000, 1, 1)


def test_targets_alone_are_read_before_the_first_is_due():
    """Without any baseline nothing has happened yet: the day before the first target year."""
    rows = [row(kind="target", year="2030"), row(kind="target", year="2035")]
    assert days.newest_day(figures.frame(rows)) == date(2029, 12, 31)
