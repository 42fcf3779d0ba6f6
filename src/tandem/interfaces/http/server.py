"""The process that serves a hub: one at a time on a data directory, patient with neither slow nor lost clients.

Asked to end, it finishes what runs and what is being written, then closes the hub; asked twice, it ends at once.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from tandem.base.errors import Conflict, Failed, Invalid
from tandem.hub.feeds import events as feed
from tandem.hub.installation import Hub, open_hub
from tandem.hub.people import admission
from tandem.hub.serve import begin
from tandem.interfaces.http import agents, events, login, pages
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.log import Log, ToLog

LOCK = "serving"  # the file in the data directory that the server holds
PATIENCE = 20.0  # seconds in which the head of a request must have come
KEPT_OPEN = 15  # seconds that a connection may be idle
GRACE = 30  # seconds for what runs when the server is asked to end
BACKLOG = 1_024


Beside = Callable[[Application], None]


def serve(folder: Path, url: str | None, host: str, port: int, *, proxy: bool, beside: Beside) -> None:
    """Serves the hub of a data directory until it is asked to end.

    beside  adds to the application what answers beside the actions: the pages for people

    Raises  Conflict serve.twice; Invalid serve.address; Failed serve.taken; what open_hub raises
    """
    log = Log()
    with _alone(folder), _listening(host, port) as listening:
        hub = open_hub(folder, url)
        try:
            begin(hub)
            _run(hub, listening, log, proxy=proxy, beside=beside)
        finally:
            hub.close()
            log.tell("ended")
            log.flush()


def _run(hub: Hub, listening: socket.socket, log: Log, *, proxy: bool, beside: Beside) -> None:
    application = Application(hub, admission.who, log=log)
    application.add(pages.pages(application))
    application.add(login.pages(application))
    application.add(events.pages(application, feed.events))
    application.add(agents.pages(application))
    beside(application)
    logging.basicConfig(handlers=[ToLog(log)], level=logging.WARNING, force=True)
    config = uvicorn.Config(
        application, http=_Patient, ws="none", lifespan="on", log_config=None, access_log=False, proxy_headers=proxy,
        forwarded_allow_ips="127.0.0.1", server_header=False, timeout_keep_alive=KEPT_OPEN, backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
    )  # fmt: skip
    gc.collect()
    gc.freeze()  # what was imported and declared stays: no collection looks at it again
    host, port = listening.getsockname()[:2]
    _Server(config, application, f"http://{f'[{host}]' if ':' in host else host}:{port}").run([listening])


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready, lets streams end, and ends at once when asked twice."""

    def __init__(self, config: uvicorn.Config, application: Application, address: str) -> None:
        super().__init__(config)
        self._application, self._address = application, address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer."""
        await super().startup(sockets)
        self._application.log.tell("ready", address=self._address)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What SIGTERM and SIGINT do."""
        if self.should_exit:
            self.force_exit = True
            return
        self.should_exit = True
        self._application.log.tell("ending", signal=signal.Signals(sig).name)
        self._application.stop()


class _Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's protocol, with an end to waiting for the head of a request that never comes whole."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A connection is there; its first request has to follow."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Bytes came: once they make a request, waiting is over until its answer has gone."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_more()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().call_later(PATIENCE, self._hang_up)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _hang_up(self) -> None:
        self._waiting = None
        if (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing():
            self.transport.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the data directory for one server: its search index and what it remembers of sessions have one master.

    Other commands may work on the directory meanwhile: they go through the database alone.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        try:
            import fcntl  # noqa: PLC0415  not everywhere
        except ImportError:
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            raise Conflict("serve.twice", folder=str(folder)) from None
        yield


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket that the server listens at. Raises Invalid serve.address, Failed serve.taken."""
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise Invalid("serve.address", host=host) from None
    held = socket.socket(
        family, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # only then asyncio answers without delay
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(place)
    except OSError as error:
        held.close()
        raise Failed(
            "serve.taken", host=host, port=port, why=error.strerror or type(error).__name__
        ) from None
    with held:
        yield held
