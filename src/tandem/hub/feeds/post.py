"""One message over the wire: to an address that was checked, within five seconds, whatever the other side does.

Plain sockets, because what fetches for people follows redirects, asks the environment for proxies and resolves names
again; here each of these would be a way inside.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tandem.base.errors import Invalid
from tandem.hub.feeds.addresses import USUAL, Resolve, Target, reachable

SECONDS = 5.0  # from connecting to the last byte of the reply's head
MOST = 65_536  # bytes of a reply that are read
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})[ \r]")
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a message: the receiver's status, or a code of what went wrong; `took` where it was taken in."""

    status: int | None = None
    error: str | None = None

    @property
    def took(self) -> bool:
        """Whether the receiver has it."""
        return self.error is None


def signed(secret: str, id: str, at: int, body: str) -> Mapping[str, str]:
    """The headers of a message by Standard Webhooks (standardwebhooks.com, 2024): HMAC-SHA256 of id, time and body.

    secret  "whsec_" and base64; at: seconds UTC of this attempt
    """
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.digest(key, f"{id}.{at}.{body}".encode(), hashlib.sha256)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def post(
    target: Target, headers: Mapping[str, str], body: str, allowed: frozenset[str], resolve: Resolve,
    encrypted: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> Reply:  # fmt: skip
    """Sends a message once.

    allowed  origins that the operator lets be reached wherever they are
    Returns  a reply with an error code of the catalogue's `choice.error` where it was not taken in
    """
    try:
        addresses = reachable(target, allowed, resolve)
    except Invalid as error:
        return Reply(error=error.code.removeprefix("webhook."))
    until = time.monotonic() + SECONDS
    try:
        status = _exchange(target, addresses, _request(target, headers, body.encode()), until, encrypted)
    except TimeoutError:
        return Reply(error="slow")
    except ssl.SSLError:
        return Reply(error="certificate")
    except OSError:
        return Reply(error="connection")
    if status is None:
        return Reply(error="reply")
    return Reply(status, None if 200 <= status < 300 else "redirect" if 300 <= status < 400 else "status")


def _exchange(
    target: Target, addresses: Sequence[str], request: bytes, until: float, encrypted: Callable[[], ssl.SSLContext]
) -> int | None:  # fmt: skip
    """The status of the reply, None where it is none. Raises OSError."""
    connection = _connected(addresses, target.port, until)
    try:
        if target.scheme == "https":
            connection.settimeout(_left(until))
            connection = encrypted().wrap_socket(connection, server_hostname=target.host)
        connection.settimeout(_left(until))
        connection.sendall(request)
        return _status(connection, until)
    finally:
        with suppress(OSError):
            connection.close()


def _connected(addresses: Sequence[str], port: int, until: float) -> socket.socket:
    """A connection to the first address that answers: to the very one that was checked, by number."""
    failed: OSError = ConnectionError()
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(until))
            connection.connect((address, port))
            return connection
        except OSError as error:
            connection.close()
            failed = error
    raise failed


def _status(connection: socket.socket, until: float) -> int | None:
    """Reads the reply's head, at most so much of it, and not a byte for longer than there is time."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < MOST:
        connection.settimeout(_left(until))
        part = connection.recv(min(8_192, MOST - len(head)))
        if not part:
            break
        head += part
    found = _STATUS.match(head)
    return int(found.group(1)) if found else None


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    named = host if target.port == USUAL[target.scheme] else f"{host}:{target.port}"
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {named}", "User-Agent: tandem-hub", "Connection: close",
             "Content-Type: application/json", f"Content-Length: {len(body)}",
             *(f"{name}: {value}" for name, value in headers.items())]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _left(until: float) -> float:
    if (left := until - time.monotonic()) <= 0:
        raise TimeoutError
    return left
