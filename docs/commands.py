"""Writes docs/commands.md, every action with its three doors, from the registry of actions: `make map`."""

from __future__ import annotations

from pathlib import Path

from tandem.base.words import Lang, has, say
from tandem.domain.people import EVERYONE, ROLES, SIGNED_IN
from tandem.hub.action import Action
from tandem.hub.actions import ACTIONS
from tandem.interfaces.cli.layout import SECTIONS
from tandem.interfaces.http.layout import place
from tandem.interfaces.mcp.tools import called

HEAD = """# Commands 命令一览

Every action, written from the registry that the command line, HTTP and MCP are made from: `make map` writes this page,
and a test holds it current. A dash stands where an action works on files of its own machine, which only the command
line offers. `*`: an agent's wish waits for the member's own word. Beside a role it takes the right to the record:
[hub.md](hub.md) says whose records those are. `tandem COMMAND --help` has the settings, `/openapi.json` of a running
hub has them for programs.

本页由操作登记表自动生成，命令行、HTTP 和 MCP 都由同一登记表生成。短横线表示该操作只处理本机文件，仅命令行提供；`*` 表示
智能体提出后须经成员本人确认。除角色外，还须对相应记录拥有权限。
"""
COLUMNS = "| command 命令 | HTTP | MCP | who may 谁可用 | what it does | 作用 |\n|---|---|---|---|---|---|"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for section, families in SECTIONS.items():
        heading = f"cli.section.{section}"
        parts.append(f"\n## {_bare(heading, 'en')} {_bare(heading, 'zh')}\n\n{COLUMNS}\n")
        parts += [_row(one) for one in ACTIONS.values() if one.family in families]
    return "".join(parts)


def _row(action: Action) -> str:
    command = f"`tandem {action.name.replace('.', ' ').replace('_', '-')}`"
    files = action.does == "files"
    over_http = "-" if files else f"`{' '.join(place(action))}`"
    tool = "-" if files else f"`{called(action)}`" + (" *" if action.binds else "")
    told = (command, over_http, tool, _who(action), *(_says(action, lang) for lang in ("en", "zh")))
    return "| " + " | ".join(one.replace("|", r"\|") for one in told) + " |\n"


def _who(action: Action) -> str:
    """The roles in words, in both languages."""
    if action.may == EVERYONE:
        return "everyone 所有人"
    if action.may == SIGNED_IN:
        return "signed in 已登录者"
    codes = [f"choice.role.{role}" for role in ROLES if role in action.may]
    return ", ".join(f"{say(code, 'en')} {say(code, 'zh')}" for code in codes)


def _says(action: Action, lang: Lang) -> str:
    code = f"action.{action.name}"
    return say(code, lang) if has(code) else ""


def _bare(code: str, lang: Lang) -> str:
    return say(code, lang).rstrip(":：")


if __name__ == "__main__":
    (Path(__file__).parent / "commands.md").write_text(page(), "utf-8")
