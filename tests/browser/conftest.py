"""A served hub with the sample world, and people who use it in a real browser.

Chromium is named by TANDEM_TEST_BROWSER, as for the reports; without one these tests are skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.browser import living

from tandem.domain.people import HERE, Actor
from tandem.hub.actions import Asker, run
from tandem.hub.installation import Hub, open_hub
from tandem.hub.people import limits

BROWSER = os.environ.get("TANDEM_TEST_BROWSER")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip
PASSWORD = "nine lanterns at dusk"
PEOPLE = {"opal": "黄敏", "mei": "陈美", "lin": "Lin Hao", "kai": "Kai Lam", "ada": "Ada Ip", "new": "Wu Xin"}
WIDTHS = (1280, 390)
LANGUAGES = ("zh", "en")
READY = re.compile(r'"address":"(http://[^"]+)"')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser, or the library that drives it, there is nothing to test here."""
    here = Path(__file__).parent
    try:
        import playwright  # noqa: F401

        missing = not BROWSER
    except ImportError:
        missing = True
    if missing:
        skip = pytest.mark.skip(reason="needs playwright and a Chromium, named by TANDEM_TEST_BROWSER")
        for item in items:
            if here in item.path.parents:
                item.add_marker(skip)


def person(hub: Hub, login: str, name: str, role: str = "member", org: str | None = None) -> Actor:
    """An account with the password that all people of these tests have."""
    run("account.register", {"login": login, "name": name, "password": PASSWORD}, Asker(HERE, hub=hub))
    found = _known(hub, login)
    run("account.set", {"id": found.account, "role": role, "organisation": org}, Asker(HERE, hub=hub))
    return Actor(role, found.account, org)  # type: ignore[arg-type]


def _known(hub: Hub, login: str) -> Actor:
    found = next(one for one in run("account.list", {}, Asker(HERE, hub=hub)).items if one.login == login)
    return Actor(found.role, found.id)


def unlimited(folder: Path) -> None:
    """Lets people of these tests ask as fast as a machine does."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(
        "[limits]\n" + "".join(f"{kind} = [1, 0]\n" for kind in limits.RATES)
    )


def sampled(folder: Path) -> None:
    """A hub with the sample world: `opal` operates it, `mei` manages a firm that has needs, `lin` one that serves.

    `kai` is a member there, `ada` audits, `new` has no organisation yet; what they have done stands in living.py.
    """
    unlimited(folder)
    hub = open_hub(folder)
    try:
        run(
            "setup.begin",
            {"login": "opal", "name": PEOPLE["opal"], "password": PASSWORD},
            Asker(HERE, hub=hub),
        )
        run("records.sample", {}, Asker(HERE, hub=hub))
        needs = run("need.list", {"limit": 50}, Asker(HERE, hub=hub)).items
        poser = next(one.org_id for one in needs if one.org_id)
        need = run("need.pose", {**living.OPEN, "organisation": poser}, Asker(HERE, hub=hub)).id
        matched = run("need.match", {"id": need}, Asker(HERE, hub=hub))
        provider = next(one.org_id for one in matched.items if one.org_id != poser)
        people = {
            "opal": _known(hub, "opal"),
            "mei": person(hub, "mei", PEOPLE["mei"], "manager", poser),
            "lin": person(hub, "lin", PEOPLE["lin"], "manager", provider),
        }
        person(hub, "kai", PEOPLE["kai"], "member", provider)
        person(hub, "ada", PEOPLE["ada"], "auditor")
        person(hub, "new", PEOPLE["new"])
        living.lived(hub, people, need, provider)
    finally:
        hub.close()


@dataclass
class Served:
    """A hub that is being served."""

    address: str
    folder: Path


@contextmanager
def serving(folder: Path, *, new: bool = False) -> Iterator[Served]:
    """The server of a data directory, as `tandem serve` becomes it, on a free port; a `new` one it prepares first."""
    program = [sys.executable, "-m", "tandem.interfaces.web", f"data={folder}", "port=0"]
    if new:
        program = [
            sys.executable,
            "-m",
            "tandem.interfaces.cli",
            "serve",
            "--data",
            str(folder),
            "--port",
            "0",
        ]
    log = (folder / "server.log").open("w+b")
    child = subprocess.Popen(program, stdout=log, stderr=log)
    try:
        yield Served(_address(child, folder / "server.log"), folder)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(40)
        log.close()


def _address(child: subprocess.Popen[bytes], log: Path) -> str:
    import time

    for _ in range(600):
        if found := READY.search(log.read_text("utf-8")):
            return found.group(1)
        assert child.poll() is None, log.read_text("utf-8")
        time.sleep(0.05)
    raise AssertionError("the server did not begin within 30 seconds")


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the sample hub, to be copied."""
    folder = tmp_path_factory.mktemp("sample") / "hub"
    sampled(folder)
    return folder


@pytest.fixture(scope="session")
def served(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample hub, served for all tests that mind nobody's traces."""
    folder = tmp_path_factory.mktemp("served") / "hub"
    shutil.copytree(sample_folder, folder)
    with serving(folder) as made:
        yield made


@pytest.fixture
def own(sample_folder: Path, tmp_path: Path) -> Iterator[Served]:
    """A sample hub of the test's own."""
    shutil.copytree(sample_folder, tmp_path / "hub")
    with serving(tmp_path / "hub") as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser; its library keeps an event loop of the process, so it ends before another file's tests begin."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser: their page, and what went wrong in it."""

    page: Any
    address: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Opens an address of the hub."""
        return self.page.goto(self.address + path)

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """As a person does it."""
        self.go("/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        with self.page.expect_navigation():
            self.page.click("main button[type=submit]")

    def texts(self) -> str:
        """All that can be read."""
        return str(self.page.inner_text("body"))


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str], list[Any]]:
    """The cookies of those who have signed in, by hub and login: signing in is slow, as it has to be."""
    return {}


@pytest.fixture(scope="session")
def cookies() -> Callable[..., dict[str, str]]:
    """What a program sends that walks through the pages as a person: cookies(served, "mei", "zh")."""
    held: dict[tuple[str, str], dict[str, str]] = {}

    def signed_in(where: Served, login: str | None, lang: str) -> dict[str, str]:
        if login is not None and (where.address, login) not in held:
            ours = {"origin": where.address, "sec-fetch-site": "same-origin"}
            with httpx.Client(base_url=where.address, headers=ours, timeout=60) as client:
                assert client.post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 303
                held[where.address, login] = dict(client.cookies)
        return {"tandem_lang": lang, **held.get((where.address, login or ""), {})}

    return signed_in


@pytest.fixture
def arrives(chromium: Any, sessions: dict[tuple[str, str], list[Any]]) -> Iterator[Callable[..., Person]]:
    """Somebody arrives with a browser of their own: arrives(served, lang="zh", width=390, login="mei").

    `afresh` begins a session of its own, for whoever ends it.
    """
    contexts = []

    def arrive(where: Served, lang: str = "en", width: int = 1280, login: str | None = None,
               afresh: bool = False) -> Person:  # fmt: skip
        locale = "zh-CN" if lang == "zh" else "en-GB"
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale=locale)
        contexts.append(context)
        held = sessions.get((where.address, login or ""), [])
        if held and not afresh:
            context.add_cookies(held)
        context.add_cookies([{"name": "tandem_lang", "value": lang, "url": where.address}])
        made = Person(context.new_page(), where.address)
        made.page.on("console", lambda told: made.wrong.append(told.text) if told.type == "error" else None)
        made.page.on("pageerror", lambda error: made.wrong.append(str(error)))
        made.page.on("request", lambda asked: None if asked.url.startswith((where.address, "data:", "blob:"))
                     else made.wrong.append(f"asked {asked.url}"))  # fmt: skip
        if login is not None and (afresh or not held):
            made.sign_in(login)
            kept = [one for one in context.cookies() if one["name"] != "tandem_lang"]
            sessions.setdefault((where.address, login), kept)
        return made

    yield arrive
    for context in contexts:
        context.close()
