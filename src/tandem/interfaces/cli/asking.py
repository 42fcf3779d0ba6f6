"""Asking the hub: which one, as whom, with what; files become uploads or texts, passwords are asked for unseen."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tandem.base import settings
from tandem.base.errors import Absent, Conflict, Invalid
from tandem.base.settings import Setting, Upload, settings_of
from tandem.base.words import Lang, of_setting, say
from tandem.domain.people import HERE
from tandem.hub import actions
from tandem.hub.action import Action
from tandem.hub.actions import Asker
from tandem.hub.answers import Download

DATA = Path("tandem-data")
_TYPED = "-"  # stands for a secret, or behind _FILE for a text, that is read from standard input
_FILE = "@"  # before the name of a file that holds a text; doubled, the text's own first character


def ask(
    action: Action, given: Mapping[str, Any], own: Mapping[str, Any], lang: Lang, tell: Callable[[str], None]
) -> Any:
    """The answer of an action to what was given on the command line.

    own     the options that are no settings: where the hub is, who asks (layout.own_options)
    Raises  Invalid file.missing, file.unreadable, file.encoding; Absent data.absent; what the hub raises
    """
    values = {one.name: _value(action, one, given.get(one.name), lang) for one in settings_of(action.takes)}
    if action.does == "files":
        return actions.run(action.name, _placed(values), Asker(lang=lang, progress=tell))
    with _hub(action, own) as hub:
        actor = _actor(hub, own.get("token"))
        version = (
            None if own.get("version_seen") is None else _whole("version_seen", str(own["version_seen"]))
        )
        return actions.run(action.name, values, Asker(actor, lang, tell, hub, own.get("key"), version))


def keep(answer: Download, out: str | None, *, force: bool) -> Path | None:
    """Writes a file: where it was asked for, into a pipe, or under its own name; None where it went into the pipe.

    Raises Conflict file.exists where there is one and it may not be replaced, Invalid file.not_written
    """
    if out is None and not sys.stdout.isatty():
        sys.stdout.buffer.write(answer.content)
        sys.stdout.flush()
        return None
    path = Path(out) if out is not None else Path(Path(answer.name).name)
    if path.exists() and not force:
        raise Conflict("file.exists", file=str(path))
    try:
        path.write_bytes(answer.content)
    except OSError as error:
        raise Invalid("file.not_written", file=str(path)) from error
    return path


@contextmanager
def _hub(action: Action, own: Mapping[str, Any]) -> Iterator[Any]:
    """The hub that is meant, open; what only reads makes none. Raises Absent data.absent."""
    from tandem.hub.installation import DATABASE, open_hub  # noqa: PLC0415  help needs no database

    url = own.get("url") or settings.environment("TANDEM_URL")
    folder = Path(own.get("data") or settings.environment("TANDEM_DATA") or DATA)
    if url is None and action.does == "reads" and not (folder / DATABASE).is_file():
        raise Absent("data.absent", path=str(folder))
    hub = open_hub(folder, url)
    try:
        yield hub
    finally:
        hub.close()


def _actor(hub: Any, token: str | None) -> Any:
    """Whoever the token is of; without one, the operator at the hub's own machine."""
    secret = token or settings.environment("TANDEM_TOKEN")
    if secret is None:
        return HERE
    from tandem.hub.people import admission  # noqa: PLC0415  help needs no database

    return admission.who(hub, secret)


def _placed(values: dict[str, Any]) -> dict[str, Any]:
    """An action on a whole hub is told by the environment, too, where the hub is."""
    for name, variable in (("data", "TANDEM_DATA"), ("url", "TANDEM_URL")):
        if name in values and values[name] is None:
            values[name] = settings.environment(variable)
    return values


def _value(action: Action, one: Setting, given: Any, lang: Lang) -> Any:
    """What was given, None where nothing was; a file's content, a typed secret."""
    if given in (None, ()):
        return _typed(action, one, lang) if one.type == "secret" and one.required else None
    if one.type == "upload":
        return _upload(Path(given))
    if one.type == "secret" and given == _TYPED:
        return sys.stdin.readline().rstrip("\r\n")
    if one.type == "long_text" and given.startswith(_FILE):
        return _text(given.removeprefix(_FILE))
    return given


def _typed(action: Action, one: Setting, lang: Lang) -> str | None:
    """A secret asked for where somebody is there to type it: it stands in no list of processes and no history."""
    if not sys.stdin.isatty():
        return None
    return getpass.getpass(say(of_setting(action.name, one.name), lang) + " ", stream=sys.stderr)


def _text(named: str) -> str:
    """The text that stands in a file of that name, UTF-8 with or without its mark, or comes by standard input."""
    if named.startswith(_FILE):
        return named
    content = sys.stdin.buffer.read() if named == _TYPED else _upload(Path(named)).content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("file.encoding", file=named) from error


def _upload(path: Path) -> Upload:
    try:
        return Upload(path.name, path.read_bytes())
    except FileNotFoundError as error:
        raise Invalid("file.missing", file=str(path)) from error
    except OSError as error:
        raise Invalid("file.unreadable", file=str(path)) from error


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("setting.integer", name=name, value=text[:40])
    return int(text)
