"""The actions on introductions, their outcomes and notices."""

from __future__ import annotations

from tandem.domain.people import AUDITORS, MEMBERS, OPERATORS, SIGNED_IN
from tandem.hub.action import Action
from tandem.hub.answers import Done, Download
from tandem.hub.introductions import answers, inputs
from tandem.hub.records.inputs import Named

_SHOWN = (answers.PosedIntroduction, answers.InvitedIntroduction, answers.BrokeredIntroduction)
_POSING = (answers.PosedIntroduction, answers.BrokeredIntroduction)
_READERS = MEMBERS | AUDITORS


def _move(
    verb: str, takes: type, place: str, *, binds: bool = False, gives: tuple[type, ...] = _SHOWN
) -> Action:
    """A move of one introduction, which its sides and the broker may ask for as far as the table of moves says."""
    return Action(
        f"introduction.{verb}", MEMBERS, takes, gives, f"introductions.{place}", "writes", binds=binds
    )


ACTIONS: tuple[Action, ...] = (
    Action("need.preview", MEMBERS, inputs.NeedDrafted, (answers.NeedPreview,), "introductions.previewing:preview",
           "reads"),
    _move("propose", inputs.Proposal, "proposing:propose", gives=_POSING),
    Action("introduction.volunteer", frozenset(("member", "manager")), inputs.Volunteering, (answers.Volunteered,),
           "introductions.volunteering:volunteer", "writes", binds=True),
    _move("invite", Named, "answering:invite", binds=True),
    _move("answer", inputs.Reply, "answering:answer", binds=True),
    _move("reveal", Named, "answering:reveal", binds=True),
    _move("introduce", Named, "answering:introduce", binds=True),
    _move("quote", inputs.Quotation, "dealing:quote", binds=True),
    _move("agree", inputs.Agreement, "dealing:agree", binds=True),
    _move("lose", inputs.Loss, "dealing:lose", binds=True),
    _move("outcome", inputs.Outcome, "dealing:outcome", binds=True),
    Action("introduction.list", _READERS, inputs.IntroductionQuery, (answers.Introductions,),
           "introductions.lists:listed", "reads"),
    Action("introduction.show", _READERS, Named, _SHOWN, "introductions.lists:show", "reads"),
    Action("introduction.worklist", AUDITORS, inputs.WorkQuery, (answers.WorkList,),
           "introductions.lists:worklist", "reads", heavy=True),
    Action("introduction.figures", _READERS, inputs.FiguresQuery, (answers.OwnFigures, answers.HubFigures),
           "introductions.figures:figures", "reads", heavy=True),
    Action("introduction.sweep", OPERATORS, inputs.Sweep, (answers.Swept,), "introductions.sweep:sweep_once", "writes"),
    Action("introduction.lease", OPERATORS, inputs.LeaseChange, (answers.Leases,), "introductions.leases:change",
           "writes"),
    Action("outcome.export", AUDITORS, inputs.OutcomeQuery, (Download,), "introductions.outcomes:export", "reads",
           heavy=True),
    Action("notice.list", SIGNED_IN, inputs.NoticeQuery, (answers.Notices,), "notices:listed", "reads"),
    Action("notice.read", SIGNED_IN, inputs.NoticesSeen, (Done,), "notices:read", "writes"),
)  # fmt: skip
