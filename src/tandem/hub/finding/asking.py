"""A question in the index's own terms: who asks, what hits must be, in which words."""

from __future__ import annotations

from tandem.domain.people import Actor
from tandem.engine.finding import question
from tandem.engine.finding.audience import Audience
from tandem.engine.finding.question import Slot
from tandem.engine.finding.ranking import Filters
from tandem.hub.finding.inputs import Question
from tandem.hub.records import owning
from tandem.storage.database.visible import SEE_ALL


def audience_of(actor: Actor) -> Audience:
    """Whom the index takes an actor for; storage/database/visible.py has the rule."""
    return Audience(actor.role in SEE_ALL, actor.role != "visitor", actor.org)


def filters_of(given: Question, since: int | None = None, until: int | None = None) -> Filters:
    """What hits must be. Raises Invalid city.unknown, service.unknown."""
    wanted = {"kind": given.kind, "city": owning.city(given.city), "sector": given.sector,
              "service_code": owning.service(given.service_code)}  # fmt: skip
    labels = {name: value for name, value in wanted.items() if value is not None}
    return Filters(given.what, labels, since, until)


def slots_of(given: Question) -> tuple[Slot, ...] | None:
    """The words of a question; None where nothing is said and the filters alone decide."""
    return question.read(given.text) if given.text and given.text.strip() else None
