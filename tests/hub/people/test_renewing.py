"""A forgotten password: one secret, made by the operator, sets one new password, and only while it holds."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tandem.base.clock import DAY, HOUR
from tandem.base.errors import Absent, Denied, Invalid, Limited
from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.people import limits
from tandem.storage.database import schema as s

from .conftest import EMBEDDED, PASSWORD

NEW = "another horse entirely"


@pytest.fixture
def me(people):
    return people.signed_in()


def secret(world, me):
    return world.ask(HERE, "account.reset", id=me.account).secret


def renew(world, shown, password=NEW):
    return world.ask(VISITOR, "account.renew", secret=shown, password=password)


def refusal(world, shown):
    with pytest.raises(Denied) as refused:
        renew(world, shown)
    return refused.value.code, dict(refused.value.params)


def entries(world, action):
    with world.hub.database.reading() as tx:
        return tx.unguarded(sa.select(s.journal).where(s.journal.c.action == action))


def test_the_new_password_is_the_only_one(world, people, me):
    """The old password, every session, token and agent's token of the account are over; others' are not."""
    sessions = [people.secret(), people.secret()]
    tokens = [world.ask(me, "token.create", label="x", agent=agent).secret for agent in (False, True)]
    other = people.signed_in("wang.fang")
    shown = secret(world, me)
    for one in (*sessions, *tokens):
        assert people.who(one).account == me.account  # made, and nothing has happened yet
    renew(world, shown)
    for one in (*sessions, *tokens):
        with pytest.raises(Denied, match=r"session\.unknown"):
            people.who(one)
    with pytest.raises(Denied, match=r"session\.credentials"):
        people.secret()
    assert people.who(people.secret(password=NEW)).account == me.account
    assert world.ask(other, "account.show").login == "wang.fang"


def test_it_holds_once_for_a_day_and_the_newest_alone(world, people, me):
    """Unknown, used, replaced and expired secrets, and those of other kinds, are told alike and change nothing."""
    told = {str(refusal(world, "tdr_unknown")), str(refusal(world, people.secret()))}
    replaced = secret(world, me)
    used = secret(world, me)
    told.add(str(refusal(world, replaced)))
    renew(world, used)
    told.add(str(refusal(world, used)))
    expired = secret(world, me)
    world.clock.now += DAY
    told.add(str(refusal(world, expired)))
    blocked = secret(world, me)
    world.ask(HERE, "account.set", id=me.account, state="blocked")
    told.add(str(refusal(world, blocked)))
    assert len(told) == 1
    assert "account.renewal" in next(iter(told))
    assert len(entries(world, "account.renew")) == 1


def test_two_at_once_set_one_password(world, me, monkeypatch):
    """A secret that was used between its being looked at and the transaction is refused in the transaction."""
    from tandem.hub.people import renewing

    shown, first = secret(world, me), renewing.prepare

    def slow(given, asker):
        made = first(given, asker)
        monkeypatch.setattr(renewing, "prepare", first)
        renew(world, shown, "the quicker one's words")
        return made

    monkeypatch.setattr(renewing, "prepare", slow)
    assert refusal(world, shown)[0] == "account.renewal"
    assert world.ask(VISITOR, "session.open", login="li.wei", password="the quicker one's words").secret


def test_a_password_that_may_not_be_taken_leaves_the_secret(world, people, me):
    """Too short or the login itself: told so, and the secret still holds; just before the day is over, too."""
    shown = secret(world, me)
    with pytest.raises(Invalid, match=r"password\.short"):
        renew(world, shown, "short")
    world.clock.now += DAY - 1
    renew(world, shown)
    assert people.secret(password=NEW)


def test_it_signs_nobody_in(people, world, me):
    """The secret is no session and no token."""
    with pytest.raises(Denied, match=r"session\.unknown"):
        people.who(secret(world, me))
    assert [len(world.ask(me, f"{one}.list").items) for one in ("session", "token")] == [1, 0]


def test_only_an_operator_in_person_makes_one(world, people, me):
    """Not the owner, not a manager, not by token; for an account that is no more, there is none."""
    boss = people.signed_in("boss", role="operator")
    assert world.ask(boss, "account.reset", id=me.account).account_id == me.account
    token = people.who(world.ask(boss, "token.create", label="x").secret)
    with pytest.raises(Denied, match=r"account\.person"):
        world.ask(token, "account.reset", id=me.account)
    for actor in (me, VISITOR, Actor("manager", "m", "o"), Actor("auditor", "a")):
        with pytest.raises(Denied):
            world.ask(actor, "account.reset", id=me.account)
    world.ask(me, "account.erase", id=me.account, password=PASSWORD)
    with pytest.raises(Absent):
        world.ask(HERE, "account.reset", id=me.account)


def test_it_is_told_to_the_journal_and_to_the_owner_but_never_the_secret(world, people, me):
    """Who made it for whom; a repeated request shows it no more, and no table holds it."""
    asker = Asker(HERE, hub=world.hub, key="k")
    shown = run("account.reset", {"id": me.account}, asker).secret
    assert run("account.reset", {"id": me.account}, asker).secret is None
    renew(world, shown)
    assert [row["record_id"] for one in ("reset", "renew") for row in entries(world, f"account.{one}")] == [
        me.account,
        me.account,
    ]
    with world.hub.database.reading() as tx:
        codes = {row["code"] for row in tx.rows(sa.select(s.notices), me)}
        held = repr([tx.unguarded(sa.select(table)) for table in s.metadata.sorted_tables])
    assert {"account.reset", "account.renew"} <= codes
    assert shown not in held
    assert NEW not in held


def test_no_visitor_gets_the_answer_of_another(world, me):
    """Nobody can tell visitors apart: under the same key another one is neither answered nor refused for it."""
    shown = secret(world, me)
    asker = Asker(VISITOR, hub=world.hub, key="mine")
    run("account.renew", {"secret": shown, "password": NEW}, asker)
    with pytest.raises(Denied, match=r"account\.renewal"):
        run("account.renew", {"secret": "tdr_guessed", "password": NEW}, asker)
    with world.hub.database.reading() as tx:
        assert not tx.unguarded(sa.select(s.kept_answers))


def test_a_provider_that_was_linked_opens_it_no_more(world, me):
    """Whoever linked a login of their own while they had the account is out with the old password."""
    a = s.accounts
    link = sa.update(a).where(a.c.id == me.account).values(subject="https://login.example sub")
    world.hub.database.write(lambda tx: tx.execute(link)).result()
    renew(world, secret(world, me))
    with world.hub.database.reading() as tx:
        assert tx.one(a, me.account, HERE)["subject"] is None


@EMBEDDED
def test_trying_secrets_is_as_slow_as_trying_passwords(world):
    """One address has a few tries, shared with signing in."""
    action = ACTIONS["account.renew"]
    for _ in range(limits.RATES["sign_in"].burst):
        limits.admit(world.hub, action, VISITOR, "203.0.113.7")
    with pytest.raises(Limited):
        limits.admit(world.hub, ACTIONS["session.open"], VISITOR, "203.0.113.7")
    world.clock.now += HOUR
    limits.admit(world.hub, action, VISITOR, "203.0.113.7")
