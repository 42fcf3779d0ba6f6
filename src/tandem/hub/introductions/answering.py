"""Invitation and answer; each side reveals itself; both are introduced."""

from __future__ import annotations

from typing import Any

from tandem.base.errors import Conflict, Denied, Invalid
from tandem.hub.call import Call
from tandem.hub.introductions import moving, places, views
from tandem.hub.introductions.answers import BrokeredIntroduction, InvitedIntroduction, PosedIntroduction
from tandem.hub.introductions.inputs import Reply
from tandem.hub.introductions.proposing import fill
from tandem.hub.records.inputs import Named
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def invite(call: Call, given: Named) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """Shows the organisation the need, and asks whether it is interested."""
    row = moving.found(call, given.id)
    moving.admit(call, row, "introduction.invite", "invited")
    need = moving.need_of(call, row["need_id"])
    if need["state"] != "posed":
        raise Conflict("introduction.need", id=need["id"], state=need["state"])
    told = {"title": need["title"], "invited_at": call.now, "answered_at": None}
    after = moving.moved(call, row, "introduction.invite", "invited", call.version, **told)
    moving.tell(call, after, "invited", "introduction.invited")
    return views.one(call, after)


def answer(call: Call, given: Reply) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """Interested takes a place of the offer; a decline says why, and the next of the need's list is proposed."""
    row = moving.found(call, given.id)
    moving.admit(call, row, "introduction.answer", given.answer)
    if (given.answer == "declined") != (given.reason is not None):
        raise Invalid("introduction.reason")
    told = {"note": given.note, "answered_at": call.now}
    if given.answer == "declined":
        told["reason"] = given.reason
    else:
        told |= _interest(call, row, given)
    after = moving.moved(call, row, "introduction.answer", given.answer, call.version, **told)
    moving.tell(call, after, "poser", f"introduction.{given.answer}")
    if given.answer == "declined":
        fill(call, moving.need_of(call, row["need_id"]))
    return views.one(call, after)


def _interest(call: Call, row: Row, given: Reply) -> dict[str, Any]:
    """The offer with a place in it, and who has agreed to be introduced."""
    offer = row["offer_id"] if given.offer is None else given.offer
    if given.offer is not None and call.tx.one(s.offers, given.offer, call.actor)["org_id"] != row["org_id"]:
        raise Invalid("introduction.offer", id=given.offer)
    places.take(call, offer)
    return {"offer_id": offer, "org_contact": _contact(call, row["org_id"])}


def reveal(call: Call, given: Named) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """Tells the other side of this introduction who one is, before both are introduced."""
    row = moving.found(call, given.id)
    by = moving.sides(call, row) & {"poser", "invited"}
    if not by:
        raise Denied("introduction.party", action="introduction.reveal")
    if row["ended_at"] is not None:
        raise Conflict("introduction.ended", id=row["id"], state=row["state"])
    told: dict[str, Any] = {}
    if "poser" in by:
        told |= {"poser_revealed": True, "poser_contact": _contact(call, row["poser_id"])}
    if "invited" in by:
        told |= {"org_revealed": True, "org_contact": _contact(call, row["org_id"])}
    after = call.tx.change(s.introductions, row, told, call.version)
    moving.journal(call, "introduction.reveal", after)
    for side in moving.other(call, row):
        moving.tell(call, after, side, "introduction.revealed")
    return views.one(call, after)


def introduce(call: Call, given: Named) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """Shows both sides to each other, with a contact: the poser's word, or the broker's once the poser has revealed."""
    row = moving.found(call, given.id)
    moving.admit(call, row, "introduction.introduce", "introduced")
    if "poser" not in moving.sides(call, row) and not row["poser_revealed"]:
        raise Conflict("introduction.not_revealed", id=row["id"])
    told = {
        "introduced_at": call.now,
        "poser_contact": _contact(call, row["poser_id"]) or row["poser_contact"],
    }
    after = moving.moved(call, row, "introduction.introduce", "introduced", call.version, **told)
    for side in moving.other(call, row):
        moving.tell(call, after, side, "introduction.introduced")
    return views.one(call, after)


def _contact(call: Call, org: str | None) -> str | None:
    """The asker's account, where it belongs to that organisation."""
    return call.actor.account if org is not None and call.actor.org == org else None
