"""Needs listed and searched as one types, the search over everything, and searches that somebody keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tandem.base import ids
from tandem.base.errors import Denied
from tandem.domain.moves import NEED
from tandem.domain.records import SEARCHED
from tandem.hub.finding.answers import Piece
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import hub_names
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

ASKED = ("text", "what", "kind", "city", "sector", "service_code")
PATHS: Mapping[str, str] = {"needs": "/needs", "offers": "/offers", "organisations": "/organisations"}
_CITIES = 12  # cities that a page counts hits in


@dataclass(frozen=True, slots=True)
class Facet:
    """One label of a facet: what it is, how many hits have it, where it leads, whether it is chosen."""

    name: str
    value: str
    count: int
    address: str
    chosen: bool


async def needs(visit: Visit) -> Response:
    """Needs by words and facets, the newest where nothing is typed; or those of one's own organisation.

    Raises Denied action.sign_in where one's own are asked for by nobody in particular.
    """
    if visit.query.get("mine"):
        if not visit.signed_in:
            raise Denied("action.sign_in")
        if visit.actor.org is not None:
            return await _own(visit)
    return await _found(visit, "needs")


async def search(visit: Visit) -> Response:
    """The same over needs, offers and organisations."""
    what = visit.query.get("what")
    return await _found(visit, what if what in SEARCHED else None)


async def _found(visit: Visit, what: str | None) -> Response:
    asked = visit.asked(*ASKED) | ({"what": what} if what else {})
    every = visit.request.path == "/search"
    found = await visit.ask("search.find", {**asked, "after": visit.query.get("after")})
    names = ("what", "kind", "city") if every else ("kind", "city")
    facets = [(name, _facets(visit, name, found.facets.get(name, {}))) for name in names]
    shown = {"found": found, "facets": facets, "asked": asked, "every": every, "paths": PATHS, "pieces": pieces,
             "keep": _keeping(visit, asked)}  # fmt: skip
    return visit.show("needs/results.html" if visit.part else "needs/list.html", **shown)


def _keeping(visit: Visit, asked: Mapping[str, str]) -> Form | None:
    """The form that keeps a search; None where there is nothing to keep, or nobody to keep it."""
    if not visit.signed_in or not any(name != "what" for name in asked):
        return None
    name = asked.get("text", "")
    return visit.form("search.save", {**{key: (value,) for key, value in asked.items()}, "name": (name,)})


def _facets(visit: Visit, name: str, counts: Mapping[str, int]) -> list[Facet]:
    """Labels with their counts, the most frequent first; a chosen one leads back to all."""
    chosen = visit.query.get(name)
    ordered = sorted(counts.items(), key=lambda item: (item[0] != chosen, -item[1], item[0]))[:_CITIES]
    if chosen and chosen not in counts:
        ordered.insert(0, (chosen, 0))
    return [
        Facet(name, value, n, visit.address(**{name: None if value == chosen else value}), value == chosen)
        for value, n in ordered
        if value
    ]


def pieces(piece: Piece) -> list[tuple[str, bool]]:
    """A piece of text cut where hits begin and end: (text, whether it is a hit).

    >>> pieces(Piece("abcd", ((1, 3),), False, True))
    [('a', False), ('bc', True), ('d…', False)]
    """
    text, at, cut = piece.text, 0, []
    for begin, end in piece.marks:
        cut += [(text[at:begin], False), (text[begin:end], True)]
        at = end
    rest = text[at:] + ("…" if piece.cut_after else "")
    cut = [one for one in [*cut, (rest, False)] if one[0]]
    return [("…", False), *cut] if piece.cut_before else cut


async def _own(visit: Visit) -> Response:
    asked: dict[str, Any] = {"mine": True, "after": visit.query.get("after")}
    if visit.query.get("state") in NEED:
        asked["state"] = visit.query["state"]
    listed = await visit.ask("need.list", asked)
    return visit.show("needs/own.html", listed=listed, states=tuple(NEED), state_=asked.get("state", ""))


async def saved(visit: Visit) -> Response:
    """The searches that somebody keeps; sent to, one more."""
    form = visit.form("search.save")
    if visit.sent and await visit.send(form) is not None:
        return visit.to("/searches", "search_saved")
    kept = await visit.ask("search.saved")
    words = {one.id: _address(one.asked) for one in kept.items}
    return visit.formed("needs/saved.html", form, kept=kept.items, addresses=words)


def _address(asked: Mapping[str, str]) -> str:
    """Where a kept search is asked again."""
    own = asked.get("what") == "needs"
    query = {name: value for name, value in asked.items() if name in ASKED and not (own and name == "what")}
    return ("/needs" if own else "/search") + (f"?{urlencode(query)}" if query else "")


async def forget(visit: Visit) -> Response:
    """Keeps a search no longer."""
    await visit.ask("search.forget", {"id": visit.id})
    return visit.to("/searches", "search_forgotten")


async def names_of(visit: Visit, text: str, limit: int = 6) -> list[tuple[str, str]]:
    """Organisations whose name holds a text, or whose id it is: (id, name); an exact name stands alone."""
    text = text.strip()
    if not text:
        return []
    if known := await hub_names.organisations(visit, [text] if ids.known(text) else []):
        return list(known.items())
    found = (await visit.ask("organisation.list", {"name": text, "limit": limit})).items
    exact = [one for one in found if text in (one.name, one.name_zh, one.name_en)]
    return [(one.id, one.name) for one in (exact if len(exact) == 1 else found)]


VIEWS: Views = {
    ("GET", "/needs"): needs,
    ("GET", "/search"): search,
    ("GET", "/searches"): saved,
    ("POST", "/searches"): saved,
    ("POST", "/searches/{id}/forget"): forget,
}
