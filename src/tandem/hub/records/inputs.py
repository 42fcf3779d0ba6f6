"""What the actions on records take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tandem.base.settings import setting
from tandem.domain.records import VISIBILITIES
from tandem.domain.tables import CURRENCIES, KINDS, TEXT_LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Named:
    """One record, by its id."""

    id: str = setting("id", positional=True)


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A part of a list: how many, and after which one (`next` of the part before)."""

    limit: int = setting("integer", 20, minimum=1, maximum=200)
    after: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class NeedFields:
    """What a need says; None leaves a field as it is, or empty."""

    text: str | None = setting("long_text", None)
    kind: str | None = setting("choice", None, choices=KINDS)
    lang: str | None = setting("choice", None, choices=TEXT_LANGUAGES)
    city: str | None = setting("text", None)
    sector: str | None = setting("text", None)
    service_code: str | None = setting("text", None)
    due_on: date | None = setting("date", None)
    slots: int | None = setting("integer", None, minimum=0)
    importance: int | None = setting("integer", None, minimum=1)
    budget_min: int | None = setting("money", None, minimum=0)
    budget_max: int | None = setting("money", None, minimum=0)
    currency: str | None = setting("choice", None, choices=CURRENCIES)
    visibility: str | None = setting("choice", None, choices=VISIBILITIES)
    anonymous: bool | None = setting("flag", None)
    named: tuple[str, ...] = setting("texts", ())


@dataclass(frozen=True, kw_only=True)
class NeedDraft(NeedFields):
    """A need to be posed; an operator says for which organisation."""

    title: str = setting("text")
    organisation: str | None = setting("id", None)
    draft: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class NeedChange(NeedFields):
    """A need with what shall be different."""

    id: str = setting("id", positional=True)
    title: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class NeedQuery(Paged):
    """Which needs are listed, the newest first."""

    kind: str | None = setting("choice", None, choices=KINDS)
    city: str | None = setting("text", None)
    sector: str | None = setting("text", None)
    service_code: str | None = setting("text", None)
    organisation: str | None = setting("id", None)
    state: str | None = setting("text", None)
    mine: bool = setting("flag", False)
