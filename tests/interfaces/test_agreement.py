"""The command line, HTTP and MCP are one: the same actions, settings and words, the same answers to the same asking."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from mcp import Client
from starlette.testclient import TestClient
from tests.hub.conftest import Clock, Counted, empty_file  # noqa: F401  a fixture
from tests.interfaces.http.conftest import ADDRESS, opened

from tandem.base.settings import settings_of
from tandem.base.words import LANGUAGES
from tandem.hub import installation
from tandem.hub.actions import ACTIONS
from tandem.hub.people import admission
from tandem.interfaces.cli import commands, layout, main, options
from tandem.interfaces.http import layout as places
from tandem.interfaces.http import openapi
from tandem.interfaces.http.application import Application
from tandem.interfaces.mcp import server, tools
from tandem.interfaces.mcp.server import Agents

HELD = {name: action for name, action in ACTIONS.items() if action.does != "files"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_three_offer_the_same_actions_with_the_same_settings(lang):
    """Names, types, bounds, defaults, what must be given and every word are those of one declaration."""
    document = json.loads(openapi.document(lang))
    assert set(tools.by_name()) == {name.replace(".", "_") for name in HELD}
    assert {route.action.name for route in places.routes()} == set(HELD)
    for name, action in HELD.items():
        declared = {one.name: one for one in settings_of(action.takes)}
        over_http, needed = _of_http(document, *places.place(action))
        tool = tools.described(action, lang)["inputSchema"]
        over_mcp = {
            one: shape for one, shape in tool["properties"].items() if one not in (tools.KEY, tools.VERSION)
        }
        on_line = _of_line(action, lang)
        assert set(over_http) == set(over_mcp) == set(on_line) == set(declared), name
        assert (
            needed == set(tool.get("required", ())) == {one for one in declared if declared[one].required}
        ), name
        for one, setting in declared.items():
            assert on_line[one].help.startswith(over_mcp[one].get("description", "")), (name, one)
            assert over_mcp[one].get("description") == over_http[one].get("description"), (name, one)
            if setting.type != "upload":
                assert over_mcp[one] == over_http[one], (name, one)
            if setting.type == "choice":
                assert on_line[one].metavar == "|".join(over_mcp[one]["enum"])
            if setting.required and not setting.positional:
                assert on_line[one].help.endswith("]")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_three_say_the_same_of_an_action(lang):
    """The sentence of the help page is that of the API's description and of the tool."""
    document = json.loads(openapi.document(lang))
    for action in HELD.values():
        method, path = places.place(action)
        told = document["paths"][path][method.lower()]["description"]
        assert tools.described(action, lang)["description"].startswith(told)
        page = commands._Lazy(action, action.name, lang).help
        assert page is not None
        assert page.replace("\n\n", " ") == told


def _of_http(document: Mapping[str, Any], method: str, path: str) -> tuple[dict[str, Any], set[str]]:
    """The settings of a route as OpenAPI tells them, headers left out, and those that must be given."""
    operation = document["paths"][path][method.lower()]
    found, needed = {}, set()
    for one in operation.get("parameters", ()):
        if "$ref" in one or one["in"] == "header":
            continue
        about = {"description": one["description"]} if "description" in one else {}
        found[one["name"]] = {**one["schema"], **about}
        if one.get("required"):
            needed.add(one["name"])
    for media in operation.get("requestBody", {}).get("content", {}).values():
        found |= media["schema"]["properties"]
        needed |= set(media["schema"].get("required", ()))
    return found, needed


def _of_line(action: Any, lang: Any) -> dict[str, click.Parameter]:
    """The parameters of a command that are settings of its action."""
    own = {"as_json", "lang_spoken", *(f"own_{one}" for one in layout.own_options(action))}
    return {one.name: one for one in options.of_action(action, lang) if one.name not in own}


# What is asked of three hubs that are equal: who, which action, what. `$0` is the id in the first answer.
STORY: tuple[tuple[str | None, str, dict[str, Any]], ...] = (
    (
        "ann",
        "delivery.add",
        {"title": "低温密封检测", "text": "零下四十度；CNAS", "delivered_on": "2026-05-04"},
    ),
    ("ann", "delivery.show", {"id": "$0"}),
    ("ann", "delivery.list", {"limit": 5}),
    ("ann", "delivery.edit", {"id": "$0", "title": "低温密封检测（二）", "clear": ["text"]}),
    ("opal", "organisation.list", {}),
    ("max", "organisation.edit", {"id": "$org", "city": "440300", "name_en": "A & Co"}),
    ("bob", "organisation.show", {"id": "$org"}),
    (None, "organisation.list", {}),
    ("ann", "need.list", {"mine": True}),
    ("ann", "account.show", {}),
    ("max", "webhook.list", {}),
    ("ann", "journal.list", {"limit": 3}),
    ("opal", "journal.list", {"action": "delivery.add"}),
    ("ann", "introduction.list", {}),
    ("ann", "notice.list", {}),
    ("bob", "delivery.edit", {"id": "$0", "title": "别人的"}),
    ("bob", "need.show", {"id": "nope"}),
    ("ann", "delivery.list", {"limit": 5000}),
    ("ann", "organisation.verify", {"id": "$org"}),
    ("ann", "delivery.remove", {"id": "$0"}),
)


def _as_declared(way: str, told: Any) -> Any:
    """What was told, with the names of actions as they are declared."""
    if not isinstance(told, dict) or "message" not in told:
        return told
    spoken = {"line": "tandem {} {}", "http": "{}.{}", "mcp": "{}_{}"}[way]
    message = told["message"]
    for name in ACTIONS:
        message = message.replace(spoken.format(*name.partition(".")[::2]), name)
    return {**told, "message": message}


@pytest.fixture
def equal(tmp_path: Path, empty_file: Path) -> tuple[Path, dict[str, str], str]:  # noqa: F811
    """A hub's folder to be copied, the secrets of its people, and the first organisation."""
    with opened(tmp_path / "one", empty_file) as made:
        secrets, org = dict(made.secrets), str(made.actors["ann"].org)
    return tmp_path / "one", secrets, org


def test_all_three_give_the_same_answers(equal, tmp_path, monkeypatch):
    """The same story on three equal hubs: answers and errors are the same JSON, in Chinese and in English.

    Only an action that an error names is written as one asks for it there: as a command, or as a tool.
    """
    folder, secrets, org = equal
    monkeypatch.delenv("TANDEM_TOKEN", raising=False)
    told = {}
    for way, ask in (("line", _line), ("http", _http), ("mcp", _mcp)):
        copy = shutil.copytree(folder, tmp_path / way)
        told[way] = [_as_declared(way, one) for one in ask(copy, secrets, org, monkeypatch)]
    for n, asked in enumerate(STORY):
        assert told["line"][n] == told["http"][n] == told["mcp"][n], asked
    assert sum("code" in one and "message" in one for one in told["http"]) == 4


def _filled(given: Mapping[str, Any], answers: list[Any], org: str) -> dict[str, Any]:
    known = {"$0": answers[0]["id"] if answers else "", "$org": org}
    return {
        name: known.get(value, value) if isinstance(value, str) else value for name, value in given.items()
    }


def _lang(n: int) -> str:
    return LANGUAGES[n % 2]


def _error(code: str, message: str, params: Any) -> dict[str, Any]:
    """What is the same of an error everywhere; a setting is named as each way names it."""
    return {"code": code, "message": message.replace("--", ""), "params": params}


def _line(folder: Path, secrets: Mapping[str, str], org: str, monkeypatch: Any) -> list[Any]:
    ids, clock, real = Counted(), Clock(), installation.open_hub
    for _ in range(10_000):
        ids()
    monkeypatch.setattr(
        installation, "open_hub", lambda place, url=None: real(place, url, clock=clock, ids=ids)
    )
    answers: list[Any] = []
    for n, (who, name, given) in enumerate(STORY):
        arguments = [
            *name.replace("_", "-").split("."),
            "--json",
            "--lang",
            _lang(n),
            "--data",
            os.fspath(folder),
        ]
        arguments += ["--token", secrets[who]] if who else []
        for setting, value in _filled(given, answers, org).items():
            flags = [] if setting == "id" else [layout.flag(setting)]
            for one in value if isinstance(value, list) else [value]:
                arguments += flags if one is True else [*flags, str(one)]
        if who is None:
            monkeypatch.setattr("tandem.interfaces.cli.asking.HERE", admission.VISITOR)
        written = io.StringIO()
        with contextlib.redirect_stdout(written), contextlib.redirect_stderr(io.StringIO()):
            main.run(arguments)
        said = json.loads(written.getvalue())
        error = said.get("error")
        answers.append(said if not error else _error(error["code"], error["message"], error["params"]))
    monkeypatch.setattr(installation, "open_hub", real)
    return answers


def _http(folder: Path, secrets: Mapping[str, str], org: str, _: Any) -> list[Any]:
    hub = _counted(folder)
    routes = {route.action.name: route for route in places.routes()}
    answers: list[Any] = []
    with TestClient(Application(hub, admission.who), ADDRESS) as client:
        for n, (who, name, given) in enumerate(STORY):
            route, values = routes[name], _filled(given, answers, org)
            path = route.path.replace("{id}", str(values.pop("id", ""))) if route.named else route.path
            headers = {
                "accept-language": _lang(n),
                **({"authorization": f"Bearer {secrets[who]}"} if who else {}),
            }
            headers |= {"if-match": "*"} if route.guarded else {}
            reads = route.method == "GET"
            body = {
                "params": {
                    one: str(value).lower() if value is True else value for one, value in values.items()
                }
            }
            got = client.request(route.method, path, headers=headers, **(body if reads else {"json": values}))
            said = got.json()
            fine = got.status_code < 400
            answers.append(said if fine else _error(said["code"], said["detail"], said["params"]))
    hub.close()
    return answers


def _mcp(folder: Path, secrets: Mapping[str, str], org: str, monkeypatch: Any) -> list[Any]:
    """As the people themselves: that whoever comes by MCP counts as an agent is shown in mcp/test_agents.py."""
    monkeypatch.setattr(server, "replace", lambda actor, agent: actor)
    hub = _counted(folder)
    asking: dict[str, Any] = {}

    def caller(_: Any) -> Any:
        return admission.who(hub, asking["secret"]), asking["lang"], None

    async def tell() -> list[Any]:
        answers: list[Any] = []
        async with Client(Agents(hub, caller).server()) as client:
            for n, (who, name, given) in enumerate(STORY):
                asking.update(secret=secrets[who] if who else None, lang=_lang(n))
                got = await client.call_tool(name.replace(".", "_"), _filled(given, answers, org))
                said = got.structured_content
                fine = not got.is_error
                answers.append(said if fine else _error(said["code"], said["message"], said["params"]))
        return answers

    asking.update(secret=None, lang="en")
    answers = asyncio.run(tell())
    hub.close()
    return answers


def _counted(folder: Path) -> Any:
    ids = Counted()
    for _ in range(10_000):
        ids()
    return installation.open_hub(folder, clock=Clock(), ids=ids)
