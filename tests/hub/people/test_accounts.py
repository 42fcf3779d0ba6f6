"""Accounts: registered, changed, placed and listed by those who may, and by nobody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain.people import HERE, VISITOR
from tandem.hub.actions import Asker, run
from tandem.hub.people import passwords
from tandem.hub.people.passwords import Passwords
from tandem.storage.database import schema as s

from .conftest import EMBEDDED, PASSWORD


def kept(world, login):
    with world.hub.database.reading() as tx:
        return tx.unguarded(sa.select(s.accounts).where(s.accounts.c.login == login))[0]


def test_a_visitor_becomes_a_member_without_an_organisation(world, people):
    """The account is shown to its owner with everything but the password."""
    account = people.registered("Li.Wei")
    own = world.ask(people.who(people.secret("LI.WEI")), "account.show")
    assert (own.id, own.login, own.role, own.org_id, own.state) == (
        account,
        "li.wei",
        "member",
        None,
        "active",
    )
    assert "password" not in repr(own)


def test_a_login_is_taken_once(world, people):
    """Capitals and width make no second login."""
    people.registered("li.wei")
    with pytest.raises(Conflict, match=r"account\.login_taken"):
        people.registered("ＬＩ.wei", email=None)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("too few", "password.short"),
        ("li.wei.2027", None),
        ("Li.wei-long", "password.login"),
        ("WoAiNi1314", "password.common"),
        ("1111111111111", "password.common"),
    ],
)
@EMBEDDED
def test_password_rules(world, people, password, code):
    """Too short, the login itself, one of the most common: each is refused by its own code, and never repeated."""
    if code is None:
        assert people.registered("li.wei", password=password)
        return
    with pytest.raises(Invalid) as refused:
        people.registered("li.wei-long", password=password)
    assert refused.value.code == code
    assert password not in str(refused.value)


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(world, people):
    """The session that asks goes on; the old password is good for nothing any more."""
    people.registered()
    here, elsewhere = people.secret(), people.secret()
    me, new = people.who(here), "entirely different words"
    with pytest.raises(Denied, match=r"account\.password"):
        world.ask(me, "account.edit", password="wrong words altogether", new_password=new)
    with pytest.raises(Invalid, match=r"account\.old_password"):
        world.ask(me, "account.edit", new_password=new)
    world.ask(me, "account.edit", password=PASSWORD, new_password=new)
    assert people.who(here).account == me.account
    with pytest.raises(Denied, match=r"session\.unknown"):
        people.who(elsewhere)
    with pytest.raises(Denied, match=r"session\.credentials"):
        people.secret()
    assert people.secret(password=new)


def test_an_edit_changes_what_is_given_under_the_version_seen(world, people):
    """Name and language change, the address stays; a second change under the old version is refused."""
    me = people.signed_in()
    asker = Asker(me, hub=world.hub, version=1)
    after = run("account.edit", {"name": "李薇", "language": "en"}, asker)
    assert (after.name, after.language, after.email, after.version) == ("李薇", "en", "li.wei@example.org", 2)
    with pytest.raises(Conflict, match=r"record\.stale"):
        run("account.edit", {"name": "x"}, asker)


def test_a_manager_places_colleagues_and_takes_in_nobody(world, people):
    """A colleague becomes manager and leaves; whoever belongs elsewhere or nowhere is as if they were not there."""
    org, other = world.organisation("东莞精密"), world.organisation("佛山陶瓷")
    manager = people.signed_in("boss", organisation=org, role="manager")
    new, foreign, free = (people.registered(login) for login in ("new", "foreign", "free"))
    world.ask(HERE, "account.set", id=new, organisation=org)
    world.ask(HERE, "account.set", id=foreign, organisation=other)
    assert world.ask(manager, "account.set", id=new, role="manager").role == "manager"
    for id_ in (foreign, free, "x" * 26):
        for given in ({"organisation": org}, {"role": "member"}, {"leave": True}):
            with pytest.raises(Absent, match=r"record\.absent"):
                world.ask(manager, "account.set", id=id_, **given)
    with pytest.raises(Denied, match=r"account\.rights"):
        world.ask(manager, "account.set", id=new, organisation=other)
    assert {one.login for one in world.ask(manager, "account.list").items} == {"boss", "new"}
    world.ask(manager, "account.set", id=new, leave=True)
    gone = people.who(people.secret("new"))
    assert (gone.org, gone.role) == (None, "member")


def test_whom_the_operator_places_is_told(world, people):
    """A firm is taken in by telephone: each person gets a notice that names the organisation."""
    org, me = world.organisation("东莞精密"), people.signed_in()
    world.ask(HERE, "account.set", id=me.account, organisation=org, role="manager")
    (notice,) = world.ask(me, "notice.list").items
    assert (notice.code, notice.params) == ("account.placed", {"organisation": org, "role": "manager"})
    (entry,) = [one for one in world.ask(HERE, "journal.list").items if one.action == "account.set"]
    assert (entry.record, entry.content["org_id"]) == (me.account, org)


def test_an_account_has_the_language_of_its_registration_until_it_says_otherwise(world, people):
    """It comes with whoever asks, also in the second in which it was changed."""
    given = {"login": "wang.fang", "password": PASSWORD, "name": "王芳"}
    for lang in ("zh", "en"):
        run("account.register", {**given, "login": lang * 2}, Asker(VISITOR, lang, hub=world.hub))
        assert people.who(people.secret(lang * 2)).lang == lang
    people.registered(language="zh")
    secret = people.secret()
    me = people.who(secret)
    assert me.lang == "zh"
    world.ask(me, "account.edit", language="en")
    assert people.who(secret).lang == "en"


@pytest.mark.parametrize("given", [{"role": "operator"}, {"role": "auditor"}, {"state": "blocked"}])
@EMBEDDED
def test_a_manager_cannot_raise_anybody_above_manager_or_block(world, people, given):
    """Roles of the hub's own people, and blocking, are the operator's."""
    org = world.organisation("东莞精密")
    manager = people.signed_in("boss", organisation=org, role="manager")
    new = people.registered("new")
    world.ask(HERE, "account.set", id=new, organisation=org)
    for id_ in (new, manager.account):
        with pytest.raises(Denied, match=r"account\.rights"):
            world.ask(manager, "account.set", id=id_, organisation=org, **given)


def test_a_manager_does_not_touch_the_hubs_own_people(world, people):
    """An analyst who belongs to the organisation is not the manager's to place."""
    org = world.organisation("东莞精密")
    manager = people.signed_in("boss", organisation=org, role="manager")
    analyst = people.signed_in("ana", organisation=org, role="analyst")
    with pytest.raises(Absent):
        world.ask(manager, "account.set", id=analyst.account, role="member")


def test_a_member_places_and_lists_nobody(world, people):
    """Neither oneself nor others."""
    me = people.signed_in()
    for name, given in (("account.set", {"id": me.account, "role": "operator"}), ("account.list", {})):
        with pytest.raises(Denied, match=r"action\.refused"):
            world.ask(me, name, **given)


def test_blocking_ends_everything_at_once_and_unblocking_revives_nothing(world, people):
    """A blocked account's sessions and tokens are refused with the next request, and stay refused."""
    me = people.signed_in()
    secret = world.ask(me, "token.create", label="x").secret
    assert people.who(secret).account == me.account
    world.ask(HERE, "account.set", id=me.account, state="blocked")
    with pytest.raises(Denied, match=r"session\.unknown"):
        people.who(secret)
    with pytest.raises(Denied, match=r"account\.blocked"):
        people.secret()
    with pytest.raises(Denied, match=r"session\.credentials"):
        people.secret(password="wrong words altogether")
    world.ask(HERE, "account.set", id=me.account, state="active")
    with pytest.raises(Denied, match=r"session\.unknown"):
        people.who(secret)
    assert people.secret()


def test_the_last_operator_stays(world, people):
    """A hub is never left without one: not by role, not by blocking, not by erasing."""
    operator = people.signed_in("op", role="operator")
    for given in ({"role": "member"}, {"state": "blocked"}):
        with pytest.raises(Conflict, match=r"account\.last_operator"):
            world.ask(HERE, "account.set", id=operator.account, **given)
    with pytest.raises(Conflict, match=r"account\.last_operator"):
        world.ask(operator, "account.erase", id=operator.account, password=PASSWORD)
    people.signed_in("op2", role="operator")
    assert world.ask(HERE, "account.set", id=operator.account, role="member").role == "member"


def test_a_manager_needs_an_organisation(world, people):
    """The role alone would manage nothing."""
    with pytest.raises(Invalid, match=r"account\.alone"):
        world.ask(HERE, "account.set", id=people.registered(), role="manager")


def test_a_hash_of_old_parameters_is_renewed_at_the_next_sign_in(world, people, monkeypatch):
    """Parameters may grow: who signs in gets the better hash, and the old sessions stay."""
    me = people.signed_in()
    before = kept(world, "li.wei")["password"]
    monkeypatch.setattr(passwords, "PASSES", 2)
    world.hub._parts.pop(Passwords)
    people.secret()
    after = kept(world, "li.wei")["password"]
    assert before != after
    assert ",t=2," in after
    people.secret()
    assert kept(world, "li.wei")["password"] == after
    assert me.account == kept(world, "li.wei")["id"]


def test_the_hash_is_argon2id_as_recommended(monkeypatch):
    """46 MiB and one pass, of the id variant (OWASP password storage cheat sheet)."""
    monkeypatch.undo()
    assert Passwords(None).hashed("x").startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_nobody_is_signed_in_at_the_hubs_own_machine(world):
    """Its command line acts as operator, without an account to show or edit."""
    for name in ("account.show", "account.edit"):
        with pytest.raises(Denied, match=r"account\.none"):
            world.ask(HERE, name)
    with pytest.raises(Denied, match=r"action\.sign_in"):
        world.ask(VISITOR, "account.show")


def test_accounts_are_found_by_id_and_by_part_of_a_name(world):
    """The operator among all, a manager among colleagues alone; signs of a pattern are letters like others."""
    org, operator = world.organisation("甲厂"), world.person("operator")
    manager, colleague, other = (
        world.person("manager", org),
        world.person("member", org),
        world.person("member"),
    )
    logins = {one.id: one.login for one in world.ask(operator, "account.list", limit=200).items}
    login = logins[colleague.account]
    assert [one.id for one in world.ask(operator, "account.list", account=other.account).items] == [
        other.account
    ]
    assert [one.id for one in world.ask(manager, "account.list", account=other.account).items] == []
    assert [one.id for one in world.ask(manager, "account.list", name=login[1:6].upper()).items] == [
        colleague.account
    ]
    assert world.ask(operator, "account.list", name="%").items == ()


def test_an_e_mail_address_can_be_taken_out_again(world):
    """It is gone, and with it what would have been sent there."""
    who = world.person("member")
    world.ask(who, "account.edit", email="wei@example.org")
    assert world.ask(who, "account.edit", no_email=True).email is None
