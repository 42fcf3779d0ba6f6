"""What the server answers beside the actions: the API's description, and how it is."""

from __future__ import annotations

from collections.abc import Mapping

from tandem.hub import serve
from tandem.interfaces.http import openapi
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import JSON, Response, encoded
from tandem.interfaces.http.table import Page

_NOT_KEPT = (b"cache-control", b"no-store")


def pages(application: Application) -> Mapping[tuple[str, str], Page]:
    """The pages of a server, by method and path."""

    async def ready(_: Request) -> Response:
        good = not application.stopping.is_set() and await application.aside(
            lambda: serve.answers(application.hub)
        )
        body = encoded({"status": "ready" if good else "not ready"})
        return Response(200 if good else 503, [JSON, _NOT_KEPT], body)

    return {("GET", "/healthz"): _alive, ("GET", "/readyz"): ready,
            ("GET", "/openapi.json"): _described}  # fmt: skip


async def _alive(_: Request) -> Response:
    return Response(200, [JSON, _NOT_KEPT], b'{"status":"ok"}')


async def _described(request: Request) -> Response:
    return Response(200, [JSON, (b"vary", b"accept-language")], openapi.document(request.lang))
