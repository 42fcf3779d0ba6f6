"""The options of a command: an action's settings as click knows them, and what only a command line has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from tandem.base.settings import Setting, settings_of
from tandem.base.words import LANGUAGES, Lang, has, of_setting, say
from tandem.hub.action import Action
from tandem.interfaces.cli import layout

# Under which heading of the help an option stands; words under `cli.<heading>`.
OPTIONS, HUB, OUTPUT = "options", "hub", "output"
_METAVARS = {
    "data": "DIR",
    "url": "URL",
    "token": "SECRET",
    "key": "TEXT",
    "version_seen": "N",
    "out": "FILE",
}


class Option(click.Option):
    """A click option with the heading that it stands under."""

    heading = OPTIONS

    def under(self, heading: str) -> Option:
        """The same, under another heading."""
        self.heading = heading
        return self


def of_action(action: Action, lang: Lang) -> list[click.Parameter]:
    """Everything that the command of an action takes."""
    return [
        *(_setting(action, one, lang) for one in _required_first(action)),
        *(_flag(name, lang) for name in layout.EXTRA.get(action.name, ())),
        *(_own(name, lang) for name in layout.own_options(action)),
        *([] if layout.gives_file(action) else [_flag("json", lang, "as_json").under(OUTPUT)]),
        language(lang),
    ]


def language(lang: Lang) -> Option:
    """Read before click comes to it (main.spoken); here so that it stands in the help and its value is checked."""
    return Option(
        ["--lang", "lang_spoken"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=say("cli.lang", lang),
    ).under(OUTPUT)


def _required_first(action: Action) -> Iterator[Setting]:
    """The settings in their order, for a hub's actions those that must be given before the others."""
    settings = settings_of(action.takes)
    if action.does == "files":
        yield from settings
        return
    yield from (one for one in settings if one.required)
    yield from (one for one in settings if not one.required)


def _setting(action: Action, one: Setting, lang: Lang) -> click.Parameter:
    """A setting as click knows it; values stay text, because the hub reads and judges them."""
    code = of_setting(action.name, one.name)
    words = say(code, lang) if has(code) else ""
    if one.positional:
        many = -1 if one.type == "texts" else 1
        return click.Argument([one.name], required=False, nargs=many, metavar=layout.metavar(one), help=words)
    flag = layout.flag(one.name)
    if one.type == "flag":
        # what may be left as it is can be switched on and off
        spelled = f"{flag}/--no-{flag[2:]}" if one.default is None else flag
        return Option([spelled, one.name], is_flag=True, default=None, help=words)
    notes = [say("cli.wanted", lang)] if one.required else []
    notes += [say("cli.typed" if one.required else "cli.piped", lang)] if one.type == "secret" else []
    notes += [say("cli.from_file", lang)] if one.type == "long_text" else []
    notes += [] if one.default in (None, ()) else [say("cli.default", lang, value=one.default)]
    return Option([flag, one.name], metavar=layout.metavar(one), multiple=one.type == "texts",
                  help=" ".join([words, *notes]))  # fmt: skip


def _flag(name: str, lang: Lang, into: str = "") -> Option:
    return Option([f"--{name}", *([into] if into else [])], is_flag=True, help=say(f"cli.{name}", lang))


def _own(name: str, lang: Lang) -> Option:
    """An option that every command on a hub's records has; it is no setting, so that it has a name no setting has."""
    told: dict[str, Any] = {"is_flag": True} if name == "force" else {"metavar": _METAVARS[name]}
    made = Option([f"--{name.replace('_', '-')}", f"own_{name}"], help=say(f"cli.{name}", lang), **told)
    return made.under(OUTPUT if name in layout.FILING else HUB)
