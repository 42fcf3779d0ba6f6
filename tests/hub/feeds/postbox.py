"""A mail server on this machine, which answers as it is told and keeps what it took."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class Taken:
    """One message: its envelope, and itself as it was read."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        return str(self.message.get_content())


@dataclass
class Postbox:
    """What was taken; `refusals` are answers still to be given to recipients, then 250."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)


@contextmanager
def open_postbox() -> Iterator[Postbox]:
    kept = Postbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 postbox")
            sender, to = "", []
            while line := self.rfile.readline().decode().strip():
                kept.spoken.append(line)
                verb = line[:4].upper()
                if verb == "DATA":
                    self.say("354 go on")
                    kept.taken.append(Taken(sender, to, self.whole()))
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                elif verb == "RCPT" and kept.refusals:
                    self.say(kept.refusals.pop(0))
                else:
                    if verb == "MAIL":
                        sender, to = line, []
                    elif verb == "RCPT":
                        to.append(line)
                    self.say("250 fine")

        def whole(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

    server = Server(("127.0.0.1", 0), Handler)
    kept.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
