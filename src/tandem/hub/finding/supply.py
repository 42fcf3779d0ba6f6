"""The supply side of an open hub, ready to be matched: made in the background, made again when records change."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

import polars as pl

from tandem.base.errors import Unavailable
from tandem.engine.matching import constraints, corpus
from tandem.engine.matching.constraints import Terms
from tandem.engine.matching.corpus import Corpus
from tandem.hub.installation import Hub
from tandem.storage import search
from tandem.storage.database.transaction import Tx
from tandem.storage.finding import rows, supply
from tandem.storage.finding.rows import Mark
from tandem.storage.finding.supply import Supply

FOLDER, AUDIENCE = "supply", "members"
_SMALL = 2_000  # documents up to which the supply is made anew while somebody waits
_WAIT = 10.0  # seconds that somebody waits for a large one
_REST = 4  # times as long as making it took, before it is made again

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """The supply as of a mark of the journal; offers without their texts."""

    corpus: Corpus
    terms: Terms | None
    offers: pl.DataFrame
    mark: Mark

    @property
    def documents(self) -> int:
        """How many offers and deliveries there are."""
        return len(self.corpus.doc_ids)


def corpus_of(hub: Hub, tables: Supply) -> Corpus:
    """The supply as it is matched: a small one is made on the spot, a large one lies on the disk where it was made."""
    if tables.offers.height + tables.deliveries.height <= _SMALL:
        return corpus.read(*tables)
    return search.open_or_build(hub.folder / FOLDER, *tables, audience=AUDIENCE)


class SupplyIndex:
    """The one matching corpus of a hub (`hub.part(SupplyIndex)`): what members may see.

    A small one is always as of the last commit. A large one is made again in the background, and answers as it was
    until then: whoever answers leaves out what its asker no longer sees.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub, self._lock = hub, threading.Lock()
        self._ready: Ready | None = None
        self._there, self._closing = threading.Event(), False
        self._thread: threading.Thread | None = None
        self._rested = 0.0

    def ready(self, tx: Tx) -> Ready:
        """The supply. Raises Unavailable match.building while a large one is made for the first time."""
        at = rows.mark(tx)
        now = self._ready
        if now is not None and not self._stale(tx, now, at):
            return now
        if now is None or now.documents > _SMALL:
            self._begin()
            if now is not None:
                return now
            if not self._there.wait(_WAIT):
                raise Unavailable("match.building")
            assert self._ready is not None
            return self._ready
        with self._lock:
            self._ready = self._made(tx)
            return self._ready

    def close(self) -> None:
        """Waits for what is being made."""
        self._closing = True
        if self._thread is not None:
            self._thread.join()

    def _stale(self, tx: Tx, now: Ready, at: Mark) -> bool:
        if at.seq <= now.mark.seq:
            return False
        touched = rows.touched(tx, now.mark, supply.TABLES)
        if touched is not None and not any(touched.versions.values()) and not any(touched.named.values()):
            self._ready = Ready(now.corpus, now.terms, now.offers, at)
            return False
        return True

    def _begin(self) -> None:
        """Has it made in the background: once at a time, and not all the time."""
        with self._lock:
            busy = self._thread is not None and self._thread.is_alive()
            if self._closing or busy or time.monotonic() < self._rested:
                return
            self._thread = threading.Thread(target=self._run, name="supply", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        begun = time.monotonic()
        try:
            with self._hub.database.reading() as tx:
                self._ready = self._made(tx)
            self._there.set()
        except Exception as error:  # whoever waits is told; the next asker tries again
            _log.warning("supply: %s", type(error).__name__)
        now = time.monotonic()
        self._rested = now + _REST * (now - begun)

    def _made(self, tx: Tx) -> Ready:
        mark = rows.mark(tx)
        tables = supply.read(tx)
        made = corpus_of(self._hub, tables)
        offers = tables.offers.drop("text")
        return Ready(made, constraints.terms_of(offers, made) if made.doc_ids else None, offers, mark)
