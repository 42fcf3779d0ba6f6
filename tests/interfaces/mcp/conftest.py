"""A hub that agents speak with: over standard input and output, and over HTTP, by the protocol's own client."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from tests.hub.conftest import empty_file  # noqa: F401  a fixture
from tests.interfaces.http.conftest import Web, opened

from tandem.interfaces.http import agents

SOURCE = Path(__file__).resolve().parents[3] / "src"


@dataclass
class Speaking:
    """A hub with its people, and how one of them opens a client on it; None is a visitor.

    A client stays open until the end, as an agent's does: over standard input and output each is a process.
    """

    web: Web
    connect: Callable[[str | None, str], Any]
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _held: dict[tuple[str | None, str], Client] = field(default_factory=dict)
    _holding: list[asyncio.Task[None]] = field(default_factory=list)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def run(self, who: str | None, talk: Callable[[Client], Any], lang: str = "en") -> Any:
        async def one() -> Any:
            if (who, lang) not in self._held:
                ready = self._loop.create_future()
                self._holding.append(asyncio.create_task(self._hold(who, lang, ready)))
                self._held[who, lang] = await ready
            return await talk(self._held[who, lang])

        return self._loop.run_until_complete(one())

    async def _hold(self, who: str | None, lang: str, ready: asyncio.Future[Client]) -> None:
        try:
            async with self.connect(who, lang) as client:
                ready.set_result(client)
                await self._over.wait()
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    def end(self) -> None:
        self._over.set()
        self._loop.run_until_complete(asyncio.gather(*self._holding))
        self._loop.close()

    def call(self, who: str | None, name: str, lang: str = "en", /, **given: Any) -> Any:
        return self.run(who, lambda client: client.call_tool(name, given), lang)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Web]:  # noqa: F811
    with opened(tmp_path_factory.mktemp("agents") / "hub", empty_file) as made:
        made.world.clock.now = int(time.time())  # the other process has a real clock
        for name, role in (("ann", "member"), ("bob", "member"), ("opal", "operator")):
            made.join(name, role, made.actors[name].org)  # sessions of today
        yield made


@pytest.fixture(scope="module", params=["stdio", "http"])
def speaking(request: pytest.FixtureRequest, web: Web) -> Iterator[Speaking]:
    if request.param == "stdio":
        made = Speaking(web, lambda who, lang: _stdio(web, who, lang))
        yield made
        made.end()
        return
    with Served(web) as address:
        made = Speaking(web, lambda who, lang: _posted(web, address, who, lang))
        yield made
        made.end()


@asynccontextmanager
async def _stdio(web: Web, who: str | None, lang: str) -> AsyncIterator[Client]:
    told = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], "TANDEM_LANG": lang}
    if who is not None:
        told["TANDEM_TOKEN"] = web.secrets[who]
    command = ["-m", "tandem.interfaces.mcp", f"data={web.world.hub.folder}"]
    async with Client(
        stdio_client(StdioServerParameters(command=sys.executable, args=command, env=told))
    ) as client:
        yield client


@asynccontextmanager
async def _posted(web: Web, address: str, who: str | None, lang: str) -> AsyncIterator[Client]:
    headers = {"accept-language": lang, **({} if who is None else dict(web.known(who)))}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        yield client


class Served:
    """The hub's application on a port of this machine."""

    def __init__(self, web: Web) -> None:
        web.application.add(agents.pages(web.application))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(
            uvicorn.Config(web.application, log_config=None, ws="none", lifespan="off")
        )
        self._ending = web.application.ending
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        async def serve() -> None:
            await self._server.serve([self._listening])
            for end in self._ending:
                await end()

        asyncio.run(serve())

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/mcp"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
