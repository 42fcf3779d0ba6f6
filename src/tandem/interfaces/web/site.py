"""All pages of the hub, put beside its actions: each view at its address, errors as pages that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from types import ModuleType

from tandem.base import error_words
from tandem.base.errors import Absent, Denied, Failed, TandemError, Unavailable
from tandem.domain.people import VISITOR
from tandem.interfaces.http import problems
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.request import Gone, Request
from tandem.interfaces.http.response import Response
from tandem.interfaces.http.table import Page
from tandem.interfaces.web import (
    account,
    assets,
    confirmations,
    design,
    exporting,
    fits,
    help_pages,
    home,
    importing,
    introductions,
    journal,
    needs,
    notices,
    offers,
    one_need,
    one_round,
    organisations,
    overview,
    people,
    posing,
    region,
    region_import,
    rounds,
    settings,
    signing,
    visit,
    worklist,
)
from tandem.interfaces.web.visit import View, Visit

# Every room of pages; its VIEWS are by method and path, "{id}" where a record is named.
ROOMS: tuple[ModuleType, ...] = (
    home,
    signing,
    design,
    overview,
    needs,
    posing,
    one_need,
    introductions,
    worklist,
    notices,
    confirmations,
    importing,
    exporting,
    region,
    region_import,
    account,
    people,
    journal,
    settings,
    help_pages,
    fits,
    offers,
    one_round,
    organisations,
    rounds,
)
_NOT_PAGES = ("/api/", "/mcp", "/assets/", "/healthz", "/readyz", "/openapi.json", "/events")


def views() -> Mapping[tuple[str, str], View]:
    """Every view by method and path. Raises ValueError where two stand at one place."""
    found: dict[tuple[str, str], View] = {}
    for room in ROOMS:
        for place, view in room.VIEWS.items():
            if place in found:
                raise ValueError(f"two views at {place}")
            found[place] = view
    return found


def files() -> Mapping[str, str]:
    """By path of each page that takes files the action for which: who may not ask for it sends none."""
    return {path: action for room in ROOMS for path, action in getattr(room, "FILES", {}).items()}


def add(application: Application) -> None:
    """Puts the pages into a server."""
    pages: dict[tuple[str, str], Page] = {("GET", f"{assets.ROOT}/{{id}}"): assets.served}
    taking = files()
    for place, view in views().items():
        pages[place] = _page(application, view, taking.get(place[1]))
    application.add(pages)
    application.told = lambda error, request: _lost(application, error, request)


def _page(application: Application, view: View, takes: str | None) -> Page:
    async def answered(request: Request) -> Response:
        came: Visit | None = None
        held = ExitStack()
        try:
            came = await visit.begin(application, request, held, takes)
            if came.refused is not None:
                raise came.refused
            again = came.outdated and request.path not in signing.BEGINS
            return signing.once_more(came) if again else await view(came)
        except Gone:
            raise
        except TandemError as error:
            if problems.status(error) >= 500 and not isinstance(error, Unavailable):
                application.log.failed(request, error)
            return told(came or _stranger(application, request), error)
        except Exception as error:  # as for actions: a page that says so, never a trace
            application.log.failed(request, error)
            return told(
                came or _stranger(application, request), Failed("http.unexpected", request=request.id)
            )
        finally:
            held.close()

    return answered


def told(came: Visit, error: TandemError) -> Response:
    """An error as a page: what happened, what to do next; whoever is not signed in may do so, and goes on there."""
    number = problems.status(error, came.actor.role)
    # What is not there for a visitor may be there for whoever's session is over, with what they have just typed.
    if (isinstance(error, Denied) and number == 401) or (came.expired and isinstance(error, Absent)):
        return signing.asked(came)
    came.headers += [one for one in problems.headers(error, number) if one[0] != b"www-authenticate"]
    sentence = error_words.sentence(error, came.lang)
    return came.show(
        "error.html", number, number=number, sentence=sentence, code=error.code, again=came.request.path
    )


def _lost(application: Application, error: TandemError, request: Request) -> Response:
    """An error that no view has seen: a page for a person's browser, a problem for a program."""
    if request.path.startswith(_NOT_PAGES) or "text/html" not in request.header(b"accept"):
        return problems.response(error, request)
    return told(_stranger(application, request), error)


def _stranger(application: Application, request: Request) -> Visit:
    return Visit(application, request, VISITOR, visit.language(request))
