"""What is sent back: a status, headers, and bytes or a stream of them; and answers of actions as that."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from tandem.base import error_words
from tandem.hub import schemas
from tandem.hub.answers import Awaiting, Download
from tandem.interfaces.http.layout import Route
from tandem.interfaces.http.request import Request, Send

Header = tuple[bytes, bytes]
JSON = (b"content-type", b"application/json")
# What is answered depends on who asks and in which language, and is nobody else's to keep.
_VARY = (b"vary", b"authorization, cookie, accept-language")
_OWN = (b"cache-control", b"private, no-cache")
_NOT_KEPT = (b"cache-control", b"no-store")
_AS_SAID = (b"x-content-type-options", b"nosniff")
_ENCODER = msgspec.json.Encoder(enc_hook=str)


@dataclass(slots=True)
class Response:
    """One response; `stream` instead of a body where it has no end yet."""

    status: int
    headers: Sequence[Header] = ()
    body: bytes = b""
    stream: AsyncIterator[bytes] | None = None

    async def sent(self, request: Request, send: Send) -> None:
        """Sends it; a HEAD request gets the headers alone."""
        headers = [*self.headers, (b"x-request-id", request.id.encode("latin-1")), _AS_SAID]
        if self.stream is None and self.status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if request.method == "HEAD" or self.stream is None:
            await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else self.body})
            return
        async for part in self.stream:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def encoded(value: Any) -> bytes:
    """A plain value as JSON."""
    return _ENCODER.encode(value)


def answer(value: Any, route: Route, request: Request) -> Response:
    """The answer of an action: JSON with its ETag, the address of the next part, a new record's place; or a file."""
    if isinstance(value, Download):
        return file(value)
    body = encoded(error_words.answer_plain(value, request.lang) if _speaks(type(value)) else value)
    headers = [JSON, _VARY, _OWN if route.method == "GET" else _NOT_KEPT]
    if (version := getattr(value, "version", None)) is not None:
        tag = tagged(version, body)
        headers.append((b"etag", tag))
        if route.method == "GET" and _same(request, tag):
            return Response(304, headers[1:])
    if (after := getattr(value, "next", None)) is not None and route.method == "GET":
        headers.append((b"link", _next(request, str(after))))
    if isinstance(value, Awaiting):
        return Response(202, headers, body)
    if route.creates:
        if route.shows is not None and isinstance(id_ := getattr(value, "id", None), str):
            headers.append((b"location", route.shows.replace("{id}", quote(id_, safe="")).encode("ascii")))
        return Response(201, headers, body)
    return Response(200, headers, body)


def _speaks(kind: Any) -> bool:
    """Whether an answer holds sentences, which have to be in the asker's language."""
    return schemas.holds_findings(kind)


def tagged(version: int, body: bytes) -> bytes:
    """The ETag of an answer: the record's version, and a digest, because what is shown may change without it."""
    return f'"{version}.{hashlib.blake2b(body, digest_size=6).hexdigest()}"'.encode()


def disposition(name: str) -> str:
    """The Content-Disposition of a file by that name (RFC 6266), safe whatever the name holds.

    >>> disposition("对接.xlsx")
    "attachment; filename=\\"__.xlsx\\"; filename*=UTF-8''%E5%AF%B9%E6%8E%A5.xlsx"
    """
    safe = "".join("_" if unicodedata.category(char)[0] == "C" or char in '/\\\\"' else char for char in name)
    safe = safe.strip(". ") or "file"
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", safe)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def file(given: Download) -> Response:
    """A file as a response, to be kept and never shown in place."""
    media = given.media if re.fullmatch(r"[\w.+-]+/[\w.+-]+(; ?charset=[\w-]+)?", given.media) else ""
    headers = [
        (b"content-type", (media or "application/octet-stream").encode("latin-1")),
        (b"content-disposition", disposition(given.name).encode("latin-1")),
        (b"content-security-policy", b"default-src 'none'; sandbox"),
        _VARY,
        _NOT_KEPT,
    ]
    return Response(200, headers, given.content)


def _same(request: Request, tag: bytes) -> bool:
    """Whether the asker has this very answer already (If-None-Match, compared weakly)."""
    held = request.headers.get(b"if-none-match")
    if held is None:
        return False
    return held.strip() == b"*" or tag in [one.strip().removeprefix(b"W/") for one in held.split(b",")]


def _next(request: Request, after: str) -> bytes:
    asked = [(name, value) for name, value in request.query() if name != "after"]
    return f'<{quote(request.path)}?{urlencode([*asked, ("after", after)])}>; rel="next"'.encode("latin-1")
