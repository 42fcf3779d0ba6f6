"""How a running hub is: what is good, what failed lately, which limits hold; and that looking changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hub.conftest import World

from tandem.base.errors import Denied
from tandem.base.words import has
from tandem.domain.people import VISITOR
from tandem.hub.people.configured import Configured
from tandem.hub.people.limits import RATES, Limits
from tandem.storage.database import schema as s


def looked(world: World) -> Any:
    return world.ask(world.person("auditor"), "hub.health")


def settings(world: World, text: str) -> None:
    world.hub.folder.joinpath("settings.toml").write_text(text, "utf-8")
    for part in (Configured, Limits):
        world.hub._parts.pop(part, None)


def test_a_new_hub_is_sound_and_all_that_is_told_has_words(world: World) -> None:
    """Every check and every limit can be said; nothing is written."""
    before = looked(world)
    assert before.sound
    assert all(has(f"doctor.{one.code}.{one.state}") for one in before.checks)
    assert all(has(f"web.limit.{one.kind}") for one in before.limits)
    with world.hub.database.reading() as tx:
        size = tx.journal_size()
    looked(world)
    with world.hub.database.reading() as tx:
        assert tx.journal_size() == size


def test_what_failed_lately_is_told_and_what_failed_long_ago_is_not(world: World) -> None:
    """A job that failed within a week makes a warning."""
    row = {
        "kind": "round.clear",
        "state": "failed",
        "given": "{}",
        "role": "operator",
        "total": 0,
        "done": 0,
        "attempts": 1,
    }
    world.hub.database.write(lambda tx: tx.add(s.jobs, row)).result()
    found = {one.code: one for one in looked(world).checks}
    assert (found["jobs"].state, found["jobs"].params) == ("warning", {"n": 1})
    world.clock.now += 8 * 86_400
    assert {one.code: one.state for one in looked(world).checks}["jobs"] == "good"


def test_wrong_settings_are_named_and_do_not_hide_the_rest(world: World) -> None:
    """A mail server without an address: told by its code, beside all other checks."""
    settings(world, '[mail]\nhost = "mail.example.org"\n')
    found = looked(world)
    assert not found.sound
    bad = [one for one in found.checks if one.state == "bad"]
    assert [(one.code, one.params) for one in bad] == [("settings", {"error": "hub.mail"})]
    assert any(one.code == "entries" for one in found.checks)


def test_the_limits_are_those_that_hold(world: World) -> None:
    """As they are without the file, and as the file says."""
    assert {one.kind: (one.burst, one.per_minute) for one in looked(world).limits} == {
        kind: (rate.burst, rate.per_minute) for kind, rate in RATES.items()
    }
    settings(world, "[limits]\nread = [7, 70]\n")
    assert {one.kind: one.burst for one in looked(world).limits}["read"] == 7


def test_only_those_who_keep_or_audit_the_hub_are_told(world: World) -> None:
    """Members and visitors learn nothing of it."""
    for who in (VISITOR, world.person("member"), world.person("manager", world.organisation("甲厂"))):
        with pytest.raises(Denied):
            world.ask(who, "hub.health")
