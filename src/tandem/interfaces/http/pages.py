"""What the server answers beside the actions: its start page, the API's description, and how it is."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from tandem.base.words import Lang, say
from tandem.hub import serve
from tandem.interfaces.http import openapi
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import JSON, Response, encoded
from tandem.interfaces.http.table import Page

_PAGE = """<!doctype html>
<html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tandem</title>
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}}</style>
<h1>Tandem</h1>
<p>{about}</p>
<p>{api} <a href="/openapi.json">/openapi.json</a></p>
<p>{first}</p>
</html>
"""
_HTML = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"accept-language"),
    (b"cache-control", b"no-cache"),
)
_NOT_KEPT = (b"cache-control", b"no-store")


def pages(application: Application) -> Mapping[tuple[str, str], Page]:
    """The pages of a server, by method and path."""

    async def ready(_: Request) -> Response:
        good = not application.stopping.is_set() and await application.aside(
            lambda: serve.answers(application.hub)
        )
        body = encoded({"status": "ready" if good else "not ready"})
        return Response(200 if good else 503, [JSON, _NOT_KEPT], body)

    return {("GET", "/"): _start, ("GET", "/healthz"): _alive, ("GET", "/readyz"): ready,
            ("GET", "/openapi.json"): _described}  # fmt: skip


async def _alive(_: Request) -> Response:
    return Response(200, [JSON, _NOT_KEPT], b'{"status":"ok"}')


async def _described(request: Request) -> Response:
    return Response(200, [JSON, (b"vary", b"accept-language")], openapi.document(request.lang))


async def _start(request: Request) -> Response:
    return Response(200, _HTML, start_page(request.lang).encode())


def start_page(lang: Lang) -> str:
    """The page at "/": what this is, and where the API is described."""
    told = {name: escape(say(f"http.start.{name}", lang)) for name in ("about", "api", "first")}
    return _PAGE.format(lang="zh-Hans" if lang == "zh" else "en", **told)
