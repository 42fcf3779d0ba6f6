"""Sessions: opened by the right password alone, and over when they are over."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from tandem.base.clock import DAY, HOUR
from tandem.base.errors import Absent, Denied, Limited
from tandem.domain.people import HERE, VISITOR
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.people import admission, limits, sessions
from tandem.storage.database import schema as s

from .conftest import EMBEDDED, PASSWORD


def test_a_session_acts_for_its_account(world, people):
    """Role, organisation and key come with the secret; no secret is a visitor."""
    org = world.organisation("东莞精密")
    me = people.signed_in(organisation=org, role="manager")
    assert (me.role, me.org, me.agent, me.scopes) == ("manager", org, False, None)
    assert people.who(None) == VISITOR


@pytest.mark.parametrize("secret", ["", "tds_unknown", "x" * 100_000, "\ud800", "x' or 1=1 --", "中文"])
@EMBEDDED
def test_what_is_no_secret_is_refused(people, secret):
    """Whatever comes instead of a secret, the answer is the same."""
    with pytest.raises(Denied, match=r"session\.unknown"):
        people.who(secret)


def test_unknown_login_and_wrong_password_are_told_alike(world, people):
    """Same code, same figures; also for what cannot be a login."""
    people.registered()
    told = set()
    for login, password in (
        ("li.wei", "wrong words altogether"),
        ("nobody", PASSWORD),
        ("no login !", PASSWORD),
    ):
        with pytest.raises(Denied) as refused:
            people.secret(login, password)
        told.add((refused.value.code, tuple(refused.value.params)))
    assert told == {("session.credentials", ())}


@EMBEDDED
def test_an_unknown_login_costs_as_much_as_a_known_one(world, people, monkeypatch):
    """With the real parameters a wrong password takes the same work for both, and that is not little."""
    monkeypatch.undo()
    people.registered()
    spent = {"li.wei": [], "nobody": []}
    for login in list(spent) * 4:
        given = sessions.Credentials(login=login, password="wrong words altogether")
        begun = time.thread_time()
        with pytest.raises(Denied):
            sessions.prove(given, Asker(VISITOR, hub=world.hub))
        spent[login].append(time.thread_time() - begun)
    assert min(spent["nobody"]) > 0.01
    assert 0.6 < min(spent["nobody"]) / min(spent["li.wei"]) < 1.6


def test_a_closed_session_is_over_at_once(world, people):
    """The very next request is refused, though the one before was answered in the same second."""
    people.registered()
    secret = people.secret()
    me = people.who(secret)
    assert world.ask(me, "session.close").id == me.key
    with pytest.raises(Denied, match=r"session\.unknown"):
        people.who(secret)


def test_sessions_end_by_age_and_by_idleness(world, people):
    """Used every day it lasts its time and no longer; unused for three days it is over."""
    people.registered()
    used, idle = people.secret(), people.secret()
    for _ in range(sessions.LASTS // DAY - 1):
        world.clock.now += DAY
        people.who(used)
        world.hub.database.write(lambda tx: None).result()  # the note of its use is written
    with pytest.raises(Denied):
        people.who(idle)
    world.clock.now += DAY
    with pytest.raises(Denied):
        people.who(used)


def test_use_is_noted_to_the_hour_and_no_finer(world, people):
    """A request every minute writes once an hour."""
    people.registered()
    secret, writes = people.secret(), []
    write = world.hub.database.write
    world.hub.database.write = lambda work: writes.append(work) or write(work)
    for _ in range(180):
        world.clock.now += 60
        people.who(secret)
        write(lambda tx: None).result()
    del world.hub.database.write
    assert len(writes) in (3, 4)
    (one,) = world.ask(people.who(secret), "session.list").items
    assert world.clock.now - one.used_at <= HOUR
    assert one.current


def test_one_sees_and_ends_ones_own_sessions_the_operator_anybodys(world, people):
    """Another's session is as if it were not there."""
    people.registered()
    first, second = people.secret(), people.secret()
    me, other = people.who(first), people.signed_in("other")
    assert len(world.ask(me, "session.list").items) == 2
    with pytest.raises(Absent):
        world.ask(other, "session.revoke", id=me.key)
    world.ask(me, "session.revoke", id=people.who(second).key)
    with pytest.raises(Denied):
        people.who(second)
    world.ask(HERE, "session.revoke", id=me.key)
    with pytest.raises(Denied):
        people.who(first)
    assert {one.account_id for one in world.ask(HERE, "session.list").items} == {me.account, other.account}
    assert world.ask(other, "session.list", account=me.account).items == ()


def test_only_the_hash_of_a_secret_is_kept(world, people):
    """The secret itself stands in no row of any table."""
    people.registered()
    secret = people.secret()
    with world.hub.database.reading() as tx:
        (row,) = tx.unguarded(sa.select(s.keys))
    assert bytes(row["hash"]) == admission.digest(secret)
    assert secret not in repr(dict(row))


WRONG = "wrong words altogether"


def tries(world, login, password=PASSWORD, network="192.0.2.1"):
    given = {"login": login, "password": password}
    return run("session.open", given, Asker(VISITOR, hub=world.hub, network=network))


def test_wrong_passwords_are_limited_by_login_and_right_ones_are_not(world, people):
    """Ten in a row, then a wait that is told; the same for a login that is not there."""
    people.registered()
    for _ in range(30):
        tries(world, "li.wei")
    for login in ("li.wei", "nobody"):
        for _ in range(10):
            with pytest.raises(Denied):
                tries(world, login, WRONG)
        with pytest.raises(Limited) as limited:
            tries(world, login)
        assert limited.value.params == {"seconds": 30}
    world.clock.now += 30
    assert tries(world, "li.wei")


@EMBEDDED
def test_whoever_guesses_locks_out_nobody_elsewhere(world, people):
    """However many networks try a login at once, its owner comes in from another; others of the network do as well."""
    people.registered()
    people.registered("other")
    for n in range(50):
        for _ in range(10):
            with pytest.raises(Denied):
                tries(world, "li.wei", WRONG, f"198.51.100.{n}")
        with pytest.raises(Limited):
            tries(world, "li.wei", PASSWORD, f"198.51.100.{n}")
    assert tries(world, "li.wei")
    assert tries(world, "other", network="198.51.100.1")


@EMBEDDED
def test_beyond_what_an_owner_mistypes_every_try_of_a_login_waits(world, people):
    """A hundred wrong ones from everywhere, of a login or of none; after a while without them nobody waits any more."""
    people.registered()
    opening = ACTIONS["session.open"]
    for login in ("li.wei", "nobody"):
        for n in range(100):
            assert limits.pause(world.hub, opening, {"login": login}) == 0
            with pytest.raises(Denied):
                tries(world, login, WRONG, f"198.51.100.{n}")
        assert limits.pause(world.hub, opening, {"login": f" {login.upper()}"}) == limits.PAUSE
        assert limits.pause(world.hub, ACTIONS["account.edit"], {"login": login}) == 0
    assert limits.pause(world.hub, opening, {"login": "someone.else"}) == 0
    assert limits.pause(world.hub, opening, {}) == 0
    world.clock.now += 60
    assert limits.pause(world.hub, opening, {"login": "li.wei"}) == 0


def test_guessing_within_a_session_locks_nobody_out(world, people):
    """Who holds a stolen session tries passwords by its account alone: the owner signs in all the same."""
    me = people.signed_in()
    for _ in range(10):
        with pytest.raises(Denied, match=r"account\.password"):
            world.ask(me, "account.edit", password=WRONG, new_password="entirely different words")
    with pytest.raises(Limited):
        world.ask(me, "account.edit", password=PASSWORD, new_password="entirely different words")
    assert people.secret()


def test_a_repeated_sign_in_is_a_session_of_its_own(world, people):
    """A visitor's key tells nobody of another visitor's session: the password alone opens one."""
    people.registered()
    asker, given = Asker(VISITOR, hub=world.hub, key="k"), {"login": "li.wei", "password": PASSWORD}
    first, again = run("session.open", given, asker), run("session.open", given, asker)
    assert first.id != again.id
    assert {people.who(one.secret).key for one in (first, again)} == {first.id, again.id}
    with pytest.raises(Denied):
        run("session.open", {**given, "password": "wrong words altogether"}, asker)


def test_what_is_over_for_long_is_forgotten(world, people):
    """Thirty days after its end a session leaves the list, when the next one begins."""
    people.registered()
    people.secret()
    world.clock.now += sessions.LASTS + 31 * DAY
    assert len(world.ask(people.who(people.secret()), "session.list").items) == 1
