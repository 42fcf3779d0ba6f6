"""The actions on introductions and notices."""

from __future__ import annotations

from tandem.hub.action import Action

ACTIONS: tuple[Action, ...] = ()
