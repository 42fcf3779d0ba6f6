"""The registry of actions: each is declared once here, and every interface is made from these declarations.

`run` is the only door. The work of an action stands in hub/<name>.py as a function of the same name, imported
only when it runs, so that asking for help costs nothing. A dot in a name makes a family: "region.import" stands in
hub/region_import.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from tandem.base import settings
from tandem.base.errors import Invalid
from tandem.base.words import Lang
from tandem.hub import answers, inputs, region_answers, region_inputs

Role = Literal["visitor", "member", "operator"]
_EVERYONE: frozenset[Role] = frozenset(("visitor", "member", "operator"))
_STAFF: frozenset[Role] = frozenset(("member", "operator"))


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can ask of the hub; its words stand under `action.<name>` and `action.<name>.more`.

    may    the roles that may ask for it; someone at the command line of their own machine is the operator
    takes  a frozen dataclass whose fields are settings (base/settings.py)
    gives  a frozen dataclass of plain values, or the several that it may be
    """

    name: str
    may: frozenset[Role]
    takes: type
    gives: tuple[type, ...]

    @property
    def place(self) -> str:
        """The file and the function that do the work."""
        return self.name.replace(".", "_")


ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        Action("demo", _EVERYONE, inputs.DemoInput, (answers.Matched,)),
        Action("template", _EVERYONE, inputs.TemplateInput, (answers.Written,)),
        Action("check", _STAFF, inputs.CheckInput, (answers.Checked,)),
        Action("match", _STAFF, inputs.MatchInput, (answers.Matched, answers.Explained)),
        Action("clear", _STAFF, inputs.ClearInput, (answers.Cleared,)),
        Action("learn", _STAFF, inputs.LearnInput, (answers.Trained,)),
        Action("duplicates", _STAFF, inputs.DuplicatesInput, (answers.Duplicates,)),
        Action("evaluate", _STAFF, inputs.EvaluateInput, (answers.Evaluated,)),
        Action("region.import", _STAFF, region_inputs.RegionImportInput, (region_answers.RegionImported,)),
        Action("region.show", _STAFF, region_inputs.RegionShowInput, (region_answers.RegionShown,)),
        Action("region.export", _STAFF, region_inputs.RegionExportInput, (region_answers.RegionExported,)),
        Action("region.report", _STAFF, region_inputs.RegionReportInput, (region_answers.RegionReported,)),
    )
}


def _nothing(code: str) -> None:
    """Told of progress, does nothing."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in which language files are written for them, and how they hear of progress (by code)."""

    role: Role = "operator"
    lang: Lang = "en"
    progress: Callable[[str], None] = _nothing


def run(name: str, given: Mapping[str, Any], asker: Asker = Asker()) -> Any:
    """Does one action: reads what was given, admits the asker, imports the work and does it.

    given    setting name -> value, as text or as the setting's own type; None counts as not given
    Returns  an instance of one of the action's `gives`
    Raises   Invalid action.unknown, action.refused, setting.*, and what the action itself raises
    """
    action = ACTIONS.get(name)
    if action is None:
        raise Invalid("action.unknown", name=name, known=list(ACTIONS))
    if asker.role not in action.may:
        raise Invalid("action.refused", name=name, role=asker.role)
    taken: Any = settings.parse(action.takes, given)
    work = getattr(import_module(f"tandem.hub.{action.place}"), action.place)
    return work(taken, asker)
