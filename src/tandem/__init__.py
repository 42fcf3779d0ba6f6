"""Tandem: a coordination hub for manufacturing and services. As a library: functions over polars frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from tandem.engine.assignment.matches import Cleared
    from tandem.engine.matching.evaluate import Quality
    from tandem.engine.matching.match import MatchResult

__version__ = "0.1.0"
__all__ = ["clear_matches", "evaluate", "match"]


def match(
    needs: pl.DataFrame,
    *,
    organisations: pl.DataFrame | None = None,
    offers: pl.DataFrame | None = None,
    deliveries: pl.DataFrame | None = None,
    clear: bool = True,
    **settings: Any,
) -> MatchResult:
    """Ranks organisations for every need, with reasons, and assigns them jointly (columns `cleared` and `price`).

    The frames have the columns of the exchange tables (docs/glossary.md); columns may be missing where they are not
    required, and `org_id` / `org_ids` stand where the files say organisation. `settings` are those of MatchSettings:
    top=10, as_of=date, ... Raises Invalid where columns are missing or nothing can supply.
    """
    from tandem.hub import frames  # noqa: PLC0415  polars is loaded when it is used

    return frames.match(needs, organisations, offers, deliveries, settings, clear=clear)


def clear_matches(
    matches: pl.DataFrame,
    needs: pl.DataFrame,
    *,
    organisations: pl.DataFrame | None = None,
    offers: pl.DataFrame | None = None,
    deliveries: pl.DataFrame | None = None,
) -> Cleared:
    """Assigns all listed matches jointly under slots and capacities: who gets whom and why, what places are worth.

    matches  as match() gives them, or any list with need_id, rank and org_id; offer_id and probability where known
    """
    from tandem.hub import frames  # noqa: PLC0415

    return frames.clear_matches(matches, needs, organisations, offers, deliveries)


def evaluate(
    matches: pl.DataFrame,
    truth: pl.DataFrame,
    *,
    organisations: pl.DataFrame | None = None,
    deliveries: pl.DataFrame | None = None,
    **settings: Any,
) -> Quality:
    """Scores a match list against known outcomes: accuracy and exposure; settings: small=3, resamples=1000, seed=0."""
    from tandem.hub import frames  # noqa: PLC0415

    return frames.evaluate(matches, truth, organisations, deliveries, settings)
