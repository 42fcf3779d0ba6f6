"""One need: as its reader may see it; for its poser and the operator who may answer it, and what goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tandem.base.words import has, say
from tandem.domain.ways import WAYS
from tandem.hub.records.answers import OwnNeed
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import hub_names, matched
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import View, Views, Visit

MATCHED = ("draft", "posed", "answered")  # states in which it is worth asking who may answer
_MOVES = tuple(way.action.partition(".")[2] for way in WAYS["needs"])  # what its poser may do by one button
_HISTORY = 30
_AGAIN = ("proposed", "expired", "lost")  # states of an introduction in which the organisation can be invited


async def show(visit: Visit) -> Response:
    """One need."""
    return await _page(visit, None)


async def _page(visit: Visit, refused: Form | None) -> Response:
    need = await visit.ask("need.show", {"id": visit.id})
    own = isinstance(need, OwnNeed)
    told = await _for_owner(visit, need) if own else {}
    whose = need.org_id if own else need.organisation
    names = await hub_names.organisations(visit, [whose, *(need.named if own else ())])
    blank = {**dict.fromkeys(("matches", "preview", "lose")), **dict.fromkeys(("ready", "matching"), False),
             **dict.fromkeys(("introductions", "history", "moves", "invited"), ())}  # fmt: skip
    form = refused or Form("need.show", visit.lang)
    return visit.formed("needs/need.html", form, **{**blank, **told}, need=need, own=own, whose=whose, names=names,
                        now=visit.application.hub.clock())  # fmt: skip


async def _for_owner(visit: Visit, need: OwnNeed) -> dict[str, Any]:
    """What the poser, the operator and the auditor see beside the need itself."""
    acts = visit.may("need.match")
    matching = acts and need.state in MATCHED
    told: dict[str, Any] = {"matching": matching}
    if acts:
        told["preview"] = await visit.ask("need.preview", {"need": need.id})
        told["moves"] = [Form(name, visit.lang, version=need.version) for name in need.moves]
        told["lose"] = Form("introduction.lose", visit.lang)
    if matching:
        told["matches"] = await matched.matches(visit, need.id)
        told["ready"] = need.state == "posed"
    told["introductions"] = (await visit.ask("introduction.list", {"need": need.id, "limit": 50})).items
    told["invited"] = frozenset(
        one.organisation.id
        for one in told["introductions"]
        if one.organisation is not None and one.state not in _AGAIN
    )
    told["history"] = await _history(visit, need.id)
    return told


async def _history(visit: Visit, need: str) -> Sequence[tuple[int, str, Any]]:
    """What happened to a need, the newest first: (when, in words, entry)."""
    if not visit.may("journal.list"):
        return ()
    entries = (await visit.ask("journal.list", {"record": need, "limit": _HISTORY})).items
    return [(one.at, _did(one.action, visit), one) for one in entries]


def _did(action: str, visit: Visit) -> str:
    known = next((one for one in (f"web.did.{action}", f"action.{action}") if has(one)), None)
    return action if known is None else say(known, visit.lang)


def _moving(verb: str) -> View:
    async def moved(visit: Visit) -> Response:
        form = visit.form(f"need.{verb}")
        if await visit.send(form, id=visit.id) is None:
            return await _page(visit, form)
        return visit.to(f"/needs/{visit.id}", f"need_{verb}")

    return moved


async def invite(visit: Visit) -> Response:
    """Proposes an organisation where nobody has yet, and invites it: both in one step for whoever clicks."""
    form = visit.form("introduction.propose")
    org = form.typed.get("organisation", ("",))[-1]
    listed = await visit.ask("introduction.list", {"need": visit.id, "state": "proposed", "limit": 200})
    waiting = next((one for one in listed.items if one.organisation and one.organisation.id == org), None)
    form.key = f"{form.key}{org}"  # one page holds many of these forms
    proposed = waiting or await visit.send(form, need=visit.id)
    if proposed is None:
        return await _page(visit, form)
    inviting = Form("introduction.invite", visit.lang, key=f"{form.key}i")
    if await visit.send(inviting, id=proposed.id) is None:
        return await _page(visit, inviting)
    return visit.to(f"/needs/{visit.id}", "need_invited")


async def lose(visit: Visit) -> Response:
    """Lets a proposed or invited organisation go, with a reason."""
    form, id_ = visit.form("introduction.lose"), visit.posted.text("_introduction")
    form.key = f"{form.key}{id_}"  # one page holds many of these forms
    if await visit.send(form, id=id_) is None:
        return await _page(visit, form)
    return visit.to(f"/needs/{visit.id}", "need_let_go")


VIEWS: Views = {
    ("GET", "/needs/{id}"): show,
    **{("POST", f"/needs/{{id}}/{verb}"): _moving(verb) for verb in _MOVES},
    ("POST", "/needs/{id}/invite"): invite,
    ("POST", "/needs/{id}/lose"): lose,
}
