"""What the actions on finding take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tandem.base.settings import setting
from tandem.domain.records import SEARCHED
from tandem.domain.tables import KINDS, ORGANISATION_TYPES

_SORTS = tuple(dict.fromkeys((*KINDS, *ORGANISATION_TYPES)))


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is searched for: words, and what hits must be."""

    text: str | None = setting("text", None, positional=True)
    what: str | None = setting("choice", None, choices=SEARCHED)
    kind: str | None = setting("choice", None, choices=_SORTS, words="sort")
    city: str | None = setting("text", None)
    sector: str | None = setting("text", None)
    service_code: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class Search(Question):
    """One part of what a search finds."""

    limit: int = setting("integer", 20, minimum=1, maximum=100)
    after: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody has typed so far."""

    text: str = setting("text", positional=True)
    what: str | None = setting("choice", None, choices=SEARCHED)
    limit: int = setting("integer", 8, minimum=1, maximum=20)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A need that somebody is about to pose."""

    title: str = setting("text", positional=True)
    text: str | None = setting("long_text", None)
    limit: int = setting("integer", 5, minimum=1, maximum=20)


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """What somebody wrote of a need in a text of their own, and on which day; without one, today."""

    text: str = setting("long_text", positional=True)
    as_of: date | None = setting("date", None)


@dataclass(frozen=True, kw_only=True)
class ToMatch:
    """A need of the hub, how many organisations are wanted, and of which one it shall be told where it stands."""

    id: str = setting("id", positional=True)
    top: int = setting("integer", 10, minimum=1, maximum=50)
    organisation: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """For which organisation needs are looked for (an operator says), how many, of which kind."""

    organisation: str | None = setting("id", None)
    kind: str | None = setting("choice", None, choices=KINDS)
    top: int = setting("integer", 10, minimum=1, maximum=20)


@dataclass(frozen=True, kw_only=True)
class ToSave(Question):
    """A search to be kept under a name."""

    name: str = setting("text")
    notify: bool = setting("flag", True)


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """There is nothing to say."""
