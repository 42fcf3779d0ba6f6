"""People with logins: hashing is cheap here, because what it costs is measured elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub.people import admission, passwords

PASSWORD = "correct horse battery"
# For tests with many cases of which none depends on the database.
EMBEDDED = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "MEMORY", 64)


@dataclass
class People:
    """Makes accounts, and signs them in."""

    world: Any

    def registered(self, login: str = "li.wei", **more: Any) -> str:
        given = {
            "login": login,
            "password": PASSWORD,
            "name": "李伟",
            "email": f"{login}@example.org",
            **more,
        }
        return self.world.ask(VISITOR, "account.register", **given).id

    def secret(self, login: str = "li.wei", password: str = PASSWORD) -> str:
        return self.world.ask(VISITOR, "session.open", login=login, password=password).secret

    def signed_in(self, login: str = "li.wei", **standing: Any) -> Actor:
        """A newly registered person in a session."""
        account = self.registered(login)
        if standing:
            self.world.ask(HERE, "account.set", id=account, **standing)
        return self.who(self.secret(login))

    def who(self, secret: str | None) -> Actor:
        return admission.who(self.world.hub, secret)


@pytest.fixture
def people(world):
    return People(world)
