"""Places: what an offer can still serve, what a need still wants.

Nothing is counted up and down: a place is taken by an introduction in a state that takes one, so that it is free again
in the moment in which the introduction ends, whatever ended it.

An offer's place is held from `interested` on: from then on both sides spend effort, and who has no room should not be
introduced. A need's slot is held from `agreed` on: until then its poser may talk to more organisations than it wants.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from tandem.base.errors import Conflict
from tandem.domain.introductions import FILLING, HOLDING, LIVE
from tandem.hub.call import Call
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_ONE = 1  # what an offer can serve, and a need wants, where nothing is said


def free(call: Call, offers: Collection[str]) -> Mapping[str, int]:
    """How many needs each open offer can still serve; 0 for one that is not open."""
    i, o = s.introductions.c, s.offers.c
    taken = {
        row["offer_id"]: row["n"]
        for row in call.tx.unguarded(
            sa.select(i.offer_id, sa.func.count().label("n"))
            .where(i.offer_id.in_(offers), i.state.in_(HOLDING))
            .group_by(i.offer_id)
        )
    }
    rows = call.tx.unguarded(sa.select(o.id, o.capacity).where(o.id.in_(offers), o.state == "open"))
    have = {row["id"]: _ONE if row["capacity"] is None else row["capacity"] for row in rows}
    return {offer: max(0, have.get(offer, 0) - taken.get(offer, 0)) for offer in offers}


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
        raise Conflict("introduction.capacity", id=offer, capacity=_of(row[0]["capacity"]))


def slots(need: Row) -> int:
    """How many organisations a need wants."""
    return _of(need["slots"])


def filled(call: Call, need: str) -> int:
    """How many of a need's slots are taken."""
    return _count(call, need, FILLING)


def engaged(call: Call, need: str) -> int:
    """How many introductions of a need may still lead to an agreement, or did."""
    return _count(call, need, (*LIVE, "outcome"))


def _count(call: Call, need: str, states: Collection[str]) -> int:
    i = s.introductions.c
    counted = sa.select(sa.func.count().label("n")).where(i.need_id == need, i.state.in_(states))
    return int(call.tx.unguarded(counted)[0]["n"])


def _of(told: int | None) -> int:
    return _ONE if told is None else int(told)
