"""The actions on clearing rounds and the jobs that run them."""

from __future__ import annotations

from tandem.hub.action import Action

ACTIONS: tuple[Action, ...] = ()
