"""What the actions on webhooks take."""

from __future__ import annotations

from dataclasses import dataclass

from tandem.base.settings import setting
from tandem.hub.records.inputs import Paged

MOST_ACTIONS = 100


@dataclass(frozen=True, kw_only=True)
class WebhookDraft:
    """Where events go; `actions` are names or families of actions ("need.pose", "need"), none for all."""

    address: str = setting("text")
    actions: tuple[str, ...] = setting("texts", (), at_most=MOST_ACTIONS)


@dataclass(frozen=True, kw_only=True)
class WebhookQuery(Paged):
    """A part of the list of one's webhooks."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What is sent again: what was given up; with `entry`, everything from that journal entry on that is still kept."""

    id: str = setting("id", positional=True)
    entry: str | None = setting("id", None)
