"""Memberships: whoever is invited decides, in person; whoever invites learns of no account by it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.answers import Awaiting
from tandem.hub.people import membership
from tandem.storage.database import schema as s
from tandem.storage.database.session import Session

from .conftest import EMBEDDED, PASSWORD


@pytest.fixture
def org(world):
    return world.organisation("东莞精密", visibility="confidential")


@pytest.fixture
def boss(people, org):
    return people.signed_in("boss", organisation=org, role="manager")


def codes(world, actor):
    return [one.code for one in world.ask(actor, "notice.list").items]


@pytest.mark.parametrize("role", ["member", "manager"])
@pytest.mark.parametrize("by", ["login", "account"])
def test_whoever_accepts_acts_for_the_organisation(world, people, org, boss, by, role):
    """In the role of the invitation, from the next request of the same session; before, nothing is different."""
    secret = (people.registered(), people.secret())[1]
    me = people.who(secret)
    told = {"login": "ＬＩ.wei"} if by == "login" else {"account": me.account}
    sent = world.ask(boss, "membership.invite", role=role, **told)
    assert (sent.state, sent.organisation, sent.expires_at) == ("invited", org, world.clock.now + 14 * DAY)
    assert (people.who(secret).org, people.who(secret).role) == (None, "member")
    assert codes(world, me) == ["membership.invited"]
    (got,) = world.ask(me, "membership.list").items
    assert (got.id, got.name, got.role, got.state) == (sent.id, "东莞精密", role, "invited")
    assert world.ask(me, "membership.accept", id=got.id).state == "accepted"
    assert (people.who(secret).org, people.who(secret).role) == (org, role)
    assert "membership.accepted" in codes(world, boss)
    (seen,) = world.ask(boss, "membership.list", state="accepted").items
    assert (seen.id, seen.answered_at) == (sent.id, world.clock.now)


def test_whoever_declines_stays_as_they_were(world, people, boss):
    """And the invitation cannot be accepted afterwards."""
    me = people.signed_in()
    id_ = world.ask(boss, "membership.invite", login="li.wei").id
    assert world.ask(me, "membership.decline", id=id_).id == id_
    for name in ("membership.accept", "membership.decline"):
        with pytest.raises(Conflict, match=r"membership\.over"):
            world.ask(me, name, id=id_)
    with pytest.raises(Conflict, match=r"membership\.over"):
        world.ask(boss, "membership.withdraw", id=id_)
    assert people.who(people.secret()).org is None
    assert "membership.declined" in codes(world, boss)


def test_an_invitation_ends_by_withdrawing_and_by_time(world, people, boss):
    """Both are told as what they are, and neither can be accepted."""
    me = people.signed_in()
    first = world.ask(boss, "membership.invite", login="li.wei").id
    with pytest.raises(Conflict, match=r"membership\.waiting"):
        world.ask(boss, "membership.invite", login="li.wei", role="manager")
    world.ask(boss, "membership.withdraw", id=first)
    second = world.ask(boss, "membership.invite", login="li.wei").id
    world.clock.now += 14 * DAY
    me = people.who(people.secret())
    assert {one.id: one.state for one in world.ask(me, "membership.list").items} == {
        first: "withdrawn", second: "expired"}  # fmt: skip
    assert [one.id for one in world.ask(me, "membership.list", state="expired").items] == [second]
    assert world.ask(me, "membership.list", state="invited").items == ()
    for id_ in (first, second):
        with pytest.raises(Conflict, match=r"membership\.over"):
            world.ask(me, "membership.accept", id=id_)
    boss = people.who(people.secret("boss"))
    assert world.ask(boss, "membership.invite", login="li.wei").state == "invited"


def test_the_other_invitations_of_the_organisation_are_withdrawn_with_an_answer(world, people, org, boss):
    """One sent by login and one by id: after the first is accepted, the second makes nobody manager, also later."""
    me = people.signed_in()
    first = world.ask(boss, "membership.invite", login="li.wei").id
    second = world.ask(boss, "membership.invite", account=me.account, role="manager").id
    elsewhere = world.ask(
        HERE, "membership.invite", login="li.wei", organisation=world.organisation("佛山陶瓷")
    ).id
    world.ask(me, "membership.accept", id=first)
    me = people.who(people.secret())
    states = {one.id: one.state for one in world.ask(me, "membership.list").items}
    assert states == {first: "accepted", second: "withdrawn", elsewhere: "invited"}
    with pytest.raises(Conflict, match=r"account\.belongs"):
        world.ask(me, "membership.accept", id=elsewhere)
    with pytest.raises(Conflict, match=r"membership\.colleague"):
        world.ask(boss, "membership.invite", login="li.wei")


def test_an_agent_neither_invites_nor_joins_before_its_member_says_so(world, people, org, boss):
    """Both are kept as wishes; declining, and all of it by a plain token, is refused."""
    me = people.signed_in()
    wish = world.ask(people.who(world.ask(boss, "token.create", label="x", agent=True).secret),
                     "membership.invite", login="li.wei")  # fmt: skip
    assert isinstance(wish, Awaiting)
    assert world.ask(me, "membership.list").items == ()
    world.ask(boss, "confirmation.accept", id=wish.confirmation_id)
    (got,) = world.ask(me, "membership.list").items
    secrets = [world.ask(me, "token.create", label="x", agent=agent).secret for agent in (True, False)]
    agent, token = map(people.who, secrets)
    wish = world.ask(agent, "membership.accept", id=got.id)
    assert people.who(people.secret()).org is None
    for actor, name in ((agent, "decline"), (token, "decline"), (token, "accept")):
        with pytest.raises(Denied, match=r"account\.person"):
            world.ask(actor, f"membership.{name}", id=got.id)
    with pytest.raises(Denied, match=r"account\.person"):
        world.ask(
            people.who(world.ask(boss, "token.create", label="y").secret), "membership.invite", login="x1"
        )
    world.ask(me, "confirmation.accept", id=wish.confirmation_id)
    assert people.who(people.secret()).org == org


def test_nobody_else_answers_or_sees_an_invitation(world, people, boss):
    """The manager who sent it may not accept it for its owner, nor the operator; to others it is not there."""
    people.registered()
    other = people.signed_in("other", organisation=world.organisation("佛山陶瓷"), role="manager")
    id_ = world.ask(boss, "membership.invite", login="li.wei").id
    operator = people.signed_in("op", role="operator")
    for actor in (boss, operator):
        for name in ("accept", "decline"):
            with pytest.raises(Denied, match=r"membership\.theirs"):
                world.ask(actor, f"membership.{name}", id=id_)
    with pytest.raises(Denied, match=r"account\.none"):
        world.ask(HERE, "membership.accept", id=id_)
    for name in ("accept", "decline", "withdraw"):
        with pytest.raises(Absent, match=r"record\.absent"):
            world.ask(other, f"membership.{name}", id=id_)
    assert world.ask(other, "membership.list").items == ()
    mine = world.ask(HERE, "membership.invite", login="other", organisation=boss.org).id
    with pytest.raises(
        Denied, match=r"record\.others"
    ):  # who is invited does not withdraw for the organisation
        world.ask(other, "membership.withdraw", id=mine)


@EMBEDDED
def test_inviting_nobody_costs_what_inviting_somebody_costs(world, people, boss, monkeypatch):
    """The same statements in the same order, so that no time tells of an account."""
    people.registered()
    ran, driver = [], Session.driver

    def counted(self, text, parameters=None):
        ran.append(text)
        driver(self, text, parameters)

    monkeypatch.setattr(Session, "driver", counted)
    seen = {}
    for told in ({"login": "li.wei"}, {"login": "no.one"}, {"account": "x" * 26}):
        ran.clear()
        world.ask(boss, "membership.invite", **told)
        seen[str(told)] = [
            text for text in ran if "accounts.id =" not in text and "accounts.login =" not in text
        ]
        assert len(ran) - len(seen[str(told)]) == 1
    assert len({str(texts) for texts in seen.values()}) == 1
    assert any("INSERT INTO notices" in text for text in ran)


def test_whom_and_how_many(world, people, org, boss, monkeypatch):
    """One of login and id is told; only so many wait at once; a member invites nobody, a manager for no other."""
    for given in ({}, {"login": "a1", "account": "x" * 26}):
        with pytest.raises(Invalid, match=r"membership\.whom"):
            world.ask(boss, "membership.invite", **given)
    with pytest.raises(Denied, match=r"record\.no_organisation"):
        world.ask(boss, "membership.invite", login="a1", organisation=world.organisation("佛山陶瓷"))
    with pytest.raises(Denied, match=r"action\.refused"):
        world.ask(people.signed_in(organisation=org), "membership.invite", login="a1")
    monkeypatch.setattr(membership, "MOST", 3)
    sent = [world.ask(boss, "membership.invite", login=f"a{n}").id for n in range(3)]
    with pytest.raises(Conflict, match=r"membership\.many"):
        world.ask(boss, "membership.invite", login="a4")
    world.ask(boss, "membership.withdraw", id=sent[0])
    assert world.ask(boss, "membership.invite", login="a4")


def test_a_login_that_is_registered_later_finds_no_invitation(world, people, boss):
    """What reached nobody reaches nobody, so that taking an invited login takes no membership."""
    id_ = world.ask(boss, "membership.invite", login="li.wei").id
    me = people.signed_in()
    assert world.ask(me, "membership.list").items == ()
    with pytest.raises(Absent):
        world.ask(me, "membership.accept", id=id_)


def test_a_login_that_looks_like_an_id_takes_no_invitation_by_id(world, people, boss):
    """Ids and logins are told apart by whoever invites."""
    me = people.signed_in()
    taker = people.signed_in(me.account)
    world.ask(boss, "membership.invite", account=me.account)
    assert world.ask(taker, "membership.list").items == ()
    assert len(world.ask(me, "membership.list").items) == 1


def test_an_erased_person_leaves_no_invitation(world, people, boss):
    """Neither those that reached it, nor one from before it was there, nor an answer that was kept."""
    world.ask(HERE, "membership.invite", login="li.wei", organisation=world.organisation("佛山陶瓷"))
    me = people.signed_in()
    run("membership.invite", {"login": "li.wei"}, Asker(boss, hub=world.hub, key="k"))
    world.ask(me, "account.erase", id=me.account, password=PASSWORD)
    assert world.ask(HERE, "membership.list").items == ()
    with world.hub.database.reading() as tx:
        assert not [row for row in tx.unguarded(sa.select(s.kept_answers)) if b"li.wei" in bytes(row["body"])]


def test_what_is_over_for_long_is_forgotten(world, people, boss):
    """Ninety days after its end, when the next one is sent."""
    world.ask(boss, "membership.invite", login="li.wei")
    world.clock.now += membership.WAITS + membership.KEPT + 1
    boss = people.who(people.secret("boss"))
    assert [one.state for one in world.ask(boss, "membership.list").items] == ["expired"]
    world.ask(boss, "membership.invite", login="li.wei")
    assert [one.state for one in world.ask(boss, "membership.list").items] == ["invited"]
