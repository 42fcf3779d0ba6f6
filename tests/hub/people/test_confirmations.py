"""Confirmations: what an agent would bind its member to is done once, by the member's own word, or not at all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.base.settings import Upload
from tandem.domain.people import HERE, VISITOR
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.answers import Awaiting
from tandem.hub.people import confirmations
from tandem.storage.database import schema as s


@pytest.fixture
def me(world, people):
    return people.signed_in(organisation=world.organisation("东莞精密"))


@pytest.fixture
def agent(world, people, me):
    return people.who(world.ask(me, "token.create", label="assistant", agent=True).secret)


def needs(world):
    return world.ask(HERE, "need.list").items


def test_an_agents_wish_waits_and_is_done_as_the_member_once(world, me, agent):
    """Nothing happens before the member's word; after it the need is the member's organisation's."""
    waits = world.ask(agent, "need.pose", title="谐波减速器", due_on="2027-06-30", budget_max="2500.50")
    assert isinstance(waits, Awaiting)
    assert needs(world) == ()
    (seen,) = world.ask(me, "confirmation.list").items
    assert (seen.id, seen.action, seen.state, seen.given["title"]) == (
        waits.confirmation_id, "need.pose", "waiting", "谐波减速器",
    )  # fmt: skip
    done = world.ask(me, "confirmation.accept", id=waits.confirmation_id)
    (need,) = needs(world)
    assert (need.id, need.org_id, need.due_on, need.budget_max) == (
        done.answer["id"],
        me.org,
        "2027-06-30",
        250_050,
    )
    with pytest.raises(Conflict, match=r"confirmation\.answered"):
        world.ask(me, "confirmation.accept", id=waits.confirmation_id)
    with pytest.raises(Conflict, match=r"confirmation\.answered"):
        world.ask(me, "confirmation.refuse", id=waits.confirmation_id)
    assert len(needs(world)) == 1


def test_the_member_is_told(world, me, agent):
    """A notice names the action and the confirmation."""
    waits = world.ask(agent, "need.pose", title="x")
    with world.hub.database.reading() as tx:
        (notice,) = [
            one for one in tx.rows(sa.select(s.notices), me) if one["code"] == "confirmation.waiting"
        ]
    assert (notice["about"], notice["params"]) == (waits.confirmation_id, '{"action": "need.pose"}')


# What an agent of a member, manager or operator does without asking: nothing that others come to see or rely on.
FREE = {"offer.withdraw", "delivery.remove", "search.save", "search.forget", "notice.read", "introduction.propose",
        "round.start", "round.drop", "job.stop", "job.work", "search.news", "search.rebuild", "introduction.sweep",
        "introduction.lease", "records.sample", "register.sample", "records.hand_over", "records.mend",
        "records.let_go", "webhook.remove", "webhook.test"}  # fmt: skip
# What refuses agents by itself, or is nothing to them: it begins or ends what they are not.
REFUSED = {"account.edit", "account.set", "account.erase", "account.reset", "token.create", "token.revoke",
           "session.revoke", "session.close", "confirmation.accept", "confirmation.refuse", "webhook.add",
           "membership.decline", "membership.withdraw", "webhook.replay", "records.import",
           "records.import_later", "register.import", "journal.erase"}  # fmt: skip
STRANGERS = {"account.register", "account.unsubscribe", "account.renew", "session.open", "setup.begin"}


def test_it_is_decided_of_every_change_whether_an_agent_may_make_it():
    """Each action that writes binds, refuses agents, or stands here as one that commits and discloses nothing."""
    writing = {name for name, action in ACTIONS.items() if action.does == "writes"}
    assert {name for name in writing if not ACTIONS[name].binds} == FREE | REFUSED | STRANGERS


def test_what_refuses_agents_refuses_the_operators_too(world, people):
    """Each of them, asked for by an agent of an operator with something that is there."""
    boss = people.signed_in("boss", role="operator", organisation=world.organisation("甲"))
    agent = people.who(world.ask(boss, "token.create", label="x", agent=True).secret)
    other = world.ask(boss, "token.create", label="y").id
    hook = world.ask(boss, "webhook.add", address="https://hooks.example.org/x").id
    waits = world.ask(agent, "need.pose", title="x", organisation=boss.org).confirmation_id
    sent = world.ask(HERE, "membership.invite", login="boss", organisation=world.organisation("乙")).id
    asked = {
        "account.edit": {"name": "z"}, "account.set": {"id": boss.account, "role": "auditor"},
        "account.erase": {"id": people.registered("li.wei")}, "account.reset": {"id": boss.account},
        "token.create": {"label": "z"}, "token.revoke": {"id": other}, "session.revoke": {"id": boss.key},
        "session.close": {}, "confirmation.accept": {"id": waits}, "confirmation.refuse": {"id": waits},
        "webhook.add": {"address": "https://hooks.example.org/x"}, "journal.erase": {"record": boss.account},
        "membership.decline": {"id": sent}, "membership.withdraw": {"id": sent}, "webhook.replay": {"id": hook},
        "records.import": {"file": Upload("needs.csv", b"title,organisation\nx,y\n")},
        "records.import_later": {"id": other},
        "register.import": {"file": Upload("figures.csv", b"indicator,value,geography\nx,1,y\n")},
    }  # fmt: skip
    assert set(asked) == REFUSED
    for name, given in asked.items():
        with pytest.raises((Denied, Absent)):
            world.ask(agent, name, **given)


def test_an_agent_opens_nothing_by_an_edit(world, me, agent):
    """Neither a wider visibility nor the poser's name comes by an agent's edit before the member's word."""
    need = world.ask(me, "need.pose", title="x", visibility="confidential", anonymous=True)
    offer = world.ask(me, "offer.add", title="y", visibility="confidential", price_from=100)
    made = world.ask(me, "delivery.add", title="z", visibility="confidential")
    wishes = [
        world.ask(agent, "need.edit", id=need.id, visibility="public", anonymous=False),
        world.ask(agent, "offer.edit", id=offer.id, visibility="public", price_from=1),
        world.ask(agent, "delivery.edit", id=made.id, visibility="public"),
        world.ask(agent, "delivery.add", title="w", visibility="public"),
    ]
    assert all(isinstance(one, Awaiting) for one in wishes)
    assert (world.ask(me, "need.show", id=need.id), world.ask(me, "offer.show", id=offer.id)) == (need, offer)
    assert world.ask(me, "delivery.list").items == (made,)
    assert [len(world.ask(VISITOR, f"{one}.list").items) for one in ("need", "offer", "delivery")] == [
        0,
        0,
        0,
    ]
    for one in wishes:
        world.ask(me, "confirmation.accept", id=one.confirmation_id)
    seen = world.ask(VISITOR, "need.show", id=need.id)
    assert (seen.organisation, seen.version) == (me.org, 2)
    assert [len(world.ask(VISITOR, f"{one}.list").items) for one in ("offer", "delivery")] == [1, 2]


def test_refused_is_refused(world, me, agent):
    """After a no there is no yes."""
    waits = world.ask(agent, "need.pose", title="x")
    world.ask(me, "confirmation.refuse", id=waits.confirmation_id)
    with pytest.raises(Conflict, match=r"confirmation\.answered"):
        world.ask(me, "confirmation.accept", id=waits.confirmation_id)
    assert needs(world) == ()
    assert [one.state for one in world.ask(me, "confirmation.list").items] == ["refused"]


def test_what_waited_too_long_is_not_done(world, people, me, agent):
    """From the last second on it is expired, in lists too."""
    waits = world.ask(agent, "need.pose", title="x")
    world.clock.now = waits.expires_at
    with pytest.raises(Conflict, match=r"confirmation\.expired"):
        world.ask(me, "confirmation.accept", id=waits.confirmation_id)
    assert [one.state for one in world.ask(me, "confirmation.list", state="expired").items] == ["expired"]
    assert world.ask(me, "confirmation.list", state="waiting").items == ()
    assert needs(world) == ()


def test_nobody_else_confirms(world, people, me, agent):
    """Neither a colleague, nor the operator, nor the agent, nor another token of the member."""
    waits = world.ask(agent, "need.pose", title="x")
    colleague = people.signed_in("colleague", organisation=me.org)
    operator = people.signed_in("op", role="operator")
    token = people.who(world.ask(me, "token.create", label="all").secret)
    for other, error in ((colleague, Absent), (operator, Absent), (agent, Denied), (token, Denied)):
        for name in ("confirmation.accept", "confirmation.refuse"):
            with pytest.raises(error):
                world.ask(other, name, id=waits.confirmation_id)
    assert needs(world) == ()


def test_revoking_the_agent_takes_its_wishes_back(world, people, me, agent):
    """Who takes the token away is not asked about what came with it."""
    waits = world.ask(agent, "need.pose", title="x")
    world.ask(me, "token.revoke", id=agent.key)
    with pytest.raises(Conflict, match=r"confirmation\.expired"):
        world.ask(me, "confirmation.accept", id=waits.confirmation_id)


def test_scopes_hold_for_what_waits(world, people, me):
    """An agent without the scope cannot even ask."""
    agent = people.who(world.ask(me, "token.create", label="x", agent=True, scopes=["read"]).secret)
    with pytest.raises(Denied, match=r"action\.scope"):
        world.ask(agent, "need.pose", title="x")
    assert world.ask(me, "confirmation.list").items == ()


def test_what_cannot_be_done_any_more_still_waits(world, people, me, agent):
    """The member has left the organisation: the word fails as the action does, and nothing is marked as done."""
    waits = world.ask(agent, "need.pose", title="x")
    world.ask(HERE, "account.set", id=me.account, leave=True)
    gone = people.who(people.secret())
    with pytest.raises(Denied, match=r"record\.no_organisation"):
        world.ask(gone, "confirmation.accept", id=waits.confirmation_id)
    assert [one.state for one in world.ask(gone, "confirmation.list").items] == ["waiting"]


def test_wrong_input_is_told_to_the_agent_at_once(world, agent, me):
    """What is no input never waits."""
    with pytest.raises(Invalid, match=r"setting\.date"):
        world.ask(agent, "need.pose", title="x", due_on="soon")
    assert world.ask(me, "confirmation.list").items == ()


def test_an_agent_that_repeats_itself_asks_once(world, me, agent):
    """Under its key the same wish waits once."""
    asker = Asker(agent, hub=world.hub, key="k")
    assert run("need.pose", {"title": "x"}, asker) == run("need.pose", {"title": "x"}, asker)
    assert len(world.ask(me, "confirmation.list").items) == 1


def test_an_agent_sees_its_own_wishes_only(world, people, me, agent):
    """Not those of the member's other agents."""
    other = people.who(world.ask(me, "token.create", label="other", agent=True).secret)
    world.ask(agent, "need.pose", title="x")
    assert len(world.ask(agent, "confirmation.list").items) == 1
    assert world.ask(other, "confirmation.list").items == ()


def test_wishes_are_bounded(world, me, agent, monkeypatch):
    """An agent gone wild fills no table; what has expired makes room."""
    monkeypatch.setattr(confirmations, "MOST", 3)
    for n in range(3):
        waits = world.ask(agent, "need.pose", title=f"{n}")
    with pytest.raises(Conflict, match=r"confirmation\.many"):
        world.ask(agent, "need.pose", title="x")
    world.clock.now = waits.expires_at
    assert world.ask(agent, "need.pose", title="x")
    assert len(world.ask(me, "confirmation.list", state="waiting").items) == 1


def test_the_members_word_is_for_the_terms_that_the_agent_asked_about(world, people, me, agent):
    """A quote that was raised after the agent asked is not agreed to by the word for the earlier one."""
    other = people.signed_in("other", organisation=world.organisation("深圳检测研究院"))
    need = world.ask(me, "need.pose", title="谐波减速器")
    row = {"state": "introduced", "need_id": need.id, "poser_id": me.org, "org_id": other.org, "poser_revealed": True,
           "org_revealed": True, "title": need.title, "invited_at": world.clock.now}  # fmt: skip
    id_ = world.hub.database.write(lambda tx: tx.add(s.introductions, row)).result()["id"]
    world.ask(other, "introduction.quote", id=id_, amount=100)
    waits = world.ask(agent, "introduction.agree", id=id_)
    world.ask(other, "introduction.quote", id=id_, amount=900)
    with pytest.raises(Conflict, match=r"record\.stale"):
        world.ask(me, "confirmation.accept", id=waits.confirmation_id)
    assert world.ask(me, "introduction.show", id=id_).state == "quoted"
    again = world.ask(agent, "introduction.agree", id=id_)
    assert world.ask(me, "confirmation.accept", id=again.confirmation_id).answer["state"] == "agreed"
