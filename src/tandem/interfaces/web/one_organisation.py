"""One organisation: what it says it can do beside what its deliveries show, when it has room, what it wants."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from tandem.base.errors import TandemError, Unavailable
from tandem.base.words import say
from tandem.domain.records import FINDABLE
from tandem.hub.finding.answers import Profile
from tandem.hub.introductions.answers import HubFigures
from tandem.hub.records.answers import Calendar, OwnOrganisation
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import drawing, markup, write
from tandem.interfaces.web.drawing import Slot
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Visit

_SHADES = (0, 1, 2, 3, 4)  # of free places: none, one, two, up to five, more
_BANDS = {"0": 0, "1": 1, "2-5": 3, ">5": 4}


async def show(visit: Visit) -> Response:
    """The page of an organisation."""
    return await page(visit, None)


async def page(visit: Visit, refused: Form | None) -> Response:
    """The page; `refused` is the operator's verdict where it could not be."""
    org = await visit.ask("organisation.show", {"id": visit.id})
    own = visit.actor.org == org.id
    whole = isinstance(org, OwnOrganisation)
    profile = await profile_of(visit, org.id)
    calendar = await visit.ask("organisation.calendar", {"id": org.id}, counted=False)
    wanted = await visit.ask(
        "need.list", {"organisation": org.id, "state": "posed", "limit": 20}, counted=False
    )
    values: dict[str, Any] = {
        "org": org, "own": own, "whole": whole, "profile": profile,
        "calendar": drawn(visit, calendar) if calendar.items else None,
        "wanted": wanted, "figures": await _figures(visit, org.id, own=own),
        "edits": whole and visit.may("organisation.edit"), "supplies": whole and visit.may("offer.add"),
        "verdict": refused or Form("organisation.verify", visit.lang, version=org.version),
        "steps": _steps(profile) if profile is not None else (),
    }  # fmt: skip
    return visit.formed("organisations/one.html", refused or Form("organisation.show", visit.lang), **values)


async def profile_of(visit: Visit, org: str) -> Profile | None:
    """Claims beside evidence; None while the index is being made."""
    try:
        found: Profile = await visit.ask("organisation.profile", {"id": org})
    except Unavailable:
        return None
    return found


async def _figures(visit: Visit, org: str, *, own: bool) -> Any:
    """How its invitations were answered, where that is shown: to its own people, and to those who run the hub."""
    if not (own or visit.actor.role in ("operator", "auditor")) or not visit.may("introduction.figures"):
        return None
    try:
        found = await visit.ask("introduction.figures", {} if own else {"organisation": org}, counted=False)
    except TandemError:  # told on a page of its own; this one has other things to say
        return None
    response = found.hub if isinstance(found, HubFigures) else found.own
    return response if response is not None and response.invitations else None


def _steps(profile: Profile) -> tuple[tuple[str, bool, str], ...]:
    """What an organisation fills in to be found: (code of the words, whether it is there, where it is done)."""
    own = f"?organisation={profile.id}"
    places = {"offer": f"/offers/new{own}", "delivery": f"/deliveries/new{own}", "verified": ""}
    edit, lacking = f"/organisations/{profile.id}/edit", profile.lacking
    if lacking is None:
        return ()
    return tuple((name, name not in lacking, places.get(name, edit)) for name in FINDABLE)


def _written(title: str) -> Markup:
    """A title under the language that it is written in."""
    return Markup('<span lang="{}">{}</span>').format(markup.language(title), title)


def drawn(visit: Visit, calendar: Calendar) -> Markup:
    """The calendar of places: exact for its own people, the stated band for others; closed months are empty."""
    heads = [_month(month, visit) for month in calendar.months]
    rows = [
        (_written(line.title), [_slot(visit, line.capacity, line.free, month, open_)
                                for month, open_ in zip(heads, line.open, strict=True)])
        for line in calendar.items
    ]  # fmt: skip
    return drawing.calendar(rows, heads, say("web.organisation.calendar", visit.lang))


def _slot(visit: Visit, capacity: str | None, free: int | None, month: str, open_: bool) -> Slot:
    if not open_:
        return Slot(0, "·", say("web.organisation.calendar.closed", visit.lang, month=month))
    if free is not None:
        shade = next(n for n in _SHADES if free <= (0, 1, 2, 5, free)[n])
        return Slot(shade, str(free), say("web.organisation.calendar.free", visit.lang, month=month, n=free))
    band = capacity or "1"
    return Slot(
        _BANDS.get(band, 1), band, say("web.organisation.calendar.band", visit.lang, month=month, band=band)
    )


def _month(month: str, visit: Visit) -> str:
    """A month as a narrow column head says it: the year where it begins."""
    year, number = month.split("-")
    shown = write.day(f"{month}-01", visit.lang)
    if visit.lang == "zh":
        return f"{year}年1月" if number == "01" else f"{int(number)}月"
    return f"Jan {year}" if number == "01" else shown.split(" ")[1]
