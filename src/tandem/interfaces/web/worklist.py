"""The broker's day: what waits on whom, needs that nobody is proposed for, how fast people answer and may answer."""

from __future__ import annotations

from tandem.domain.introductions import LAPSES, WAITS_ON
from tandem.hub.introductions.answers import HubFigures
from tandem.interfaces.http.response import Response
from tandem.interfaces.web.forms import Form, whole
from tandem.interfaces.web.visit import Views, Visit

_PROPOSING = "/introductions/new"
SPANS = (30, 90, 365)  # days that response figures are told for


async def worklist(visit: Visit) -> Response:
    """What waits, the most overdue first; needs whose list holds nobody more."""
    overdue = visit.query.get("overdue") == "on"
    asked = visit.asked("after")
    found = await visit.ask("introduction.worklist", {**asked, "overdue": overdue})
    return visit.show(
        "worklist/worklist.html", found=found, overdue=overdue, now=visit.application.hub.clock()
    )


async def response(visit: Visit) -> Response:
    """How invitations were answered: one's own beside the hub's, or each organisation's for those who run the hub."""
    days = whole(visit.query.get("days", ""))
    chosen = days if days in SPANS else SPANS[-1]
    found = await visit.ask("introduction.figures", {"days": chosen})
    of_hub = isinstance(found, HubFigures)
    return visit.show("worklist/response.html", found=found, days=chosen, spans=SPANS, whole=of_hub)


async def leases(visit: Visit) -> Response:
    """How long each state may wait, and the form that changes one."""
    form = visit.form("introduction.lease")
    if visit.sent and await visit.send(form) is not None:
        return visit.to("/leases", "saved")
    known = await visit.ask("introduction.lease", {}, counted=False)
    return visit.formed("worklist/leases.html", form, hours=known.hours, waits_on=WAITS_ON, lapses=LAPSES)


async def proposing(visit: Visit) -> Response:
    """Proposes an organisation by hand: found by its name, chosen, with a word why."""
    form = visit.form("introduction.propose", {"need": (visit.query.get("need", ""),)})
    if visit.sent and (done := await visit.send(form)) is not None:
        return visit.to(f"/introductions/{done.id}", "introduction.proposed")
    return await _to_propose(visit, form)


async def _to_propose(visit: Visit, form: Form) -> Response:
    need = await visit.ask("need.show", {"id": form.typed.get("need", ("",))[-1]})
    name = visit.posted.text("name") or visit.query.get("name", "")
    found = await visit.ask("organisation.list", {"name": name, "limit": 20}) if name else None
    return visit.formed("worklist/propose.html", form, need=need, name=name, found=found)


VIEWS: Views = {
    ("GET", "/worklist"): worklist,
    ("GET", "/response"): response,
    ("GET", "/leases"): leases,
    ("POST", "/leases"): leases,
    ("GET", _PROPOSING): proposing,
    ("POST", _PROPOSING): proposing,
}
