"""What the actions on the hub as a whole take."""

from __future__ import annotations

from dataclasses import dataclass

from tandem.base.settings import setting
from tandem.domain.tables import KINDS
from tandem.hub.records.inputs import Paged

STANDINGS = ("open", "unproposed", "unfilled", "unmatched", "past_due")


@dataclass(frozen=True, kw_only=True)
class OverviewQuery:
    """Which needs and offers the gaps count, and how many days exposure, times and flows look back."""

    kind: str | None = setting("choice", None, choices=KINDS)
    sector: str | None = setting("text", None)
    city: str | None = setting("text", None)
    service_code: str | None = setting("text", None)
    days: int = setting("integer", 365, minimum=1, maximum=36_600)


@dataclass(frozen=True, kw_only=True)
class StandingQuery(Paged):
    """Posed needs that stand alike.

    about  open: not past their day, with a slot that nobody is found for; of these
           unproposed: nobody was ever proposed; unfilled: proposals have ended and too few are left;
           unmatched: the newest round found weak supply or none; past_due: still posed after their day
    """

    about: str = setting("choice", "open", choices=STANDINGS)
    kind: str | None = setting("choice", None, choices=KINDS)
    sector: str | None = setting("text", None)
    city: str | None = setting("text", None)
    service_code: str | None = setting("text", None)
