"""What the actions on introductions give: one type for each side, so that nothing is ever cut out afterwards.

`organisation` is the other side where the reader may know it, else None. Instants are seconds UTC, money is minor
units of `currency`, days are ISO 8601. `step` is what happens next (`introduction.step.<step>`), `waits_on` who does
it, `due_at` by when. `moves` are the actions that the reader's side may ask for as things stand.
`self_known` says whether the other side knows who the reader's side is: "yes", "no", or "named" where it does if it is
among the organisations that the need, or the organisation, names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tandem.hub.records.answers import Need


@dataclass(frozen=True, slots=True)
class Organisation:
    """The other side, as an introduction names it."""

    id: str
    name: str
    type: str | None
    city: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Who agreed for the other side; told from the introduction on, while there is something to talk about."""

    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Brief:
    """The need as an invited organisation reads it, also where the need is confidential or its poser anonymous.

    budget  a band in major units, as in records/answers.py
    """

    title: str
    text: str | None
    kind: str | None
    city: str | None
    sector: str | None
    service_code: str | None
    posted_on: str | None
    due_on: str | None
    slots: int | None
    budget: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class ToInvited:
    """What an invited organisation reads before anybody reveals anything, as in `InvitedIntroduction`.

    organisation  the poser, where its name is open; then no pseudonym stands for it
    """

    brief: Brief
    organisation: Organisation | None
    pseudonym: str | None


@dataclass(frozen=True, slots=True)
class NeedPreview:
    """What others see of a need, each in the very answer that they would get; None: they see nothing of it.

    visitor  whoever is not signed in
    member   whoever is signed in, from another organisation
    named    an organisation that the need names; None where it names none
    invited  an organisation that is invited to an introduction
    """

    visitor: Need | None
    member: Need | None
    named: Need | None
    invited: ToInvited


@dataclass(frozen=True, slots=True)
class PosedIntroduction:
    """An introduction as the poser of the need sees it.

    reasons  those that rest on nothing hidden from the poser; what a person wrote (`said`) once it is known
    """

    id: str
    version: int
    state: str
    need_id: str
    title: str
    organisation: Organisation | None
    contact: Contact | None
    offer_id: str | None
    reasons: tuple[Mapping[str, Any], ...]
    reason: str | None
    note: str | None
    self_known: str
    self_revealed: bool
    other_revealed: bool
    quote: int | None
    currency: str | None
    rating: float | None
    delivery_id: str | None
    moves: tuple[str, ...]
    waits_on: str | None
    step: str | None
    due_at: int | None
    created_at: int
    changed_at: int
    invited_at: int | None
    answered_at: int | None
    introduced_at: int | None
    agreed_at: int | None
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class InvitedIntroduction:
    """An introduction as the invited organisation sees it.

    title         of the need as it stood at the invitation
    brief         the need; None once the introduction has ended without an outcome
    need_id       where the need is open to the organisation anyway
    organisation  the poser; None while it is not known, then `pseudonym` stands for it
    """

    id: str
    version: int
    state: str
    title: str
    brief: Brief | None
    need_id: str | None
    organisation: Organisation | None
    pseudonym: str | None
    contact: Contact | None
    offer_id: str | None
    reasons: tuple[Mapping[str, Any], ...]
    reason: str | None
    note: str | None
    self_known: str
    self_revealed: bool
    other_revealed: bool
    quote: int | None
    currency: str | None
    rating: float | None
    delivery_id: str | None
    moves: tuple[str, ...]
    waits_on: str | None
    step: str | None
    due_at: int | None
    changed_at: int
    invited_at: int
    answered_at: int | None
    introduced_at: int | None
    agreed_at: int | None
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class BrokeredIntroduction:
    """An introduction as the broker and the auditor see it.

    waits_on               the broker where the side that has to act has no account of its own
    poser_known, org_known  whether the other side knows who this one is, as `self_known` says it
    """

    id: str
    version: int
    state: str
    need_id: str
    title: str
    poser: Organisation | None
    organisation: Organisation
    poser_contact: Contact | None
    contact: Contact | None
    offer_id: str | None
    round_id: str | None
    reasons: tuple[Mapping[str, Any], ...]
    reason: str | None
    note: str | None
    poser_known: str
    org_known: str
    poser_revealed: bool
    org_revealed: bool
    quote: int | None
    currency: str | None
    rating: float | None
    delivery_id: str | None
    moves: tuple[str, ...]
    waits_on: str | None
    step: str | None
    due_at: int | None
    reminded_at: int | None
    created_at: int
    changed_at: int
    invited_at: int | None
    answered_at: int | None
    introduced_at: int | None
    agreed_at: int | None
    ended_at: int | None


Introduction = PosedIntroduction | InvitedIntroduction | BrokeredIntroduction


@dataclass(frozen=True, slots=True)
class Introductions:
    """A part of a list of introductions; `next` asks for the part after it."""

    items: tuple[PosedIntroduction | InvitedIntroduction | BrokeredIntroduction, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the broker's work list; `waits_on` is the broker where the side has no account of its own."""

    id: str
    state: str
    need_id: str
    title: str
    poser: str | None
    organisation: str
    waits_on: str
    step: str
    due_at: int
    overdue: bool
    reminded_at: int | None


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A need whose introductions have all fallen away and whose list holds nobody else."""

    need_id: str
    title: str
    slots: int
    live: int
    ended: int


@dataclass(frozen=True, slots=True)
class WorkList:
    """What the broker has to do: what waits, the most overdue first; and needs that nobody is proposed for any more.

    unfilled  the longest waiting first, at most as many as asked for; they come with the first part
    """

    items: tuple[Waiting, ...]
    unfilled: tuple[Unfilled, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: how many expired, were lost, were reminded of, and were asked again for their outcome.

    past_due  needs whose due date has passed: they expired, and ended what had not come to an agreement
    """

    expired: int
    lost: int
    reminded: int
    renewed: int
    past_due: int


@dataclass(frozen=True, slots=True)
class Leases:
    """How many hours each state may wait."""

    hours: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Response:
    """How invitations were answered.

    quartiles  hours from invitation to answer: lower quartile, median, upper quartile; None without an answer
    accepted   of `settled` invitations (answered or expired) those that found interest
    awarded    of `decided` introductions (agreed or lost) those that became agreements
    """

    invitations: int
    answers: int
    quartiles: tuple[float, float, float] | None
    accepted: int
    settled: int
    awarded: int
    decided: int


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """One's organisation's figures beside those of the hub.

    hub  over needs and organisations that are open to members; None where fewer than five organisations stand behind
         the figure, or one of them for more than 85 % of it
    """

    days: int
    own: Response | None
    hub: Response | None


@dataclass(frozen=True, slots=True)
class OrganisationFigures:
    """One organisation's figures."""

    id: str
    name: str
    response: Response


@dataclass(frozen=True, slots=True)
class HubFigures:
    """The figures as the operator sees them: in all, and of each organisation, the most invited first."""

    days: int
    hub: Response
    organisations: tuple[OrganisationFigures, ...]


@dataclass(frozen=True, slots=True)
class Volunteered:
    """That one's organisation has said it could help, and when; what becomes of it, the poser says by inviting."""

    need: str
    at: int


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: `notice.<code>` has its words, `about` names the record that it is about."""

    id: str
    code: str
    params: Mapping[str, Any]
    about: str | None
    created_at: int
    read_at: int | None


@dataclass(frozen=True, slots=True)
class Notices:
    """A part of one's notices; `next` asks for the part after it."""

    items: tuple[Notice, ...]
    next: str | None
