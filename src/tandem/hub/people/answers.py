"""What the actions on people give. Instants are seconds UTC.

A `secret` is shown by the answer that makes it and by nothing else: it is None where a repeated request is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its owner and the operator see it.

    mail      whether notices are told of by e-mail: off, daily or now
    provider  whether it can be signed in to through the hub's login provider
    """

    id: str
    version: int
    state: str
    login: str
    name: str
    email: str | None
    mail: str
    language: str
    role: str
    org_id: str | None
    provider: bool
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account as the manager of its organisation sees it."""

    id: str
    version: int
    state: str
    login: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """A part of a list of accounts; `next` asks for the part after it, None where this is the last."""

    items: tuple[Account | Colleague, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as the organisation sees it; of the person it tells what whoever invited has told."""

    id: str
    version: int
    state: str
    organisation: str
    login: str | None
    account: str | None
    role: str
    created_at: int
    expires_at: int
    answered_at: int | None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as the person who was invited sees it."""

    id: str
    version: int
    state: str
    organisation: str
    name: str
    role: str
    created_at: int
    expires_at: int
    answered_at: int | None


@dataclass(frozen=True, slots=True)
class Invitations:
    """A part of a list of invitations."""

    items: tuple[Invitation | Invited, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class MadeReset:
    """A secret with which the owner of an account sets a new password, once."""

    id: str
    account_id: str
    expires_at: int
    secret: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session."""

    id: str
    account_id: str
    expires_at: int
    secret: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """One session; `current` is the one that asks. `used_at` is told to the hour."""

    id: str
    account_id: str
    created_at: int
    used_at: int | None
    expires_at: int
    revoked_at: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Sessions:
    """A part of a list of sessions."""

    items: tuple[Session, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token."""

    id: str
    label: str
    scopes: tuple[str, ...] | None
    agent: bool
    expires_at: int
    secret: str | None


@dataclass(frozen=True, slots=True)
class Token:
    """One token; scopes are None where it may what its account may."""

    id: str
    account_id: str
    label: str | None
    scopes: tuple[str, ...] | None
    agent: bool
    created_at: int
    used_at: int | None
    expires_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """A part of a list of tokens."""

    items: tuple[Token, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What an agent asked for on the member's behalf, as it asked.

    token  the token of the agent, by id
    given  setting name -> value
    """

    id: str
    version: int
    state: str
    action: str
    token: str | None
    given: Mapping[str, Any]
    created_at: int
    expires_at: int
    answered_at: int | None


@dataclass(frozen=True, slots=True)
class Confirmations:
    """A part of a list of confirmations."""

    items: tuple[Confirmation, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was confirmed, and the answer of the action that it let happen, as plain values."""

    id: str
    action: str
    answer: Mapping[str, Any]
