"""What the actions on rounds and jobs take."""

from __future__ import annotations

from dataclasses import dataclass

from tandem.base.settings import setting
from tandem.domain.moves import JOB, ROUND
from tandem.domain.tables import KINDS
from tandem.hub.records.inputs import Paged

MOST_NAMED = 1_000  # needs that one round can name


@dataclass(frozen=True, kw_only=True)
class RoundPlan:
    """Which needs are cleared together, under which rules.

    needs  ids; without any, all that are posed, as far as kind and city say
    rules  the text of a file of rules, as `tandem clear --rules` reads it
    gap    per cent; None asks for the optimum wherever the lists are not very long
    """

    title: str = setting("text")
    needs: tuple[str, ...] = setting("texts", (), at_most=MOST_NAMED)
    kind: str | None = setting("choice", None, choices=KINDS)
    city: str | None = setting("text", None)
    rules: str | None = setting("long_text", None)
    top: int = setting("integer", 10, minimum=1, maximum=50)
    gap: float | None = setting("percent", None)


@dataclass(frozen=True, kw_only=True)
class RoundSketch:
    """Which needs would be cleared under which rules, as in RoundPlan."""

    needs: tuple[str, ...] = setting("texts", (), at_most=MOST_NAMED)
    kind: str | None = setting("choice", None, choices=KINDS)
    city: str | None = setting("text", None)
    rules: str | None = setting("long_text", None)


@dataclass(frozen=True, kw_only=True)
class RoundQuery(Paged):
    """Rounds, of one state where it is given."""

    state: str | None = setting("choice", None, choices=tuple(ROUND))


@dataclass(frozen=True, kw_only=True)
class AssignmentQuery(Paged):
    """The lists of a round: of one need, of one organisation, or only what was assigned."""

    id: str = setting("id", positional=True)
    need: str | None = setting("id", None)
    organisation: str | None = setting("id", None)
    assigned: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class Comparison(Paged):
    """Two rounds, the earlier one first."""

    id: str = setting("id", positional=True)
    other: str = setting("id")


@dataclass(frozen=True, kw_only=True)
class JobQuery(Paged):
    """Jobs, of one state where it is given."""

    state: str | None = setting("choice", None, choices=tuple(JOB))


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Nothing needs to be said."""
