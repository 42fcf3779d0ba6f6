"""Response figures: one's own, the operator's, and for others only what many stand behind."""

from __future__ import annotations

import pytest

from tandem.base.errors import Denied
from tandem.hub.introductions.answers import Response


def answered(story, name, hours, answer="interested", **need):
    """An invitation of a new organisation, answered after some hours; its member."""
    actor, offered = story.provider(name, 9)
    again(story, actor, offered, hours, answer, **need)
    return actor


def again(story, actor, offered, hours, answer="interested", **need):
    posed = story.pose(**{"visibility": "public", "anonymous": False, **need})
    story.id = story.ask("broker", "propose", need=posed, organisation=actor.org, offer=offered).id
    story.do("broker", "invite")
    story.world.clock.now += hours * 3_600
    reason = {"reason": "scope"} if answer == "declined" else {}
    story.world.ask(actor, "introduction.answer", id=story.id, answer=answer, **reason)


def test_an_organisation_sees_its_own_figures_and_the_operator_all(story):
    """Hours until the answer and shares of yes, for each organisation; others' are not asked for."""
    actor = answered(story, "甲", 4)
    answered(story, "乙", 10, "declined")
    assert story.world.ask(actor, "introduction.figures").own == Response(1, 1, (4.0, 4.0, 4.0), 1, 1, 0, 0)
    hub = story.ask("broker", "figures")
    assert hub.hub == Response(2, 2, (5.5, 7.0, 8.5), 1, 2, 0, 0)
    assert {one.name: one.response.accepted for one in hub.organisations} == {"甲": 1, "乙": 0}
    with pytest.raises(Denied):
        story.world.ask(actor, "introduction.figures", organisation=story.actors["invited"].org)


def test_the_figures_of_the_hub_are_told_from_five_organisations_on(story):
    """Four say nothing, five do; one that dominates silences them again."""
    actors = [answered(story, f"机构{n}", n + 1) for n in range(4)]
    assert story.ask("stranger", "figures").hub is None
    actors.append(answered(story, "第五", 5))
    assert story.ask("stranger", "figures").hub == Response(5, 5, (2.0, 3.0, 4.0), 5, 5, 0, 0)
    for _ in range(40):
        again(story, actors[0], None, 0)
    assert story.ask("stranger", "figures").hub is None


def test_nothing_hidden_moves_a_figure_that_others_see(story):
    """Confidential and anonymous needs and hidden organisations leave the members' figures as they are."""
    for n in range(5):
        answered(story, f"机构{n}", n + 1)
    before = story.ask("stranger", "figures")
    answered(story, "己", 99, visibility="confidential")
    answered(story, "庚", 99, anonymous=True)
    story.reach("interested")
    assert story.ask("stranger", "figures") == before
