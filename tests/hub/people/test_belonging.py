"""Belonging: who registers an organisation becomes its manager, and nobody else's."""

from __future__ import annotations

import pytest

from tandem.base.errors import Conflict
from tandem.domain.people import HERE, VISITOR
from tandem.hub.call import Call
from tandem.hub.people import belonging


def join(world, account, org, role="manager"):
    write = lambda tx: belonging.join(Call(tx, VISITOR, world.hub), account, org, role)  # noqa: E731
    return world.hub.database.write(write).result()


def test_who_joins_acts_for_the_organisation_from_the_next_request(world, people):
    """Role and organisation come with the same session."""
    people.registered()
    secret = people.secret()
    me, org = people.who(secret), world.organisation("东莞精密")
    join(world, me.account, org)
    after = people.who(secret)
    assert (after.org, after.role) == (org, "manager")


def test_nobody_acts_for_two(world, people):
    """Joining another organisation is refused; leaving first is the way."""
    me = people.signed_in(organisation=world.organisation("东莞精密"))
    other = world.organisation("佛山陶瓷")
    with pytest.raises(Conflict, match=r"account\.belongs"):
        join(world, me.account, other)
    world.ask(HERE, "account.set", id=me.account, leave=True)
    join(world, me.account, other)
    assert people.who(people.secret()).org == other


def test_the_hubs_own_people_keep_their_role(world, people):
    """An auditor who belongs to an organisation is still an auditor."""
    me = people.signed_in(role="auditor")
    join(world, me.account, world.organisation("东莞精密"))
    assert people.who(people.secret()).role == "auditor"
