"""The end of the journal, watched: whoever waits for new entries hears of them, whichever process wrote them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

from tandem.base.errors import Unavailable
from tandem.hub.installation import Hub

PAUSE = 0.25  # seconds between two looks


class Tail:
    """The one watcher of a hub (`hub.part(Tail)`); it looks only while somebody waits."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._heard: dict[int, Callable[[], None]] = {}
        self._lock, self._wake, self._closed = Lock(), Event(), False
        self._next = 0
        self._thread: Thread | None = None

    def call(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Calls the function, from another thread, whenever the journal may have grown; gives what ends that."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._heard[number] = heard
            if self._thread is None:
                self._thread = Thread(target=self._run, name="tail", daemon=True)
                self._thread.start()
            self._wake.set()
        return lambda: self._forget(number)

    def _forget(self, number: int) -> None:
        with self._lock:
            self._heard.pop(number, None)

    def _run(self) -> None:
        size = -1
        while not self._closed:
            if not self._heard:
                self._wake.wait()
                self._wake.clear()
                size = -1
                continue
            with suppress(Unavailable), self._hub.database.reading() as tx:
                before, size = size, tx.journal_size()
                if size != before:
                    self._tell()
            self._wake.wait(PAUSE)
            self._wake.clear()

    def _tell(self) -> None:
        with self._lock:
            heard = list(self._heard.values())
        for one in heard:
            with suppress(RuntimeError):  # an event loop that has ended hears nothing more
                one()

    def close(self) -> None:
        """Ends the watching."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
