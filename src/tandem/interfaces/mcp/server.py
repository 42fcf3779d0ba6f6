"""One hub as an MCP server, whichever way its messages come; the protocol's library is imported only here.

Whoever comes through this door is a program, whatever its token says: what would bind its member waits for the
member's own word.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

import tandem
from tandem.base import error_words
from tandem.base.errors import Failed, TandemError
from tandem.base.words import Lang, say
from tandem.domain.people import Actor
from tandem.hub import actions, glossary
from tandem.hub.action import Action
from tandem.hub.actions import Asker
from tandem.hub.answers import Awaiting
from tandem.hub.installation import Hub
from tandem.hub.people import limits
from tandem.hub.records import cursor
from tandem.interfaces.mcp import records, tools

# Of one request: who asks, in which language, from which address.
Caller = tuple[Actor, Lang, str | None]
PART = 100  # tools told at once
_TOOLS = "tools/list"
T = TypeVar("T")


class Agents:
    """The handlers of one server.

    caller  who makes a request; Denied where its secret is good for nothing
    """

    def __init__(self, hub: Hub, caller: Callable[[Any], Caller]) -> None:
        self._hub, self._caller = hub, caller

    def server(self) -> Server[Any]:
        """The library's server with these handlers."""
        return Server(
            "tandem-hub",
            version=tandem.__version__,
            title="Tandem",
            instructions=say("mcp.instructions", "en") + "\n" + say("mcp.instructions", "zh"),
            get_tool_input_schema=_schema,
            on_list_tools=self._tools,
            on_call_tool=self._call,
            on_list_resources=self._resources,
            on_list_resource_templates=self._templates,
            on_read_resource=self._read,
        )

    async def _who(self, context: Any) -> Caller:
        try:
            actor, lang, address = await self._aside(lambda: self._caller(context), short=True)
        except TandemError as error:
            raise MCPError(
                types.INVALID_REQUEST, f"{error_words.sentence(error, 'en')} [{error.code}]"
            ) from None
        return replace(actor, agent=actor.account is not None), lang, address

    async def _aside(self, work: Callable[[], T], *, short: bool) -> T:
        """Does work in a thread, or here where it is shorter than getting there."""
        if short and self._hub.database.embedded:
            return work()
        return await anyio.to_thread.run_sync(work)

    async def _tools(self, context: Any, asked: Any) -> types.ListToolsResult:
        actor, lang, _ = await self._who(context)
        begin, offered = _begun(asked.cursor if asked is not None else None), tools.offered(actor)
        told = [
            types.Tool.model_validate(tools.described(one, lang)) for one in offered[begin : begin + PART]
        ]
        more = cursor.written(_TOOLS, begin + PART) if begin + PART < len(offered) else None
        return types.ListToolsResult(tools=told, next_cursor=more)

    async def _call(self, context: Any, asked: Any) -> types.CallToolResult:
        action = tools.by_name().get(asked.name)
        if action is None:
            raise MCPError(types.INVALID_PARAMS, f"no such tool: {asked.name[:100]}")
        actor, lang, address = await self._who(context)
        if seconds := limits.pause(self._hub, action, asked.arguments or {}):
            await anyio.sleep(seconds)
        try:
            answer = await self._aside(
                lambda: self._done(action, asked.arguments or {}, actor, lang, address), short=_short(action)
            )
        except TandemError as error:
            return _refused(error, lang)
        except Exception:  # the last line of defence: a sentence, never a trace
            return _refused(Failed("mcp.unexpected"), lang)
        told = tools.plain(answer, lang)
        text = json.dumps(told, ensure_ascii=False)
        if isinstance(answer, Awaiting):
            text = say("mcp.awaiting", lang, id=answer.confirmation_id) + "\n" + text
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=told)

    def _done(
        self, action: Action, arguments: dict[str, Any], actor: Actor, lang: Lang, address: str | None
    ) -> Any:
        actions.admitted(action.name, actor)
        limits.admit(self._hub, action, actor, address)
        given, key, version = tools.read(action, arguments)
        asker = Asker(actor, lang, hub=self._hub, key=key, version=version, network=limits.network(address))
        return actions.run(action.name, given, asker)

    async def _resources(self, context: Any, _: Any) -> types.ListResourcesResult:
        _, lang, _ = await self._who(context)
        told = types.Resource(uri=records.GLOSSARY, name="glossary", title=say("mcp.glossary", lang),
                              mime_type="text/markdown")  # fmt: skip
        return types.ListResourcesResult(resources=[told])

    async def _templates(self, context: Any, _: Any) -> types.ListResourceTemplatesResult:
        _, lang, _ = await self._who(context)
        told = [
            types.ResourceTemplate(uri_template=f"tandem://{name}/{{id}}", name=name, mime_type="application/json",
                                   title=say(f"action.{action.name}", lang))
            for name, action in records.families().items()
        ]  # fmt: skip
        return types.ListResourceTemplatesResult(resource_templates=told)

    async def _read(self, context: Any, asked: Any) -> types.ReadResourceResult:
        actor, lang, address = await self._who(context)
        where = str(asked.uri)
        if where == records.GLOSSARY:
            return _content(where, glossary.text(), "text/markdown")
        meant = records.meant(where)
        if meant is None:
            raise MCPError(types.INVALID_PARAMS, f"no such resource: {where[:100]}")
        action, id_ = meant
        try:
            answer = await self._aside(
                lambda: self._done(action, {"id": id_}, actor, lang, address), short=_short(action)
            )
        except TandemError as error:
            raise MCPError(
                types.INVALID_PARAMS, f"{error_words.sentence(error, lang)} [{error.code}]"
            ) from None
        return _content(where, json.dumps(tools.plain(answer, lang), ensure_ascii=False), "application/json")


def _begun(given: str | None) -> int:
    """The place of the first tool of a part."""
    try:
        return 0 if given is None else int(cursor.read(_TOOLS, given, cursor.number)[0])
    except TandemError as error:
        raise MCPError(types.INVALID_PARAMS, error_words.sentence(error, "en")) from None


def _short(action: Action) -> bool:
    return action.does == "reads" and not action.heavy


def _schema(name: str) -> Any:
    action = tools.by_name().get(name)
    return None if action is None else tools.described(action, "en")["inputSchema"]


def _content(where: str, text: str, media: str) -> types.ReadResourceResult:
    return types.ReadResourceResult(
        contents=[types.TextResourceContents(uri=where, mime_type=media, text=text)]
    )


def _refused(error: TandemError, lang: Lang) -> types.CallToolResult:
    """What is wrong and what to do, as an error of the tool: the agent shall read it and mend it."""
    told = error_words.plain(error, lang, action=tools.named)
    text = f"{told['message']} [{error.code}]"
    return types.CallToolResult(
        content=[types.TextContent(text=text)], structured_content=told, is_error=True
    )
