"""An organisation by what it has delivered: each of its offers with the deliveries that speak of the same.

Everything rests on records that whoever asks may see, and on how rare words are in public ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from tandem.domain.records import CLOSED, FINDABLE, OPEN
from tandem.engine.finding import ranking, support
from tandem.engine.matching.settings import MatchSettings
from tandem.engine.matching.story import SMALL_HISTORY
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.asking import audience_of
from tandem.hub.finding.index import Index
from tandem.hub.records import organisations, owning
from tandem.hub.records.inputs import Named
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_OFFERS, _DELIVERIES = 50, 200  # the newest that are looked at
_SHOWN = 5  # deliveries told beside one offer
_RATED = 3  # rated deliveries from which a mean is told
_LETTERS = 2_000  # of a text


def profile(call: Call, given: Named) -> answers.Profile:
    """What an organisation states it can do, beside what its deliveries show. Raises Absent record.absent."""
    org = call.tx.one(s.organisations, given.id, call.actor)
    offers, deliveries = _offers(call, org["id"]), _deliveries(call, org["id"])
    shelf = call.hub.part(Index).shelf(call.tx, audience_of(call.actor))
    found = support.supports(
        [_said(one) for one in offers], [_said(one) for one in deliveries], ranking.statistics(shelf)
    )
    stated = tuple(_stated(offer, deliveries, near) for offer, near in zip(offers, found, strict=True))
    told = {place for near in found for place, _ in near}
    return answers.Profile(
        org["id"],
        verified_at=org["checked_at"] if org["state"] == "verified" else None,
        number=organisations.judged(org["reg_no"]),
        offers=stated,
        others=tuple(_evidence(row, 0.0) for n, row in enumerate(deliveries) if n not in told)[:_DELIVERIES],
        record=_record(deliveries),
        newcomer=not deliveries,
        small_history=SMALL_HISTORY,
        floor=MatchSettings().exposure_floor,
        lacking=_lacking(org, offers, deliveries) if owning.sees_own(call.actor, org) else None,
    )


def _lacking(org: Row, offers: Sequence[Row], deliveries: Sequence[Row]) -> tuple[str, ...]:
    """What an organisation has not yet of all by which it is found and trusted."""
    there = {
        "facts": all(org[name] for name in ("city", "type", "size")),
        "number": organisations.judged(org["reg_no"]) in ("valid", "other"),
        "offer": bool(offers),
        "delivery": bool(deliveries),
        "seen": org["visibility"] in OPEN,
        "verified": org["state"] == "verified",
    }
    return tuple(name for name in FINDABLE if not there[name])


def _offers(call: Call, org: str) -> Sequence[Row]:
    o = s.offers.c
    own = sa.select(s.offers).where(o.org_id == org, o.state.not_in(CLOSED["offers"]))
    return call.tx.rows(own.order_by(o.created_at.desc(), o.id).limit(_OFFERS), call.actor)


def _deliveries(call: Call, org: str) -> Sequence[Row]:
    d = s.deliveries.c
    by = sa.select(s.delivered_by.c.delivery_id).where(s.delivered_by.c.org_id == org)
    own = sa.select(s.deliveries).where(d.id.in_(by), d.state.not_in(CLOSED["deliveries"]))
    newest = own.order_by(d.delivered_on.desc().nulls_last(), d.id).limit(_DELIVERIES)
    return call.tx.rows(newest, call.actor)


def _said(row: Row) -> str:
    return f"{row['title']} {row['text'] or ''}"[:_LETTERS]


def _stated(offer: Row, deliveries: Sequence[Row], near: Sequence[tuple[int, float]]) -> answers.StatedOffer:
    rows = [deliveries[place] for place, _ in near]
    shown = tuple(_evidence(deliveries[place], likeness) for place, likeness in near[:_SHOWN])
    return answers.StatedOffer(
        offer["id"], offer["title"], offer["kind"], offer["service_code"], _record(rows), shown
    )


def _evidence(row: Row, likeness: float) -> answers.Evidence:
    return answers.Evidence(row["id"], row["title"], row["delivered_on"], row["rating"], likeness)


def _record(rows: Sequence[Row]) -> answers.Record:
    rated = [row["rating"] for row in rows if row["rating"] is not None]
    days = [row["delivered_on"] for row in rows if row["delivered_on"]]
    mean = round(sum(rated) / len(rated), 4) if len(rated) >= _RATED else None
    return answers.Record(len(rows), len(rated), mean, max(days, default=None), min(days, default=None))
