"""The actions on the hub's own register of the region: everybody reads it, operators import into it."""

from __future__ import annotations

from tandem.domain.people import EVERYONE, OPERATORS
from tandem.hub.action import Action
from tandem.hub.answers import Download
from tandem.hub.regional import answers, inputs


def _read(verb: str, takes: type, gives: type, place: str) -> Action:
    """A view of the register; heavy, because the first to ask after an import may wait until all is judged."""
    return Action(f"register.{verb}", EVERYONE, takes, (gives,), f"regional.{place}", "reads", heavy=True)


ACTIONS: tuple[Action, ...] = (
    _read("show", inputs.Nothing, answers.Holding, "views:show"),
    _read("targets", inputs.Nothing, answers.Targets, "views:targets"),
    _read("target", inputs.Named, answers.Outlook, "views:target"),
    _read("clusters", inputs.Nothing, answers.Clusters, "views:clusters"),
    _read("chains", inputs.ChainQuery, answers.Chains, "chains:chains"),
    _read("doubts", inputs.DoubtQuery, answers.Doubts, "views:doubts"),
    _read("figures", inputs.FigureQuery, answers.Figures, "figures:listed"),
    _read("figure", inputs.Named, answers.FigureShown, "figures:show"),
    _read("measures", inputs.Nothing, answers.Measures, "views:measures"),
    _read("export", inputs.ExportQuery, Download, "export:exported"),
    Action("register.problems", OPERATORS, inputs.ProblemsQuery, (Download,), "regional.importing:problems", "reads",
           heavy=True),
    Action("register.import", OPERATORS, inputs.ImportInput, (answers.Stored,), "regional.importing:imported", "writes",
           before="regional.importing:prepared", heavy=True),
    Action("register.sample", OPERATORS, inputs.Nothing, (answers.Stored,), "regional.importing:sampled", "writes",
           before="regional.importing:prepared_sample", heavy=True),
)  # fmt: skip
