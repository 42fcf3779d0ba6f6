"""Tokens: narrower than their account, for a limited time, made and handed on by nobody but the person."""

from __future__ import annotations

import pytest

from tandem.base.clock import DAY
from tandem.base.errors import Absent, Denied, Invalid
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run

from .conftest import EMBEDDED


def test_a_token_acts_within_its_scopes(world, people):
    """It reads what it may read, and asks for nothing else."""
    me = people.signed_in(organisation=world.organisation("东莞精密"))
    made = world.ask(me, "token.create", label="reader", scopes=["read"])
    token = people.who(made.secret)
    assert (token.account, token.org, token.key, token.scopes) == (
        me.account,
        me.org,
        made.id,
        frozenset({"read"}),
    )
    assert world.ask(token, "need.list").items == ()
    with pytest.raises(Denied, match=r"action\.scope"):
        world.ask(token, "need.pose", title="x")


def test_a_token_never_gets_more_than_its_account_may(world, people):
    """Its role is the account's of this moment; what the role may never do is refused as a scope."""
    me = people.signed_in("op", role="operator")
    people.signed_in("op2", role="operator")
    token = world.ask(me, "token.create", label="x", scopes=["account.list"]).secret
    assert world.ask(people.who(token), "account.list").items
    world.ask(HERE, "account.set", id=me.account, role="member")
    with pytest.raises(Denied, match=r"action\.refused"):
        world.ask(people.who(token), "account.list")
    with pytest.raises(Denied, match=r"token\.beyond"):
        world.ask(people.who(people.secret("op")), "token.create", label="x", scopes=["account.list"])


@pytest.mark.parametrize("scope", ["write", "Read", "need.", "need.*", "", "*", "visitor"])
@EMBEDDED
def test_unknown_scopes_are_refused(world, people, scope):
    """What means nothing now must not mean something later."""
    with pytest.raises(Invalid, match=r"token\.scope"):
        world.ask(people.signed_in(), "token.create", label="x", scopes=["read", scope])


def test_tokens_expire_and_are_revoked(world, people):
    """On their last second, or at once; another's token is as if it were not there."""
    me = people.signed_in()
    short, long = (world.ask(me, "token.create", label=f"{d}", days=d) for d in (1, 30))
    with pytest.raises(Absent):
        world.ask(people.signed_in("other"), "token.revoke", id=long.id)
    world.clock.now += DAY - 1
    assert people.who(short.secret).key == short.id
    world.clock.now += 1
    with pytest.raises(Denied):
        people.who(short.secret)
    assert people.who(long.secret).key == long.id
    world.ask(me, "token.revoke", id=long.id)
    with pytest.raises(Denied):
        people.who(long.secret)
    assert {one.revoked_at for one in world.ask(me, "token.list").items} == {None, world.clock.now}


def test_no_token_does_what_is_a_persons_alone(world, people):
    """Neither makes it tokens nor changes accounts, sessions or passwords; it may end itself."""
    me = people.signed_in("op", role="operator")
    other = people.signed_in("other")
    for agent in (False, True):
        made = world.ask(me, "token.create", label="all", agent=agent)
        token = people.who(made.secret)
        for name, given in (
            ("token.create", {"label": "more"}),
            ("account.edit", {"name": "x"}),
            ("account.set", {"id": other.account, "role": "operator"}),
            ("account.erase", {"id": other.account}),
            ("session.revoke", {"id": me.key}),
        ):
            with pytest.raises(Denied, match=r"account\.person"):
                world.ask(token, name, **given)
        with pytest.raises(Absent):
            world.ask(token, "session.close")
        world.ask(token, "token.revoke", id=made.id)
        with pytest.raises(Denied, match=r"session\.unknown"):
            people.who(made.secret)


def test_the_secret_is_shown_once(world, people):
    """Not in lists, and not in the answer to a repeated request."""
    me = people.signed_in()
    asker = Asker(me, hub=world.hub, key="k")
    made, again = (run("token.create", {"label": "x"}, asker) for _ in range(2))
    assert made.secret.startswith("tdt_")
    assert (again.id, again.secret) == (made.id, None)
    assert made.secret not in repr(world.ask(me, "token.list"))


@pytest.mark.parametrize("days", [0, 367, -1])
@EMBEDDED
def test_a_token_lives_a_year_at_most(world, people, days):
    """And a day at least."""
    with pytest.raises(Invalid, match=r"setting\.m"):
        world.ask(people.signed_in(), "token.create", label="x", days=days)
