"""The ways on from where an introduction stands: each a form of an action that the hub says is possible now.

A way stands on the introduction's page, closed; opened, it says what will be seen by whom, and asks once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tandem.hub.introductions.answers import BrokeredIntroduction, Introduction, PosedIntroduction
from tandem.interfaces.web import write
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Visit

RATINGS = ("1", "0.75", "0.5", "0.25", "0")  # shares of what was wanted, the best first


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of way: its action, what it always gives, and its looks ("" quiet, "danger" for what ends something)."""

    action: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    looks: str = ""
    done: str = ""


# In the order in which they are offered; the address of each is its name under the introduction's.
KINDS: Mapping[str, Kind] = {
    "invite": Kind("introduction.invite", done="invited"),
    "interested": Kind("introduction.answer", {"answer": "interested"}, done="interested"),
    "decline": Kind("introduction.answer", {"answer": "declined"}, "danger", "declined"),
    "introduce": Kind("introduction.introduce", done="introduced"),
    "quote": Kind("introduction.quote", done="quoted"),
    "agree": Kind("introduction.agree", done="agreed"),
    "outcome": Kind("introduction.outcome", done="outcome"),
    "propose": Kind("introduction.propose", done="proposed"),
    "reveal": Kind("introduction.reveal", done="revealed"),
    "lose": Kind("introduction.lose", looks="danger", done="lost"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way as the page draws it.

    first   whether it is the step that is waited for
    open    whether it is shown at once: it was chosen, or what was sent was refused
    picks   field -> (value, words) to choose from
    """

    name: str
    kind: Kind
    form: Form
    first: bool
    open: bool
    picks: Mapping[str, Sequence[tuple[str, str]]]


async def of(visit: Visit, one: Introduction, chosen: str = "", sent: Form | None = None) -> tuple[Way, ...]:
    """The ways that are possible now. `chosen` is shown open; `sent` is its form where it was refused."""
    found = []
    for name, kind in KINDS.items():
        if (
            kind.action not in one.moves
            or not visit.may(kind.action)
            or (name == "propose" and not one.organisation)
        ):
            continue
        form = (
            sent if sent is not None and name == chosen else Form(kind.action, visit.lang, _typed(name, one))
        )
        form.version = None if name == "propose" else one.version
        if name == "agree":  # the quote that the page shows now, whatever was agreed to before
            form.typed = _typed(name, one)
        step = kind.action == f"introduction.{one.step}" and name != "decline"
        found.append(Way(name, kind, form, step, name == chosen, await _picks(visit, one, name)))
    return tuple(found)


def fixed(name: str, one: Introduction) -> dict[str, Any]:
    """What a way gives that nobody types."""
    if name != "propose":
        return {"id": one.id, **KINDS[name].fixed}
    assert one.organisation is not None
    return {"need": one.need_id, "organisation": one.organisation.id, "offer": one.offer_id}


def _typed(name: str, one: Introduction) -> dict[str, tuple[str, ...]]:
    """What stands in a way's fields at first."""
    if name == "agree" and one.quote is not None:
        return {"amount": (write.major(one.quote),)}
    if name == "quote" and one.currency:
        return {"currency": (one.currency,)}
    if name == "quote" and (brief := getattr(one, "brief", None)) is not None and brief.currency:
        return {"currency": (brief.currency,)}
    if name == "interested" and one.offer_id:
        return {"offer": (one.offer_id,)}
    return {}


async def _picks(visit: Visit, one: Introduction, name: str) -> dict[str, Sequence[tuple[str, str]]]:
    """What can be chosen among records: an offer to serve with, a delivery that an agreement became."""
    if name == "interested" and one.organisation is not None and isinstance(one, BrokeredIntroduction):
        found = await visit.ask(
            "offer.list", {"organisation": one.organisation.id, "state": "open", "limit": 200}
        )
        return {"offer": [(offer.id, offer.title) for offer in found.items]}
    if name == "interested":
        found = await visit.ask("offer.list", {"mine": True, "state": "open", "limit": 200})
        return {"offer": [(offer.id, offer.title) for offer in found.items]}
    if name == "outcome" and isinstance(one, (PosedIntroduction, BrokeredIntroduction)) and one.organisation:
        found = await visit.ask("delivery.list", {"organisation": one.organisation.id, "limit": 50})
        return {"delivery": [(delivery.id, delivery.title) for delivery in found.items]}
    return {}
