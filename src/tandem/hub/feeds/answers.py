"""What the actions on webhooks give."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook; actions are None where it gets all; `ended` is a code: why it was stopped."""

    id: str
    version: int
    state: str
    address: str
    actions: tuple[str, ...] | None
    ended: str | None
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A new webhook, with the secret that its messages are signed with."""

    id: str
    version: int
    state: str
    address: str
    actions: tuple[str, ...] | None
    secret: str | None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """A part of a list of webhooks; `next` asks for the part after it, None where this is the last."""

    items: tuple[Webhook, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a webhook: attempts so far, what the receiver answered last, what went wrong (a code)."""

    id: str
    entry: str
    state: str
    attempts: int
    status: int | None
    error: str | None
    due_at: int
    sent_at: int | None


@dataclass(frozen=True, slots=True)
class WebhookShown:
    """A webhook with how its messages stand, and the newest of them first.

    waiting, delivered, dead  how many messages, as far as they are kept
    """

    id: str
    version: int
    state: str
    address: str
    actions: tuple[str, ...] | None
    ended: str | None
    waiting: int
    delivered: int
    dead: int
    messages: tuple[Message, ...]
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages go out again."""

    id: str
    waiting: int
