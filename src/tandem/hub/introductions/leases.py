"""Leases: how long a waiting state may wait, and when its side is reminded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import HOUR
from tandem.base.errors import Invalid
from tandem.domain.introductions import LEASES
from tandem.hub.call import Call
from tandem.hub.introductions.answers import Leases
from tandem.hub.introductions.inputs import LeaseChange
from tandem.storage.database import schema as s

_NAME = "introductions.lease."  # before the state, in the hub's own settings


def lengths(call: Call) -> Mapping[str, int]:
    """State -> seconds, as the hub is set."""
    told = call.tx.unguarded(sa.select(s.meta).where(s.meta.c.name.in_([_NAME + state for state in LEASES])))
    return {**LEASES, **{row["name"].removeprefix(_NAME): int(row["value"]) for row in told}}


def lease(call: Call, state: str) -> dict[str, Any]:
    """The columns of a state that begins now: a waiting one has a lease and a reminder at half time, no other has."""
    length = lengths(call).get(state)
    if length is None:
        return {"lease_until": None, "remind_at": None, "reminded_at": None}
    return {"lease_until": call.now + length, "remind_at": call.now + length // 2, "reminded_at": None}


def change(call: Call, given: LeaseChange) -> Leases:
    """Sets the length of one state for what begins to wait from now on; without one only shows how all are set.

    Raises  Invalid introduction.lease
    """
    if (given.state is None) != (given.hours is None):
        raise Invalid("introduction.lease")
    if given.state is not None and given.hours is not None:
        name = _NAME + given.state
        call.tx.execute(sa.delete(s.meta).where(s.meta.c.name == name))
        call.tx.insert(s.meta, {"name": name, "value": str(given.hours * HOUR)})
        call.tx.tell("introduction.lease", call.actor, state=given.state, hours=given.hours)
    return Leases({state: length // HOUR for state, length in lengths(call).items()})
