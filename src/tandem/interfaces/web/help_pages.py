"""Help: what a hub is for and how its commonest things are done, by role; the glossary; a tour of what is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tandem.base.errors import TandemError
from tandem.domain.people import AUDITORS, Role
from tandem.domain.records import VISIBILITIES
from tandem.hub import glossary
from tandem.hub.actions import ACTIONS
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import write
from tandem.interfaces.web.visit import Views, Visit

# The five commonest things of each role: words under `web.help.do.<code>`, and where they are done.
_PLACES: Mapping[str, str] = {
    "look": "/needs", "search": "/search", "register": "/register", "join": "/", "tour": "/help/tour",
    "pose": "/needs/new", "answer": "/introductions?waiting=on", "own": "/needs?mine=on", "told": "/notices",
    "colleagues": "/people", "events": "/webhooks", "overview": "/", "worklist": "/worklist", "accounts": "/people",
    "watch": "/settings", "journal": "/journal", "verify": "/journal/verification", "region": "/region",
    "account": "/account", "tokens": "/account/tokens",
}  # fmt: skip
_TASKS: Mapping[Role, Sequence[str]] = {
    "visitor": ("look", "search", "region", "register", "tour"),
    "member": ("pose", "answer", "own", "search", "tokens"),
    "manager": ("pose", "answer", "colleagues", "events", "search"),
    "operator": ("overview", "worklist", "accounts", "watch", "verify"),
    "analyst": ("look", "search", "region", "told", "account"),
    "reviewer": ("look", "search", "region", "told", "account"),
    "auditor": ("overview", "journal", "verify", "watch", "account"),
}
_ERRORS = ("404", "403", "409", "422", "429", "503")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour: words under `web.tour.<code>`, where it leads, and who may go there.

    path    empty where whoever visits may not, or there is nothing to look at
    action  what the page behind it asks for
    """

    code: str
    path: str
    action: str
    params: Mapping[str, Any]


async def help_(visit: Visit) -> Response:
    """What this is, what one does here most, and where more is told."""
    return visit.show("help/help.html", tasks=tasks(visit.actor.role), errors=_ERRORS)


def tasks(role: Role) -> Sequence[tuple[str, str]]:
    """(code, address) of what a role does most."""
    return tuple((code, _PLACES[code]) for code in _TASKS[role])


async def words(visit: Visit) -> Response:
    """Every word of Tandem with its meaning in the reader's language."""
    wanted = visit.query.get("word", "").strip().lower()
    rows = [(one.zh, one.en, one.meaning_zh) if visit.lang == "zh" else (one.en, one.zh, one.meaning_en)
            for one in glossary.words()]  # fmt: skip
    found = [row for row in rows if not wanted or any(wanted in cell.lower() for cell in row)]
    return visit.show("help/glossary.html", rows=found, wanted=wanted)


async def visibility(visit: Visit) -> Response:
    """Who sees what, in plain words."""
    return visit.show("help/visibility.html", kinds=VISIBILITIES)


async def agents(visit: Visit) -> Response:
    """What a program may do for a member, and what waits for the member's own word."""
    binding = [one.name for one in ACTIONS.values() if one.binds and visit.actor.role in one.may]
    return visit.show("help/agents.html", binding=binding)


async def tour(visit: Visit) -> Response:
    """Six steps through what is on this hub now, each with what to look at."""
    return visit.show("help/tour.html", steps=await steps(visit))


async def steps(visit: Visit) -> Sequence[Step]:
    """The steps, with the records that they lead to; found as whoever visits would find them."""
    need = await _example(visit)
    best = None if need is None else await _best(visit, need.id)
    service = (
        ""
        if need is None
        else write.service(need.service_code, visit.lang)
        if need.service_code
        else need.title
    )
    whole = visit.actor.role in AUDITORS
    return tuple(
        Step(code, path if visit.may(action) else "", action, params)
        for code, path, action, params in (
            ("need", f"/needs/{need.id}" if need else "", "need.show", {"title": need.title if need else ""}),
            ("search", f"/needs?{urlencode({'text': service})}" if need else "", "search.find", {"words": service}),
            ("matches", f"/needs/{need.id}#matches" if need else "", "need.match", {}),
            ("organisation", f"/organisations/{best.org_id}" if best else "", "organisation.show",
             {"name": best.name if best else ""}),
            ("introductions", "/worklist" if whole else "/introductions", "introduction.list", {}),
            ("journal", "/journal", "journal.list", {}),
        )
    )  # fmt: skip


async def _example(visit: Visit) -> Any:
    """A need to look at: one's own, because its poser sees its matches; one in Chinese rather than not."""
    found: Sequence[Any] = ()
    if visit.actor.org is not None:
        found = (await visit.ask("need.list", {"mine": True, "state": "posed", "limit": 50})).items
    found = found or (await visit.ask("need.list", {"state": "posed", "limit": 50})).items
    return next((one for one in found if one.lang == "zh" and one.text), found[0] if found else None)


async def _best(visit: Visit, need: str) -> Any:
    """The first organisation that would be proposed for a need, as far as whoever visits may ask."""
    if not visit.may("need.match"):
        return None
    try:
        matches = await visit.ask("need.match", {"id": need, "top": 1})
    except TandemError:  # of another's need, or the index is being built: the tour goes on without
        return None
    return matches.items[0] if matches.items else None


VIEWS: Views = {
    ("GET", "/help"): help_,
    ("GET", "/help/glossary"): words,
    ("GET", "/help/visibility"): visibility,
    ("GET", "/help/agents"): agents,
    ("GET", "/help/tour"): tour,
}
