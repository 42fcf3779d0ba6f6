"""The operator's first page: what waits, what is lacking where, who is shown, how long it takes, what flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tandem.base import error_words
from tandem.base.errors import Invalid
from tandem.domain.people import AUDITORS
from tandem.hub.overview import cells
from tandem.hub.overview.answers import Overview
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import overview_pictures as pictures
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.overview_pictures import FILTERS
from tandem.interfaces.web.visit import Views, Visit

_NEEDS = "/overview/needs"
_OWN = ("unproposed", "unfilled", "unmatched", "past_due")
# What waits, and the list that does the work.
_LISTS: Mapping[str, str] = {
    "overdue.poser": "/worklist?overdue=on",
    "overdue.invited": "/worklist?overdue=on",
    "overdue.broker": "/worklist?overdue=on",
    "organisations": "/organisations?state=claimed",
    "confirmations": "/confirmations",
    "rounds": "/rounds?state=cleared",
    "jobs": "/jobs?state=failed",
    "webhooks": "/webhooks",
    **{about: f"{_NEEDS}?about={about}" for about in _OWN},
}
BY: Mapping[str, str] = {
    "kind": "by_kind",
    "service_code": "by_service",
    "sector": "by_sector",
    "city": "by_city",
}
SHADES = ("slots", "missing", "unmatched")


def serves(visit: Visit) -> bool:
    """Whether the overview is the start page of whoever visits."""
    return visit.actor.role in AUDITORS


async def overview(visit: Visit) -> Response:
    """The overview, narrowed and turned as the address says."""
    asked = visit.asked(*FILTERS, "days")
    found: Overview = await visit.ask("overview.show", asked)
    if not found.totals.organisations and not found.totals.posed:
        return visit.show("overview/first.html", form=Form("records.sample", visit.lang))
    by = visit.query.get("by", "kind")
    gaps = getattr(found, BY.get(by, "by_kind"))
    shade = visit.query.get("shade", SHADES[0])
    map_, wrong = _map(visit, found, shade if shade in SHADES else SHADES[0])
    return visit.show(
        "overview/overview.html",
        found=found,
        waiting=[(one, _LISTS[one.code]) for one in found.attention if one.n],
        by=by if by in BY else "kind",
        ways=tuple(BY),
        chosen=[(name, asked[name]) for name in FILTERS if name in asked],
        gaps=gaps,
        key=pictures.key(visit, gaps),
        shade_key=pictures.shade_key(visit),
        gap_bars=pictures.gaps(visit, by if by in BY else "kind", gaps),
        shade=shade if shade in SHADES else SHADES[0],
        shades=SHADES,
        map=map_,
        map_wrong=wrong,
        cities=pictures.cities(visit, found),
        flow_rows=pictures.flow_rows(visit, found),
        exposure=pictures.exposure(visit, found),
        sized=pictures.sized(visit, found),
        times=pictures.times(visit, found),
        listed=lambda about, **more: f"{_NEEDS}?" + urlencode({"about": about, **more}),
    )


def _map(visit: Visit, found: Overview, shade: str) -> tuple[Any, str]:
    """The map, or what is wrong with the operator's own table of it."""
    try:
        return pictures.map_of(visit, found, cells.of(visit.application.hub), shade), ""
    except Invalid as error:
        return None, error_words.sentence(error, visit.lang)


async def needs(visit: Visit) -> Response:
    """The needs behind a number of the overview."""
    names = ("about", *FILTERS, "after")
    asked = visit.asked(*names)
    found = await visit.ask("overview.needs", asked)
    about = asked.get("about", "open")
    return visit.show(
        "overview/needs.html",
        about=about,
        abouts=("open", *_OWN),
        chosen=[(name, asked[name]) for name in FILTERS if name in asked],
        found=found,
    )


async def sample(visit: Visit) -> Response:
    """Fills an empty hub with the sample world."""
    form = visit.form("records.sample")
    if await visit.send(form) is None:
        return visit.formed("overview/first.html", form)
    return visit.to("/", "sample")


VIEWS: Views = {
    ("GET", "/overview"): overview,
    ("GET", _NEEDS): needs,
    ("POST", "/overview/sample"): sample,
}
