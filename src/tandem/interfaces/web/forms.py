"""Forms made from actions: each setting is a field with its words, which keeps what was typed and shows its errors."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from tandem.base import error_words, words
from tandem.base.errors import Finding, TandemError
from tandem.base.settings import Setting, Upload, settings_of
from tandem.base.words import Lang, has, say
from tandem.domain import services
from tandem.hub.actions import ACTIONS
from tandem.interfaces.web import write

KEY, VERSION, TOKEN = "_key", "_version", "_csrf"
_ON = ("on", "true", "1")
# Settings whose values are called as those of another field.
_LIKE = {"answer": "state"}
_FIELDS_OF_ERRORS = {"city": "city", "service": "service_code", "login": "login", "password": "password",
                     "email": "email", "setup": "code"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field as a template draws it.

    values   what stands in it: one text, or several for `texts`
    choices  (value, words) where it is one of a few
    wrong    the sentence that says what to mend; empty where nothing is wrong
    """

    name: str
    type: str
    label: str
    help: str
    required: bool
    values: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    wrong: str
    minimum: int | None
    maximum: int

    @property
    def value(self) -> str:
        """What stands in a field of one value."""
        return self.values[0] if self.values else ""


@dataclass(slots=True)
class Form:
    """What somebody fills in to ask for an action.

    typed    setting name -> the texts that stand in its field
    files    setting name -> the file that was handed over
    key      names this asking, so that a second click does nothing twice
    version  of the record that is changed, as its page showed it
    error    what was wrong when it was sent
    """

    action: str
    lang: Lang
    typed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    key: str = field(default_factory=lambda: secrets.token_hex(12))
    version: int | None = None
    error: TandemError | None = None

    def settings(self) -> Mapping[str, Setting]:
        """The action's settings by name."""
        return {one.name: one for one in settings_of(ACTIONS[self.action].takes)}

    def given(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Setting name -> value, as the action takes it; empty fields are not given. Flags without a tick are false."""
        return {one.name: self._given(one) for one in self.settings().values()
                if (names is None or one.name in names) and one.name != "id"}  # fmt: skip

    def field(self, name: str, label: str | None = None) -> Field:
        """One setting as a field; `label` is a code of other words for it."""
        one = self.settings()[name]
        code = words.of_setting(self.action, name)
        short = label or (f"field.{name}" if has(f"field.{name}") else code)
        return Field(
            name, one.type, _capital(say(short, self.lang)).rstrip(".。"),
            say(code, self.lang) if short != code else "", one.required,
            self.typed.get(name, _default(one)), self._choices(one), self._wrong(name), one.minimum,
            one.maximum,
        )  # fmt: skip

    def sentence(self) -> str:
        """What is wrong with the whole, where it is no single field that is."""
        if self.error is None or self._field_of_error() is not None:
            return ""
        if (found := self._findings()) and all(one.column in self.settings() for one in found):
            return say("web.form.mend", self.lang)
        return error_words.sentence(self.error, self.lang, self._called)

    def fail(self, error: TandemError) -> None:
        """It could not be done as it was sent; whoever mends it asks anew."""
        self.error = error
        if error.code.startswith("repeat."):
            self.key = secrets.token_hex(12)

    def _given(self, one: Setting) -> Any:
        texts = [text for text in self.typed.get(one.name, ()) if text.strip()]
        if one.type == "upload":
            return self.files.get(one.name)
        if one.type == "flag":
            return bool(texts) and texts[-1] in _ON
        if one.type == "texts":
            return tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())
        return texts[-1] if texts else None

    def _choices(self, one: Setting) -> tuple[tuple[str, str], ...]:
        if one.name == "service_code":
            return tuple((service.code, service.name(self.lang)) for service in services.services().values())
        of = one.words or _LIKE.get(one.name, one.name)
        return tuple((value, write.choice(of, value, self.lang)) for value in one.choices)

    def _field_of_error(self) -> str | None:
        if self.error is None:
            return None
        params = self.error.params
        told = params.get("name") or params.get("field") or params.get("column")
        for name in (told, _FIELDS_OF_ERRORS.get(self.error.code.partition(".")[0])):
            if isinstance(name, str) and name in self.settings():
                return name
        return None

    def _wrong(self, name: str) -> str:
        found = [error_words.said(one, self.lang) for one in self._findings() if one.column == name]
        if found:
            return " ".join(found)
        if self.error is None or self._field_of_error() != name:
            return ""
        return error_words.sentence(self.error, self.lang, self._called)

    def _findings(self) -> tuple[Finding, ...]:
        """What is wrong with single fields, where an error tells of several."""
        return tuple(getattr(self.error, "findings", ()))

    def _called(self, name: str) -> str:
        code = f"field.{name}"
        return say(code, self.lang) if has(code) else name


def filled(record: Any, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What stands in the fields when a record is about to be changed: money in major units, flags as ticks."""
    return {name: _texts(name, getattr(record, name)) for name in names}


@cache
def _money() -> frozenset[str]:
    """The names of all settings that are amounts."""
    every = (settings_of(action.takes) for action in ACTIONS.values())
    return frozenset(one.name for settings in every for one in settings if one.type == "money")


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if value is None or value is False:
        return ()
    if value is True:
        return ("on",)
    if isinstance(value, (tuple, list)):
        return ("\n".join(str(one) for one in value),)
    if name in _money():
        return (write.major(value),)
    return (value.isoformat() if isinstance(value, date) else str(value),)


def _default(one: Setting) -> tuple[str, ...]:
    return () if one.required else _texts(one.name, one.default)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def typed(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The fields of a sent form by name, without the form's own."""
    made: dict[str, tuple[str, ...]] = {}
    for name, text in pairs:
        if not name.startswith("_"):
            made[name] = (*made.get(name, ()), text)
    return made


def whole(text: str) -> int | None:
    """A whole number of the digits 0 to 9; None for anything else that was typed or stands in an address."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
