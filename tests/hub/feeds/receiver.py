"""A receiver of messages on this machine, which answers as it is told and keeps what it got."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """What came in, in order: (headers, body); `answers` are statuses still to be given, then 204."""

    port: int = 0
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    seconds: float = 0.0  # before each answer

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"


@contextmanager
def receiving() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            time.sleep(kept.seconds)
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.answers.pop(0) if kept.answers else 204)
            self.send_header("Location", f"http://127.0.0.1:{kept.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Canary:
    """A listener on this machine that nobody may ever reach."""

    port: int
    reached: int = 0


@contextmanager
def canary(port: int = 0) -> Iterator[Canary]:
    listening = socket.create_server(("127.0.0.1", port))
    kept = Canary(listening.getsockname()[1])
    listening.settimeout(0.05)
    ending = threading.Event()

    def run() -> None:
        while not ending.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            kept.reached += 1
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        ending.set()
        thread.join()
        listening.close()
