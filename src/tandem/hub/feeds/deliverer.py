"""The deliverer: makes messages of what the journal tells, and sends them, each webhook's in order, several at once.

`hub.part(Deliverer)` starts it, closing the hub ends it. Nothing is lost where it stops: what waits stands in the
database, and another run goes on with it. Several servers on the same records share the work.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from random import SystemRandom
from threading import Event, Lock, Thread

from tandem.base.clock import HOUR
from tandem.base.errors import Invalid
from tandem.hub.feeds import addresses, outbox, post
from tandem.hub.feeds.outbox import Due
from tandem.hub.feeds.post import Reply
from tandem.hub.feeds.tail import Tail
from tandem.hub.installation import Hub
from tandem.hub.people.configured import FILE, Configured
from tandem.storage.database.transaction import Tx

AT_ONCE = 8  # webhooks that are sent to at the same time
PAUSE = 1.0  # seconds between two looks for what has become due
_LOG = logging.getLogger(__name__)


def allowed(hub: Hub) -> frozenset[str]:
    """Origins that the operator lets be reached wherever they are: [webhooks] allow = ["http://erp.lan:8080"].

    Raises Invalid hub.webhooks where the setting is none
    """
    told = hub.part(Configured).section("webhooks").get("allow", [])
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        raise Invalid("hub.webhooks", file=FILE)
    return frozenset(told)


class Deliverer:
    """Sends what is due, as long as the hub is open."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._chance = SystemRandom()
        self._wake, self._closed = Event(), False
        self._sending: set[str] = set()
        self._lock = Lock()
        self._forgotten = 0
        self._pool = ThreadPoolExecutor(AT_ONCE, "deliver")
        self._end = hub.part(Tail).call(self._wake.set)
        self._thread = Thread(target=self._run, name="deliverer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Lets what is being sent end, and begins nothing more."""
        self._closed = True
        self._end()
        self._wake.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        while not self._closed:
            try:
                self._turn()
            except Exception as error:  # the database is away, or the hub is closing; another turn will tell
                _LOG.warning("deliverer: %s", type(error).__name__)
            self._wake.wait(PAUSE)
            self._wake.clear()

    def _turn(self) -> None:
        """Makes messages of what has happened, and begins to send what is due."""
        with self._hub.database.reading() as tx:
            behind, now = outbox.behind(tx), tx.now
        for webhook in behind:
            while self._hub.database.write(lambda tx, one=webhook: outbox.fill(tx, one)).result():  # type: ignore[misc]
                if self._closed:
                    return
        with self._hub.database.reading() as tx:
            due = outbox.due(tx)
        for one in due:
            self._begin(one)
        if now - self._forgotten >= HOUR:
            self._forgotten = now
            while self._hub.database.write(outbox.forget).result() == outbox.LOT and not self._closed:
                pass

    def _begin(self, one: Due) -> None:
        with self._lock:
            if self._closed or one.webhook in self._sending:
                return
            self._sending.add(one.webhook)
        self._pool.submit(self._send, one).add_done_callback(lambda done: self._ended(one, done))

    def _ended(self, one: Due, _: Future[None]) -> None:
        with self._lock:
            self._sending.discard(one.webhook)
        self._wake.set()  # the next message may go now

    def _send(self, one: Due) -> None:
        """One attempt, and what came of it."""
        claimed = self._hub.database.write(lambda tx: outbox.claim(tx, one)).result()
        if claimed is None:
            return
        reply = send(self._hub, claimed)

        def settle(tx: Tx) -> None:
            outbox.settle(tx, claimed, reply, self._chance)

        self._hub.database.write(settle).result()


def send(hub: Hub, one: Due) -> Reply:
    """Sends one message once; an address that may not be reached any more is told as what is wrong with it."""
    known = allowed(hub)
    try:
        target = addresses.read(one.address, known)
    except Invalid as error:
        return Reply(error=error.code.removeprefix("webhook."))
    headers = post.signed(one.secret, one.id, hub.clock(), one.body)
    return post.post(target, headers, one.body, known, addresses.resolved)
