"""MCP at /mcp: hands each message to the interface for agents, which is imported when the first one comes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from tandem.domain.people import VISITOR
from tandem.hub import attend
from tandem.hub.actions import ACTIONS
from tandem.hub.people import limits
from tandem.interfaces.http import admission
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import Response
from tandem.interfaces.http.table import Page

PATH = "/mcp"
MOST, SECONDS = 4_000_000, 20.0  # bytes of a message, and the time within which it must have come
_COUNTED = "journal.list"  # a message counts as a light read before it is read
_OURS = (b"content-length", b"connection", b"transfer-encoding")


def pages(application: Application) -> Mapping[tuple[str, str], Page]:
    """The address at which agents speak with the hub, by method and path."""
    held: list[Any] = []

    async def posted() -> Any:
        """The interface for agents, imported beside the loop: that takes longer than a thousand requests."""
        # the ways in are strangers: this one knows the other by name alone
        module = await application.aside(lambda: import_module("tandem.interfaces.mcp.posted"))
        if not held:
            held.append(module.Posted(application.hub))
            application.ending.append(held[0].close)
        return held[0]

    async def speak(request: Request) -> Response:
        if request.header(b"origin"):
            admission.from_here(request)
        attend.present()
        # a browser's cookie is nobody here: agents show a token
        actor = await application.actor(request) if request.header(b"authorization") else VISITOR
        limits.admit(application.hub, ACTIONS[_COUNTED], actor, request.address)
        with application.coming(request, actor) as read:
            body = await read(MOST, SECONDS)
            answering = await posted()
            status, headers, told = await answering.answer(request.scope, body, request.lang, request.address)
        return Response(status, [one for one in headers if one[0].lower() not in _OURS], told)

    return {("POST", PATH): speak}
