"""MCP by HTTP POST (streamable HTTP without sessions): one message in, one JSON answer out; each brings its own token.

A server hands in the request as it came and sends back what comes out, so that this needs to know no server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from tandem.base.errors import Denied
from tandem.base.words import language
from tandem.domain.people import VISITOR
from tandem.hub.installation import Hub
from tandem.hub.people import admission
from tandem.interfaces.mcp.server import Agents, Caller

Header = tuple[bytes, bytes]
LANGUAGE = b"x-tandem-language"  # set by the server that hands in the request, never taken from outside
ADDRESS = b"x-tandem-address"


class Posted:
    """The MCP of one hub; it begins to run with the first request, and ends with `close`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._manager = StreamableHTTPSessionManager(
            Agents(hub, self._caller).server(), json_response=True, stateless=True
        )
        self._ready, self._end = asyncio.Event(), asyncio.Event()
        self._running = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        async with self._manager.run():
            self._ready.set()
            await self._end.wait()

    async def answer(
        self, scope: Any, body: bytes, lang: str, address: str
    ) -> tuple[int, Sequence[Header], bytes]:
        """Status, headers and body of the answer to one request."""
        await self._ready.wait()
        own = (LANGUAGE, ADDRESS)
        headers = [(name, value) for name, value in scope["headers"] if name not in own]
        headers += [(LANGUAGE, lang.encode()), (ADDRESS, address.encode("latin-1", "replace"))]
        status, told, parts = 500, [], []
        given = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Any:
            if (message := next(given, None)) is not None:
                return message
            await asyncio.Event().wait()  # whoever asked waits; when it hangs up, this request is cancelled

        async def send(message: Any) -> None:
            nonlocal status, told
            if message["type"] == "http.response.start":
                status, told = message["status"], list(message.get("headers", ()))
            else:
                parts.append(message.get("body", b""))

        await self._manager.handle_request({**scope, "headers": headers}, receive, send)
        return status, told, b"".join(parts)

    def _caller(self, context: Any) -> Caller:
        """Who makes a request, by its bearer token. Raises Denied session.unknown, http.authorization."""
        headers = context.request.headers
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        lang, address = language(headers.get(LANGUAGE.decode())), headers.get(ADDRESS.decode())
        if not scheme:
            return VISITOR, lang, address
        if scheme.lower() != "bearer" or not secret.strip():
            raise Denied("http.authorization")
        return admission.who(self._hub, secret.strip()), lang, address

    async def close(self) -> None:
        """Ends what runs."""
        self._end.set()
        await self._running
