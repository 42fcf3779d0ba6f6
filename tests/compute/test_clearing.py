"""Joint clearing by workers is, byte for byte, what it is in this process: however many, and whoever dies."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial

import pytest
from tests.engine.rounds.test_rounds import assert_equal, contended

from tandem.compute import where
from tandem.compute.clearing import clear_on, clear_parts
from tandem.compute.where import Place
from tandem.engine.clearing.clear import ClearSettings, clear
from tandem.engine.rounds import rounds

pytest.importorskip("distributed", reason="needs the extra: tandem-hub[cluster]")

MARKET = contended(1000, 1, slots=2)


@pytest.fixture(scope="module")
def undisturbed():
    with where.on(Place()) as here:
        return clear_on(here, MARKET)


def test_two_processes_find_what_one_finds(two, undisturbed):
    """Edges, prices, certificate, bids; with the rounds, the bytes and the seconds that it took."""
    found = clear_on(two, MARKET)
    assert_equal(found.clearing, undisturbed.clearing)
    assert found.clearing.certificate.gap <= 0.001
    assert found.clearing.certificate.bound >= clear(MARKET, ClearSettings(0.0)).certificate.value
    assert found.rounds == undisturbed.rounds
    assert found.parts > undisturbed.parts
    assert found.moved > 0
    assert set(found.seconds) == {*found.rounds, "here"}


def test_parts_can_come_from_anywhere(two, undisturbed):
    """Each is what a function makes where it is needed; this process never holds the edges."""
    loads = [partial(rounds.part, MARKET, start, stop) for start, stop in ((0, 100), (100, 101), (101, 1000))]
    assert_equal(clear_parts(two, loads, MARKET.capacity).clearing, undisturbed.clearing)


def test_a_scheduler_is_joined(two, undisturbed):
    """Its workers need no file of this machine: parts travel."""
    with where.on(Place(scheduler=two.client.scheduler.address, patience=60.0)) as joined:
        assert not joined.by_file
        assert_equal(clear_on(joined, MARKET).clearing, undisturbed.clearing)


@pytest.mark.parametrize("at", [(12,), (6, 8)], ids=repr)
def test_a_worker_killed_in_the_middle_changes_nothing(two, undisturbed, monkeypatch, at):
    """Killed while it answers: one in the rounds, and two in the opening, shortly after another."""
    ask, asked = two.ask, []

    def dangerous(parts, question, *shared, each=()):
        asked.append(question.__name__)
        if len(asked) in at:
            pid = two.client.run(os.getpid).popitem()[1]
            threading.Timer(0.005, os.kill, (pid, signal.SIGKILL)).start()
        return ask(parts, question, *shared, each=each)

    monkeypatch.setattr(two, "ask", dangerous)
    found = clear_on(two, MARKET)
    assert len(asked) > max(at)
    assert_equal(found.clearing, undisturbed.clearing)
