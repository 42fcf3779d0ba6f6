"""The mailer: tells by e-mail of notices that wait, where the operator has configured a mail server.

`hub.part(Mailer)` starts it, closing the hub ends it. Nothing is lost where it stops: how far an account was told
stands in the database.
"""

from __future__ import annotations

import logging
from random import SystemRandom
from threading import Event, Thread

from tandem.domain.people import HERE
from tandem.hub.call import Call
from tandem.hub.feeds import mail, mailings
from tandem.hub.feeds.mail import Server
from tandem.hub.feeds.mailings import Claimed
from tandem.hub.installation import Hub
from tandem.storage.database.transaction import Tx

PAUSE = 10.0  # seconds between two looks for what has become due
_CLOSING = 15.0  # seconds that a message under way has when the hub closes; it is told again otherwise
_AWAY = (
    "connection",
    "slow",
    "certificate",
    "sign_in",
)  # what is wrong with the server, not with one message
_CHANCE = SystemRandom()
_LOG = logging.getLogger(__name__)


class Mailer:
    """Sends what is due, as long as the hub is open; does nothing where no server is configured.

    Raises Invalid hub.mail where the settings are not complete.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub, self._closed = hub, Event()
        self._thread: Thread | None = None
        if (known := mail.server(hub)) is not None:
            self._thread = Thread(target=self._run, args=(known,), name="mailer", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Lets the message under way end, and begins nothing more."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(_CLOSING)

    def _run(self, known: Server) -> None:
        while not self._closed.is_set():
            try:
                turn(self._hub, known, self._closed)
            except Exception as error:  # the database is away, or the hub is closing; another turn will tell
                _LOG.warning("mailer: %s", type(error).__name__)
            self._closed.wait(PAUSE)


def turn(hub: Hub, known: Server, closed: Event | None = None) -> int:
    """Tells every account that is due, one after another; how many messages the server took."""
    with hub.database.reading() as tx:
        due = mailings.due(tx)
    taken = 0
    for account in due:
        if closed is not None and closed.is_set():
            break
        claimed = hub.database.write(lambda tx, one=account: mailings.claim(tx, one)).result()  # type: ignore[misc]
        error = None if claimed is None else _sent(hub, known, claimed)
        if error in _AWAY:  # the next would fail alike
            break
        taken += claimed is not None and error is None
    return taken


def _sent(hub: Hub, known: Server, claimed: Claimed) -> str | None:
    """One attempt, noted; what went wrong."""
    error = mail.send(known, claimed.digest, hub.clock())

    def settle(tx: Tx) -> None:
        mailings.settle(Call(tx, HERE, hub), claimed, error, _CHANCE)

    hub.database.write(settle).result()
    return error
