"""A hub for tests: empty, with a clock that is set and ids that are counted; and people who act on it."""

from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests import postgres

from tandem.base.ids import written
from tandem.domain.people import Actor, Role
from tandem.hub.actions import Asker, run
from tandem.hub.installation import DATABASE, Hub, open_hub
from tandem.storage.database import schema as s

NOON = 1_800_000_000  # 2027-01-15T08:00:00Z


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now


@dataclass
class Counted:
    """Ids that look like chance and are the same in every run."""

    numbers: Iterator[int] = field(default_factory=itertools.count)

    def __call__(self) -> str:
        return written(hashlib.sha256(str(next(self.numbers)).encode()).digest()[:16])


@dataclass
class World:
    """A hub with its clock, and a short way to ask it something."""

    hub: Hub
    clock: Clock

    def ask(self, actor: Actor, name: str, /, **given: object) -> object:
        return run(name, given, Asker(actor, hub=self.hub))

    def organisation(self, name: str, **more: object) -> str:
        """An organisation's id."""
        row = {"name": name, "name_key": name, "visibility": "public", **more}
        return str(self.hub.database.write(lambda tx: tx.add(s.organisations, row)).result()["id"])

    def person(self, role: Role, org: str | None = None) -> Actor:
        """An actor with an account."""
        number = hashlib.sha256(f"{role}{org}{self.hub.database._ids()}".encode()).hexdigest()[:8]
        row = {"login": number, "name": number, "lang": "en", "role": role, "org_id": org, "state": "active"}
        account = self.hub.database.write(lambda tx: tx.add(s.accounts, row)).result()
        return Actor(role, str(account["id"]), org)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file of an empty hub, to be copied: making tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    open_hub(folder).close()
    return folder / DATABASE


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Where the records of an empty hub are: None for its folder's own file, else the URL of a database."""
    if request.param == "sqlite":
        (tmp_path / "hub").mkdir()
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "hub" / DATABASE)
        return None
    return postgres.emptied(postgres.server())


@pytest.fixture
def world(tmp_path: Path, place: str | None) -> Iterator[World]:
    clock = Clock()
    hub = open_hub(tmp_path / "hub", place, clock=clock, ids=Counted())
    yield World(hub, clock)
    hub.close()
