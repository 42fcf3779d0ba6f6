"""Click commands made from the hub's actions; what a declaration cannot know stands in layout.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from tandem.base import error_words
from tandem.base.errors import Invalid
from tandem.base.words import Lang, has, say
from tandem.hub import actions
from tandem.hub.action import Action
from tandem.hub.answers import Attended, Download, Served
from tandem.interfaces.cli import layout, options, progress, wrapping

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
        params=[_version(lang), options.language(lang)],
        commands=_commands(lang),
        invoke_without_command=True,
        callback=_greet,
    )


def _commands(lang: Lang) -> dict[str, click.Command]:
    """Commands by name, in the order of the story; "region.import" is `import` in the group `region`."""
    families: dict[str, list[Action]] = {}
    for action in actions.ACTIONS.values():
        families.setdefault(action.family, []).append(action)
    told = [name for names in layout.SECTIONS.values() for name in names if name in families]
    made: dict[str, click.Command] = {}
    for name in [*told, *(name for name in families if name not in told)]:
        first = families[name][0]
        made[name] = (
            _command(first, name, lang) if first.name == name else _family(name, families[name], lang)
        )
    return made


def _family(name: str, held: list[Action], lang: Lang) -> click.Group:
    """A group of commands that belong together; alone, it lists them."""
    about = say(f"cli.group.{name}", lang)
    more = say(f"cli.group.{name}.more", lang)
    commands = {action.name.partition(".")[2]: action for action in held}
    made = {
        own.replace("_", "-"): _command(action, own.replace("_", "-"), lang)
        for own, action in commands.items()
    }
    return _Group(name=name, help=f"{about}\n\n{more}", short_help=about, params=[options.language(lang)],
                  commands=made, invoke_without_command=True, callback=_greet)  # fmt: skip


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
    """Click's help with its few own words in our language, and lines as wide as the screen."""

    lang: Lang = "en"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        self.write(f"{say('cli.usage', self.lang)}{'' if self.lang == 'zh' else ' '}{prog} {args}\n")

    def write_heading(self, heading: str) -> None:
        self.write(f"{heading}{'：' if self.lang == 'zh' else ':'}\n")

    def write_text(self, text: str) -> None:
        paragraphs = [wrapping.wrapped(one, self.width - self.current_indent) for one in text.split("\n\n")]
        self.write("\n".join(self._indented(lines) for lines in paragraphs))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        room = self.width - self.current_indent
        self.write(self._indented(list(wrapping.columns(list(rows), room, col_max, col_spacing))))

    def _indented(self, lines: Sequence[str]) -> str:
        return "".join(f"{' ' * self.current_indent if line else ''}{line}\n" for line in lines)

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
    """A command whose options stand under several headings: its own, where the hub is, what is written."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help(super().get_help_option(ctx), ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        headings: dict[str, list[tuple[str, str]]] = {}
        for one in self.get_params(ctx):
            record = None if isinstance(one, click.Argument) else one.get_help_record(ctx)
            if record is not None:
                headings.setdefault(getattr(one, "heading", options.OUTPUT), []).append(record)
        for heading in (options.OPTIONS, options.HUB, options.OUTPUT):
            if records := headings.get(heading):
                with formatter.section(say(f"cli.{heading}", ctx.obj)):
                    formatter.write_dl(records)


class _Group(click.Group):
    """A group that lists its commands in the order of the story, the first page under headings."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help(super().get_help_option(ctx), ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # not of the alphabet

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if ctx.parent is not None:
            super().format_commands(ctx, formatter)
            return
        most = max(len(name) for name in self.commands)
        told = {name for names in layout.SECTIONS.values() for name in names}
        sections = {**layout.SECTIONS, "other": tuple(name for name in self.commands if name not in told)}
        for section, names in sections.items():
            lines = [
                (name.ljust(most), _first(self.commands[name])) for name in names if name in self.commands
            ]
            if lines:
                with formatter.section(say(f"cli.section.{section}", ctx.obj)):
                    formatter.write_dl(lines)


def _first(command: click.Command) -> str:
    """What a command is for, in one line."""
    return command.short_help or ""


def _help(option: click.Option | None, ctx: click.Context) -> click.Option | None:
    if option is not None:
        option.help = say("cli.help", ctx.obj)
    return option


def _greet(**_: Any) -> None:
    """Called before every command; alone, shows the help."""
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


class _Lazy(_Command):
    """A command that reads its options from the declaration when it is asked for, not when its group is listed."""

    def __init__(self, action: Action, name: str, lang: Lang) -> None:
        more = f"action.{action.name}.more"
        about = say(f"action.{action.name}", lang)
        super().__init__(
            name=name, help=about + ("\n\n" + say(more, lang) if has(more) else ""), short_help=about
        )
        self._declared, self._lang = action, lang
        self.callback = lambda **given: _ask(action, given, lang)

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        if not self.params:
            self.params = options.of_action(self._declared, self._lang)
        return super().make_context(*arguments, **more)


def _command(action: Action, name: str, lang: Lang) -> click.Command:
    return _Lazy(action, name, lang)


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
    as_json = given.pop("as_json", False)
    extra = {name: given.pop(name) for name in layout.EXTRA.get(action.name, ())}
    own = {name: given.pop(f"own_{name}") for name in layout.own_options(action)}
    from tandem.interfaces.cli import asking  # noqa: PLC0415  help asks nothing

    with progress.shown(lang) as tell:
        answer = asking.ask(action, given, own, lang, tell)
    return _answered(action, answer, lang, as_json, {**extra, **own})


def _answered(action: Action, answer: Any, lang: Lang, as_json: bool, own: Mapping[str, Any]) -> int:
    """Shows an answer, and goes on where the command has more to do."""
    from tandem.interfaces.cli import asking, serve, show  # noqa: PLC0415  laid out when there is an answer

    if isinstance(answer, Download):
        if (path := asking.keep(answer, own.get("out"), force=bool(own.get("force")))) is not None:
            show.written(path, lang)
        return 0
    if as_json:
        told = error_words.answer_plain(answer, lang)
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        show.answer(action.name, answer, lang)
    if own.get("serve"):
        serve.folder(answer.files[0].parent, answer.files[0].name, lang)
    if isinstance(answer, Served):
        serve.hub(answer, lang)
    if isinstance(answer, Attended):
        serve.agents(answer, lang)
    return show.exit_code(answer)
