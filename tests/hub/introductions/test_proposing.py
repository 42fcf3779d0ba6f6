"""Proposals of a round, and the next of the list when one falls away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tandem.base.errors import Denied
from tandem.hub.answers import Awaiting
from tandem.hub.call import Call
from tandem.hub.introductions import proposing


def published(story, round_id):
    """Proposes what a round has cleared; how many that were."""
    broker, hub = story.actors["broker"], story.world.hub
    return hub.database.write(lambda tx: proposing.from_round(Call(tx, broker, hub), round_id, 300)).result()


def proposed(story, need=None):
    """Organisation and state of each introduction of the need."""
    items = story.ask("broker", "list", need=need or story.need, limit=200).items
    return {one.organisation.id: one.state for one in items}


def test_a_round_proposes_its_cleared_pairs_once(story):
    """Cleared pairs become proposals with their reasons; published again, nothing happens; the poser hears how many."""
    (a, offer_a), (b, offer_b) = story.provider("甲"), story.provider("乙")
    round_id = story.publish(("kind_met", a, offer_a, True), ("kind_met", b, offer_b, False))
    assert published(story, round_id) == 1
    assert published(story, round_id) == 0
    assert proposed(story) == {a.org: "proposed"}
    view = story.ask("poser", "list").items[0]
    assert ([one["code"] for one in view.reasons], view.due_at is not None) == (["kind_met"], True)
    assert story.notices("poser") == ["introduction.proposed_many"]


def test_a_round_proposes_nobody_for_a_need_that_is_no_longer_posed(story):
    """Between clearing and publishing the need was taken back."""
    a, offer_a = story.provider("甲")
    need = story.pose(state="withdrawn")
    assert published(story, story.publish(("kind_met", a, offer_a, True), need=need)) == 0


def test_an_agent_proposes_for_its_poser_and_not_for_the_broker(story):
    """The poser alone sees what its agent proposes; a broker's may not, since the poser would."""
    given = {"need": story.need, "organisation": story.provider("甲")[0].org}
    with pytest.raises(Denied, match=r"account\.person"):
        story.world.ask(replace(story.actors["broker"], agent=True), "introduction.propose", **given)
    made = story.world.ask(replace(story.actors["poser"], agent=True), "introduction.propose", **given)
    assert (made.state, story.notices("poser")) == ("proposed", [])
    wish = story.world.ask(replace(story.actors["poser"], agent=True), "introduction.invite", id=made.id)
    assert (type(wish), story.ask("broker", "show", id=made.id).state) == (Awaiting, "proposed")


@pytest.mark.parametrize("how", ["declined", "expired", "lost"])
def test_the_next_of_the_list_is_proposed_when_one_falls_away(story, how):
    """After a no, a lapse or a loss the next with a free place is proposed, with its reasons."""
    (a, offer_a), (full, offer_full), (c, offer_c) = (
        story.provider("甲"),
        story.provider("乙", 0),
        story.provider("丙"),
    )
    listed = [
        ("kind_met", a, offer_a, True),
        ("city_met", full, offer_full, False),
        ("city_met", c, offer_c, False),
    ]
    published(story, story.publish(*listed))
    story.id = story.ask("broker", "list").items[0].id
    story.do("poser", "invite")
    if how == "declined":
        story.world.ask(a, "introduction.answer", id=story.id, answer="declined", reason="scope")
    elif how == "lost":
        story.do("poser", "lose", reason="price")
    else:
        story.world.clock.now += 30 * 86_400
        story.ask("broker", "sweep")
    assert proposed(story) == {a.org: how, c.org: "proposed"}
    assert "introduction.next" in story.notices("poser")
    second = next(one for one in story.ask("poser", "list").items if one.state == "proposed")
    assert [one["code"] for one in second.reasons] == ["city_met"]


def test_nobody_is_proposed_while_enough_are_asked(story):
    """With one slot and another introduction alive, a decline brings nobody new."""
    (a, offer_a), (b, offer_b), (c, offer_c) = (story.provider(name) for name in "甲乙丙")
    published(story, story.publish(("kind_met", a, offer_a, True), ("kind_met", b, offer_b, True),
                                   ("kind_met", c, offer_c, False)))  # fmt: skip
    story.id = next(one.id for one in story.ask("broker", "list").items if one.organisation.id == a.org)
    story.do("poser", "invite")
    story.world.ask(a, "introduction.answer", id=story.id, answer="declined", reason="scope")
    assert proposed(story) == {a.org: "declined", b.org: "proposed"}


def test_a_need_with_nobody_left_is_the_brokers(story):
    """No list, a decline: the operator hears of it, and the need stands on the work list until somebody is proposed."""
    story.reach("declined")
    assert story.notices("broker") == ["introduction.unfilled"]
    work = story.ask("broker", "worklist")
    assert [(one.need_id, one.slots, one.live, one.ended) for one in work.unfilled] == [(story.need, 1, 0, 1)]
    a, offer_a = story.provider("甲")
    story.ask("broker", "propose", need=story.need, organisation=a.org, offer=offer_a)
    assert story.ask("broker", "worklist").unfilled == ()


def test_who_was_let_go_for_want_of_slots_comes_back(story):
    """An agreement that falls away brings back the one whose introduction had ended because the slots were filled."""
    (a, offer_a), (b, offer_b) = story.provider("甲"), story.provider("乙")
    published(story, story.publish(("kind_met", a, offer_a, True), ("kind_met", b, offer_b, True)))
    ids = {one.organisation.id: one.id for one in story.ask("broker", "list").items}
    story.id = ids[a.org]
    story.do("poser", "invite")
    story.world.ask(a, "introduction.answer", id=story.id, answer="interested")
    story.do("poser", "introduce")
    story.world.ask(a, "introduction.quote", id=story.id, amount=5)
    story.do("poser", "agree")
    assert proposed(story) == {a.org: "agreed", b.org: "lost"}
    story.world.ask(a, "introduction.lose", id=story.id, reason="capacity")
    assert proposed(story) == {a.org: "lost", b.org: "proposed"}
