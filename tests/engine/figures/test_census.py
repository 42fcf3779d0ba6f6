"""What a register holds, counted by hand."""

from __future__ import annotations

import polars as pl

from tandem.engine.figures import census
from tandem.engine.figures.frame import frame


def figures(*rows: tuple[str, str, str, str | None]) -> pl.DataFrame:
    return frame(
        {"id": f"F{n}", "indicator": "Output", "value": "1", "unit": "tonnes", "kind": kind, "period": period,
         "geography": place, "source": source}
        for n, (kind, period, place, source) in enumerate(rows)
    )  # fmt: skip


def test_kinds_sources_places_and_years_are_counted() -> None:
    """Two baselines of 2019 and 2024, a target of 2030 that widens no span, one figure without a source."""
    found = census.count(
        figures(
            ("target", "2030", "440100", "a"),
            ("baseline", "2024", "440100", "a"),
            ("baseline", "2019", "440000", "b"),
            ("date", "2026", "440000", None),
        )
    )
    assert list(found.kinds.items()) == [("baseline", 2), ("date", 1), ("target", 1)]
    assert (found.sources, found.vintages, found.places) == (2, 0, 2)
    assert (found.first, found.last) == (2019, 2024)


def test_the_main_place_is_that_of_most_figures() -> None:
    """Two of three; of equals the first in order."""
    rows = [("baseline", "2024", place, "a") for place in ("440300", "440100", "440300")]
    assert census.main_place(figures(*rows)) == "440300"
    assert census.main_place(figures(*rows[:2])) == "440100"


def test_nothing_is_counted_in_an_empty_register() -> None:
    """No figures: no kinds, no years, no main place."""
    empty = figures()
    assert census.count(empty) == census.Census({}, 0, 0, 0, None, None)
    assert census.main_place(empty) is None
