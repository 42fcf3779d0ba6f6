"""The server as an ASGI application: each request finds its route, its actor and its input, and the hub does the rest.

Short reads on the embedded database run where they are asked for, because a thread costs more than they do; what is
heavy, what prepares a write and all of PostgreSQL runs in threads; writes wait for their commit without one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from tandem.base.errors import Failed, Invalid, TandemError, Unavailable
from tandem.domain.people import Actor
from tandem.hub import actions
from tandem.hub.action import Action
from tandem.hub.actions import Asker
from tandem.hub.installation import Hub
from tandem.hub.people import limits
from tandem.interfaces.http import admission, body, problems, response, table
from tandem.interfaces.http.admission import Who
from tandem.interfaces.http.coming import Coming
from tandem.interfaces.http.layout import Route, routes
from tandem.interfaces.http.log import Log
from tandem.interfaces.http.places import asker
from tandem.interfaces.http.request import Gone, Receive, Request, Scope, Send
from tandem.interfaces.http.response import Response
from tandem.interfaces.http.table import Page, Table

T = TypeVar("T")
THREADS = 8  # as many as PostgreSQL has connections
MOST = 512  # requests at once, streams and bodies that are coming aside; beyond, whoever asks is told to come again
_ALWAYS = ("/healthz", "/readyz")  # a busy hub is not a dead one
SECONDS, HEAVY_SECONDS = 30.0, 300.0  # that an action may take
_GONE = 499  # in the log alone: whoever asked hung up


class Application:
    """One hub over HTTP.

    who  whom a secret belongs to
    """

    def __init__(self, hub: Hub, who: Who, log: Log | None = None) -> None:
        self.hub, self.who, self.log = hub, who, log or Log()
        self.table = Table(routes())
        self.stopping = asyncio.Event()
        self.bodies = Coming()
        self._threads = ThreadPoolExecutor(THREADS, "asked")
        self._running = 0
        self.told: Callable[[TandemError, Request], Response] = problems.response  # how errors are answered
        self.ending: list[Callable[[], Coroutine[Any, Any, None]]] = []  # what ends with the server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's worth, as ASGI has it."""
        if scope["type"] == "http":
            await self._request(Request(scope, receive), send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    def add(self, pages: Mapping[tuple[str, str], Page]) -> None:
        """What stands beside the actions, by method and path."""
        self.table.add(pages)

    def stop(self) -> None:
        """The server is ending: streams end, and what is asked from now on is told to come again."""
        self.stopping.set()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            over = message["type"] == "lifespan.shutdown"
            if over:
                for end in self.ending:
                    await end()
                self._threads.shutdown(wait=True)
                self.log.flush()
            await send({"type": f"{message['type']}.complete"})
            if over:
                return

    async def _request(self, request: Request, send: Send) -> None:
        began, self._running = time.perf_counter(), self._running + 1
        status = _GONE
        try:
            answer = await self._answered(request)
            status = answer.status
            await self._sent(answer, request, send)
        except Gone:
            status = _GONE
        except Exception as error:  # the connection is lost or the stream broke; there is nobody to tell
            self.log.failed(request, error)
        finally:
            self._running -= 1
            self.log.request(request, status, began)

    async def _sent(self, answer: Response, request: Request, send: Send) -> None:
        """Sends it; a stream ends as soon as its reader hangs up or the server stops."""
        if answer.stream is None:
            await answer.sent(request, send)
            return
        self._running -= 1  # it may last for days, and has places of its own
        try:
            await self._streamed(answer, request, send)
        finally:
            self._running += 1

    async def _streamed(self, answer: Response, request: Request, send: Send) -> None:
        sending = asyncio.create_task(answer.sent(request, send))
        ends = [asyncio.create_task(self.stopping.wait()), asyncio.create_task(_hung_up(request))]
        await asyncio.wait([sending, *ends], return_when=asyncio.FIRST_COMPLETED)
        for task in (sending, *ends):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await sending

    async def _answered(self, request: Request) -> Response:
        """The response, whatever happens."""
        try:
            if self.stopping.is_set():
                raise Unavailable("http.busy", seconds=1)
            if request.path not in _ALWAYS:
                self._room()
            found = self.table.found(request.path)
            request.route, request.named = found.template, found.id
            what = table.chosen(found, request.method)
            if what is None:
                return Response(204, [(b"allow", ", ".join(table.allowed(found)).encode())])
            if isinstance(what, Route):
                return await self._action(what, request, found.id)
            return await what(request)
        except TandemError as error:
            if problems.status(error) >= 500 and not isinstance(error, Unavailable):
                self.log.failed(request, error)
            return self.told(error, request)
        except Gone:
            raise
        except Exception as error:  # the last line of defence: a problem, never a trace
            self.log.failed(request, error)
            return self.told(Failed("http.unexpected", request=request.id), request)

    async def _action(self, route: Route, request: Request, id: str | None) -> Response:
        actor = await self.actor(request)
        actions.admitted(route.action.name, actor)  # before the body is read
        limits.admit(self.hub, route.action, actor, request.address)
        with self.coming(request, actor) as read:
            given = await body.given(route, request, id, read)
            if seconds := limits.pause(self.hub, route.action, given):
                await asyncio.sleep(seconds)
            answer = await self.done(route.action, given, self._asker(route, request, actor))
        made = response.answer(answer, route, request)
        made.headers = [*made.headers, *admission.cookies(route, answer, request)]
        return made

    @contextmanager
    def coming(self, request: Request, actor: Actor) -> Iterator[body.Read]:
        """What reads the body of a request that has been admitted: while it comes, the request has none of our places.

        Reading raises Unavailable http.busy where there is no place when it has come; as `Body.read`.
        """
        with self.bodies.of(asker(actor, request.address)) as one:

            async def read(most: int, seconds: float) -> bytes:
                self._running -= 1
                try:
                    whole = await one.read(request, most, seconds)
                finally:
                    self._running += 1
                self._room()
                return whole

            yield read

    def _room(self) -> None:
        if self._running > MOST:
            raise Unavailable("http.busy", seconds=1)

    async def actor(self, request: Request, token: str | None = None) -> Actor:
        """Who asks, as the log shall have it too; `token` as admission.actor has it."""
        return await self._known(request, lambda: admission.actor(self.hub, request, self.who, token))

    async def sender(self, request: Request) -> Actor:
        """Whose session a browser shows, before what it sends is read; as admission.sender."""
        return await self._known(request, lambda: admission.sender(self.hub, request, self.who))

    async def _known(self, request: Request, find: Callable[[], Actor]) -> Actor:
        found = find() if self.hub.database.embedded else await self.aside(find)
        request.role, request.own = found.role, found.lang
        return found

    async def aside(self, work: Callable[[], T]) -> T:
        """Does work in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _asker(self, route: Route, request: Request, actor: Actor) -> Asker:
        network = limits.network(request.address)
        if route.action.does == "reads":
            return Asker(actor, request.lang, hub=self.hub, network=network)
        if route.guarded and b"if-match" not in request.headers:
            raise Invalid("http.precondition")
        return Asker(actor, request.lang, hub=self.hub, key=request.key(), version=request.version(),
                     network=network)  # fmt: skip

    async def done(self, action: Action, given: Mapping[str, Any], asker: Asker) -> Any:
        """The answer of an action, done where it disturbs nobody. Raises Unavailable http.late; what it raises."""
        name, heavy = action.name, action.heavy or bool(action.before)
        reads = action.does == "reads"
        if reads and not heavy and self.hub.database.embedded:
            return actions.run(name, given, asker)
        try:
            async with asyncio.timeout(HEAVY_SECONDS if heavy else SECONDS):
                if reads:
                    return await self.aside(lambda: actions.run(name, given, asker))
                start = partial(actions.start, name, given, asker)
                begun = await self.aside(start) if heavy else start()
                return await asyncio.shield(asyncio.wrap_future(begun))
        except TimeoutError:
            raise Unavailable("http.late", seconds=2) from None


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
