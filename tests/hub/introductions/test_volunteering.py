"""An organisation says that it could help; the poser finds it; what it is told rests on nothing hidden."""

from __future__ import annotations

import pytest
from tests.hub.introductions.conftest import stage

from tandem.base.clock import DAY
from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain.introductions import VOLUNTEER_EVERY, VOLUNTEER_MOST
from tandem.hub.call import Call
from tandem.hub.introductions import places

WHY = "我们有两台同型号试验台。"


@pytest.fixture
def open_story(world):
    """A need that every member sees."""
    return stage(world, visibility="members")


def volunteered(story, need=None, **given):
    return story.ask("invited", "volunteer", need=need or story.need, **given)


def engaged(story):
    with story.world.hub.database.reading() as tx:
        return places.engaged(Call(tx, story.actors["broker"], story.world.hub), story.need)


def test_the_poser_finds_who_volunteers_by_name_with_what_it_says(open_story):
    """Also an organisation that is hidden otherwise: it has shown itself."""
    story = open_story
    told = volunteered(story, offer=story.offer, why=WHY)
    assert (told.need, told.at) == (story.need, story.world.clock.now)
    (one,) = story.ask("poser", "list").items
    assert (one.state, one.organisation.name, one.step) == ("proposed", "深圳检测研究院", "invite")
    assert [(r["code"], r["params"]) for r in one.reasons] == [("volunteered_why", {"text": WHY})]
    assert story.notices("poser") == ["introduction.volunteered"]


def test_nothing_is_there_for_the_organisation_before_it_is_invited(open_story):
    """The introduction begins for it as any other does."""
    story = open_story
    volunteered(story)
    assert story.ask("invited", "list").items == ()
    (one,) = story.ask("poser", "list").items
    story.ask("poser", "invite", id=one.id)
    (seen,) = story.ask("invited", "list").items
    assert (seen.state, seen.answered_at) == ("invited", None)
    story.id = one.id
    assert story.do("invited", "answer", answer="interested").state == "interested"


def test_it_takes_no_slot_from_others_until_it_is_invited(open_story):
    """Rounds and the next of the list go on as if nobody had volunteered."""
    story = open_story
    volunteered(story)
    assert engaged(story) == 0
    story.ask("poser", "invite", id=story.ask("poser", "list").items[0].id)
    assert engaged(story) == 1


def test_what_was_proposed_before_keeps_its_slot_and_says_both(open_story):
    """A proposal of the broker, to which the organisation adds its own word."""
    story = open_story
    story.ask("broker", "propose", need=story.need, organisation=story.actors["invited"].org, why="适合")
    volunteered(story, why=WHY)
    (one,) = story.ask("poser", "list").items
    assert [r["code"] for r in one.reasons] == ["said", "volunteered_why"]
    assert engaged(story) == 1


@pytest.mark.parametrize("before", ["nothing", "proposed", "lost", "expired"])
def test_the_organisation_is_told_the_same_whatever_it_may_not_see(world, before):
    """Proposed, dropped or left to lapse behind its back: the answer and all that it reads afterwards are alike."""
    story = stage(world, visibility="members")
    if before != "nothing":
        asked = {"need": story.need, "organisation": story.actors["invited"].org}
        story.id = story.ask("broker", "propose", **asked).id
    if before == "lost":
        story.do("poser", "lose", reason="timing")
    world.clock.now += 8 * DAY
    if before == "expired":
        story.ask("broker", "sweep")
    answer = volunteered(story, why=WHY)
    assert (answer.need, answer.at) == (story.need, world.clock.now)
    entries = world.ask(story.actors["invited"], "journal.list").items
    assert [(one.action, one.kind) for one in entries] == [("introduction.volunteer", "needs")]
    assert story.ask("invited", "list").items == ()
    assert story.notices("invited") == []
    (one,) = story.ask("poser", "list").items
    assert one.state == "proposed"
    assert one.reasons[-1]["code"] == "volunteered_why"


def test_once_a_month_for_one_need_and_for_so_many_in_all(open_story):
    """Counted by what the organisation itself has said."""
    story = open_story
    volunteered(story)
    with pytest.raises(Conflict, match=r"introduction\.volunteered"):
        volunteered(story)
    for _ in range(VOLUNTEER_MOST - 1):
        volunteered(story, story.pose(visibility="members"))
    with pytest.raises(Conflict, match=r"introduction\.volunteered_much"):
        volunteered(story, story.pose(visibility="members"))
    story.world.clock.now += VOLUNTEER_EVERY + 1
    volunteered(story)


def test_what_cannot_be_volunteered_for(open_story):
    """A need that one does not see, one's own, one that is not posed, another's offer, an introduction that goes on."""
    story = open_story
    with pytest.raises(Absent):
        volunteered(story, story.pose())
    with pytest.raises(Invalid, match=r"introduction\.self"):
        story.ask("poser", "volunteer", need=story.need)
    with pytest.raises(Conflict, match=r"introduction\.need"):
        volunteered(story, story.pose(visibility="members", state="closed"))
    with pytest.raises(Invalid, match=r"introduction\.offer"):
        volunteered(story, offer=story.provider("丙")[1])
    with pytest.raises(Denied, match=r"record\.no_organisation"):
        story.world.ask(story.world.person("member"), "introduction.volunteer", need=story.need)
    story.reach("declined")
    with pytest.raises(Conflict, match=r"introduction\.known"):
        volunteered(story)
