"""What the actions on records give: one type for each audience, so that nothing is ever cut out afterwards.

Instants are seconds UTC, money is minor units of `currency`, days are ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """A need as those see it who did not pose it.

    organisation  who posed it; None where the poser stays anonymous, then `pseudonym` stands for it in this need
    budget        where the budget lies: "<100000", "100000-1000000" ... in major units; None where none is told
    """

    id: str
    version: int
    state: str
    title: str
    text: str | None
    kind: str | None
    lang: str | None
    city: str | None
    sector: str | None
    service_code: str | None
    posted_on: str | None
    due_on: str | None
    slots: int | None
    budget: str | None
    currency: str | None
    organisation: str | None
    pseudonym: str | None


@dataclass(frozen=True, slots=True)
class OwnNeed:
    """A need as its poser and the operator see it."""

    id: str
    version: int
    state: str
    visibility: str
    anonymous: bool
    title: str
    text: str | None
    kind: str | None
    lang: str | None
    city: str | None
    sector: str | None
    service_code: str | None
    posted_on: str | None
    due_on: str | None
    slots: int | None
    importance: int | None
    budget_min: int | None
    budget_max: int | None
    currency: str | None
    org_id: str | None
    pseudonym: str | None
    named: tuple[str, ...]
    ref: str | None
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Needs:
    """A part of a list of needs; `next` asks for the part after it, None where this is the last."""

    items: tuple[Need | OwnNeed, ...]
    next: str | None
