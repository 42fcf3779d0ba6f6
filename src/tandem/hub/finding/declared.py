"""The actions on finding: search, saved searches, matching one need."""

from __future__ import annotations

from tandem.hub.action import Action

ACTIONS: tuple[Action, ...] = ()
