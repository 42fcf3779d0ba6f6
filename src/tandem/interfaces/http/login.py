"""Signing in through the hub's login provider: the browser is sent there, comes back, and has a session."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from tandem.base.errors import Denied
from tandem.domain.people import VISITOR
from tandem.hub.actions import ACTIONS
from tandem.hub.people import limits, oidc
from tandem.interfaces.http import admission
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.layout import OPENS_SESSION
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import Header, Response
from tandem.interfaces.http.table import Page

START, BACK = "/login/oidc", "/login/oidc/callback"
STATE = "tandem_login"
_SECONDS = 600  # that the browser keeps the state


def pages(application: Application) -> Mapping[tuple[str, str], Page]:
    """The two addresses of signing in, by method and path."""

    async def start(request: Request) -> Response:
        _counted(application, request)
        actor = VISITOR
        if ("link", "1") in request.query():
            admission.from_here(request)  # or a foreign page could link its visitor's account
            if (actor := await application.actor(request)).account is None:
                raise Denied("session.none")
        url, state = await application.aside(lambda: oidc.begin(application.hub, _back(request), actor))
        return _sent_to(url, [_kept(request, state, _SECONDS)])

    async def back(request: Request) -> Response:
        _counted(application, request)
        told, state = dict(request.query()), request.cookie(STATE)
        secret = await application.aside(lambda: oidc.finish(application.hub, told, state))
        return _sent_to("/", [_kept(request, "", 0), *admission.opened(secret, request)])

    return {("GET", START): start, ("GET", BACK): back}


def _counted(application: Application, request: Request) -> None:
    """Signing in is counted by address however it is done."""
    (name,) = OPENS_SESSION
    limits.admit(application.hub, ACTIONS[name], VISITOR, request.address)


def _back(request: Request) -> str:
    return f"{request.scope.get('scheme', 'http')}://{request.header(b'host')}{BACK}"


def _sent_to(url: str, headers: list[Header]) -> Response:
    place = quote(url, safe=":/?#[]@!$&'()*+,;=%~").encode("ascii")
    return Response(303, [(b"location", place), (b"cache-control", b"no-store"), *headers])


def _kept(request: Request, state: str, seconds: int) -> Header:
    return admission.cookie(STATE, state, request, "HttpOnly", f"Max-Age={seconds}", path="/login")
