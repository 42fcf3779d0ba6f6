"""The search index while several threads tidy it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.hub.finding.filled import put

from tandem.hub.finding.index import Index
from tandem.storage.finding import shelf as shelves


def test_one_join_at_a_time(world, monkeypatch):
    """Four threads that write and tidy: joins never overlap, and every document stands there exactly once."""
    real, lock, running, most, joins = shelves.whole, threading.Lock(), 0, 0, 0

    def slow(before):
        nonlocal running, most, joins
        with lock:
            running, joins = running + 1, joins + 1
            most = max(most, running)
        time.sleep(0.03)
        made = real(before)
        with lock:
            running -= 1
        return made

    monkeypatch.setattr(shelves, "whole", slow)
    index = world.hub.part(Index)

    def work(thread):
        for number in range(5):
            put(world.hub, "needs", f"{thread} {number}", visibility="members")
            with world.hub.database.reading() as tx:
                index.shelf(tx)
            index.tidy()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    with world.hub.database.reading() as tx:
        held = [one.ids[row] for one in index.shelf(tx) for row in one.alive.nonzero()[0]]
    assert joins > 1
    assert most == 1
    assert len(held) == len(set(held)) == 20
