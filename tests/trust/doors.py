"""The three ways into one hub: HTTP, MCP and the command line, each asked as a person and heard to the last byte.

Whoever asks is a label of `Place.people`; ids are given by their labels, as `Place.meant` reads them.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp.shared.exceptions import MCPError
from tests.trust.worlds import ROUTES, Place

from tandem.hub import installation
from tandem.hub.actions import ACTIONS
from tandem.hub.call import Call
from tandem.hub.people import sessions
from tandem.interfaces.cli import layout, main, progress
from tandem.interfaces.mcp import tools
from tandem.interfaces.mcp.server import Agents


@dataclass(frozen=True)
class Told:
    """Everything that comes back of a request, whether it was answered, and the code of the error where not."""

    good: bool
    text: str
    code: str | None = None


Door = Callable[..., Told]  # of (who, action, /, **given)
_CODE = re.compile(
    r"\[([a-z_]+\.[a-z_.]+)\]$", re.MULTILINE
)  # as a command says it, at the end of the sentence
FILES = frozenset(name for name, action in ACTIONS.items() if layout.gives_file(action))


def http(at: Place) -> Door:
    """Requests to the application."""

    def ask(who: str, action: str, /, **given: object) -> Told:
        seen = at.ask(who, action, **given)
        headers = "".join(f"{name}: {value}\n" for name, value in seen.headers if name != "content-length")
        text = f"{seen.status}\n{headers}{seen.body.decode('utf-8', 'replace')}"
        return Told(seen.status < 400, text, json.loads(seen.body)["code"] if seen.status >= 400 else None)

    return ask


@contextmanager
def mcp(at: Place) -> Iterator[Door]:
    """The server's own handler of tool calls; who asks is its context."""
    loop = asyncio.new_event_loop()
    entry = (
        Agents(at.hub, lambda who: (at.people[who], "en", None)).server().get_request_handler("tools/call")
    )
    handler: Any = entry.handler if entry is not None else None

    def ask(who: str, action: str, /, **given: object) -> Told:
        told = {name: _encoded(value) for name, value in at.meant(given).items()}
        called = types.CallToolRequestParams(name=tools.called(ACTIONS[action]), arguments=told)
        answer = loop.run_until_complete(handler(who, called))
        code = answer.structured_content["code"] if answer.is_error else None
        return Told(not answer.is_error, answer.model_dump_json(), code)

    try:
        yield ask
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _encoded(value: Any) -> Any:
    """A value as a tool takes it: a file with its name and its content in base64."""
    return (
        {"name": "a.csv", "content": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
    )


@contextmanager
def resources(at: Place) -> Iterator[Callable[[str, str], Told]]:
    """The handler of what is read by its address: (who, address)."""
    loop = asyncio.new_event_loop()
    entry = (
        Agents(at.hub, lambda who: (at.people[who], "en", None))
        .server()
        .get_request_handler("resources/read")
    )
    handler: Any = entry.handler if entry is not None else None

    def read(who: str, address: str) -> Told:
        try:
            answer = loop.run_until_complete(handler(who, types.ReadResourceRequestParams(uri=address)))
        except MCPError as error:
            return Told(False, str(error))
        return Told(True, answer.model_dump_json())

    try:
        yield read
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


@contextmanager
def terminal(at: Place, *more: str) -> Iterator[Door]:
    """Commands with the token of whoever asks, on the hub that is open already; both streams and the exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(installation, "open_hub", lambda *_: at.hub)
        patch.setattr(at.hub, "close", lambda: None)
        patch.setattr(progress, "PATIENCE", 600.0)
        for name in ("TANDEM_TOKEN", "TANDEM_URL", "TANDEM_LANG", "TANDEM_DATA"):
            patch.delenv(name, raising=False)
        tokens = dict(at.secrets)

        def ask(who: str, action: str, /, **given: object) -> Told:
            if who not in tokens:
                tokens[who] = at.secrets.get(who) or _token(at, who)
            own = ["--data", str(at.hub.folder), "--token", tokens[who], "--lang", "en"]
            made = _command(action, at.meant(given), at.hub.folder)
            return _run([*made, *own, *(more if action not in FILES else ())])

        yield ask


def _token(at: Place, who: str) -> str:
    """The secret of a session."""
    actor = at.people[who]
    begun = at.hub.database.write(
        lambda tx: sessions.begin(Call(tx, actor, at.hub), str(actor.account), "active")
    )
    return str(begun.result().secret)


def _command(action: str, given: Mapping[str, Any], folder: Path) -> list[str]:
    """An action as it is typed; a file stands in the folder first."""
    made = [part.replace("_", "-") for part in action.split(".")]
    for name, value in given.items():
        if isinstance(value, bytes):
            (folder / "a.csv").write_bytes(value)
            made.append(str(folder / "a.csv"))
        elif ROUTES[action].settings[name].positional:
            made += [str(one) for one in (value if isinstance(value, list) else [value])]
        elif value is True:
            made.append(layout.flag(name))
        elif value is not False:
            for one in value if isinstance(value, list) else [value]:
                made += [layout.flag(name), str(one)]
    return made


def _run(arguments: list[str]) -> Told:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main.run(arguments)
    shown = [stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)]  # type: ignore[attr-defined]
    refused = _CODE.findall(shown[1]) if code else []
    return Told(code == 0, f"{code}\n{shown[0]}\n{shown[1]}", refused[0] if refused else None)
