"""When offers have room: by the month, exactly for one's own, as a band for others."""

from __future__ import annotations

import pytest
from tests.hub.introductions.conftest import stage


@pytest.fixture
def story(world):
    return stage(world)


def calendar(story, side, actor, **given):
    return story.world.ask(story.actors[side], "organisation.calendar", id=actor.org, **given)


def test_months_are_open_between_the_days_that_an_offer_states(story):
    """From this month on, over the end of a year."""
    lab, _ = story.provider("甲所", 3)
    story.world.ask(
        lab, "offer.edit", id=_only(story, lab), available_from="2027-03-15", available_to="2027-05-01"
    )
    found = calendar(story, "stranger", lab, months=14)
    assert (found.months[0], found.months[-1]) == ("2027-01", "2028-02")
    assert found.items[0].open == (False, False, True, True, True, *(False,) * 9)


def _only(story, actor):
    return story.world.ask(actor, "offer.list", mine=True).items[0].id


def test_others_read_a_band_and_nothing_of_what_is_held(story):
    """Its own people, the operator and the auditor read places that are held and left."""
    lab, offer = story.provider("甲所", 3)
    before = calendar(story, "stranger", lab)
    story.id = story.ask("broker", "propose", need=story.need, organisation=lab.org, offer=offer).id
    story.do("poser", "invite")
    story.world.ask(lab, "introduction.answer", id=story.id, answer="interested")
    assert calendar(story, "stranger", lab) == before
    assert [(one.capacity, one.held, one.free) for one in before.items] == [("2-5", None, None)]
    for asker in (lab, story.actors["broker"]):
        found = story.world.ask(asker, "organisation.calendar", id=lab.org)
        assert [(one.capacity, one.held, one.free) for one in found.items] == [("3", 1, 2)]


def test_hidden_and_withdrawn_offers_are_no_part_of_it(story):
    """A confidential offer is its own people's."""
    lab, offer = story.provider("甲所", 3)
    story.world.ask(lab, "offer.edit", id=offer, visibility="confidential")
    assert calendar(story, "stranger", lab).items == ()
    assert len(story.world.ask(lab, "organisation.calendar", id=lab.org).items) == 1
    story.world.ask(lab, "offer.withdraw", id=offer)
    assert story.world.ask(lab, "organisation.calendar", id=lab.org).items == ()
