"""The actions on finding: search, saved searches, reading a need out of a text, matching one need."""

from __future__ import annotations

from tandem.domain.people import EVERYONE, MEMBERS, OPERATORS, SIGNED_IN
from tandem.hub.action import Action
from tandem.hub.answers import Done
from tandem.hub.finding import answers, inputs
from tandem.hub.records.inputs import Named

ACTIONS = (
    Action("search.find", EVERYONE, inputs.Search, (answers.FoundRecords,), "finding.find:find", "reads", heavy=True),
    Action("search.suggest", EVERYONE, inputs.Typed, (answers.Suggestions,), "finding.find:suggest", "reads",
           heavy=True),
    Action("search.save", SIGNED_IN, inputs.ToSave, (answers.SavedSearch,), "finding.saved:save", "writes"),
    Action("search.saved", SIGNED_IN, inputs.Nothing, (answers.SavedSearches,), "finding.saved:saved", "reads"),
    Action("search.forget", SIGNED_IN, Named, (Done,), "finding.saved:forget", "writes"),
    Action("search.news", OPERATORS, inputs.Nothing, (answers.News,), "finding.news:news", "writes",
           before="finding.news:look", heavy=True),
    Action("search.rebuild", OPERATORS, inputs.Nothing, (Done,), "finding.find:rebuild", "writes"),
    Action("need.similar", SIGNED_IN, inputs.Draft, (answers.LikeNeeds,), "finding.find:similar", "reads", heavy=True),
    Action("need.read", MEMBERS, inputs.Pasted, (answers.NeedRead,), "finding.reading:read", "reads", heavy=True),
    Action("need.fits", MEMBERS, inputs.Fitting, (answers.NeedsFitting,), "finding.fits:fits", "reads", heavy=True),
    Action("organisation.profile", EVERYONE, Named, (answers.Profile,), "finding.profile:profile", "reads", heavy=True),
    Action("need.match", MEMBERS, inputs.ToMatch, (answers.NeedMatched,), "finding.match:match", "reads", heavy=True),
)  # fmt: skip
