"""The actions on keeping the hub: backup, restore, migration, journal, set-up."""

from __future__ import annotations

from tandem.hub.action import Action

ACTIONS: tuple[Action, ...] = ()
