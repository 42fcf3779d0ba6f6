"""Organisations: registered, told apart, checked by the operator, edited by their managers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain.people import HERE, VISITOR
from tandem.storage.database import schema as s

VALID, WRONG = "91350100M000100Y43", "91350100M000100Y44"


def account(world, actor):
    with world.hub.database.reading() as tx:
        return tx.one(s.accounts, actor.account, HERE)


def test_who_registers_an_organisation_becomes_its_manager(world):
    """A member without one gets it with the role; one who has one registers no other."""
    member = world.person("member")
    own = world.ask(member, "organisation.register", name="精工机械", city="东莞", reg_no=VALID)
    kept = account(world, member)
    assert (kept["org_id"], kept["role"]) == (own.id, "manager")
    assert (own.state, own.city, own.number) == ("claimed", "441900", "valid")
    with pytest.raises(Denied, match=r"organisation\.already"):
        world.ask(replace(member, org=own.id), "organisation.register", name="another")


@pytest.mark.parametrize("told", [{"name": "ACME (Guangzhou) Ltd"}, {"name": "其他", "reg_no": f" {VALID.lower()}"},
                                  {"name": "其他", "name_en": "acme guangzhou, ltd."}])  # fmt: skip
def test_what_looks_the_same_is_told_before_registering(world, told):
    """A name that differs in spelling, or the same number: the record is named, and one may insist."""
    first = world.ask(HERE, "organisation.register", name="Acme（Guangzhou）Ltd.", reg_no=VALID)
    with pytest.raises(Conflict) as refused:
        world.ask(world.person("member"), "organisation.register", **told)
    assert refused.value.code == "organisation.alike"
    assert refused.value.params["ids"] == [first.id]
    assert world.ask(world.person("member"), "organisation.register", **told, despite=True).id != first.id


def test_a_hidden_organisation_is_never_told_of(world):
    """Registering the same name and number says nothing of one that the asker may not see."""
    hidden = world.ask(
        HERE, "organisation.register", name="隐秘公司", reg_no=VALID, visibility="confidential"
    )
    member = world.person("member")
    own = world.ask(member, "organisation.register", name="隐秘公司", reg_no=VALID)
    assert own.id != hidden.id
    assert [one.id for one in world.ask(member, "organisation.list", name="隐秘").items] == [own.id]
    with pytest.raises(Absent):
        world.ask(member, "organisation.show", id=hidden.id)


def test_verified_until_what_was_checked_changes(world):
    """The city may change; another name or number makes it claimed again, and its people hear of each verdict."""
    manager = world.person("member")
    own = world.ask(manager, "organisation.register", name="精工机械", reg_no=VALID)
    manager = replace(manager, role="manager", org=own.id)
    assert world.ask(HERE, "organisation.verify", id=own.id, note="执照已核对").state == "verified"
    assert world.ask(manager, "organisation.edit", id=own.id, city="深圳").state == "verified"
    assert world.ask(manager, "organisation.edit", id=own.id, name="精工机械（深圳）").state == "claimed"
    with pytest.raises(Invalid, match=r"organisation\.note"):
        world.ask(HERE, "organisation.verify", id=own.id, refuse=True)
    refused = world.ask(HERE, "organisation.verify", id=own.id, refuse=True, note="名称与执照不符")
    assert (refused.state, refused.check_note) == ("refused", "名称与执照不符")
    with world.hub.database.reading() as tx:
        notices = tx.unguarded(s.notices.select().order_by(s.notices.c.code))
    assert [one["code"] for one in notices] == ["organisation.refused", "organisation.verified"]
    assert {one["account_id"] for one in notices} == {manager.account}


@pytest.mark.parametrize("number", [None, WRONG])
def test_a_number_that_cannot_be_right_is_not_verified(world, number):
    """A wrong check character is kept as it was given, and judged; verifying it is refused."""
    own = world.ask(HERE, "organisation.register", name="x", reg_no=number)
    assert own.number == ("wrong" if number else None)
    with pytest.raises(Invalid, match=r"organisation\.number"):
        world.ask(HERE, "organisation.verify", id=own.id)


def test_one_number_is_verified_once(world):
    """The second organisation under the same number is named to the operator."""
    first, second = (
        world.ask(HERE, "organisation.register", name=name, reg_no=VALID, despite=True) for name in "ab"
    )
    world.ask(HERE, "organisation.verify", id=first.id)
    with pytest.raises(Conflict, match=r"organisation\.number_taken"):
        world.ask(HERE, "organisation.verify", id=second.id)


def test_what_others_see_of_an_organisation(world):
    """Others get neither the operator's note nor the importer's name for it; members do not edit it."""
    own = world.ask(HERE, "organisation.register", name="精工机械", visibility="public", reg_no=VALID)
    world.ask(HERE, "organisation.verify", id=own.id, note="内部说明")
    assert "内部说明" not in repr(world.ask(VISITOR, "organisation.show", id=own.id))
    with pytest.raises(Denied, match=r"action\.refused"):
        world.ask(world.person("member", own.id), "organisation.edit", id=own.id, name="y")
    with pytest.raises(Denied, match=r"record\.others"):
        world.ask(
            world.person("manager", world.organisation("other")), "organisation.edit", id=own.id, name="y"
        )


@pytest.mark.parametrize("name", ["name_zh", "name_en"])
def test_a_name_in_either_language_is_checked_too(world, name):
    """Whoever shows themselves under another Chinese or English name is no longer verified under it."""
    org = world.organisation("东莞精密", state="verified")
    manager = world.person("manager", org)
    assert world.ask(manager, "organisation.edit", id=org, **{name: "Another"}).state == "claimed"
