"""Limits: so much at once and so much in the long run, for each asker, in bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base.errors import Invalid, Limited
from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub.actions import ACTIONS
from tandem.hub.people import limits
from tandem.hub.people.configured import FILE
from tandem.hub.people.limits import Limits, Rate, admit

from .conftest import EMBEDDED

READ, WRITE, SIGN_IN = (ACTIONS[name] for name in ("need.list", "need.pose", "session.open"))


def admitted(world, action, actor, address=None, most=2_000) -> int:
    """How often until it is refused."""
    for n in range(most):
        try:
            admit(world.hub, action, actor, address)
        except Limited:
            return n
    return most


@EMBEDDED
def test_signing_in_is_much_stricter_than_reading(world):
    """By address, signed in or not."""
    reads = admitted(world, READ, VISITOR, "192.0.2.1")
    signs = admitted(world, SIGN_IN, VISITOR, "192.0.2.1")
    assert (reads, signs) == (600, 10)
    assert admitted(world, SIGN_IN, Actor("member", "a"), "192.0.2.1") == 0


@EMBEDDED
def test_one_asker_does_not_use_up_anothers(world):
    """Accounts are counted by account, visitors by address, IPv6 by network."""
    admitted(world, WRITE, Actor("member", "a"), "192.0.2.1")
    assert admitted(world, WRITE, Actor("member", "b"), "192.0.2.1") == 300
    admitted(world, READ, VISITOR, "2001:db8::1")
    assert admitted(world, READ, VISITOR, "2001:db8::2") == 0
    assert admitted(world, READ, VISITOR, "2001:db8:0:1::1") == 600
    assert admitted(world, SIGN_IN, VISITOR, "192.0.2.7") == 10
    assert admitted(world, SIGN_IN, VISITOR, "::ffff:192.0.2.7") == 0


@EMBEDDED
def test_the_hubs_own_machine_is_not_limited(world):
    """Its operator may import as fast as the disk takes it."""
    assert admitted(world, WRITE, HERE) == 2_000


@EMBEDDED
def test_the_wait_that_is_told_is_the_wait_there_is(world):
    """One second before it is refused, then admitted."""
    admitted(world, SIGN_IN, VISITOR, "a")
    with pytest.raises(Limited) as limited:
        admit(world.hub, SIGN_IN, VISITOR, "a")
    world.clock.now += limited.value.params["seconds"] - 1
    assert admitted(world, SIGN_IN, VISITOR, "a") == 0
    world.clock.now += 1
    assert admitted(world, SIGN_IN, VISITOR, "a") == 1


@EMBEDDED
def test_memory_is_bounded(world, monkeypatch):
    """However many addresses come, so many buckets are kept and no more."""
    monkeypatch.setattr(limits, "KEPT", 100)
    for n in range(1_000):
        admit(world.hub, READ, VISITOR, f"192.0.2.{n}")
    assert len(world.hub.part(Limits)._buckets["read"]) == 100


@EMBEDDED
def test_the_operator_sets_the_rates(world):
    """In settings.toml; 0 per minute is no limit."""
    (world.hub.folder / FILE).write_text("[limits]\nsign_in = [3, 60]\nread = [1, 0]\n", "utf-8")
    assert admitted(world, SIGN_IN, VISITOR, "a") == 3
    assert admitted(world, READ, VISITOR, "a") == 2_000


@pytest.mark.parametrize(
    "text",
    [
        "[limits]\nread = 5",
        "[limits]\nread = [0, 5]",
        "[limits]\nread = [1, true]",
        "limits = 3",
        "secret-in-a-broken = line [",
    ],
)
@EMBEDDED
def test_wrong_settings_are_told_without_what_stands_in_them(world, text):
    """The file may hold secrets, so that no error quotes it."""
    (world.hub.folder / FILE).write_text(text, "utf-8")
    with pytest.raises(Invalid, match=r"hub\.(limits|settings)") as told:
        admit(world.hub, READ, VISITOR, "a")
    assert "secret-in" not in str(told.value)


class _Hub:
    """As much of a hub as limits need."""

    def __init__(self, folder):
        self.folder, self.now = folder, 0

    def clock(self):
        return self.now

    def part(self, kind):
        return kind(self)


@given(st.lists(st.integers(0, 20), max_size=200))
def test_never_more_than_the_burst_and_the_rate(tmp_path_factory, waits):
    """In any pattern of time, what is admitted up to any moment is at most burst + rate x time (an exact bound)."""
    hub = _Hub(tmp_path_factory.getbasetemp() / "nothing")
    made, admitted = Limits(hub), 0
    made._rates = {**made._rates, "read": Rate(5, 30)}
    for wait in waits:
        hub.now += wait
        try:
            made.take("read", "x")
            admitted += 1
        except Limited:
            pass
        assert admitted * 60 <= 5 * 60 + 30 * hub.now


def test_searching_as_one_types_is_no_heavy_work(world):
    """Sixty questions at once are answered, where ten exports would be too many."""
    member = world.person("member")
    for _ in range(60):
        limits.admit(world.hub, ACTIONS["search.find"], member, None)
    with pytest.raises(Limited):
        limits.admit(world.hub, ACTIONS["search.find"], member, None)
    for _ in range(10):
        limits.admit(world.hub, ACTIONS["records.export"], member, None)
    with pytest.raises(Limited):
        limits.admit(world.hub, ACTIONS["records.export"], member, None)
