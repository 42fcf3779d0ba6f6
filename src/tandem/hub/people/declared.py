"""The actions on people: accounts, sessions, tokens, confirmations."""

from __future__ import annotations

from tandem.hub.action import Action

ACTIONS: tuple[Action, ...] = ()
