"""Hubs for tests of trust: people of every role, records of every visibility, asked over HTTP as outsiders would.

What happens on the hub is a list of steps. A step in the lane "hidden" draws ids from a sequence of its own, so that
a hub on which it never happened is equal in everything else, down to the ids.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote, urlencode

import httpx
from tests.hub.conftest import NOON, Clock

from tandem.base.errors import Denied
from tandem.base.ids import written
from tandem.domain.people import VISITOR, Actor, Role
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.finding.index import Index
from tandem.hub.installation import DATABASE, Hub, open_hub
from tandem.hub.people import admission, limits
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.layout import Route, routes
from tandem.interfaces.http.log import Log
from tandem.storage.database import schema as s

Lane = Literal["open", "hidden"]
ROUTES: Mapping[str, Route] = {route.action.name: route for route in routes()}
# What differs from request to request whatever is asked.
_OWN_TO_EACH = frozenset(("x-request-id", "date"))
FORMS: list[
    Any
] = []  # the statements of all hubs of these tests, compiled once: that takes longer than most requests
_REQUEST = re.compile(rb',"request":"[0-9a-f]{24}"')


@dataclass
class Lanes:
    """Ids of two sequences, so that what happens in one moves nothing in the other."""

    lane: Lane = "open"
    drawn: dict[str, int] = field(default_factory=lambda: {"open": 0, "hidden": 0})

    def __call__(self) -> str:
        self.drawn[self.lane] += 1
        return written(hashlib.sha256(f"{self.lane}{self.drawn[self.lane]}".encode()).digest()[:16])


@dataclass(frozen=True)
class Seen:
    """What somebody outside sees of an answer: every byte of it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Direct:
    """An application spoken to in this thread: one request after the other, without a socket or a second thread."""

    def __init__(self, application: Application) -> None:
        self._application, self._loop = application, asyncio.new_event_loop()

    def request(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Seen:
        """One request and all that comes back."""
        told: list[Any] = []
        raw = [(name.encode(), value.encode()) for name, value in {"host": "hub.example", **headers}.items()]
        scope = {"type": "http", "http_version": "1.1", "method": method, "path": unquote(path), "scheme": "http",
                 "raw_path": path.encode(), "query_string": query.encode(), "headers": raw, "root_path": "",
                 "client": ("192.0.2.1", 5000), "server": ("hub.example", 80)}  # fmt: skip
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            if waiting:
                return waiting.pop()
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            told.append(message)

        self._loop.run_until_complete(self._application(scope, receive, send))
        kept = [(name.decode(), value.decode()) for name, value in told[0]["headers"]
                if name.decode().lower() not in _OWN_TO_EACH]  # fmt: skip
        content = b"".join(one.get("body", b"") for one in told[1:])
        return Seen(told[0]["status"], tuple(kept), _REQUEST.sub(b"", content))

    def close(self) -> None:
        """Ends the loop."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


@dataclass
class Place:
    """A hub with its people; `ids` holds by label what steps have made, a record's id or a whole answer."""

    hub: Hub
    clock: Clock
    lanes: Lanes
    client: Direct
    people: dict[str, Actor] = field(default_factory=lambda: {"visitor": VISITOR})
    ids: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # of those who have signed in

    def organisation(
        self, label: str, visibility: str = "public", lane: Lane = "open", **more: object
    ) -> str:
        """An organisation under a label."""
        row = {"name": more.pop("name", label), "name_key": label, "visibility": visibility, **more}
        with self.drawing(lane):
            made = self.hub.database.write(lambda tx: self._added(tx, row)).result()
        self.ids[label] = made["id"]
        return str(made["id"])

    def _added(self, tx: Any, row: Mapping[str, object]) -> Any:
        made = tx.add(s.organisations, row)
        tx.tell("organisation.register", Actor("operator"), "organisations", made["id"], org=made["id"])
        return made

    def person(
        self, label: str, role: Role, org: str | None = None, lane: Lane = "open", **more: Any
    ) -> Actor:
        """Somebody under a label, with an account."""
        row = {"login": label, "name": label, "lang": "en", "role": role, "org_id": org, "state": "active"}
        with self.drawing(lane):
            account = self.hub.database.write(lambda tx: tx.add(s.accounts, row)).result()
        self.people[label] = Actor(role, str(account["id"]), org, **more)
        return self.people[label]

    def enter(self, label: str, secret: str) -> Actor:
        """Somebody under a label, as the hub knows whoever comes with this secret."""
        self.secrets[label] = secret
        self.people[label] = admission.who(self.hub, secret)
        return self.people[label]

    def do(
        self, who: str, action: str, label: str | None = None, lane: Lane = "open", /, **given: object
    ) -> Any:
        """Somebody does something; ids are given by their labels."""
        with self.drawing(lane):
            answer = run(action, self.meant(given), Asker(self.people[who], hub=self.hub))
        if label is not None:
            self.ids[label] = answer.id
        return answer

    def meant(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What was given, with labels (":label") as the ids that they stand for."""
        return {name: self._one(value) for name, value in given.items()}

    def _one(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._one(one) for one in value]
        return self.ids[value[1:]] if isinstance(value, str) and value[:1] == ":" else value

    @contextmanager
    def drawing(self, lane: Lane) -> Iterator[None]:
        """Ids from a lane; time goes on in both worlds alike, whether something happens or not."""
        self.lanes.lane = lane
        yield
        self.lanes.lane = "open"

    def ask(self, who: str, action: str, **given: object) -> Seen:
        """The same over HTTP, as whoever asks sees it."""
        route, asked = ROUTES[action], self.meant(given)
        path = route.path.replace("{id}", quote(str(asked.pop("id", "")), safe=""))
        headers = {} if who == "visitor" else {"authorization": f"Bearer {who}"}
        if route.method == "GET":
            return self.client.request("GET", path, urlencode(_as_text(asked), doseq=True), headers, b"")
        headers["if-match"] = "*"
        if route.upload:
            files = _taken(asked)
            sent = httpx.Request("POST", "http://hub", files=files or _NO_FILE, data=_as_text(asked))
            headers["content-type"] = sent.headers["content-type"]
            return self.client.request(route.method, path, "", headers, sent.read())
        headers["content-type"] = "application/json"
        return self.client.request(route.method, path, "", headers, json.dumps(asked).encode())


_NO_FILE = {"file": (None, "")}  # a form without a file is still one


def _taken(given: dict[str, Any]) -> dict[str, Any]:
    """The files among what was given, taken out."""
    return {name: ("a.csv", given.pop(name)) for name in list(given) if isinstance(given[name], bytes)}


def _as_text(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}


@contextmanager
def place(folder: Path, empty: Path) -> Iterator[Place]:
    """A hub without anything on it; nobody is limited, because its clock stands."""
    folder.mkdir(parents=True)
    shutil.copy(empty, folder / DATABASE)
    (folder / "settings.toml").write_text(
        "[limits]\n" + "".join(f"{kind} = [1, 0]\n" for kind in limits.RATES)
    )
    clock, lanes = Clock(NOON), Lanes()
    hub = open_hub(folder, clock=clock, ids=lanes)
    FORMS[:] = FORMS or [hub.database._forms]
    hub.database._forms = FORMS[0]
    people: dict[str, Actor] = {}

    def who(_: Hub, secret: str) -> Actor:
        if secret not in people:
            raise Denied("session.unknown")
        return people[secret]

    application = Application(hub, who, Log(io.BytesIO()))
    client = Direct(application)
    hub.part(Index)
    made = Place(hub, clock, lanes, client, people)
    people["visitor"] = VISITOR
    try:
        yield made
    finally:
        client.close()
        hub.close()


def reads() -> list[str]:
    """The names of all actions that read the hub's records."""
    return [name for name, action in ACTIONS.items() if action.does == "reads"]
