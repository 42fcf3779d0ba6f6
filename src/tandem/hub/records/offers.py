"""Offers: what an organisation can supply, added, shown, changed, and taken back by it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tandem.domain.records import capacity_band
from tandem.hub.call import Call
from tandem.hub.records import answers, owning, steps
from tandem.hub.records.inputs import Named, OfferChange, OfferDraft, OfferQuery
from tandem.hub.records.kinds import OFFER
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def add(call: Call, given: OfferDraft) -> answers.OwnOffer:
    """Tells what an organisation can supply."""
    org = owning.organisation(call, given.organisation)
    return _own(call, steps.add(call, OFFER, "offer.add", given, steps.taken(OFFER, given), org))


def listed(call: Call, given: OfferQuery) -> answers.Offers:
    """The newest offers first; of a city: those that serve it, everywhere or by name."""
    o = s.offers.c
    wanted = {"kind": given.kind, "service_code": owning.service(given.service_code), "state": given.state,
              "org_id": given.organisation}  # fmt: skip
    conditions = [o.org_id == call.actor.org] if given.mine else []
    if (city := owning.city(given.city)) is not None:
        conditions.append(o.cities_served.is_(None) | o.cities_served.contains(json.dumps(city)))
    rows, after = steps.listed(call, OFFER, given, wanted, *conditions)
    return answers.Offers(shown(call, rows), after)


def show(call: Call, given: Named) -> answers.Offer | answers.OwnOffer:
    """One offer, as whoever asks may see it."""
    return shown(call, [call.tx.one(s.offers, given.id, call.actor)])[0]


def edit(call: Call, given: OfferChange) -> answers.OwnOffer:
    """Changes what is given and leaves the rest."""
    offer = owning.mine(call, s.offers, given.id)
    return _own(call, steps.change(call, OFFER, "offer.edit", given, steps.taken(OFFER, given, offer), offer))


def withdraw(call: Call, given: Named) -> answers.OwnOffer:
    """Takes an offer back; it stays its provider's record."""
    return _own(call, steps.move(call, OFFER, "offer.withdraw", given.id, "withdrawn"))


def reopen(call: Call, given: Named) -> answers.OwnOffer:
    """Offers again what was withdrawn."""
    return _own(call, steps.move(call, OFFER, "offer.reopen", given.id, "open"))


def shown(call: Call, rows: Sequence[Row]) -> tuple[answers.Offer | answers.OwnOffer, ...]:
    """Each offer as whoever asks may see it."""
    named = owning.named(call, rows)
    return tuple(
        _shaped(call, row, named.get(row["id"], ())) if owning.sees_own(call.actor, row) else _others(row)
        for row in rows
    )


def _own(call: Call, row: Row) -> answers.OwnOffer:
    return _shaped(call, row, owning.named(call, [row]).get(row["id"], ()))


def _shaped(call: Call, row: Row, named: tuple[str, ...]) -> answers.OwnOffer:
    return shaped(answers.OwnOffer, row, named=named, cities_served=_cities(row),
                  moves=owning.movable(call, s.offers, row))  # fmt: skip


def _others(row: Row) -> answers.Offer:
    return shaped(answers.Offer, row, capacity=capacity_band(row["capacity"]), organisation=row["org_id"],
                  cities_served=_cities(row))  # fmt: skip


def _cities(row: Row) -> tuple[str, ...]:
    kept = row.get("cities_served")
    return tuple(json.loads(kept)) if kept else ()
