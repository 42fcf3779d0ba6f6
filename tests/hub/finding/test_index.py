"""The search index while it is made anew beside those who write and ask, and what of it stays on the disk."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.hub.finding.filled import alter, put

from tandem.engine.finding.audience import Audience
from tandem.hub.finding import index as indexes
from tandem.hub.finding.index import Index
from tandem.storage.finding import kept
from tandem.storage.finding import shelf as shelves

ALL = Audience(all=True)


def until(true, seconds=20.0):
    """Waits for what another thread does."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


@pytest.fixture
def joins(monkeypatch):
    """How often the large segments were made anew, by which threads."""
    real, told = shelves.whole, []

    def whole(before):
        told.append(threading.current_thread().name)
        time.sleep(0.02)
        return real(before)

    monkeypatch.setattr(shelves, "whole", whole)
    return told


def held(world, index):
    with world.hub.database.reading() as tx:
        return [one.ids[row] for one in index.shelf(tx, ALL) for row in one.alive.nonzero()[0]]


def test_writing_and_asking_go_on_while_the_index_is_made_anew(world, monkeypatch, joins):
    """Four threads write and ask while it is joined again and again: every document stands there exactly once."""
    monkeypatch.setattr(indexes, "_LOOSE", 0)
    monkeypatch.setattr(indexes, "_TICK", 0.01)
    index = world.hub.part(Index)

    def work(thread):
        for number in range(5):
            put(world.hub, "needs", f"{thread} {number}", visibility="members")
            held(world, index)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    found = held(world, index)
    assert len(found) == len(set(found)) == 20
    assert until(lambda: len(joins) > 1)
    assert set(joins) == {"search index"}  # one thread, so that no two overlap
    assert sorted(held(world, index)) == sorted(found)


def test_what_was_changed_leaves_the_disk_within_a_day_and_not_at_once(world, monkeypatch, joins):
    """One change does not make a whole index anew; a day later it is, once, and without what the record said before."""
    monkeypatch.setattr(indexes, "SMALL", 0)
    monkeypatch.setattr(indexes, "_TICK", 0.01)
    id_ = put(world.hub, "needs", "quicksilver", visibility="members")
    index = world.hub.part(Index)
    assert len(held(world, index)) == 1
    place = world.hub.folder / indexes.FOLDER

    def on_disk(word):
        try:
            return any(word in path.read_bytes() for path in place.rglob("*.txt"))
        except FileNotFoundError:  # it is being replaced
            return None

    assert until(lambda: on_disk(b"quicksilver"))
    alter(world.hub, "needs", id_, title="amalgam")
    assert len(held(world, index)) == 1
    time.sleep(0.3)
    assert joins == []
    assert on_disk(b"quicksilver")
    yesterday = time.time() - indexes._TRACES - 60
    os.utime(place / "current", (yesterday, yesterday))
    assert until(lambda: on_disk(b"amalgam") and on_disk(b"quicksilver") is False)
    time.sleep(0.1)
    assert len(joins) == 1
    assert kept.age(place) < 60


def test_an_index_that_became_small_is_kept_no_longer(world, monkeypatch, joins):
    """What is built anew as quickly lies nowhere on the disk, not as it was either."""
    monkeypatch.setattr(indexes, "SMALL", 0)
    monkeypatch.setattr(indexes, "_TICK", 0.01)
    put(world.hub, "needs", "quicksilver", visibility="members")
    index = world.hub.part(Index)
    held(world, index)
    place = world.hub.folder / indexes.FOLDER
    assert until((place / "current").exists)
    monkeypatch.setattr(indexes, "SMALL", 2_000)
    index.rebuild()
    assert until(lambda: not list(place.iterdir()))
    assert kept.age(place) == 0
    assert len(held(world, index)) == 1
