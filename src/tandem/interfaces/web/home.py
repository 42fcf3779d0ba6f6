"""Where everybody arrives: what waits on them, what is theirs, and for strangers what a hub is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from tandem.base import error_words
from tandem.base.errors import TandemError
from tandem.hub.people import setup
from tandem.hub.people.answers import Invited
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import notices, overview, sight
from tandem.interfaces.web.visit import Views, Visit

_FEW = 6  # of each thing; the rest stands on the page of its own


async def home(visit: Visit) -> Response:
    """The start page: the overview for those who run the hub or audit it, one's own day for those who work with it."""
    if overview.serves(visit):
        return await overview.overview(visit)
    return await _own(visit) if visit.signed_in else await _visitors(visit)


async def _visitors(visit: Visit) -> Response:
    """What a hub is, the ways in, and the newest needs that are open to everybody."""
    found = await visit.ask("need.list", {"state": "posed", "limit": 8})
    return visit.show("home/visitor.html", needs=found.items, new=setup.needed(visit.application.hub))


async def _own(visit: Visit, refused: TandemError | None = None) -> Response:
    account = await visit.ask("account.show", counted=False)
    lines, _ = await notices.shown(visit, unread=True, limit=_FEW)
    wishes = await visit.ask("confirmation.list", {"state": "waiting", "limit": _FEW}, counted=False)
    status = visit.status(refused)
    return visit.show(
        "home/home.html",
        status,
        account=account,
        invitations=await _invitations(visit),
        refused=None if refused is None else error_words.sentence(refused, visit.lang),
        introductions=await _waiting(visit),
        wishes=[(one, notices.asked_for(one.action, visit)) for one in wishes.items],
        lines=lines,
        records=await _records(visit),
        now=visit.application.hub.clock(),
    )


async def _waiting(visit: Visit) -> list[tuple[Any, str]]:
    """Introductions that wait on one's organisation, each with the side it is on."""
    if not visit.may("introduction.list") or visit.actor.org is None:
        return []
    found = await visit.ask("introduction.list", {"waiting": True, "limit": _FEW}, counted=False)
    return [(one, sight.side(one)) for one in found.items]


async def _invitations(visit: Visit) -> list[Invited]:
    """Invitations of organisations to whoever visits."""
    found = await visit.ask("membership.list", {"state": "invited", "limit": 50}, counted=False)
    return [one for one in found.items if isinstance(one, Invited)]


async def _records(visit: Visit) -> Mapping[str, Any]:
    """One's organisation's newest needs and offers."""
    if visit.actor.org is None or not visit.may("need.pose"):
        return {}
    return {
        name: (await visit.ask(f"{name}.list", {"mine": True, "limit": _FEW}, counted=False)).items
        for name in ("need", "offer")
    }


async def invitation(visit: Visit, word: str) -> Response:
    """Answers an organisation's invitation to act for it."""
    form = visit.form(f"membership.{word}")
    if await visit.send(form, id=visit.id) is not None:
        return visit.to("/", f"membership.{word}")
    return await _own(visit, form.error)


VIEWS: Views = {
    ("GET", "/"): home,
    ("POST", "/invitations/{id}/accept"): partial(invitation, word="accept"),
    ("POST", "/invitations/{id}/decline"): partial(invitation, word="decline"),
}
