"""The hub's actions as MCP tools: one for each action on records, described as HTTP describes it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import cache
from typing import Any

from tandem.base import error_words
from tandem.base.errors import Invalid
from tandem.base.settings import Upload, settings_of
from tandem.base.words import Lang, say
from tandem.domain.people import Actor
from tandem.hub import schemas
from tandem.hub.action import Action
from tandem.hub.actions import ACTIONS
from tandem.hub.answers import Download

KEY, VERSION = "idempotency_key", "version_seen"  # what a write takes beside its settings
_DEFINED = "#/$defs/"
# Verbs that take something away or end it; what else writes adds or changes what can be changed back.
_DESTROYS = frozenset(("remove", "erase", "revoke", "forget", "drop", "withdraw", "close", "lose", "stop"))
# Writes that come to the same however often they are asked for.
_SAME = frozenset(("edit", "read", "revoke", "verify", "lease", "set", "rebuild"))
_FILE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "content": {"type": "string", "contentEncoding": "base64"}},
    "required": ["name", "content"],
    "additionalProperties": False,
}


@cache
def by_name() -> Mapping[str, Action]:
    """The action of each tool."""
    return {called(action): action for action in ACTIONS.values() if action.does != "files"}


def called(action: Action) -> str:
    """What an action is called as a tool: need_pose."""
    return named(action.name)


def named(action: str) -> str:
    """An action's name as its tool's."""
    return action.replace(".", "_")


def offered(actor: Actor) -> list[Action]:
    """The actions that somebody may ask for."""
    return [
        one for one in by_name().values()
        if actor.role in one.may and actor.within(one.name, reads=one.does == "reads")
    ]  # fmt: skip


@cache
def described(action: Action, lang: Lang) -> Mapping[str, Any]:
    """A tool as the protocol has it."""
    verb = action.name.partition(".")[2]
    reads = action.does == "reads"
    notes = [say("mcp.binds", lang)] if action.binds else []
    return {
        "name": called(action),
        "title": say(f"action.{action.name}", lang),
        "description": " ".join([schemas.described(action, lang), *notes]),
        "inputSchema": _input(action, lang),
        "outputSchema": _output(action),
        "annotations": {
            "readOnlyHint": reads,
            "destructiveHint": not reads and verb in _DESTROYS,
            "idempotentHint": reads or verb in _SAME,
            "openWorldHint": False,
        },
    }


def read(action: Action, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], str | None, int | None]:
    """The settings that a tool was called with, its key and version. Raises Invalid setting.*."""
    given = dict(arguments)
    key, version = None, None
    if action.does == "writes":
        key, version = given.pop(KEY, None), given.pop(VERSION, None)
    if key is not None and not isinstance(key, str):
        raise Invalid("setting.text", name=KEY)
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise Invalid("setting.integer", name=VERSION, value=str(version)[:40])
    kinds = {one.name: one for one in settings_of(action.takes)}
    for name, value in given.items():
        one = kinds.get(name)
        if one is not None and one.type == "upload" and value is not None:
            given[name] = _upload(name, value)
        elif one is not None and one.type in ("integer", "money") and value is not None:
            given[name] = _whole(name, value)
    return given, key, version


def plain(answer: Any, lang: Lang) -> dict[str, Any]:
    """An answer as JSON values, the same as HTTP's body; a file with its content in base64."""
    if isinstance(answer, Download):
        content = base64.b64encode(answer.content).decode()
        return {"name": answer.name, "media": answer.media, "content": content}
    told: dict[str, Any] = error_words.answer_plain(answer, lang)
    return told


def _input(action: Action, lang: Lang) -> dict[str, Any]:
    made = schemas.taken(action, lang)
    for one in settings_of(action.takes):
        if one.type == "upload":
            made["properties"][one.name] = {
                **_FILE,
                "description": made["properties"][one.name].get("description", ""),
            }
    if action.does == "writes":
        made["properties"][KEY] = {"type": "string", "maxLength": 255, "description": say("http.key", lang)}
        made["properties"][VERSION] = {"type": "integer", "description": say("cli.version_seen", lang)}
    return made


def _output(action: Action) -> dict[str, Any]:
    components: dict[str, dict[str, Any]] = {}
    given = schemas.given(action, components, _DEFINED)
    known = {
        name: {key: value for key, value in one.items() if key != "x-module"}
        for name, one in components.items()
    }
    return {"type": "object", **given, "$defs": known}


def _upload(name: str, value: Any) -> Upload:
    if not isinstance(value, Mapping) or not all(
        isinstance(value.get(one), str) for one in ("name", "content")
    ):
        raise Invalid("setting.upload", name=name)
    try:
        return Upload(value["name"], base64.b64decode(value["content"], validate=True))
    except (binascii.Error, ValueError):
        raise Invalid("setting.upload", name=name) from None


def _whole(name: str, value: Any) -> int:
    """A whole number; "12.34" would mean other money than 1234."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or int(value) != value:
        raise Invalid("setting.integer", name=name, value=str(value)[:40])
    return int(value)
