"""A hub over HTTP in this process: its people with their tokens, and clients that speak as each of them."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests import postgres
from tests.hub.conftest import Clock, Counted, World, empty_file  # noqa: F401  a fixture

from tandem.domain.people import Actor, Role
from tandem.hub.actions import Asker, run
from tandem.hub.call import Call
from tandem.hub.installation import DATABASE, open_hub
from tandem.hub.people import admission, limits, sessions
from tandem.interfaces.http import login, pages
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.log import Log

ADDRESS = "http://hub.example"
DATABASES = ("sqlite", "postgresql")


@dataclass
class Web:
    """A hub, its application, what it logs, and whoever talks to it."""

    world: World
    application: Application
    client: TestClient
    logged: io.BytesIO
    actors: dict[str, Actor] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def __call__(self, who: str | None, method: str, path: str, **more: Any) -> Any:
        """A request of one of the people, by name; None is a visitor."""
        headers = {**(self.known(who) if who else {}), **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def known(self, who: str) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.secrets[who]}"}

    def join(self, name: str, role: Role, org: str | None = None) -> Actor:
        """Somebody with an account and a session."""
        self.actors[name] = actor = self.world.person(role, org)
        self.secrets[name] = self.session(actor)
        return actor

    def session(self, actor: Actor) -> str:
        """The secret of a new session of somebody."""
        hub = self.world.hub
        return str(hub.database.write(
            lambda tx: sessions.begin(Call(tx, actor, hub), str(actor.account), "active").secret
        ).result())  # fmt: skip

    def ask(self, who: str, name: str, /, **given: Any) -> Any:
        """One of the people asks the hub itself, past HTTP."""
        return run(name, given, Asker(self.actors[who], hub=self.world.hub))

    def log(self) -> list[dict[str, Any]]:
        self.application.log.flush()
        return [json.loads(line) for line in self.logged.getvalue().splitlines()]


@contextmanager
def opened(folder: Path, empty: Path, url: str | None = None) -> Iterator[Web]:
    """A hub, in a copy of the empty file or at a URL, with two organisations and their people.

    `ann` and `bob` are members of one each, `max` manages ann's, `opal` operates.
    Nobody is limited, because its clock stands.
    """
    folder.mkdir()
    if url is None:
        shutil.copy(empty, folder / DATABASE)
    (folder / "settings.toml").write_text(
        "[limits]\n" + "".join(f"{kind} = [1, 0]\n" for kind in limits.RATES)
    )
    hub = open_hub(folder, url, clock=Clock(), ids=Counted())
    logged = io.BytesIO()
    application = Application(hub, admission.who, Log(logged))
    application.add(pages.pages(application))
    application.add(login.pages(application))
    with TestClient(application, ADDRESS, follow_redirects=False) as client:
        made = Web(World(hub, hub.clock), application, client, logged)
        first, second = made.world.organisation("甲厂"), made.world.organisation("乙所")
        made.join("ann", "member", first)
        made.join("max", "manager", first)
        made.join("bob", "member", second)
        made.join("opal", "operator")
        yield made
    hub.close()


@pytest.fixture
def web(tmp_path: Path, empty_file: Path) -> Iterator[Web]:  # noqa: F811
    with opened(tmp_path / "hub", empty_file) as made:
        yield made


@pytest.fixture(params=DATABASES)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path, empty_file: Path) -> Iterator[Web]:  # noqa: F811
    """The same on each kind of database."""
    with opened(tmp_path / "hub", empty_file, _url(request.param)) as made:
        yield made


@pytest.fixture(scope="module", params=DATABASES)
def lasting_anywhere(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    empty_file: Path,  # noqa: F811
) -> Iterator[Web]:
    """One hub on each kind of database, for all tests of a file."""
    with opened(tmp_path_factory.mktemp("lasting") / "hub", empty_file, _url(request.param)) as made:
        yield made


def _url(database: str) -> str | None:
    return None if database == "sqlite" else postgres.emptied(postgres.server())


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Web]:  # noqa: F811
    """One hub for all tests of a file that leave it as it was, or do not mind."""
    with opened(tmp_path_factory.mktemp("lasting") / "hub", empty_file) as made:
        yield made
