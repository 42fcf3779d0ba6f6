"""Admission: quick, and never later than a revocation."""

from __future__ import annotations

import threading
import time

import pytest

from tandem.base.errors import Denied
from tandem.domain.people import HERE, VISITOR
from tandem.hub.people import admission
from tandem.hub.people.admission import Admissions

from .conftest import EMBEDDED


def test_within_a_second_a_secret_is_looked_up_once(world, people, monkeypatch):
    """The answer is kept for that second and not for the next."""
    people.registered()
    secret, asked = people.secret(), []
    looked_up = admission._looked_up
    monkeypatch.setattr(admission, "_looked_up", lambda tx, hashed: asked.append(1) or looked_up(tx, hashed))
    for _ in range(50):
        people.who(secret)
    assert len(asked) == 1
    world.clock.now += 1
    people.who(secret)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("name", "given"),
    [("account.set", {"role": "auditor"}), ("account.set", {"state": "blocked"}), ("account.erase", {})],
)
def test_what_changes_an_account_counts_from_the_next_request(world, people, name, given):
    """In the same second, though the answer before it was kept."""
    people.registered()
    secret = people.secret()
    before = people.who(secret)
    world.ask(HERE, name, id=before.account, **given)
    try:
        assert people.who(secret).role == given.get("role")
    except Denied:
        assert "role" not in given


def test_no_request_overtakes_a_revocation(world, people):
    """Threads that ask without pause never get in with a session whose closing has been acknowledged."""
    people.registered()
    for _ in range(8):
        secret = people.secret()
        me, closed, wrong = people.who(secret), threading.Event(), []

        def knock(secret=secret, closed=closed, wrong=wrong):
            for _ in range(3_000):
                over = closed.is_set()
                try:
                    people.who(secret)
                except Denied:
                    return
                if over:
                    wrong.append(1)
                    return

        threads = [threading.Thread(target=knock) for _ in range(3)]
        for thread in threads:
            thread.start()
        world.ask(me, "session.close")
        closed.set()
        for thread in threads:
            thread.join()
        assert not wrong


def test_an_answer_read_before_a_change_is_not_kept_after_it(world, people):
    """The row was read, then the change began: keeping it now would outlive the change."""
    me = people.signed_in()
    kept = world.hub.part(Admissions)
    found, now, turn = admission._Known(world.clock.now, me, me.account), world.clock.now, kept.turn
    kept.change(me.account)
    for late in (turn, kept.turn):
        kept.keep(b"x", found, late)
        assert kept.known(b"x", now) is None
    kept.settled(me.account)
    kept.keep(b"x", found, turn)
    assert kept.known(b"x", now) is None
    kept.keep(b"x", found, kept.turn)
    assert kept.known(b"x", world.clock.now) == me


@EMBEDDED
def test_answers_are_bounded(world, people, monkeypatch):
    """However many secrets come, so many answers are kept and no more."""
    monkeypatch.setattr(admission, "KEPT", 5)
    me, kept = people.signed_in(), world.hub.part(Admissions)
    for n in range(50):
        kept.keep(bytes([n]), admission._Known(world.clock.now, me, me.account), kept.turn)
    assert len(kept._known) <= 5


@EMBEDDED
def test_a_visitor_costs_nothing(world):
    """No secret, no look-up: not even a connection."""
    database, world.hub.database = world.hub.database, None
    assert admission.who(world.hub, None) == VISITOR
    world.hub.database = database


@EMBEDDED
def test_a_kept_answer_is_quick(world, people):
    """In under 50 us of CPU, on any machine that runs this suite."""
    people.registered()
    secret = people.secret()
    people.who(secret)
    begun = time.thread_time()
    for _ in range(1_000):
        people.who(secret)
    assert (time.thread_time() - begun) / 1_000 < 50e-6
