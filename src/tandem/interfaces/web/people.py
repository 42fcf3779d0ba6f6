"""People: a manager's colleagues and invitations, and for the operator every account with what it may do."""

from __future__ import annotations

from typing import Any

from tandem.base.errors import Absent, Invalid
from tandem.domain.people import COLLEAGUES, ROLES
from tandem.hub.people.answers import Invitation
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import hub_names, needs
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

_FILTERS = ("name", "role", "state", "organisation")
_STATES = ("active", "blocked", "erased")


async def people(visit: Visit, invited: Form | None = None) -> Response:
    """Colleagues and invitations; for the operator all accounts, by role, state and organisation."""
    asked = visit.asked(*_FILTERS, "after")
    if not visit.actor.operates:
        asked["organisation"] = visit.actor.org or ""
    found = await visit.ask("account.list", {**asked, "limit": 50})
    invitations = await _invitations(visit)
    orgs = [getattr(one, "org_id", None) for one in found.items] + [one.organisation for one in invitations]
    form = invited or visit.form("membership.invite")
    return visit.formed(
        "people/people.html", form, found=found, invitations=invitations, colleagues=COLLEAGUES,
        names=await hub_names.organisations(visit, [*orgs, asked.get("organisation")]), roles=ROLES[1:], states=_STATES,
        now=visit.application.hub.clock(),
    )  # fmt: skip


async def _invitations(visit: Visit) -> list[Invitation]:
    """Those that wait for somebody's word."""
    found = await visit.ask("membership.list", {"state": "invited", "limit": 100}, counted=False)
    return [one for one in found.items if isinstance(one, Invitation)]


async def invite(visit: Visit) -> Response:
    """Invites somebody to act for an organisation: one's own, or for the operator the one that was named."""
    form = visit.form("membership.invite")
    given: dict[str, Any] = {}
    if visit.actor.operates and (org := await _chosen(visit, form)) is not None:
        given["organisation"] = org
    if form.error is None and await visit.send(form, **given) is not None:
        return visit.to("/people", "invited")
    return await people(visit, form)


async def withdraw(visit: Visit) -> Response:
    """Takes an invitation back."""
    await visit.ask("membership.withdraw", {"id": visit.id})
    return visit.to("/people", "withdrawn")


async def person(visit: Visit, sent: Form | None = None) -> Response:
    """One account: what it may do, and what can be done about it."""
    found = await visit.ask("account.list", {"account": visit.id})
    if not found.items:
        raise Absent("record.absent", table="accounts", id=visit.id)
    one = found.items[0]
    org = getattr(one, "org_id", None)
    form = sent or Form("account.set", visit.lang, {"role": (one.role,)})
    form.version = form.version if sent is not None else one.version
    status = visit.status(form.error)
    return visit.show(
        "people/person.html", status, one=one, org=org, form=form, erasing=Form("account.erase", visit.lang),
        roles=ROLES[1:] if visit.actor.operates else COLLEAGUES, names=await hub_names.organisations(visit, [org]),
        found=await _found(visit), own=one.id == visit.actor.account,
    )  # fmt: skip


async def place(visit: Visit) -> Response:
    """Says what an account may do and for whom; `leave` lets it go, `state` blocks it or lets it in again."""
    form = visit.form("account.set")
    given: dict[str, Any] = {}
    if visit.actor.operates and (org := await _chosen(visit, form)) is not None:
        given["organisation"] = org
    if form.error is None and await visit.send(form, id=visit.id, **given) is not None:
        gone = not visit.actor.operates and form.given()["leave"]
        return visit.to("/people" if gone else f"/people/{visit.id}", "saved")
    return await person(visit, form)


async def _chosen(visit: Visit, form: Form) -> str | None:
    """The organisation that somebody has named by its name or id; refused where that is not one."""
    text = visit.posted.text("named").strip()
    if not text:
        return None
    found = await needs.names_of(visit, text)
    if len(found) == 1:
        return found[0][0]
    form.fail(Invalid("people.which", text=text, n=len(found)))
    return None


async def _found(visit: Visit) -> list[tuple[str, str]]:
    """Organisations to choose from where a name meant none or several."""
    return await needs.names_of(visit, visit.posted.text("named"), 12) if visit.sent else []


async def reset(visit: Visit) -> Response:
    """A secret for somebody who has forgotten the password, shown this once."""
    form = visit.form("account.reset")
    made = await visit.send(form, id=visit.id)
    if made is None:
        return await person(visit, form)
    return visit.show_once("people/reset.html", made=made)


async def erase(visit: Visit) -> Response:
    """Takes what is personal out of somebody's account."""
    form = visit.form("account.erase")
    if await visit.send(form, id=visit.id) is None:
        return await person(visit, form)
    return visit.to("/people", "erased")


VIEWS: Views = {
    ("GET", "/people"): people,
    ("POST", "/people/invite"): invite,
    ("POST", "/people/invitations/{id}/withdraw"): withdraw,
    ("GET", "/people/{id}"): person,
    ("POST", "/people/{id}"): place,
    ("POST", "/people/{id}/reset"): reset,
    ("POST", "/people/{id}/erase"): erase,
}
