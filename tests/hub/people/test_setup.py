"""The first run: one operator, by whoever may read the data folder, and never a second time."""

from __future__ import annotations

import stat

import pytest

from tandem.base.errors import Conflict, Denied, Invalid
from tandem.domain.people import HERE, VISITOR
from tandem.hub.people import setup

from .conftest import EMBEDDED, PASSWORD

FIRST = {"login": "op", "password": PASSWORD, "name": "运营"}


def test_the_code_makes_the_first_operator_once(world, people):
    """Needed before, not after; the account signs in as operator; the code is gone and good for nothing."""
    assert setup.needed(world.hub)
    code = setup.code(world.hub)
    world.ask(VISITOR, "setup.begin", code=f" {code}\n", **FIRST)
    assert people.who(people.secret("op")).role == "operator"
    assert not setup.needed(world.hub)
    assert not (world.hub.folder / setup.FILE).exists()
    for asker in (VISITOR, HERE):
        with pytest.raises(Conflict, match=r"setup\.done"):
            world.ask(asker, "setup.begin", code=code, **{**FIRST, "login": "op2"})


@pytest.mark.parametrize("code", [None, "", "wrong", "a" * 26, "中文"])
@EMBEDDED
def test_without_the_code_nobody_becomes_operator(world, code):
    """Also before the server has shown any code."""
    with pytest.raises(Denied, match=r"setup\.code"):
        world.ask(VISITOR, "setup.begin", code=code, **FIRST)
    assert setup.needed(world.hub)


def test_at_the_hubs_own_machine_no_code_is_asked_for(world, people):
    """Whoever is there could read the file anyway."""
    world.ask(HERE, "setup.begin", **FIRST)
    assert people.who(people.secret("op")).role == "operator"


def test_the_code_is_its_owners_and_stays_the_same(world):
    """A restart shows the code that was shown before."""
    first = setup.code(world.hub)
    assert setup.code(world.hub) == first
    assert len(first) == 26
    assert stat.S_IMODE((world.hub.folder / setup.FILE).stat().st_mode) == 0o600


def test_two_who_begin_at_once_make_one_operator(world):
    """Both had the code; the second in the queue hears that it is done."""
    from tandem.hub.actions import Asker, start

    code = setup.code(world.hub)
    futures = [
        start("setup.begin", {**FIRST, "login": login, "code": code}, Asker(VISITOR, hub=world.hub))
        for login in ("op", "op2")
    ]
    ended = [future.exception() for future in futures]
    assert [error is None for error in ended] == [True, False]
    assert ended[1].code == "setup.done"
    operators = [one for one in world.ask(HERE, "account.list").items if one.role == "operator"]
    assert len(operators) == 1


def test_the_first_operator_needs_a_good_password_too(world):
    """The rules are those of every account."""
    with pytest.raises(Invalid, match=r"password\.common"):
        world.ask(HERE, "setup.begin", **{**FIRST, "password": "administrator"})
