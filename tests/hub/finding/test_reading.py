"""A need read out of a text: what is proposed can be posed as it is, and nothing of the hub shows in it."""

from __future__ import annotations

import pytest

from tandem.base.errors import Denied, Invalid
from tandem.domain.people import Actor
from tandem.hub.actions import Asker, run

TEXT = "我们厂在佛山，想找一家做注塑模具温度场仿真的公司，预算20到30万，12月底前交付，需要两家备选。"
MEMBER = Actor("member", "somebody", "org")


def read(world, text=TEXT, actor=MEMBER, **given):
    return run("need.read", {"text": text, **given}, Asker(actor, hub=world.hub))


def test_each_field_comes_with_its_words(world):
    found = read(world, as_of="2026-11-22")
    assert found.as_of == "2026-11-22"
    told = {one.field: (one.value, one.said) for one in found.items}
    assert told["city"] == ("440600", "佛山")
    assert told["due_on"] == ("2026-12-31", "12月底")
    assert told["budget_min"] == (20_000_000, "20到30万")
    assert told["budget_max"] == (30_000_000, "20到30万")
    assert told["currency"][0] == "CNY"
    assert told["slots"] == (2, "两家")
    assert told["title"] == ("注塑模具温度场仿真", "注塑模具温度场仿真")
    assert (told["kind"][0], told["service_code"][0], told["lang"][0]) == ("service", "RD.SIMULATION", "zh")
    for one in found.items:
        for value in (one, *one.others):
            assert TEXT[value.begin : value.end] == value.said


def test_without_a_day_the_hubs_own_counts(world):
    """The clock of these tests stands at 15 January 2027."""
    assert {one.field: one.value for one in read(world).items}["due_on"] == "2027-12-31"
    assert read(world).as_of == "2027-01-15"


def test_what_is_proposed_is_posed_as_it_is(world):
    """The values go into need.pose unchanged."""
    org = world.organisation("poser", state="claimed")
    actor = world.person("member", org)
    items = read(world, actor=actor).items
    need = run("need.pose", {one.field: one.value for one in items}, Asker(actor, hub=world.hub))
    assert (need.title, need.budget_max, need.city, need.slots) == (
        "注塑模具温度场仿真",
        30_000_000,
        "440600",
        2,
    )


def test_nothing_of_the_hub_shows_in_it(world):
    """The same answer before and after a need with these very words is there, seen or hidden; nothing is kept."""
    before = read(world, as_of="2026-11-22")
    org = world.organisation("other", state="claimed")
    actor = world.person("member", org)
    for visibility in ("public", "confidential"):
        given = {"title": TEXT[:40], "text": TEXT, "city": "深圳", "visibility": visibility}
        run("need.pose", given, Asker(actor, hub=world.hub))
    entries = run("journal.list", {}, Asker(world.person("auditor"), hub=world.hub))
    assert read(world, as_of="2026-11-22") == before
    assert run("journal.list", {}, Asker(world.person("auditor"), hub=world.hub)) == entries


def test_who_may_not_pose_may_not_read(world):
    for actor in (Actor("visitor"), Actor("analyst", "analyst")):
        with pytest.raises(Denied):
            read(world, actor=actor)


def test_a_text_has_to_be_there_and_not_too_long(world):
    with pytest.raises(Invalid):
        run("need.read", {}, Asker(MEMBER, hub=world.hub))
    with pytest.raises(Invalid):
        read(world, "长" * 20_001)
    assert read(world, " ").items == ()
