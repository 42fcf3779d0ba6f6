"""Proposals: an organisation for a need, by a person, by a round, or as the next of the list when one falls away."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Conflict, Denied, Invalid
from tandem.domain.introductions import HUB_LOSSES
from tandem.hub import notices
from tandem.hub.call import Call
from tandem.hub.introductions import leases, moving, places, views
from tandem.hub.introductions.answers import BrokeredIntroduction, PosedIntroduction
from tandem.hub.introductions.inputs import Proposal
from tandem.storage.database import schema as s
from tandem.storage.database.journal import Entry
from tandem.storage.database.transaction import Row

_ROUNDS = 8  # published rounds that are looked through for a need's list, the newest first
_STEP = "introduction.propose"


def propose(call: Call, given: Proposal) -> PosedIntroduction | BrokeredIntroduction:
    """Proposes an organisation for a need, with reasons; one that expired or was lost may be proposed again.

    A poser's agent may, since nobody but the poser sees it; a broker's may not, since the poser does.
    """
    if call.actor.operates and call.actor.agent:
        raise Denied("account.person")
    need = call.tx.one(s.needs, given.need, call.actor)
    if not call.actor.operates and need["org_id"] != call.actor.org:
        raise Denied("record.others", table="needs", id=given.need)
    organisation = call.tx.one(s.organisations, given.organisation, call.actor)
    fits(call, need, organisation["id"], given.offer)
    reasons = [*_listed_reasons(call, need["id"], organisation["id"])]
    if given.why is not None:
        reasons.append({"code": "said", "weight": 0, "params": {"text": given.why}, "evidence": []})
    before = _of_pair(call, need["id"], organisation["id"])
    if before is None:
        row = _proposed(call, need, organisation["id"], given.offer, None, reasons)
    else:
        moving.admit(call, before, _STEP, "proposed")
        row = _again(call, before, given.offer, before["round_id"], reasons)
    if call.actor.operates:
        moving.tell(call, row, "poser", "introduction.proposed")
    shown = views.shown(call, [row])[0]
    assert isinstance(shown, PosedIntroduction | BrokeredIntroduction)
    return shown


def left(call: Call, round_id: str) -> int:
    """How many pairs that a round has cleared are yet to be proposed."""
    counted = sa.select(sa.func.count().label("n")).select_from(_pairs(round_id).subquery())
    return int(call.tx.unguarded(counted)[0]["n"])


def from_round(call: Call, round_id: str, most: int) -> int:
    """Proposes some of the pairs that a round has cleared; pairs that were ever proposed stay as they are.

    A poser hears of its pairs together, so that those of one poser are only parted where they are more than `most`.
    Returns  how many were proposed; 0 where none is left
    """
    a, n = s.assignments.c, s.needs.c
    ordered = _pairs(round_id).order_by(n.org_id, a.need_id, a.rank).limit(most + 1)
    pairs = list(call.tx.unguarded(ordered))
    if len(pairs) > most:
        whole = [pair for pair in pairs if pair["poser_id"] != pairs[-1]["poser_id"]]
        pairs = whole or pairs[:most]
    lease = leases.lease(call, "proposed")
    rows = [_fresh(call, lease, **pair, round_id=round_id) for pair in pairs]
    call.tx.insert(s.introductions, rows)
    call.tx.tell_all(
        Entry(_STEP, call.actor.account if row["poser_id"] is None else None, call.now, "introductions", row["id"],
              row["poser_id"], {"state": "proposed", "round": round_id})
        for row in rows
    )  # fmt: skip
    counts = Counter(row["poser_id"] for row in rows if row["poser_id"] is not None)
    told = {org: {"n": number} for org, number in counts.items()}
    notices.to_organisations(call, "introduction.proposed_many", told)
    return len(rows)


def _pairs(round_id: str) -> sa.Select[Any]:
    """The pairs that a round has cleared, of needs that are still posed, which nobody has proposed yet."""
    a, n, i = s.assignments.c, s.needs.c, s.introductions.c
    return (
        sa.select(a.need_id, a.org_id, a.offer_id, a.reasons, n.org_id.label("poser_id"))
        .join(s.needs, n.id == a.need_id)
        .outerjoin(s.introductions, (i.need_id == a.need_id) & (i.org_id == a.org_id))
        .where(a.round_id == round_id, a.cleared.is_(True), n.state == "posed", i.id.is_(None))
        .where(n.org_id.is_(None) | (n.org_id != a.org_id))
    )


def fill(call: Call, need: Row) -> Row | None:
    """Proposes the next of a need's list for a slot that nobody is working on: a re-clearing of this need alone.

    The list is that of the last published round that knows the need. Who has been proposed before is passed over,
    and so is an offer without a free place; who was let go only because others had filled the slots comes back.
    need     a row of needs
    Returns  the introduction; None where no slot is open, or nobody is left: then the need is on the work list
    """
    if need["state"] != "posed" or places.engaged(call, need["id"]) >= places.slots(need):
        return None
    best = _next(call, need)
    if best is None:
        moving.tell_brokers(call, "introduction.unfilled", need["id"], title=need["title"])
        return None
    reasons = json.loads(best["reasons"])
    before = _of_pair(call, need["id"], best["org_id"])
    if before is None:
        row = _proposed(call, need, best["org_id"], best["offer_id"], best["round_id"], reasons)
    else:
        row = _again(call, before, best["offer_id"], best["round_id"], reasons)
    moving.tell(call, row, "poser", "introduction.next")
    return row


def _next(call: Call, need: Row) -> Row | None:
    """The best row of the need's list that can still be proposed."""
    listed = [row for row in _list_of(call, need["id"]) if row["org_id"] != need["org_id"]]
    i = s.introductions.c
    met = call.tx.unguarded(sa.select(i.org_id, i.state, i.reason).where(i.need_id == need["id"]))
    passed = {row["org_id"] for row in met if (row["state"], row["reason"]) != ("lost", HUB_LOSSES[0])}
    room = places.free(call, [row["offer_id"] for row in listed if row["offer_id"] is not None])
    for row in listed:
        if row["org_id"] not in passed and (row["offer_id"] is None or room[row["offer_id"]] > 0):
            return row
    return None


def _list_of(call: Call, need: str) -> Sequence[Row]:
    """The rows of the last published round that holds a list for the need, by rank."""
    a, r = s.assignments.c, s.rounds.c
    newest = sa.select(r.id).where(r.state == "published").order_by(r.created_at.desc(), r.id).limit(_ROUNDS)
    for published in call.tx.unguarded(newest):
        own = sa.select(s.assignments).where(a.round_id == published["id"], a.need_id == need)
        if rows := call.tx.unguarded(own.order_by(a.rank)):
            return rows
    return ()


def _listed_reasons(call: Call, need: str, org: str) -> Sequence[Mapping[str, Any]]:
    """What the last published round says for the pair, if it knows the pair."""
    for row in _list_of(call, need):
        if row["org_id"] == org:
            found: list[Mapping[str, Any]] = json.loads(row["reasons"])
            return found
    return ()


def fits(call: Call, need: Row, org: str, offer: str | None) -> None:
    """Raises Invalid introduction.self, introduction.offer; Conflict introduction.need, introduction.offer_closed."""
    if need["org_id"] == org:
        raise Invalid("introduction.self")
    if need["state"] != "posed":
        raise Conflict("introduction.need", id=need["id"], state=need["state"])
    if offer is None:
        return
    told = call.tx.one(s.offers, offer, call.actor)
    if told["org_id"] != org:
        raise Invalid("introduction.offer", id=offer)
    if told["state"] != "open":
        raise Conflict("introduction.offer_closed", id=offer)


def _of_pair(call: Call, need: str, org: str) -> Row | None:
    i = s.introductions.c
    rows = call.tx.unguarded(sa.select(s.introductions).where(i.need_id == need, i.org_id == org))
    return rows[0] if rows else None


def _proposed(
    call: Call,
    need: Row,
    org: str,
    offer: str | None,
    round_id: str | None,
    reasons: Collection[Mapping[str, Any]],
) -> Row:
    """A first introduction of a pair."""
    told = json.dumps(reasons, ensure_ascii=False)
    lease = leases.lease(call, "proposed")
    row = _fresh(call, lease, need_id=need["id"], poser_id=need["org_id"], org_id=org, offer_id=offer,
                 round_id=round_id, reasons=told)  # fmt: skip
    call.tx.insert(s.introductions, row)
    moving.journal(call, _STEP, row)
    return row


def _again(
    call: Call, before: Row, offer: str | None, round_id: str | None, reasons: Collection[Mapping[str, Any]],
    step: str = _STEP, **more: Any,
) -> Row:  # fmt: skip
    """A pair proposed once more; who has met stays known, everything else begins anew."""
    known = before["introduced_at"] is not None
    told = {
        "poser_revealed": before["poser_revealed"] or known,
        "org_revealed": before["org_revealed"] or known,
    }
    return moving.moved(
        call, before, step, "proposed", offer_id=offer, round_id=round_id,
        reasons=json.dumps(list(reasons), ensure_ascii=False), **{**_EMPTY, **told, **more},
    )  # fmt: skip


def volunteered(
    call: Call, need: Row, org: str, offer: str | None, reasons: Sequence[Mapping[str, Any]], step: str
) -> Row:
    """The pair of a need and an organisation that offers itself, known to the poser; told as the step.

    reasons  what the organisation says; where the last published round has a list, its reasons stand before
    """
    known = {"org_revealed": True, "answered_at": call.now}
    before = _of_pair(call, need["id"], org)
    if before is not None and before["state"] == "proposed":  # by somebody else: that keeps its slot
        own = [one for one in json.loads(before["reasons"] or "[]") if one["code"] != reasons[0]["code"]]
        told = {"org_revealed": True, "reasons": json.dumps([*own, *reasons], ensure_ascii=False)}
        row = call.tx.change(s.introductions, before, told)
        moving.journal(call, step, row)
        return row
    why = [*_listed_reasons(call, need["id"], org), *reasons]
    if before is not None:
        moving.admit(call, before, step, "proposed")
        return _again(call, before, offer, before["round_id"], why, step, **known)
    lease = leases.lease(call, "proposed")
    row = _fresh(call, lease, need_id=need["id"], poser_id=need["org_id"], org_id=org, offer_id=offer,
                 round_id=None, reasons=json.dumps(why, ensure_ascii=False)) | known  # fmt: skip
    call.tx.insert(s.introductions, row)
    moving.journal(call, step, row)
    return row


_EMPTY: Mapping[str, None] = dict.fromkeys(
    ("title", "reason", "note", "poser_contact", "org_contact", "quote", "currency", "rating", "delivery_id",
     "invited_at", "answered_at", "introduced_at", "agreed_at", "ended_at")
)  # fmt: skip


def _fresh(call: Call, lease: Mapping[str, Any], **pair: str | None) -> dict[str, Any]:
    """The row of a pair that nobody has proposed before.

    pair  need_id, poser_id, org_id, offer_id, round_id, reasons
    """
    return {
        **_EMPTY, **lease, **pair, "id": call.tx.ids(), "version": 1, "state": "proposed", "poser_revealed": False,
        "org_revealed": False, "created_at": call.now, "changed_at": call.now,
    }  # fmt: skip
