"""Places of offers and slots of needs: taken, given back, never more than there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tandem.base.errors import Conflict
from tandem.domain.introductions import HOLDING
from tandem.hub.actions import Asker, start
from tandem.storage.database import schema as s


def invited(story, actor, offered, need=None):
    """An invitation to serve a need, by its id."""
    asked = {"need": need or story.pose(), "organisation": actor.org, "offer": offered}
    story.id = story.ask("broker", "propose", **asked).id
    story.do("broker", "invite")
    return story.id


def held(story, offered):
    i = s.introductions.c
    with story.world.hub.database.reading() as tx:
        return len(tx.unguarded(s.introductions.select().where(i.offer_id == offered, i.state.in_(HOLDING))))


def test_answers_at_once_never_take_more_than_there_is(story):
    """Twelve say yes at once to an offer with three places: three are interested, nine hear that it is full."""
    actor, offered = story.provider("广州检验集团", capacity=3)
    ids = [invited(story, actor, offered) for _ in range(12)]

    def answer(id_):
        asker = Asker(actor, hub=story.world.hub)
        try:
            return start("introduction.answer", {"id": id_, "answer": "interested"}, asker).result().state
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(12) as threads:
        told = list(threads.map(answer, ids))
    assert sorted(told) == ["interested"] * 3 + ["introduction.capacity"] * 9
    assert held(story, offered) == 3


@pytest.mark.parametrize("end", ["lose", "expire", "outcome", "withdraw"])
def test_a_place_is_free_again_when_it_ends(story, end):
    """Loss, expiry, outcome and a need taken back each give the one place to the next."""
    actor, offered = story.provider("广州检验集团")
    need = story.pose()
    first, second = invited(story, actor, offered, need), invited(story, actor, offered)
    story.world.ask(actor, "introduction.answer", id=first, answer="interested")
    with pytest.raises(Conflict, match=r"introduction\.capacity"):
        story.world.ask(actor, "introduction.answer", id=second, answer="interested")
    story.id = first
    if end == "lose":
        story.do("poser", "lose", reason="timing")
    elif end == "outcome":
        story.do("poser", "introduce")
        story.world.ask(actor, "introduction.quote", id=first, amount=1)
        story.do("poser", "agree")
        story.do("poser", "outcome", rating=1)
    elif end == "withdraw":
        story.world.ask(story.actors["poser"], "need.withdraw", id=need)
        assert story.show("broker").reason == "withdrawn"
    else:
        story.world.clock.now += 6 * 86_400
        story.ask("broker", "sweep")
        story.id = second
        story.ask(
            "broker", "propose", need=story.show("broker").need_id, organisation=actor.org, offer=offered
        )
        story.do("broker", "invite")
    assert held(story, offered) == 0
    assert story.world.ask(actor, "introduction.answer", id=second, answer="interested").state == "interested"


def test_an_offer_without_capacity_or_withdrawn_takes_nobody(story):
    """Capacity 0 is full; a withdrawn offer says so."""
    actor, offered = story.provider("广州检验集团", capacity=0)
    id_ = invited(story, actor, offered)
    with pytest.raises(Conflict, match=r"introduction\.capacity"):
        story.world.ask(actor, "introduction.answer", id=id_, answer="interested")
    close = s.offers.update().where(s.offers.c.id == offered).values(state="withdrawn")
    story.world.hub.database.write(lambda tx: tx.execute(close)).result()
    with pytest.raises(Conflict, match=r"introduction\.offer_closed"):
        story.world.ask(actor, "introduction.answer", id=id_, answer="interested")


def test_the_invited_chooses_with_which_offer_it_serves(story):
    """An offer of its own takes the place; another organisation's is refused."""
    actor, offered = story.provider("广州检验集团")
    id_ = invited(story, actor, None)
    with pytest.raises(Exception, match=r"record\.absent|introduction\.offer"):
        story.world.ask(actor, "introduction.answer", id=id_, answer="interested", offer=story.offer)
    answered = story.world.ask(actor, "introduction.answer", id=id_, answer="interested", offer=offered)
    assert answered.offer_id == offered
    assert held(story, offered) == 1


def quoted(story, name, need):
    """An introduction with a quote, by its id."""
    actor, offered = story.provider(name)
    id_ = invited(story, actor, offered, need)
    story.world.ask(actor, "introduction.answer", id=id_, answer="interested")
    story.do("poser", "introduce")
    story.world.ask(actor, "introduction.quote", id=id_, amount=100)
    return id_


def state(story, need):
    return story.row(s.needs, need)["state"]


def test_a_need_is_answered_with_its_last_slot_and_posed_again_when_one_falls_away(story):
    """Two slots, three quotes: the third ends with the second agreement; a lost agreement opens the need again."""
    need = story.pose(slots=2)
    ids = [quoted(story, name, need) for name in ("甲", "乙", "丙")]
    story.id = ids[0]
    story.do("poser", "agree")
    assert state(story, need) == "posed"
    story.id = ids[1]
    story.do("poser", "agree")
    assert state(story, need) == "answered"
    story.id = ids[2]
    assert (story.show("broker").state, story.show("broker").reason) == ("lost", "filled")
    story.id = ids[1]
    story.do("poser", "lose", reason="terms")
    assert state(story, need) == "posed"


def test_agreements_at_once_never_fill_more_than_the_slots(story):
    """Four quotes agreed to at the same time, one slot: one agreement."""
    need = story.pose()
    ids = [quoted(story, name, need) for name in "甲乙丙丁"]

    def agree(id_):
        asker = Asker(story.actors["poser"], hub=story.world.hub)
        try:
            return start("introduction.agree", {"id": id_}, asker).result().state
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(4) as threads:
        told = sorted(threads.map(agree, ids))
    assert told == ["agreed"] + ["move.refused"] * 3
