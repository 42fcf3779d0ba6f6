"""Settings declared as fields of a frozen dataclass, and the one place that reads given values into them.

An action's input is such a dataclass; command line, HTTP and library show and fill the same fields.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from tandem.base import choices
from tandem.base.errors import Invalid

SettingType = Literal[
    "path",  # a file or folder of this machine: only a command line can be given one
    "upload",  # a file's name and content, from wherever the asker is
    "id",  # names a record
    "text",  # one line
    "long_text",  # a description
    "texts",  # several lines
    "secret",  # a password or code: never shown, never kept as it was given
    "date",  # a day, ISO 8601
    "integer",
    "money",  # integer minor units; as text, a decimal amount in major units
    "share",  # 0 to 1
    "percent",  # 0 to 100
    "flag",
    "choice",
]
T = TypeVar("T")
LONGEST: Mapping[SettingType, int] = {
    "id": 200,
    "text": 500,
    "texts": 500,
    "long_text": 20_000,
    "secret": 200,
}
LARGEST = 2**63 - 1
_SHOWN = 200  # characters of a wrong choice that its error repeats
_DIGITS = 30  # of an amount, far beyond LARGEST
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: nothing that can be written down


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed over: the name it had, its bytes, and their SHA-256, in hexadecimal."""

    name: str
    content: bytes = dataclasses.field(repr=False)
    digest: str = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.content).hexdigest())


# What the environment may say; everything else is a setting of an action.
ENVIRONMENT = ("TANDEM_DEBUG", "TANDEM_LANG", "TANDEM_LOGIN_SECRET", "TANDEM_MAIL_SECRET", "NO_COLOR",
               "TANDEM_DATA", "TANDEM_URL", "TANDEM_TOKEN")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a person can set: its words stand under `setting.<action>.<name>`.

    minimum and maximum bound an integer; at_least and at_most bound how many `texts` are given;
    `positional` means that a command line takes it without naming it; `words` is the name under which the words of
    its choices stand (base/choices.py), its own where none is given.
    """

    name: str
    type: SettingType
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int = LARGEST
    at_least: int = 0
    at_most: int | None = None
    positional: bool = False
    words: str | None = None


def setting(type: SettingType, default: Any = dataclasses.MISSING, **bounds: Any) -> Any:
    """A field of an input; without a default it must be given. `bounds` are further fields of Setting."""
    metadata = {"type": type, **bounds}
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@cache
def settings_of(takes: Any) -> tuple[Setting, ...]:
    """All settings of an input dataclass, in the order of their declaration."""
    return tuple(
        Setting(
            name=field.name,
            required=field.default is dataclasses.MISSING,
            default=None if field.default is dataclasses.MISSING else field.default,
            **field.metadata,
        )
        for field in dataclasses.fields(takes)
    )


def parse(takes: type[T], given: Mapping[str, Any]) -> T:
    """The input that the given values mean; text is read as the setting's type, None means not given.

    Raises Invalid setting.*, naming the setting and what it may be.
    """
    kind: Any = takes
    settings, names = settings_of(kind), _names(kind)
    for name in given:
        if name not in names:
            raise Invalid("setting.unknown", name=name, known=sorted(names))
    return takes(**{one.name: _value(one, given.get(one.name)) for one in settings})


@cache
def _names(takes: Any) -> frozenset[str]:
    return frozenset(one.name for one in settings_of(takes))


def debug() -> bool:
    """Whether unexpected errors should show where they came from (TANDEM_DEBUG=1)."""
    return os.environ.get("TANDEM_DEBUG", "") not in ("", "0")


def environment(name: str) -> str | None:
    """What the environment says; nothing where it says it with no text."""
    return os.environ.get(name) or None


def _value(one: Setting, given: Any) -> Any:
    if given is None:
        if one.required:
            raise Invalid("setting.required", name=one.name)
        return one.default
    return _READERS[one.type](one, given)


def _path(one: Setting, given: Any) -> Path:
    if not str(given).strip() or "\0" in str(given):
        raise Invalid("setting.path", name=one.name)
    return Path(given)


def _date(one: Setting, given: Any) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError:
        raise Invalid("setting.date", name=one.name, value=str(given)) from None


def _integer(one: Setting, given: Any) -> int:
    try:
        value = int(str(given).strip())
        if isinstance(given, bool):
            raise ValueError
    except ValueError:
        raise Invalid("setting.integer", name=one.name, value=str(given)) from None
    if one.minimum is not None and value < one.minimum:
        raise Invalid("setting.minimum", name=one.name, value=value, minimum=one.minimum)
    if value > one.maximum or value < -LARGEST:
        raise Invalid("setting.maximum", name=one.name, maximum=one.maximum)
    return value


def _money(one: Setting, given: Any) -> int:
    """Whole minor units as a number, or a decimal amount in major units as text: 1234 or "12.34"."""
    try:
        minor = (
            Decimal(given) if isinstance(given, int) else Decimal(str(given).strip().replace(",", "")) * 100
        )
    except ArithmeticError:  # no number, or one beyond what Decimal holds
        raise Invalid("setting.money", name=one.name, value=str(given)) from None
    sized = minor.is_finite() and minor.adjusted() < _DIGITS  # before anything is made of its exponent
    if isinstance(given, (bool, float)) or not sized or minor != minor.to_integral_value():
        raise Invalid("setting.money", name=one.name, value=str(given))
    return _integer(one, int(minor))


def _text(one: Setting, given: Any) -> str:
    """Text as it was typed, within its length, without what no database keeps."""
    if not isinstance(given, str) or "\0" in given or _SURROGATE.search(given):
        raise Invalid("setting.text", name=one.name)
    if len(given) > (longest := LONGEST[one.type]):
        raise Invalid("setting.long", name=one.name, longest=longest)
    return given


def _upload(one: Setting, given: Any) -> Upload:
    if not isinstance(given, Upload):
        raise Invalid("setting.upload", name=one.name)
    return given


def _share(one: Setting, given: Any) -> float:
    """A number from 0 to 1, or per cent where a % sign follows."""
    text = str(given).strip()
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise Invalid("setting.share", name=one.name, value=text) from None
    if not 0 <= value <= 1:
        raise Invalid("setting.share", name=one.name, value=text)
    return value


def _percent(one: Setting, given: Any) -> float:
    """A number from 0 to 100, with or without its % sign."""
    text = str(given).strip()
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise Invalid("setting.percent", name=one.name, value=text) from None
    if not 0 <= value <= 100:
        raise Invalid("setting.percent", name=one.name, value=text)
    return value


def _choice(one: Setting, given: Any) -> str:
    """One of the choices by its code, or by a word for it, zh or en, that means no other."""
    if given in one.choices:
        return str(given)
    found = choices.meant(one.words or one.name, one.choices, given) if isinstance(given, str) else ()
    if len(found) == 1:
        return found[0]
    value = str(given)[:_SHOWN]
    if found:
        raise Invalid("setting.ambiguous", name=one.name, value=value, choices=list(found))
    raise Invalid("setting.choice", name=one.name, value=value, choices=list(one.choices))


def _flag(one: Setting, given: Any) -> bool:
    if not isinstance(given, bool):
        raise Invalid("setting.flag", name=one.name, value=str(given))
    return given


def _texts(one: Setting, given: Sequence[Any]) -> tuple[str, ...]:
    if not isinstance(given, (str, list, tuple)):
        raise Invalid("setting.texts", name=one.name)
    values = tuple(_text(one, item) for item in ((given,) if isinstance(given, str) else given))
    if not values:
        return ()
    if len(values) < one.at_least or (one.at_most is not None and len(values) > one.at_most):
        raise Invalid(
            "setting.many", name=one.name, n=len(values), at_least=one.at_least, at_most=one.at_most
        )
    return values


_READERS: Mapping[str, Callable[[Setting, Any], Any]] = {
    "path": _path,
    "upload": _upload,
    "id": _text,
    "text": _text,
    "long_text": _text,
    "secret": _text,
    "money": _money,
    "texts": _texts,
    "date": _date,
    "integer": _integer,
    "share": _share,
    "percent": _percent,
    "flag": _flag,
    "choice": _choice,
}
