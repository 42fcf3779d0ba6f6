"""Server-sent events: what a source of the hub tells, one after another, for as long as somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from tandem.base.errors import Denied
from tandem.domain.people import Actor
from tandem.hub.actions import ACTIONS
from tandem.hub.installation import Hub
from tandem.hub.people import limits
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.places import Places
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import Response, encoded
from tandem.interfaces.http.table import Page

# A function of (hub, actor, id of the last event that was seen) that tells of events: (id, name, plain values).
Source = Callable[[Hub, Actor, str | None], AsyncIterator[tuple[str, str, Any]]]
PATH = "/api/events"
EACH, IN_ALL = (
    64,
    256,
)  # streams of one address, where a whole firm may sit, and of all; of an account: hub/feeds
_QUIET = 15.0  # seconds after which a comment shows that the connection lives
_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)


def pages(application: Application, source: Source) -> Mapping[tuple[str, str], Page]:
    """The address at which the events of a source are listened to, by method and path."""
    places = Places(EACH, IN_ALL)

    async def listen(request: Request) -> Response:
        actor = await application.actor(request)
        if actor.account is None:
            raise Denied("session.none")
        limits.admit(application.hub, ACTIONS["journal.list"], actor, request.address)
        where = limits.network(request.address)
        places.room(where)
        after = dict(request.query()).get("after") or request.header(b"last-event-id") or None
        events = source(application.hub, actor, after)  # it may refuse, at once
        return Response(200, _HEADERS, stream=_placed(places, where, _written(events)))

    return {("GET", PATH): listen}


async def _placed(places: Places, where: str, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A stream in its place, from its first part to its last."""
    with places.held(where):
        async for part in parts:
            yield part


async def _written(events: AsyncIterator[tuple[str, str, Any]]) -> AsyncIterator[bytes]:
    """Events as the standard has them, with a comment now and then where there are none."""
    yield b": listening\n\n"
    coming = asyncio.ensure_future(anext(events))
    try:
        while True:
            await asyncio.wait([coming], timeout=_QUIET)
            if not coming.done():
                yield b": quiet\n\n"
                continue
            try:
                id_, name, value = coming.result()
            except StopAsyncIteration:
                return
            yield b"id: %s\nevent: %s\ndata: %s\n\n" % (_line(id_), _line(name), encoded(value))
            coming = asyncio.ensure_future(anext(events))
    finally:
        coming.cancel()


def _line(text: str) -> bytes:
    """Text that stays on its line."""
    return "".join(char for char in text if char.isprintable()).encode()
