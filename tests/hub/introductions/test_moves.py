"""Who may move what: every action, by every side, out of every state, against the table."""

from __future__ import annotations

import pytest
from tests.hub.introductions.conftest import PATHS

from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain import introductions as table
from tandem.hub.actions import Asker, run
from tandem.storage.database import schema as s

ASKED = {
    "invite": ({}, "invited"),
    "answer": ({"answer": "interested"}, "interested"),
    "introduce": ({}, "introduced"),
    "quote": ({"amount": 1}, "quoted"),
    "agree": ({}, "agreed"),
    "lose": ({"reason": "other"}, "lost"),
    "outcome": ({"rating": 1.0}, "outcome"),
}
STATES = [one for one in (*PATHS, "expired") if one != "lost_late"]


@pytest.mark.parametrize("side", ["poser", "invited", "broker", "stranger"])
@pytest.mark.parametrize("at", STATES)
def test_only_moves_of_the_table_are_made(story, at, side):
    """A move that the table has is made; any other is refused and changes nothing."""
    before = story.reach(at)
    for verb, (given, to) in ASKED.items():
        move = table.found(f"introduction.{verb}", at, to)
        allowed = move is not None and side in move.by and not (side == "broker" and verb == "introduce")
        if allowed:
            continue
        with pytest.raises((Absent, Conflict, Denied)):
            story.do(side, verb, **given)
        assert story.show("broker") == before
    for verb, (given, to) in ASKED.items():
        move = table.found(f"introduction.{verb}", at, to)
        if move is not None and side in move.by and (side, verb) != ("broker", "introduce"):
            assert story.do(side, verb, **given).state == to
            return


def test_the_broker_introduces_once_the_poser_has_revealed_itself(story):
    """Without the poser's word nobody learns who it is."""
    story.reach("interested")
    with pytest.raises(Conflict, match=r"introduction\.not_revealed"):
        story.do("broker", "introduce")
    story.do("poser", "reveal")
    story.do("broker", "introduce")
    assert story.show("invited").contact is not None


def test_the_broker_speaks_for_who_has_no_account(story):
    """An organisation without anybody who can sign in answers by the broker; one with an account answers itself."""
    org = story.world.organisation("珠海钣金")
    story.id = story.ask("broker", "propose", need=story.need, organisation=org).id
    story.do("poser", "invite")
    assert story.do("broker", "answer", answer="interested").state == "interested"
    story.world.person("member", org)
    story.do("poser", "introduce")
    with pytest.raises(Denied, match=r"introduction\.party"):
        story.do("broker", "quote", amount=1)


def test_a_decline_has_a_reason_and_an_interest_none(story):
    """A coded reason goes with a no, and only with a no."""
    story.reach("invited")
    for given in ({"answer": "declined"}, {"answer": "interested", "reason": "scope"}):
        with pytest.raises(Invalid, match=r"introduction\.reason"):
            story.do("invited", "answer", **given)
    assert story.do("invited", "answer", answer="declined", reason="budget", note="太少").reason == "budget"
    assert story.show("poser").note == "太少"


def test_a_proposal_is_for_one_pair_once(story):
    """The same pair again is refused while it lives and after a no; one that expired may be proposed again."""
    story.reach("expired")
    again = {"need": story.need, "organisation": story.actors["invited"].org, "offer": story.offer}
    assert story.ask("broker", "propose", **again).id == story.id
    assert story.show("broker").invited_at is None
    with pytest.raises(Absent):
        story.show("invited")  # not invited again yet
    with pytest.raises(Conflict, match=r"move\.refused"):
        story.ask("broker", "propose", **again)
    story.do("poser", "invite")
    story.do("invited", "answer", answer="declined", reason="scope")
    with pytest.raises(Conflict, match=r"move\.refused"):
        story.ask("broker", "propose", **again)


def test_what_cannot_be_proposed(story):
    """Oneself, somebody who is not seen, another's offer, for another's need, for a need that wants nobody."""
    helper, offered = story.provider("广州检验集团")
    ask = story.ask
    with pytest.raises(Invalid, match=r"introduction\.self"):
        ask("poser", "propose", need=story.need, organisation=story.actors["poser"].org)
    with pytest.raises(Absent):
        ask("poser", "propose", need=story.need, organisation=story.actors["invited"].org)
    with pytest.raises(Invalid, match=r"introduction\.offer"):
        ask("broker", "propose", need=story.need, organisation=helper.org, offer=story.offer)
    with pytest.raises(Absent):
        ask("stranger", "propose", need=story.need, organisation=helper.org)
    seen = story.pose(visibility="public")
    with pytest.raises(Denied, match=r"record\.others"):
        ask("stranger", "propose", need=seen, organisation=helper.org)
    done = story.pose(state="closed")
    with pytest.raises(Conflict, match=r"introduction\.need"):
        ask("poser", "propose", need=done, organisation=helper.org, offer=offered)


def test_agreeing_to_another_amount_than_the_quoted_is_refused(story):
    """A later quote stands; who agrees to the amount that was seen before hears of it."""
    story.reach("quoted")
    story.do("invited", "quote", amount=20_000_000, currency="HKD")
    with pytest.raises(Conflict, match=r"introduction\.quote"):
        story.do("poser", "agree", amount=12_345_600)
    assert story.do("poser", "agree", amount=20_000_000).currency == "HKD"


def test_a_move_needs_the_version_that_was_seen(story):
    """Under an old version nothing moves."""
    story.reach("interested")
    asker = Asker(story.actors["poser"], hub=story.world.hub, version=1)
    with pytest.raises(Conflict, match=r"record\.stale"):
        run("introduction.introduce", {"id": story.id}, asker)


def test_what_binds_waits_for_the_members_word():
    """An agent may propose for a need, which nobody but its poser sees; every later move is its member's."""
    from tandem.hub.actions import ACTIONS

    binding = {name for name, action in ACTIONS.items() if name.startswith("introduction.") and action.binds}
    moves = ("invite", "answer", "reveal", "introduce", "quote", "agree", "lose", "outcome", "volunteer")
    assert binding == {f"introduction.{verb}" for verb in moves}


def test_an_ended_introduction_reveals_nobody(story):
    """After the end no side reveals itself by it."""
    story.reach("declined")
    with pytest.raises(Conflict, match=r"introduction\.ended"):
        story.do("poser", "reveal")
    assert story.row(s.introductions, story.id)["poser_revealed"] in (False, 0)


def test_notices_go_to_the_side_that_has_to_act(story):
    """Each step tells the other side, once, and nobody else."""
    story.reach("outcome")
    assert sorted(story.notices("invited")) == sorted(
        f"introduction.{one}" for one in ("invited", "introduced", "agreed", "outcome")
    )
    assert sorted(story.notices("poser")) == sorted(
        f"introduction.{one}" for one in ("proposed", "interested", "quoted")
    )
    assert story.notices("stranger") == []
