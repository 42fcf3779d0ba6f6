"""One request as it came in: its headers, language, cookies, preconditions and body, each read when it is wanted."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from tandem.base.errors import Invalid
from tandem.base.words import Lang, language

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SAFE = ("GET", "HEAD", "OPTIONS")
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TAG = re.compile(r'(?:W/)?"?([0-9]{1,18})(?:\.[0-9a-f]{1,32})?"?')
_MOST_PARAMETERS = 100


class Gone(Exception):
    """Whoever asked has hung up."""


class Request:
    """One request.

    id     names it in the log and in problems: the asker's own (X-Request-Id) where that is fit, else chance
    route  what the log calls the place that was asked: a template, never what was filled in
    role   of whoever asks, once that is known; own the language of their account
    named  the record that the path names, once its route is found
    """

    __slots__ = ("headers", "id", "method", "named", "own", "path", "receive", "role", "route", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self.receive = scope, receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        own = self.header(b"x-request-id")
        self.id = own if _ID.fullmatch(own) else secrets.token_hex(12)
        self.route = "-"
        self.role = "-"
        self.named: str | None = None
        self.own: Lang | None = None

    def header(self, name: bytes) -> str:
        """A header's text, empty where it was not sent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def lang(self) -> Lang:
        """The language to answer in: what the request prefers, else the account, else the hub."""
        return preferred(self.headers.get(b"accept-language", b"")) or self.own or language()

    @property
    def secure(self) -> bool:
        """Whether it came over TLS."""
        return bool(self.scope.get("scheme") == "https")

    @property
    def address(self) -> str:
        """Where it came from."""
        client = self.scope.get("client")
        return str(client[0]) if client else "-"

    def cookie(self, name: str) -> str | None:
        """A cookie's value."""
        for part in self.header(b"cookie").split(";"):
            found, _, value = part.strip().partition("=")
            if found == name:
                return value
        return None

    def query(self) -> list[tuple[str, str]]:
        """The query's parameters in their order. Raises Invalid http.query."""
        text = self.scope.get("query_string", b"").decode("latin-1")
        if not text:
            return []
        try:
            return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            raise Invalid("http.query") from None

    def version(self) -> int | None:
        """The version that the asker has seen; None for any (`*`), or none told. Raises Invalid http.if_match."""
        text = self.header(b"if-match").strip()
        if text in ("", "*"):
            return None
        if (found := _TAG.fullmatch(text)) is None:
            raise Invalid("http.if_match")
        return int(found.group(1))

    def key(self) -> str | None:
        """What the asker calls this request (Idempotency-Key), so that it can be repeated."""
        text = self.header(b"idempotency-key").strip()
        return text.strip('"') if b"idempotency-key" in self.headers else None

    async def body(self, most: int, seconds: float, came: Callable[[int], None]) -> bytes:
        """All of it; `came` is told of each part's bytes. Raises Invalid http.large, http.slow; Gone; as `came`."""
        length = self.header(b"content-length")
        if length.isdigit() and int(length) > most:
            raise Invalid("http.large", most=most)
        try:
            async with asyncio.timeout(seconds):
                return await self._body(most, came)
        except TimeoutError:
            raise Invalid("http.slow", seconds=int(seconds)) from None

    async def _body(self, most: int, came: Callable[[int], None]) -> bytes:
        parts, size, more = [], 0, True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Gone
            part = message.get("body", b"")
            size += len(part)
            if size > most:
                raise Invalid("http.large", most=most)
            came(len(part))
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)


@lru_cache(256)
def preferred(header: bytes) -> Lang | None:
    """The better of our languages for an Accept-Language header; None where it does not care (RFC 9110).

    >>> preferred(b"fr, zh-CN;q=0.8, en;q=0.5"), preferred(b"en-GB")
    ('zh', 'en')
    """
    best: dict[Lang, float] = {}
    for part in header.decode("latin-1").split(","):
        tag, _, rest = part.strip().partition(";")
        try:
            quality = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        primary = tag.strip().lower().split("-")[0]
        for lang in ("zh", "en"):
            if primary == lang and quality > best.get(lang, 0.0):
                best[lang] = quality
    found = sorted(best, key=lambda lang: -best[lang])
    return found[0] if found else None
