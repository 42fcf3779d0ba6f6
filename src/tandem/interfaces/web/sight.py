"""Who sees what of whom in an introduction now: each line says what a side knows, in words that its reader follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tandem.domain.introductions import BRIEFED, ENDED, TOUCHING
from tandem.hub.introductions.answers import (
    BrokeredIntroduction,
    Introduction,
    InvitedIntroduction,
    PosedIntroduction,
)

_W = "web.introduction.sight."


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether something is seen (yes, no, or part: it depends), the code of the words for it, and its value."""

    seen: str
    words: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that can be seen: what the left side sees of the right one, and the other way round."""

    what: str
    left: Cell
    right: Cell


def side(one: Introduction) -> str:
    """As whom an answer was made: poser, invited or broker."""
    kinds = {PosedIntroduction: "poser", InvitedIntroduction: "invited", BrokeredIntroduction: "broker"}
    return kinds[type(one)]


def lines(one: Introduction) -> Sequence[Line]:
    """Name, contact, brief and quote. The reader stands on the left; for a broker the poser does."""
    if isinstance(one, BrokeredIntroduction):
        names = Line(
            "name", _known(one, one.org_known, one.organisation), _known(one, one.poser_known, one.poser)
        )
        contacts = Line("contact", _contact(one, one.contact), _contact(one, one.poser_contact))
    else:
        name = Cell("yes", _W + "name", one.organisation) if one.organisation else _later(one, "name")
        names = Line("name", name, _known(one, one.self_known, None))
        own_contact = Cell("yes", _W + "contact.own") if one.state in TOUCHING else _later(one, "contact")
        contacts = Line("contact", _contact(one, one.contact), own_contact)
    brief, own = _brief(one), Cell("yes", _W + "own")
    read = Line("brief", brief, own) if side(one) == "invited" else Line("brief", own, brief)
    quote = _quote(one)
    return (names, contacts, read, Line("quote", quote, quote))


def _known(one: Introduction, known: str, organisation: Any) -> Cell:
    if known == "named":
        return Cell("part", _W + "named", organisation)
    return Cell("yes", _W + "name", organisation) if known == "yes" else _later(one, "name")


def _contact(one: Introduction, contact: Any) -> Cell:
    if one.state in TOUCHING:
        return Cell("yes", _W + "contact", contact)
    return _later(one, "contact")


def _brief(one: Introduction) -> Cell:
    if one.state in BRIEFED:
        return Cell("yes", _W + "brief")
    return Cell("no", _W + ("brief.over" if one.state in ENDED else "brief.later"))


def _quote(one: Introduction) -> Cell:
    if one.quote is not None:
        return Cell("yes", _W + "quote", (one.quote, one.currency))
    return _later(one, "quote")


def _later(one: Introduction, what: str) -> Cell:
    """Not seen: while it goes on, when it will be; once it has ended, that it will not."""
    return Cell("no", _W + ("over" if one.state in ENDED else f"{what}.later"))
