"""Organisations: looked through, registered with those that look the same shown, checked by the operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.base.errors import Denied, TandemError
from tandem.domain.moves import ORGANISATION
from tandem.domain.tables import ORGANISATION_TYPES, SIZES
from tandem.hub import actions
from tandem.hub.records.answers import OwnOrganisation
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import editing, hub_names, one_organisation
from tandem.interfaces.web.editing import Sheet
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

FILTERS = ("name", "type", "city", "size", "sector", "state")
SHEET = Sheet("organisation", ("name", "name_zh", "name_en", "reg_no", "type", "city", "size", "sector",
                               "service_code"),
              frozenset(("name", "visibility")))  # fmt: skip
_CLAIMED = "claimed"


async def listed(visit: Visit) -> Response:
    """Organisations by a part of their name and by filters, the newest first; for the operator those to be checked."""
    asked = visit.asked(*FILTERS, "after")
    wrong: TandemError | None = None
    try:
        found = await visit.ask("organisation.list", asked)
    except TandemError as error:
        if error.code != "city.unknown":
            raise
        wrong, found = error, await visit.ask("organisation.list", {**asked, "city": None})
    form = Form("organisation.list", visit.lang, error=wrong)
    values = {"found": found, "asked": asked, "form": form, "claimed": asked.get("state") == _CLAIMED,
              "types": ORGANISATION_TYPES, "sizes": SIZES, "states": tuple(ORGANISATION)}  # fmt: skip
    return visit.show("organisations/found.html" if visit.part else "organisations/list.html", **values)


async def register(visit: Visit) -> Response:
    """A new organisation; where others look the same, they are shown, and `despite` says that it is none of them."""
    actions.admitted("organisation.register", visit.actor)
    form = visit.form("organisation.register", {"visibility": ("public",)})
    finding = visit.posted.text(editing.STEP) == "find"
    if visit.sent and not finding and (made := await visit.send(form)) is not None:
        return visit.to(f"/organisations/{made.id}", "organisation_registered")
    values = await editing.around(visit, form)
    if visit.part and finding:
        return visit.show("needs/naming.html", form=form, **values)
    alike: Mapping[str, str] = {}
    if form.error is not None and form.error.code == "organisation.alike":
        alike = await hub_names.organisations(visit, form.error.params["ids"])
        form.error = None
    taken = not visit.actor.may_register
    response = visit.formed("organisations/register.html", form, alike=alike, taken=taken, **values)
    response.status = 409 if alike else response.status
    return response


async def edit(visit: Visit) -> Response:
    """The form of an organisation, for its managers and the operator."""
    org = await visit.ask("organisation.show", {"id": visit.id})
    if not isinstance(org, OwnOrganisation):
        raise Denied("record.others", table="organisations", id=visit.id)
    change = editing.opened(visit, SHEET, org)
    finding = visit.posted.text(editing.STEP) == "find"
    if visit.sent and not finding and await editing.saved(visit, change):
        return visit.to(f"/organisations/{visit.id}", "saved")
    values = await editing.around(visit, change.form)
    if visit.part and finding:
        return visit.show("needs/naming.html", form=change.form, **values)
    return editing.page(visit, "organisations/edit.html", change, org=org, **values)


async def verify(visit: Visit) -> Response:
    """What the operator found out: checked, or refused with a note."""
    form = visit.form("organisation.verify")
    refuse = visit.posted.text("_verdict") == "refuse"
    if await visit.send(form, id=visit.id, refuse=refuse) is None:
        return await one_organisation.page(visit, form)
    following: Any = visit.posted.text("_back")
    at = "/organisations?state=claimed" if following == "list" else f"/organisations/{visit.id}"
    return visit.to(at, "organisation_refused" if refuse else "organisation_verified")


VIEWS: Views = {
    ("GET", "/organisations"): listed,
    ("GET", "/organisations/new"): register,
    ("POST", "/organisations/new"): register,
    ("GET", "/organisations/{id}"): one_organisation.show,
    ("GET", "/organisations/{id}/edit"): edit,
    ("POST", "/organisations/{id}/edit"): edit,
    ("POST", "/organisations/{id}/verify"): verify,
}
