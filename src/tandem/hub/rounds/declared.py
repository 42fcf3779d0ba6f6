"""The actions on clearing rounds and the jobs that run them."""

from __future__ import annotations

from tandem.domain.people import AUDITORS, EVERYONE, OPERATORS, SIGNED_IN
from tandem.hub.action import Action
from tandem.hub.records.inputs import Named
from tandem.hub.rounds import answers, inputs

ACTIONS: tuple[Action, ...] = (
    Action("round.start", OPERATORS, inputs.RoundPlan, (answers.RoundShown,), "rounds.planning:start", "writes"),
    Action("round.check", OPERATORS, inputs.RoundSketch, (answers.RoundChecked,), "rounds.planning:check", "reads"),
    Action("round.list", AUDITORS, inputs.RoundQuery, (answers.Rounds,), "rounds.views:listed", "reads"),
    Action("round.show", AUDITORS, Named, (answers.RoundShown,), "rounds.views:show", "reads"),
    Action("round.assignments", AUDITORS, inputs.AssignmentQuery, (answers.Assignments,),
           "rounds.views:assignments", "reads"),
    Action("round.compare", AUDITORS, inputs.Comparison, (answers.Compared,), "rounds.comparing:compare", "reads",
           heavy=True),
    Action("round.publish", OPERATORS, Named, (answers.Published,), "rounds.publishing:publish", "writes", binds=True),
    Action("round.drop", OPERATORS, Named, (answers.RoundShown,), "rounds.planning:drop", "writes"),
    Action("round.disclosures", EVERYONE, inputs.Nothing, (answers.Disclosures,), "rounds.disclosing:disclosures",
           "reads"),
    Action("job.list", SIGNED_IN, inputs.JobQuery, (answers.Jobs,), "rounds.jobs:listed", "reads"),
    Action("job.show", SIGNED_IN, Named, (answers.Job,), "rounds.jobs:show", "reads"),
    Action("job.work", OPERATORS, inputs.Nothing, (answers.Worked,), "rounds.jobs:worked", "writes",
           before="rounds.jobs:work", heavy=True),
    Action("job.stop", SIGNED_IN, Named, (answers.Job,), "rounds.jobs:stop", "writes"),
)  # fmt: skip
