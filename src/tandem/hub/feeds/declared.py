"""The actions on what leaves the hub by itself: webhooks and events."""

from __future__ import annotations

from tandem.hub.action import Action

ACTIONS: tuple[Action, ...] = ()
