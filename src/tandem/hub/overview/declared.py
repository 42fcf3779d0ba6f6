"""The actions on the hub as a whole: what its operator looks at first."""

from __future__ import annotations

from tandem.domain.people import AUDITORS
from tandem.hub.action import Action
from tandem.hub.overview import answers, inputs

ACTIONS: tuple[Action, ...] = (
    Action("overview.show", AUDITORS, inputs.OverviewQuery, (answers.Overview,), "overview.show:show", "reads",
           heavy=True),
    Action("overview.needs", AUDITORS, inputs.StandingQuery, (answers.Standings,), "overview.standing:needs", "reads",
           heavy=True),
)  # fmt: skip
