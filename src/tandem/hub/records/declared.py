"""The actions on records: organisations, needs, offers, deliveries."""

from __future__ import annotations

from tandem.domain.people import EVERYONE, MEMBERS
from tandem.hub.action import Action
from tandem.hub.records import answers, inputs

_SHOWN = (answers.Need, answers.OwnNeed)

ACTIONS = (
    Action(
        "need.pose", MEMBERS, inputs.NeedDraft, (answers.OwnNeed,), "records.needs:pose", "writes", binds=True
    ),
    Action("need.list", EVERYONE, inputs.NeedQuery, (answers.Needs,), "records.needs:listed", "reads"),
    Action("need.show", EVERYONE, inputs.Named, _SHOWN, "records.needs:show", "reads"),
    Action("need.edit", MEMBERS, inputs.NeedChange, (answers.OwnNeed,), "records.needs:edit", "writes"),
    Action("need.withdraw", MEMBERS, inputs.Named, (answers.OwnNeed,), "records.needs:withdraw", "writes"),
)
