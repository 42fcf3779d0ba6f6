"""The search index of an open hub: opened in the background, in step with the journal at every question."""

from __future__ import annotations

import logging
import threading

from tandem.base.errors import Unavailable
from tandem.engine.finding import question
from tandem.engine.finding.documents import Segment
from tandem.hub.installation import Hub
from tandem.storage.database.transaction import Tx
from tandem.storage.finding import kept, rows
from tandem.storage.finding import shelf as shelves
from tandem.storage.finding.shelf import Shelf

FOLDER = "search"
_WAIT = 10.0  # seconds that a question waits for the index to be opened
_TICK = 1.0  # seconds between looks at the journal when nobody asks
SMALL = 2_000  # documents up to which building anew is as quick as reading from the disk
_LOOSE = 5_000  # documents outside the large segments from which they are made anew
_LOOSE_SHARE = 0.2  # or this share of them

_log = logging.getLogger(__name__)


class Index:
    """The one search index of a hub (`hub.part(Index)`); a thread of its own opens it and keeps it tidy."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._place = hub, hub.folder / FOLDER
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._working, self._joining = threading.RLock(), False
        self._opened, self._stop, self._wake, self._anew = (threading.Event() for _ in range(4))
        self._thread = threading.Thread(target=self._run, name="search index", daemon=True)
        self._thread.start()

    def shelf(self, tx: Tx) -> tuple[Segment, ...]:
        """The documents as of the last commit. Raises Unavailable search.building while the index is made."""
        if not self._opened.wait(_WAIT):
            raise Unavailable("search.building")
        return self._catch_up(tx).segments

    @property
    def ready(self) -> bool:
        """Whether questions are answered at once."""
        return self._opened.is_set()

    def rebuild(self) -> None:
        """Has everything read anew in the background; until then the index answers as it is."""
        self._anew.set()
        self._wake.set()

    def close(self) -> None:
        """Ends the thread; what it was building is left and begun again next time."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _catch_up(self, tx: Tx) -> Shelf:
        at = rows.mark(tx)
        with self._lock:
            now = self._shelf
            assert now is not None
            if at.seq > now.mark.seq:
                now = shelves.caught_up(now, tx, at)
                self._shelf = now if self._joining else shelves.merged(now)
                if now.waiting:
                    self._wake.set()
            return self._shelf or now

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._round()
            except Exception as error:  # the database may be gone for a while; the next round tries again
                _log.warning("search index: %s", type(error).__name__)
            waiting = self._shelf is not None and self._shelf.waiting
            if not (waiting or self._anew.is_set()):
                self._wake.wait(_TICK)
                self._wake.clear()

    def _round(self) -> None:
        """Opens or builds the index where that is due, else reads what waits and tidies up."""
        if self._shelf is None:
            self._open()
            return
        if self._anew.is_set():
            self._anew.clear()
            self._build()
        with self._hub.database.reading() as tx:
            now = self._catch_up(tx)
        if now.waiting:
            put = shelves.read_on(now, self._hub.database)
            with self._lock:
                self._shelf = put(self._shelf or now)
        elif shelves.loose(now) > max(_LOOSE, _LOOSE_SHARE * sum(one.documents for one in now.segments[:2])):
            self._join()

    def _open(self) -> None:
        found = kept.read(self._place)
        if found is not None:
            with self._hub.database.reading() as tx:
                if rows.follows(tx, found[1]):
                    self._begin(Shelf(*found))
                    return
        self._build()

    def _build(self) -> None:
        with self._working:
            self._build_alone()

    def _build_alone(self) -> None:
        made = shelves.build(self._hub.database, lambda: not self._stop.is_set())
        if made is not None:
            self._begin(made)
            self._keep(made)

    def _begin(self, made: Shelf) -> None:
        for one in made.segments:
            _ = one.number, one.length
        with self._lock:
            self._shelf = made
        self._opened.set()
        if _size(made) > SMALL:
            question.read("检测 test")  # the dictionaries are read now and not by whoever asks first

    def _join(self) -> None:
        with self._working:
            self._join_alone()

    def _join_alone(self) -> None:
        with self._lock:
            self._joining, before = True, self._shelf
        try:
            assert before is not None
            new = shelves.whole(before)
            for one in new.segments:
                _ = one.number, one.length
            with self._lock:
                assert self._shelf is not None
                self._shelf = shelves.moved(self._shelf, before, new)
        finally:
            self._joining = False
        if not before.waiting:
            self._keep(new)

    def tidy(self) -> None:
        """Writes the index without what was withdrawn or erased, so that no trace of that stays on the disk."""
        if self._shelf is not None and shelves.loose(self._shelf):
            self._join()

    def _keep(self, made: Shelf) -> None:
        if _size(made) > SMALL:
            kept.write(self._place, (made.segments[0], made.segments[1]), made.mark)


def _size(shelf: Shelf) -> int:
    return sum(one.documents for one in shelf.segments)
