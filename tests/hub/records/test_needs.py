"""Needs: who may pose, see, list, change and withdraw them, and what others see of an anonymous one."""

from __future__ import annotations

import pytest

from tandem.base.errors import Absent, Conflict, Denied
from tandem.domain.people import HERE, VISITOR
from tandem.hub.actions import Asker, run


@pytest.fixture
def poser(world):
    return world.person("member", world.organisation("东莞精密"))


def test_others_see_neither_name_nor_amount_of_an_anonymous_need(world, poser):
    """A visitor gets a pseudonym and a budget band, and no filter tells whose the need is."""
    own = world.ask(
        poser, "need.pose", title="轴承", budget_max=25_000_000, visibility="public", anonymous=True
    )
    seen = world.ask(VISITOR, "need.show", id=own.id)
    assert (seen.organisation, seen.budget) == (None, "100000-1000000")
    assert poser.org not in repr(seen)
    assert not world.ask(VISITOR, "need.list", organisation=poser.org).items
    assert world.ask(poser, "need.list", organisation=poser.org).items == (own,)


@pytest.mark.parametrize(
    ("visibility", "seen"),
    [("public", "vmno"), ("members", "mno"), ("named", "no"), ("confidential", "o")],
)
def test_visibility_decides_who_sees_a_need(world, poser, visibility, seen):
    """Visitor, member, named organisation, owner: each sees it or hears that there is no such record."""
    named = world.person("member", world.organisation("named"))
    own = world.ask(poser, "need.pose", title="x", visibility=visibility, named=[named.org])
    askers = {"v": VISITOR, "m": world.person("member", world.organisation("other")), "n": named, "o": poser}
    for letter, actor in askers.items():
        if letter in seen:
            assert world.ask(actor, "need.show", id=own.id).id == own.id
        else:
            with pytest.raises(Absent):
                world.ask(actor, "need.show", id=own.id)
        assert bool(world.ask(actor, "need.list").items) == (letter in seen)


def test_a_change_needs_the_version_that_was_seen(world, poser):
    """A second change under the first version is refused; nothing is lost silently."""
    own = world.ask(poser, "need.pose", title="x")
    asker = Asker(poser, hub=world.hub, version=own.version)
    assert run("need.edit", {"id": own.id, "title": "y"}, asker).version == 2
    with pytest.raises(Conflict, match=r"record\.stale"):
        run("need.edit", {"id": own.id, "title": "z"}, asker)


def test_a_named_request_is_done_once(world, poser):
    """The same key gives the first answer again; with other content it is refused."""
    asker = Asker(poser, hub=world.hub, key="k")
    assert run("need.pose", {"title": "x"}, asker) == run("need.pose", {"title": "x"}, asker)
    assert len(world.ask(HERE, "need.list").items) == 1
    with pytest.raises(Conflict, match=r"repeat\.other"):
        run("need.pose", {"title": "y"}, asker)


def test_a_withdrawn_need_is_its_owners_alone(world, poser):
    """After withdrawing, others hear that there is no such need; the owner still has it."""
    own = world.ask(poser, "need.pose", title="x", visibility="public")
    world.ask(poser, "need.withdraw", id=own.id)
    with pytest.raises(Absent):
        world.ask(VISITOR, "need.show", id=own.id)
    assert world.ask(poser, "need.show", id=own.id).state == "withdrawn"


def test_a_member_changes_only_what_is_its_organisations(world, poser):
    """Another's visible need can be read and not changed."""
    own = world.ask(poser, "need.pose", title="x", visibility="public")
    other = world.person("member", world.organisation("other"))
    with pytest.raises(Denied, match=r"record\.others"):
        world.ask(other, "need.edit", id=own.id, title="y")


def test_parts_of_a_list_meet_without_gap_or_repetition(world, poser):
    """Seven needs in parts of three: each once, newest first."""
    for n in range(7):
        world.clock.now += n % 2
        world.ask(poser, "need.pose", title=f"need {n}", visibility="public")
    whole = world.ask(VISITOR, "need.list", limit=200).items
    parts, after = [], None
    while True:
        part = world.ask(VISITOR, "need.list", limit=3, after=after)
        parts += part.items
        if (after := part.next) is None:
            break
    assert parts == list(whole)
    assert len({one.id for one in parts}) == 7


def test_a_need_goes_through_its_states(world, poser):
    """A draft is published, closed and posed again; what its table of moves has not is refused."""
    own = world.ask(poser, "need.pose", title="x", draft=True)
    with pytest.raises(Conflict, match=r"move\.refused"):
        world.ask(poser, "need.close", id=own.id)
    world.clock.now += 3 * 86_400
    assert world.ask(poser, "need.publish", id=own.id).posted_on == "2027-01-18"
    assert world.ask(poser, "need.close", id=own.id).state == "closed"
    assert world.ask(poser, "need.reopen", id=own.id).state == "posed"
    assert [one.id for one in world.ask(poser, "need.list", mine=True, state="posed").items] == [own.id]


def test_named_organisations_can_be_taken_away(world, poser):
    """Whom a record names is replaced by an edit, and emptied by clearing."""
    named = world.person("member", world.organisation("named"))
    own = world.ask(poser, "need.pose", title="x", visibility="named", named=[named.org])
    assert own.named == (named.org,)
    assert world.ask(named, "need.show", id=own.id).id == own.id
    assert world.ask(poser, "need.edit", id=own.id, clear=["named"]).named == ()
    with pytest.raises(Absent):
        world.ask(named, "need.show", id=own.id)
