"""From the introduction to its outcome: quote, agreement, loss, and what was delivered in the end."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.base.errors import Conflict, Invalid
from tandem.domain.introductions import HUB_LOSSES, TABLE
from tandem.domain.records import VISIBILITIES
from tandem.hub.call import Call
from tandem.hub.introductions import moving, places, views
from tandem.hub.introductions.answers import BrokeredIntroduction, InvitedIntroduction, PosedIntroduction
from tandem.hub.introductions.inputs import Agreement, Loss, Outcome, Quotation
from tandem.hub.introductions.proposing import fill
from tandem.storage.database import schema as s
from tandem.storage.database.journal import Entry
from tandem.storage.database.transaction import Row

_FILLED = HUB_LOSSES[0]
_CLOSING = next(move.out_of for move in TABLE if move.action == "introduction.close")


def quote(call: Call, given: Quotation) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """The price that the organisation asks; quoted again, the later price stands."""
    row = moving.found(call, given.id)
    moving.admit(call, row, "introduction.quote", "quoted")
    currency = given.currency or moving.need_of(call, row["need_id"])["currency"] or "CNY"
    told = {"quote": given.amount, "currency": currency}
    after = moving.moved(call, row, "introduction.quote", "quoted", call.version, **told)
    moving.tell(call, after, "poser", "introduction.quoted")
    return views.one(call, after)


def agree(call: Call, given: Agreement) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """The poser agrees to the quote: a slot of the need is taken; with the last one, the need is answered."""
    row = moving.found(call, given.id)
    moving.admit(call, row, "introduction.agree", "agreed")
    if given.amount is not None and given.amount != row["quote"]:
        raise Conflict("introduction.quote", id=row["id"], amount=given.amount, quote=row["quote"])
    need = moving.need_of(call, row["need_id"])
    if need["state"] != "posed" or places.filled(call, need["id"]) >= places.slots(need):
        raise Conflict("introduction.need", id=need["id"], state=need["state"])
    after = moving.moved(call, row, "introduction.agree", "agreed", call.version, agreed_at=call.now)
    moving.tell(call, after, "invited", "introduction.agreed")
    if places.filled(call, need["id"]) >= places.slots(need):
        turn(call, "introduction.agree", need, "answered")
        close(call, need["id"], _FILLED)
    return views.one(call, after)


def lose(call: Call, given: Loss) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """Ends it with a reason; the place of the offer and the slot of the need are free again."""
    row = moving.found(call, given.id)
    moving.admit(call, row, "introduction.lose", "lost")
    after = moving.moved(
        call, row, "introduction.lose", "lost", call.version, reason=given.reason, note=given.note
    )
    for side in moving.other(call, row):
        moving.tell(call, after, side, "introduction.lost")
    need = moving.need_of(call, row["need_id"])
    if need["state"] == "answered" and places.filled(call, need["id"]) < places.slots(need):
        need = turn(call, "introduction.lose", need, "posed")
    fill(call, need)
    return views.one(call, after)


def close(call: Call, need: str, reason: str) -> int:
    """Ends what has not come to an agreement, for a need that wants nobody more; how many that were.

    reason  one of domain/introductions.py HUB_LOSSES: slots filled, the need taken back, its due date passed
    """
    i = s.introductions.c
    open_ = sa.select(s.introductions).where(i.need_id == need, i.state.in_(_CLOSING)).order_by(i.id)
    rows = call.tx.unguarded(open_)
    for row in rows:
        after = moving.moved(call, row, "introduction.close", "lost", reason=reason)
        moving.tell(call, after, "invited", f"introduction.closed_{reason}")
    return len(rows)


def outcome(call: Call, given: Outcome) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """What came of the agreement: a rating, and a delivery on the record of the organisation that served the need."""
    row = moving.found(call, given.id)
    moving.admit(call, row, "introduction.outcome", "outcome")
    delivery = _delivered(call, row, given) if given.delivery is None else _linked(call, row, given)
    told = {"rating": given.rating, "delivery_id": delivery}
    after = moving.moved(call, row, "introduction.outcome", "outcome", call.version, **told)
    moving.tell(call, after, "invited", "introduction.outcome")
    return views.one(call, after)


def _linked(call: Call, row: Row, given: Outcome) -> str:
    """A delivery on record. Raises Absent record.absent, Invalid introduction.delivery where it is another's."""
    delivery = call.tx.one(s.deliveries, str(given.delivery), call.actor)
    if row["org_id"] not in json.loads(delivery["org_ids"]):
        raise Invalid("introduction.delivery", id=delivery["id"])
    return str(delivery["id"])


def _delivered(call: Call, row: Row, given: Outcome) -> str:
    """A new delivery. It is never open to more than its need is, unless it has a title of its own.

    The organisation that delivered keeps the record, so that it does not tell who the poser was.
    """
    need = moving.need_of(call, row["need_id"])
    most = "confidential" if need["anonymous"] or need["visibility"] == "named" else need["visibility"]
    visibility = given.visibility or most
    wider = VISIBILITIES.index(visibility) < VISIBILITIES.index(most)
    if visibility == "named" or (wider and given.title is None):
        raise Invalid("introduction.wider", visibility=visibility, most=most)
    told: dict[str, Any] = {
        "title": given.title or need["title"],
        "text": given.text,
        "delivered_on": given.delivered_on.isoformat() if given.delivered_on else day(call.now),
        "rating": given.rating,
        "visibility": visibility,
        "org_id": row["org_id"],
        "org_ids": json.dumps([row["org_id"]]),
        "need_id": None if wider else need["id"],
    }
    delivery = call.tx.add(s.deliveries, {"state": "stated", **told})
    call.tx.insert(s.delivered_by, {"delivery_id": delivery["id"], "org_id": row["org_id"]})
    call.tx.tell_all(
        [Entry("introduction.outcome", None, call.now, "deliveries", delivery["id"], row["org_id"], {})]
    )
    return str(delivery["id"])


def turn(call: Call, action: str, need: Row, to: str) -> Row:
    """The need in another state: its poser reads it in the journal, not through whose doing."""
    after = call.tx.change(s.needs, need, {"state": to})
    call.tx.tell_all([Entry(action, None, call.now, "needs", need["id"], need["org_id"], {"state": to})])
    return after
