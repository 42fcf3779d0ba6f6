"""The search index of an open hub: opened in the background, in step with the journal at every question."""

from __future__ import annotations

import logging
import threading

from tandem.base.clock import DAY
from tandem.base.errors import Unavailable
from tandem.engine.finding import question
from tandem.engine.finding.audience import Audience
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
_TRACES = DAY  # how long what was changed or withdrawn may lie on the disk as it was

_log = logging.getLogger(__name__)


class Index:
    """The one search index of a hub (`hub.part(Index)`); a thread of its own opens it and keeps it tidy."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._place = hub, hub.folder / FOLDER
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._joining = False
        self._opened, self._stop, self._wake, self._anew = (threading.Event() for _ in range(4))
        self._thread = threading.Thread(target=self._run, name="search index", daemon=True)
        self._thread.start()

    def shelf(self, tx: Tx, who: Audience) -> tuple[Segment, ...]:
        """The documents as of the last commit, as far as that asker may see them; of the others some may be missing.

        Raises Unavailable search.building while the index is made
        """
        if not self._opened.wait(_WAIT):
            raise Unavailable("search.building")
        return self._catch_up(tx, who).segments

    def behind(self, who: Audience) -> bool:
        """Whether the documents that an asker may see are not all there yet, after many changes at once."""
        now = self._shelf
        return now is not None and shelves.behind(now, who)

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

    def _catch_up(self, tx: Tx, who: Audience | None = None) -> Shelf:
        """The shelf as of the transaction or later, with what the asker is not to wait for."""
        at = rows.mark(tx)
        with self._lock:
            now = self._shelf
            assert now is not None
            if at.seq > now.mark.seq:
                now = self._put(shelves.caught_up(now, tx, at))
            due = shelves.due(now, who) if who is not None and now.waiting else []
            if due and at.seq >= now.mark.seq:
                now, due = self._put(shelves.with_read(now, tx, due)), []
        if not due:
            return now
        # somebody else has brought the shelf further than this reading
        with self._hub.database.reading() as later:
            return self._catch_up(later, who)

    def _put(self, made: Shelf) -> Shelf:
        """Makes it the shelf."""
        self._shelf = made if self._joining else shelves.merged(made)
        if made.waiting:
            self._wake.set()
        return self._shelf

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
        elif self._untidy(now):
            self._join()

    def _untidy(self, shelf: Shelf) -> bool:
        """Whether the large segments are to be made anew, which costs as much as they are large.

        They are where much stands beside them, and at most once a day where something in them is no longer as it was.
        """
        large = shelf.segments[:2]
        if shelves.loose(shelf) > max(_LOOSE, _LOOSE_SHARE * sum(one.documents for one in large)):
            return True
        return any(one.standing < one.documents for one in large) and kept.age(self._place) > _TRACES

    def _open(self) -> None:
        found = kept.read(self._place)
        if found is not None:
            with self._hub.database.reading() as tx:
                if rows.follows(tx, found[1]):
                    self._begin(Shelf(*found))
                    return
        self._build()

    def _build(self) -> None:
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

    def _keep(self, made: Shelf) -> None:
        if _size(made) > SMALL:
            kept.write(self._place, (made.segments[0], made.segments[1]), made.mark)
        else:
            kept.forget(self._place)


def _size(shelf: Shelf) -> int:
    return sum(one.documents for one in shelf.segments)
