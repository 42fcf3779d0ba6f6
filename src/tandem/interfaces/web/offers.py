"""Offers and deliveries: what an organisation states it can do, and what it has done; listed, written, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tandem.base.errors import Absent, Denied
from tandem.domain.tables import KINDS
from tandem.hub import actions
from tandem.hub.records.answers import OwnDelivery, OwnOffer
from tandem.hub.records.inputs import MOST_OPENED_TO
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import editing, hub_names, needs, one_organisation
from tandem.interfaces.web.editing import Change, Sheet
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import View, Views, Visit

OFFER = Sheet("offer", ("title", "text", "kind", "service_code", "capacity", "price_from", "currency", "cities_served",
                        "available_from", "available_to"),
              frozenset(("title", "visibility", "currency", "capacity")))  # fmt: skip
DELIVERY = Sheet("delivery", ("title", "text", "delivered_on", "rating", "need", "partners"),
                 frozenset(("title", "visibility")))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """One of the two kinds of records of this room: its form, where it is, and how its list and page are called."""

    sheet: Sheet
    place: str
    own: Any


OFFERS, DELIVERIES = Kept(OFFER, "offers", OwnOffer), Kept(DELIVERY, "deliveries", OwnDelivery)


async def offers(visit: Visit) -> Response:
    """Offers, the newest first: all that are seen, one's own, or those of one organisation; deliveries beside them."""
    names = ("organisation", "kind", "city", "service_code", "state", "after")
    asked = visit.asked(*names)
    mine = bool(visit.query.get("mine")) and visit.actor.org is not None
    if mine:
        asked["organisation"] = visit.actor.org
    found = await visit.ask(
        "offer.list", {**asked, "kind": asked.get("kind") if asked.get("kind") in KINDS else None}
    )
    org = asked.get("organisation")
    made = None
    if org is not None:
        made = await visit.ask("delivery.list", {"organisation": org, "limit": 50}, counted=False)
    who = await hub_names.organisations(visit, [org, *(_whose(one) for one in found.items)])
    return visit.show(
        "offers/list.html", found=found, made=made, org=org, names=who, mine=mine, asked=asked, kinds=KINDS
    )


async def offer(visit: Visit) -> Response:
    """One offer: what it says, what speaks of the same, when there is room."""
    return await _offer(visit, None)


async def _offer(visit: Visit, refused: Form | None) -> Response:
    one = await visit.ask("offer.show", {"id": visit.id})
    whole, org = isinstance(one, OwnOffer), _whose(one)
    profile, calendar = None, None
    with suppress(Absent):  # the offer may be open where its organisation is not
        profile = await one_organisation.profile_of(visit, org)
        lines = await visit.ask("organisation.calendar", {"id": org, "offer": one.id}, counted=False)
        calendar = one_organisation.drawn(visit, lines) if lines.items else None
    claim = next((claim for claim in profile.offers if claim.id == one.id), None) if profile else None
    names = await hub_names.organisations(visit, [org, *(one.named if whole else ())])
    return visit.formed("offers/offer.html", refused or Form("offer.show", visit.lang), one=one, whole=whole, org=org,
                        claim=claim, calendar=calendar, names=names, acts=_acts(visit, OFFERS, one))  # fmt: skip


async def delivery(visit: Visit) -> Response:
    """One past delivery."""
    return await _delivery(visit, None)


async def _delivery(visit: Visit, refused: Form | None) -> Response:
    one = await visit.ask("delivery.show", {"id": visit.id})
    whole = isinstance(one, OwnDelivery)
    by = one.org_ids if isinstance(one, OwnDelivery) else one.organisations
    names = await hub_names.organisations(visit, [*by, *(one.named if whole else ())])
    need_id = one.need_id if isinstance(one, OwnDelivery) else one.need
    need = None
    if need_id is not None:
        with suppress(Absent):  # it may be hidden, or gone
            need = await visit.ask("need.show", {"id": need_id}, counted=False)
    form = refused or Form("delivery.show", visit.lang)
    acts = _acts(visit, DELIVERIES, one)
    return visit.formed(
        "offers/delivery.html", form, one=one, whole=whole, by=by, names=names, need=need, acts=acts
    )


def _whose(one: Any) -> str:
    return str(one.org_id if isinstance(one, OwnOffer) else one.organisation)


def _acts(visit: Visit, kind: Kept, one: Any) -> Mapping[str, Form]:
    """What may be done with one's own record: verb -> its form."""
    moves = one.moves if isinstance(one, kind.own) else ()
    return {name.partition(".")[2]: Form(name, visit.lang, version=one.version) for name in moves}


def _adding(kind: Kept) -> View:
    async def added(visit: Visit) -> Response:
        name = f"{kind.sheet.kind}.add"
        actions.admitted(name, visit.actor)
        first = {"visibility": ("members",)}
        if visit.actor.org is None and "organisation" in visit.query:
            first["organisation"] = (visit.query["organisation"],)
        form = visit.form(name, first)
        step = visit.posted.text(editing.STEP)
        if visit.sent and not step and (made := await visit.send(form)) is not None:
            return visit.to(f"/{kind.place}/{made.id}", f"{kind.sheet.kind}_added")
        return await _form(visit, kind, form)

    return added


def _editing(kind: Kept) -> View:
    async def edited(visit: Visit) -> Response:
        one = await visit.ask(f"{kind.sheet.kind}.show", {"id": visit.id})
        if not isinstance(one, kind.own):
            raise Denied("record.others", table=kind.place, id=visit.id)
        change = editing.opened(visit, kind.sheet, one)
        if visit.sent and not visit.posted.text(editing.STEP) and await editing.saved(visit, change):
            return visit.to(f"/{kind.place}/{visit.id}", "saved")
        return await _form(visit, kind, change.form, one, change)

    return edited


async def _form(
    visit: Visit, kind: Kept, form: Form, one: Any = None, change: Change | None = None
) -> Response:
    """The form of a new record, or of a change."""
    values = await editing.around(visit, form)
    if visit.part and visit.posted.text(editing.STEP) == "find":
        return visit.show("needs/naming.html", form=form, **values)
    more: dict[str, Any] = {}
    if kind is DELIVERIES:
        partners = [id_ for id_ in form.typed.get("partners", ()) if id_]
        seek = visit.posted.text("_with")
        met = await needs.names_of(visit, seek)
        called = await hub_names.organisations(visit, partners[:MOST_OPENED_TO], counted=visit.sent)
        known = dict(met) | dict(called)
        more = {"partners": partners, "met": met, "seek": seek, "known": known}
        values["names"] |= known
    template, values = f"offers/{kind.sheet.kind}_form.html", {**values, **more, "one": one}
    if change is not None:
        return editing.page(visit, template, change, **values)
    return visit.formed(template, form, change=None, **values)


def _moving(kind: Kept, verb: str) -> View:
    async def moved(visit: Visit) -> Response:
        form = visit.form(f"{kind.sheet.kind}.{verb}")
        if await visit.send(form, id=visit.id) is None:
            return await (_offer if kind is OFFERS else _delivery)(visit, form)
        return visit.to(f"/{kind.place}/{visit.id}", f"{kind.sheet.kind}_{verb}")

    return moved


VIEWS: Views = {
    ("GET", "/offers"): offers,
    ("GET", "/offers/new"): _adding(OFFERS),
    ("POST", "/offers/new"): _adding(OFFERS),
    ("GET", "/offers/{id}"): offer,
    ("GET", "/offers/{id}/edit"): _editing(OFFERS),
    ("POST", "/offers/{id}/edit"): _editing(OFFERS),
    ("POST", "/offers/{id}/withdraw"): _moving(OFFERS, "withdraw"),
    ("POST", "/offers/{id}/reopen"): _moving(OFFERS, "reopen"),
    ("GET", "/deliveries/new"): _adding(DELIVERIES),
    ("POST", "/deliveries/new"): _adding(DELIVERIES),
    ("GET", "/deliveries/{id}"): delivery,
    ("GET", "/deliveries/{id}/edit"): _editing(DELIVERIES),
    ("POST", "/deliveries/{id}/edit"): _editing(DELIVERIES),
    ("POST", "/deliveries/{id}/remove"): _moving(DELIVERIES, "remove"),
}
