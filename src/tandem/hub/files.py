"""The actions on files: what a person asks of Tandem on their own machine, without a hub."""

from __future__ import annotations

from tandem.domain.people import EVERYONE, MEMBERS, OPERATORS, Role
from tandem.hub import answers, inputs, region_answers, region_inputs
from tandem.hub.action import Action

_ASKERS: frozenset[Role] = MEMBERS | {"analyst"}

ACTIONS = (
    Action("demo", EVERYONE, inputs.DemoInput, (answers.Matched,)),
    Action("template", EVERYONE, inputs.TemplateInput, (answers.Written,)),
    Action("check", _ASKERS, inputs.CheckInput, (answers.Checked,)),
    Action("match", _ASKERS, inputs.MatchInput, (answers.Matched, answers.Explained)),
    Action("clear", _ASKERS, inputs.ClearInput, (answers.Cleared,)),
    Action("learn", _ASKERS, inputs.LearnInput, (answers.Trained,)),
    Action("duplicates", _ASKERS, inputs.DuplicatesInput, (answers.Duplicates,)),
    Action("evaluate", _ASKERS, inputs.EvaluateInput, (answers.Evaluated,)),
    Action("region.import", _ASKERS, region_inputs.RegionImportInput, (region_answers.RegionImported,)),
    Action("region.show", _ASKERS, region_inputs.RegionShowInput, (region_answers.RegionShown,)),
    Action("region.export", _ASKERS, region_inputs.RegionExportInput, (region_answers.RegionExported,)),
    Action("region.report", _ASKERS, region_inputs.RegionReportInput, (region_answers.RegionReported,)),
    Action("serve", OPERATORS, inputs.ServeInput, (answers.Served,)),
    Action("mcp", OPERATORS, inputs.McpInput, (answers.Attended,), "attend:attend"),
)
