"""Places: what an offer can still serve, what a need still wants; storage/rounds/capacity.py says who holds one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from tandem.base.errors import Conflict
from tandem.domain.introductions import left
from tandem.hub.call import Call
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.rounds import capacity


def free(call: Call, offers: Collection[str]) -> Mapping[str, int]:
    """How many needs each open offer can still serve; 0 for one that is not open."""
    return capacity.free(call.tx, offers)


def take(call: Call, offer: str | None) -> None:
    """Makes sure that an offer has a place for the introduction that is about to take one.

    Raises Conflict introduction.offer_closed, introduction.capacity: only its own organisation hears of either
    """
    if offer is None:
        return
    row = call.tx.unguarded(sa.select(s.offers).where(s.offers.c.id == offer))
    if not row or row[0]["state"] != "open":
        raise Conflict("introduction.offer_closed", id=offer)
    if not free(call, [offer])[offer]:
        raise Conflict("introduction.capacity", id=offer, capacity=left(row[0]["capacity"], 0))


def slots(need: Row) -> int:
    """How many organisations a need wants."""
    return left(need["slots"], 0)


def filled(call: Call, need: str) -> int:
    """How many of a need's slots are taken."""
    return capacity.filled(call.tx, [need]).get(need, 0)


def engaged(call: Call, need: str) -> int:
    """How many introductions of a need may still lead to an agreement, or did."""
    return capacity.engaged(call.tx, [need]).get(need, 0)
