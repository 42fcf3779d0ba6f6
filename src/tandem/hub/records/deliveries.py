"""Deliveries: what an organisation has delivered before, alone or with others; evidence that matching draws on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent
from tandem.hub.call import Call
from tandem.hub.records import answers, owning, steps
from tandem.hub.records.inputs import (
    DeliveryChange,
    DeliveryDraft,
    DeliveryFields,
    DeliveryQuery,
    Named,
)
from tandem.hub.records.kinds import DELIVERY
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def add(call: Call, given: DeliveryDraft) -> answers.OwnDelivery:
    """States a past delivery of an organisation and of those that delivered with it."""
    org = owning.organisation(call, given.organisation)
    told = {"org_ids": json.dumps([org]), **steps.taken(DELIVERY, given), **_referred(call, given, org)}
    delivery = steps.add(call, DELIVERY, "delivery.add", given, told, org)
    _deliverers(call, delivery)
    return _own(call, delivery)


def listed(call: Call, given: DeliveryQuery) -> answers.Deliveries:
    """The newest first; of an organisation: what it has delivered, where whoever asks may see that organisation."""
    d = s.deliveries.c
    conditions = [d.org_id == call.actor.org] if given.mine else []
    if given.organisation is not None:
        known = owning.seen(call, s.organisations, [given.organisation])
        by = sa.select(s.delivered_by.c.delivery_id).where(s.delivered_by.c.org_id.in_(known))
        conditions.append(d.id.in_(by))
    if given.need is not None:
        conditions.append(d.need_id.in_(owning.seen(call, s.needs, [given.need])))
    rows, after = steps.listed(call, DELIVERY, given, {"state": given.state}, *conditions)
    return answers.Deliveries(shown(call, rows), after)


def show(call: Call, given: Named) -> answers.Delivery | answers.OwnDelivery:
    """One delivery, as whoever asks may see it."""
    return shown(call, [call.tx.one(s.deliveries, given.id, call.actor)])[0]


def edit(call: Call, given: DeliveryChange) -> answers.OwnDelivery:
    """Changes what is given and leaves the rest."""
    delivery = owning.mine(call, s.deliveries, given.id)
    told = {**steps.taken(DELIVERY, given, delivery), **_referred(call, given, delivery["org_id"])}
    after = steps.change(call, DELIVERY, "delivery.edit", given, told, delivery)
    if "org_ids" in told:
        _deliverers(call, after)
    return _own(call, after)


def remove(call: Call, given: Named) -> answers.OwnDelivery:
    """Takes a delivery back: it counts no more, and only its organisation still sees it."""
    return _own(call, steps.move(call, DELIVERY, "delivery.remove", given.id, "withdrawn"))


def shown(call: Call, rows: Sequence[Row]) -> tuple[answers.Delivery | answers.OwnDelivery, ...]:
    """Each delivery as whoever asks may see it; organisations and needs that are hidden from them are left out."""
    others = [row for row in rows if not owning.sees_own(call.actor, row)]
    known = owning.seen(call, s.organisations, {one for row in others for one in json.loads(row["org_ids"])})
    needs = owning.seen(call, s.needs, {row["need_id"] for row in others if row["need_id"]})
    named = owning.named(call, rows)
    return tuple(
        _shaped(call, row, named.get(row["id"], ()))
        if owning.sees_own(call.actor, row)
        else shaped(answers.Delivery, row, organisations=tuple(o for o in json.loads(row["org_ids"]) if o in known),
                    need=row["need_id"] if row["need_id"] in needs else None)
        for row in rows
    )  # fmt: skip


def _own(call: Call, row: Row) -> answers.OwnDelivery:
    return _shaped(call, row, owning.named(call, [row]).get(row["id"], ()))


def _shaped(call: Call, row: Row, named: tuple[str, ...]) -> answers.OwnDelivery:
    return shaped(answers.OwnDelivery, row, named=named, org_ids=tuple(json.loads(row["org_ids"])),
                  moves=owning.movable(call, s.deliveries, row))  # fmt: skip


def _referred(call: Call, given: DeliveryFields, org: str) -> Mapping[str, Any]:
    """The records that are referred to, as far as they are given. Raises Absent record.absent."""
    cleared = getattr(given, "clear", ())
    told: dict[str, Any] = {"need_id": None} if "need" in cleared else {}
    if given.need is not None:
        told["need_id"] = call.tx.one(s.needs, given.need, call.actor)["id"]
    if given.partners or "partners" in cleared:
        if missing := sorted(set(given.partners) - owning.seen(call, s.organisations, given.partners)):
            raise Absent("record.absent", table="organisations", id=missing[0])
        told["org_ids"] = json.dumps([org, *(one for one in dict.fromkeys(given.partners) if one != org)])
    return told


def _deliverers(call: Call, delivery: Row) -> None:
    """Keeps the table by which deliveries of an organisation are found as `org_ids` says."""
    call.tx.execute(sa.delete(s.delivered_by).where(s.delivered_by.c.delivery_id == delivery["id"]))
    call.tx.insert(s.delivered_by, [{"delivery_id": delivery["id"], "org_id": one}
                                    for one in json.loads(delivery["org_ids"])])  # fmt: skip
