"""Needs that fit an organisation, why, and the way to tell their posers so."""

from __future__ import annotations

from typing import Any

from tandem.base.errors import Unavailable
from tandem.domain.introductions import VOLUNTEER_EVERY, VOLUNTEER_MOST
from tandem.domain.tables import KINDS
from tandem.hub import actions
from tandem.hub.finding.answers import FittingNeed
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import one_organisation, reasons
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.reasons import Reasons
from tandem.interfaces.web.visit import Views, Visit

_DAY = 86_400
_SHOWN = 3  # reasons that stand with a need at once


async def fits(visit: Visit) -> Response:
    """The needs, best first; for an operator those of the organisation that the address names."""
    return await _page(visit, None)


async def volunteer(visit: Visit) -> Response:
    """Says of one need that the organisation could help."""
    form = visit.form("introduction.volunteer")
    need = form.typed.get("need", ("",))[-1]
    form.key = f"{form.key}{need}"  # one page holds many of these forms
    if await visit.send(form) is None:
        return await _page(visit, form)
    return visit.to("/fits", "volunteered")


async def _page(visit: Visit, refused: Form | None) -> Response:
    actions.admitted("need.fits", visit.actor)
    org = visit.actor.org or visit.query.get("organisation")
    kind = visit.query.get("kind")
    values: dict[str, Any] = {
        "kinds": KINDS, "kind": kind if kind in KINDS else None, "org": org, "refused": refused,
        "days": VOLUNTEER_EVERY // _DAY, "most": VOLUNTEER_MOST, "now": visit.application.hub.clock(),
    }  # fmt: skip
    form = refused or Form("introduction.volunteer", visit.lang)
    if org is None:
        return visit.formed(
            "offers/fits.html", form, found=None, told={}, offers=(), profile=None, building=False, **values
        )
    asked = {"kind": values["kind"], "top": 20, **({} if visit.actor.org else {"organisation": org})}
    try:
        found = await visit.ask("need.fits", asked)
    except Unavailable:
        return visit.formed(
            "offers/fits.html", form, found=None, told={}, offers=(), profile=None, building=True, **values
        )
    parts = {one.id: _parted(one) for one in found.items}
    known = await reasons.cited(visit, (part for two in parts.values() for part in two))
    told = {id_: [reasons.in_words(visit.lang, part, known) for part in two] for id_, two in parts.items()}
    mine = await visit.ask("offer.list", {"organisation": org, "state": "open", "limit": 50}, counted=False)
    profile = await one_organisation.profile_of(visit, org)
    return visit.formed("offers/fits.html", form, found=found, told=told, offers=mine.items, profile=profile,
                        building=False, **values)  # fmt: skip


def _parted(one: FittingNeed) -> tuple[Reasons, Reasons]:
    """The reasons that weigh most, and all the others."""
    ordered = sorted(one.reasons, key=lambda reason: -float(reason["weight"]))
    first = [reason for reason in ordered if reason["weight"] > 0 or len(ordered) == 1][:_SHOWN]
    return first, [reason for reason in one.reasons if reason not in first]


VIEWS: Views = {
    ("GET", "/fits"): fits,
    ("POST", "/fits"): volunteer,
}
