"""Click commands made from the hub's actions; what a declaration cannot know stands in layout.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from tandem.base.errors import Invalid
from tandem.base.settings import Setting, settings_of
from tandem.base.words import LANGUAGES, Lang, has, say
from tandem.hub import actions
from tandem.hub.actions import Action, Asker
from tandem.interfaces.cli import layout, progress

_HEADINGS = {"Options": "cli.options", "Commands": "cli.commands", "Positional arguments": "cli.arguments"}


def call(arguments: list[str], lang: Lang) -> int:
    """Runs the command line; returns the exit code."""
    app = application(lang)
    try:
        with app.make_context("tandem", layout.gathered(arguments), obj=lang) as context:
            return int(app.invoke(context) or 0)
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    except click.NoSuchOption as error:
        raise Invalid("usage.option", name=error.option_name, near=list(error.possibilities or ())) from error
    except click.NoSuchCommand as error:
        raise _unknown(error) from error
    except click.UsageError as error:
        raise Invalid("usage.other", why=error.format_message()) from error


def application(lang: Lang) -> click.Group:
    """The group of all commands, speaking one language."""
    return _Group(
        name="tandem",
        help=say("cli.about", lang),
        epilog=say("cli.more", lang),
        params=[_version(lang), _lang(lang)],
        commands=_commands(lang),
        invoke_without_command=True,
        callback=_greet,
    )


def _commands(lang: Lang) -> dict[str, click.Command]:
    """Commands by name; an action with a dot stands in a group: "region.import" is `tandem region import`."""
    made: dict[str, click.Command] = {}
    for name, action in actions.ACTIONS.items():
        group, _, own = name.partition(".")
        if not own:
            made[name] = _command(action, name, lang)
            continue
        held = made.setdefault(group, _family(group, lang))
        if isinstance(held, click.Group):
            held.add_command(_command(action, own, lang))
    return made


def _family(name: str, lang: Lang) -> click.Group:
    """A group of commands that belong together; alone, it lists them."""
    about = say(f"cli.group.{name}", lang)
    more = say(f"cli.group.{name}.more", lang)
    return _Group(name=name, help=f"{about}\n\n{more}", short_help=about, params=[_lang(lang)],
                  invoke_without_command=True, callback=_greet)  # fmt: skip


def _unknown(error: click.NoSuchCommand) -> Invalid:
    """The error that names the commands there are where it was asked, the nearest first."""
    held = error.ctx.command if error.ctx is not None else None
    known = list(held.commands) if isinstance(held, click.Group) else []
    above = error.ctx.command_path.split()[1:] if error.ctx is not None else []
    asked = " ".join([*above, error.command_name])
    if error.possibilities:
        near = [" ".join(["tandem", *above, name]) for name in error.possibilities]
        return Invalid("usage.command_near", name=asked, near=near, known=known)
    return Invalid("usage.command", name=asked, known=known)


class _Formatter(click.HelpFormatter):
    """Click's help with its few own words in our language."""

    lang: Lang = "en"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, say("cli.usage", self.lang) + " ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(say(_HEADINGS[name], self.lang) if name in _HEADINGS else name):
            yield


class _Context(click.Context):
    def make_formatter(self) -> click.HelpFormatter:
        formatter = _Formatter(width=self.terminal_width, max_width=self.max_content_width or 100)
        formatter.lang = self.obj
        return formatter


class _Command(click.Command):
    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help(super().get_help_option(ctx), ctx)


class _Group(click.Group):
    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help(super().get_help_option(ctx), ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # the order of the story, not of the alphabet


def _help(option: click.Option | None, ctx: click.Context) -> click.Option | None:
    if option is not None:
        option.help = say("cli.help", ctx.obj)
    return option


def _greet(**_: Any) -> None:
    """Called before every command; alone, shows the help."""
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _command(action: Action, name: str, lang: Lang) -> click.Command:
    settings = settings_of(action.takes)

    def asked(**given: Any) -> int:
        return _ask(action, given, lang)

    more = f"action.{action.name}.more"
    return _Command(
        name=name,
        help=say(f"action.{action.name}", lang) + ("\n\n" + say(more, lang) if has(more) else ""),
        short_help=say(f"action.{action.name}", lang),
        params=[
            *(_parameter(action, one, lang) for one in settings),
            *(_extra(name, lang) for name in layout.EXTRA.get(action.name, ())),
            click.Option(["--json", "as_json"], is_flag=True, help=say("cli.json", lang)),
            _lang(lang),
        ],
        callback=asked,
    )


def _parameter(action: Action, one: Setting, lang: Lang) -> click.Parameter:
    """A setting as click knows it; values stay text, because the hub reads and judges them."""
    words = say(layout.words_of(action.name, one.name), lang)
    if one.positional:
        return click.Argument([one.name], required=False, metavar=layout.metavar(one), help=words)
    flag = layout.written(one.name)
    if one.type == "flag":
        return click.Option([flag, one.name], is_flag=True, default=None, help=words)
    shown = words if one.default in (None, ()) else f"{words} {say('cli.default', lang, value=one.default)}"
    return click.Option(
        [flag, one.name], metavar=layout.metavar(one), multiple=one.type == "texts", help=shown
    )


def _extra(name: str, lang: Lang) -> click.Option:
    return click.Option([f"--{name}"], is_flag=True, help=say(f"cli.{name}", lang))


def _lang(lang: Lang) -> click.Option:
    """Read before click comes to it (main.spoken); here so that it stands in the help and its value is checked."""
    return click.Option(
        ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=say("cli.lang", lang)
    )


def _version(lang: Lang) -> click.Option:
    return click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_show_version,
                        help=say("cli.version", lang))  # fmt: skip


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        import tandem  # noqa: PLC0415

        click.echo(f"tandem {tandem.__version__}")
        context.exit()


def _ask(action: Action, given: dict[str, Any], lang: Lang) -> int:
    """Runs an action with progress on stderr, and shows its answer."""
    as_json = given.pop("as_json")
    extra = {name: given.pop(name) for name in layout.EXTRA.get(action.name, ())}
    with progress.shown(lang) as tell:
        answer = actions.run(action.name, _given(given), Asker(lang=lang, progress=tell))
    from tandem.interfaces.cli import show  # noqa: PLC0415  tables are laid out when there is an answer

    if as_json:
        sys.stdout.write(json.dumps(show.plain(answer, lang), ensure_ascii=False, indent=1) + "\n")
    else:
        show.answer(action.name, answer, lang)
    if extra.get("serve"):
        from tandem.interfaces.cli import serve  # noqa: PLC0415

        serve.folder(answer.files[0].parent, answer.files[0].name, lang)
    return show.exit_code(answer)


def _given(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options that were not given are left out, so that the hub's defaults hold."""
    return {name: value for name, value in given.items() if value not in (None, ())}
