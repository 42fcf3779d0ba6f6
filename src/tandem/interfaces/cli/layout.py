"""What the command line does differently from the plain declarations of the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tandem.base.settings import Setting
from tandem.base.words import has

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
    "text": "TEXT",
    "texts": "TEXT...",
    "date": "YYYY-MM-DD",
    "integer": "N",
    "share": "SHARE",
    "percent": "PERCENT",
}


def words_of(action: str, name: str) -> str:
    """The code of a setting's words: the action's own where it has them, else those that actions share."""
    own = f"setting.{action}.{name}"
    return own if has(own) else f"setting.{name}"


def metavar(one: Setting) -> str:
    """What stands for the value in the help."""
    if one.type == "choice" and one.name not in _METAVARS:
        return "|".join(one.choices)
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
