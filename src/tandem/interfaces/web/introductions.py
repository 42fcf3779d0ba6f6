"""Introductions as pages: the inbox of both sides, where each stands, what comes next, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from tandem.base.errors import Absent
from tandem.domain.introductions import ENDED, LAPSES, STATES
from tandem.hub.introductions.answers import Introduction
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import reasons, sight, ways
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import View, Views, Visit

_LIST = "/introductions"
_STEPS = tuple(state for state in STATES if state not in ENDED or state == "outcome")


async def inbox(visit: Visit) -> Response:
    """The introductions of one's organisation, both as poser and as invited; the broker's are all."""
    asked: dict[str, Any] = {
        name: visit.query[name] for name in ("need", "state", "after") if name in visit.query
    }
    waiting = visit.query.get("waiting") == "on"
    found = await visit.ask("introduction.list", {**asked, "waiting": waiting})
    title = next((one.title for one in found.items), "") if "need" in asked else ""
    return visit.show(
        "introductions/list.html", found=found, rows=[(one, sight.side(one)) for one in found.items], asked=asked,
        waiting=waiting, states=STATES, title=title, now=visit.application.hub.clock(),
    )  # fmt: skip


async def show(visit: Visit, chosen: str = "") -> Response:
    """One introduction; `chosen` is the way that is shown open."""
    return await _page(visit, await visit.ask("introduction.show", {"id": visit.id}), chosen)


async def go(visit: Visit, name: str) -> Response:
    """Takes one of the ways; the page again where that cannot be done."""
    one = await visit.ask("introduction.show", {"id": visit.id})
    form = visit.form(ways.KINDS[name].action)
    if await _sent(visit, form, name, one):
        return visit.to(f"{_LIST}/{visit.id}", f"introduction.{ways.KINDS[name].done}")
    return await _page(visit, await visit.ask("introduction.show", {"id": visit.id}), name, form)


async def _sent(visit: Visit, form: Form, name: str, one: Introduction) -> bool:
    """Whether it was done; the introduction's own id is none of what a proposal takes."""
    if name == "propose":
        if one.organisation is None:
            raise Absent("record.absent", table="organisations", id="")
        given = {key: value for key, value in ways.fixed(name, one).items() if value is not None}
        return await visit.send(form, **given) is not None
    return await visit.send(form, **ways.fixed(name, one)) is not None


async def _page(visit: Visit, one: Introduction, chosen: str = "", sent: Form | None = None) -> Response:
    side = sight.side(one)
    own = await ways.of(visit, one, chosen, sent)
    status = visit.status(sent.error if sent else None)
    return visit.show(
        "introductions/show.html",
        status,
        one=one,
        side=side,
        steps=_steps(one),
        lines=sight.lines(one),
        reasons=await reasons.told(visit, one.reasons),
        ways=own,
        ratings=ways.RATINGS,
        rated=next((place for place, share in enumerate(ways.RATINGS, 1) if float(share) == one.rating), 0),
        mine=one.waits_on == side or (side == "broker" and one.waits_on == "broker"),
        lapse=LAPSES.get(one.state),
        ended=one.state in ENDED,
        gone=sent.sentence() if sent is not None and chosen not in [way.name for way in own] else "",
        now=visit.application.hub.clock(),
    )


def _steps(one: Introduction) -> Sequence[tuple[str, str]]:
    """(state, how far: past, now or ahead); an introduction that came to nothing ends where it did."""
    reached = {
        "proposed": True,
        "invited": one.invited_at is not None,  # whoever offers itself has answered before it is invited
        "interested": None not in (one.invited_at, one.answered_at) and one.state != "declined",
        "introduced": one.introduced_at is not None,
        "quoted": one.quote is not None,
        "agreed": one.agreed_at is not None,
    }
    if one.state in ENDED and one.state != "outcome":
        return [*((state, "past") for state in _STEPS if reached.get(state)), (one.state, "now")]
    at = _STEPS.index(one.state)
    return [
        (state, "past" if place < at else "now" if place == at else "ahead")
        for place, state in enumerate(_STEPS)
    ]


def _ways() -> dict[tuple[str, str], View]:
    """The address of each way: shown open by GET, taken by POST."""
    found: dict[tuple[str, str], View] = {}
    for name in ways.KINDS:
        place = f"{_LIST}/{{id}}/{name}"
        found["GET", place] = partial(show, chosen=name)
        found["POST", place] = partial(go, name=name)
    return found


VIEWS: Views = {
    ("GET", _LIST): inbox,
    ("GET", f"{_LIST}/{{id}}"): show,
    **_ways(),
}
