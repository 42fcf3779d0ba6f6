"""What the command line does differently from the plain declarations of the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tandem.base.settings import Setting
from tandem.hub.action import Action
from tandem.hub.answers import Download

# The first page of help, in the order of the story; words under `cli.section.<section>`.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "files": ("demo", "template", "check", "match", "clear", "learn", "duplicates", "evaluate"),
    "records": ("organisation", "need", "offer", "delivery", "records", "search"),
    "work": ("round", "job", "introduction", "outcome", "notice"),
    "region": ("region", "register"),
    "people": ("setup", "account", "membership", "session", "token", "confirmation"),
    "running": (
        "serve",
        "mcp",
        "backup",
        "restore",
        "migrate",
        "doctor",
        "hub",
        "overview",
        "journal",
        "webhook",
    ),
}
# What every command on the hub's records takes beside the action's own settings; words under `cli.<option>`.
PLACE = ("data", "url", "token")
WRITING = ("key", "version_seen")
FILING = ("out", "force")
# Settings that a command line names otherwise, because the name is taken: `--lang` is the language that it speaks.
NAMES: Mapping[str, str] = {"lang": "language"}

# Flags that only a command line has, by action; words under `cli.<flag>`.
EXTRA: Mapping[str, tuple[str, ...]] = {"demo": ("serve",), "region.report": ("serve",)}

# Options that take several values after one flag: how many at most.
SEVERAL: Mapping[str, int] = {"--explain": 3}

_METAVARS = {
    "book": "[BOOK]",
    "what": "[WHAT]",
    "out": "PATH",
    "as_of": "YYYY-MM-DD",
    "explain": "NEED ORG [ORG]",
}
_BY_TYPE = {
    "path": "FILE",
    "upload": "FILE",
    "id": "ID",
    "text": "TEXT",
    "long_text": "TEXT|@FILE",
    "secret": "SECRET",
    "money": "AMOUNT",
    "texts": "TEXT...",
    "date": "YYYY-MM-DD",
    "integer": "N",
    "share": "SHARE",
    "percent": "PERCENT",
}


def flag(name: str) -> str:
    """A setting as the command line names it.

    >>> flag("as_of"), flag("lang")
    ('--as-of', '--language')
    """
    return "--" + NAMES.get(name, name).replace("_", "-")


def command(action: str) -> str:
    """How a person asks for an action.

    >>> command("records.import"), command("need.pose")
    ('tandem records import', 'tandem need pose')
    """
    family, _, own = action.partition(".")
    return " ".join(("tandem", family, own.replace("_", "-"))).rstrip()


def own_options(action: Action) -> tuple[str, ...]:
    """The options of a command that are no settings of its action; those that only a file has, and those of a hub."""
    if action.does == "files":
        return ()
    writing = WRITING if action.does == "writes" else ()
    return (*PLACE, *writing, *(FILING if gives_file(action) else ()))


def gives_file(action: Action) -> bool:
    """Whether an action's answer is a file."""
    return Download in action.gives


def metavar(one: Setting) -> str:
    """What stands for the value in the help."""
    if one.type == "choice" and not one.positional:
        return "|".join(one.choices)
    if one.positional and one.name not in _METAVARS:
        return one.name.upper()
    return _METAVARS.get(one.name) or _BY_TYPE[one.type]


def written(name: str) -> str:
    """How a person writes a setting: its flag, or what stands for its value where it has none.

    >>> written("as_of"), written("what")
    ('--as-of', 'WHAT')
    """
    shown = _METAVARS.get(name, "")
    return shown.strip("[]") if shown.startswith("[") else "--" + name.replace("_", "-")


def gathered(arguments: Sequence[str]) -> list[str]:
    """`--explain A B C` as three options, because click takes a fixed number of values only.

    >>> gathered(["match", "--explain", "N1", "O1", "--top", "3"])
    ['match', '--explain', 'N1', '--explain', 'O1', '--top', '3']
    """
    made: list[str] = []
    rest = list(arguments)
    while rest:
        here = rest.pop(0)
        most = SEVERAL.get(here, 0)
        if not most or not rest or rest[0].startswith("--"):
            made.append(here)
            continue
        while rest and most and not rest[0].startswith("--"):
            made += [here, rest.pop(0)]
            most -= 1
    return made
