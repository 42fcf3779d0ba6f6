"""Errors and findings as sentences and as plain values: every interface says the same of what went wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from tandem.base import choices
from tandem.base.errors import Finding, TandemError
from tandem.base.words import Lang, has, say

_PLACES = ("code", "severity", "table", "file", "sheet", "row", "column", "value")
_RECORDS = ("record.", "move.", "import.")  # errors whose `table` is a kind of record
# Figures that are choices, by the name under which the words of those choices stand.
_CHOICES: Mapping[str, str] = {
    "state": "state",
    "to": "state",
    "may": "state",
    "wanted": "state",
    "role": "role",
    "visibility": "visibility",
    "most": "visibility",
}
_NOTHING = {"move.refused": "move.ended"}  # what is said where no action is possible
_ALONE = ".alone"  # the words of a finding in one record given by hand, which no file keeps


def _as_it_is(name: str) -> str:
    return name


def sentence(
    error: TandemError,
    lang: Lang,
    setting: Callable[[str], str] = _as_it_is,
    action: Callable[[str], str] = _as_it_is,
) -> str:
    """What is wrong and what to do.

    setting, action  how the interface writes the name of a setting ("--as-of"), of an action ("tandem need pose")
    """
    params = dict(error.params)
    if error.code.startswith("setting."):
        params["name"] = setting(str(params["name"]))
        if isinstance(error.params.get("choices"), list):
            params["choices"] = [_option(str(error.params["name"]), one, lang) for one in params["choices"]]
    if error.code.startswith("action.") and "name" in params:
        params["name"] = action(str(params["name"]))
    if isinstance(params.get("action"), str):
        params["action"] = action(params["action"])
    if "actions" in params:
        params["actions"] = [action(one) for one in params["actions"]]
    return told(error.code, params, lang)


def told(code: str, params: Mapping[str, Any], lang: Lang) -> str:
    """The words of an error's code, with what its figures are called in place of their own names."""
    words = _NOTHING[code] if code in _NOTHING and not params.get("actions") else code
    return _said(f"error.{words}", lang, _called(code, params, lang))


def plain(
    error: TandemError,
    lang: Lang,
    setting: Callable[[str], str] = _as_it_is,
    action: Callable[[str], str] = _as_it_is,
) -> dict[str, Any]:
    """The error as JSON values: code, message, params, findings."""
    return {
        "code": error.code,
        "message": sentence(error, lang, setting, action),
        "params": {name: _value(value) for name, value in error.params.items()},
        "findings": [finding_plain(one, lang) for one in getattr(error, "findings", ())],
    }


def said(one: Finding, lang: Lang) -> str:
    """What is wrong with which value, and how to mend it."""
    code = f"finding.{one.code}"
    if not has(code):  # a whole file that could not be read is told by its error
        code = f"error.{one.code}"
    params = {"value": one.value, "column": one.column, **_called(one.code, one.params, lang)}
    parts = [_said(_own(code, one), lang, params)]
    if one.value is not None:
        parts.insert(0, f"“{one.value}”")
    if has(f"{code}.fix"):
        parts.append(_said(_own(f"{code}.fix", one), lang, params))
    return " ".join(parts)


def column(one: Finding, lang: Lang) -> str | None:
    """The column of a finding: as its file calls it; in words where the hub itself named it."""
    if one.column is not None and (_by_hand(one) or one.code.startswith("import.")):
        return _field(one.column, lang)
    return one.column


def table(one: Finding, lang: Lang) -> str | None:
    """The table of a finding; in words where it is a record's kind and no file is meant."""
    return _kind(one.table, lang) if one.table is not None and _by_hand(one) else one.table


def _by_hand(one: Finding) -> bool:
    """Whether one record was given by itself, so that nothing of it is kept."""
    return one.file is None and one.row is None and one.severity == "error"


def _own(code: str, one: Finding) -> str:
    return code + _ALONE if _by_hand(one) and has(code + _ALONE) else code


def _called(code: str, params: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """The figures of a code, those that are names in their words."""
    shown = dict(params)
    for name, like in _CHOICES.items():
        if name in shown:
            shown[name] = _each(shown[name], partial(_choice, like, lang))
    if code.startswith(_RECORDS) and isinstance(shown.get("table"), str):
        shown["table"] = _kind(shown["table"], lang)
    if code.startswith("rules.") and lang == "zh" and has(f"table.{shown.get('table')}"):
        shown["table"] = say(f"table.{shown['table']}", lang)
    if code == "record.faulty":
        shown["columns"] = _each(shown["columns"], lambda one: _field(one, lang))
    if code == "record.clear":
        for name in ("name", "known"):
            shown[name] = _each(shown[name], lambda one: _beside(one, _field(one, lang), lang))
    return shown


def _choice(name: str, lang: Lang, code: str) -> str:
    return choices.word(name, code, lang) or code


def _each(value: Any, called: Callable[[str], str]) -> Any:
    """A name, or each of several, in words; what is no name stays."""
    if isinstance(value, (list, tuple)):
        return [_each(one, called) for one in value]
    return called(value) if isinstance(value, str) else value


def _kind(name: str, lang: Lang) -> str:
    return say(f"choice.kind.{name}", lang) if has(f"choice.kind.{name}") else name


def _field(name: str, lang: Lang) -> str:
    return say(f"field.{name}", lang) if has(f"field.{name}") else name


def _option(setting: str, code: str, lang: Lang) -> str:
    """One of the choices of a setting: its code, beside it the Chinese word."""
    return _beside(code, choices.word(setting, code, lang) or code, lang) if lang == "zh" else code


def _beside(code: str, word: str, lang: Lang) -> str:
    """A name that has to be written as it is, and what it means."""
    if word.casefold() == code.casefold():
        return code
    return f"{code}（{word}）" if lang == "zh" else f"{code} ({word})"


def finding_plain(one: Finding, lang: Lang) -> dict[str, Any]:
    """A finding as JSON values, with its sentence."""
    return {**{name: getattr(one, name) for name in _PLACES}, "message": said(one, lang)}


def answer_plain(value: Any, lang: Lang) -> Any:
    """Any answer as JSON values, with sentences for the findings in it."""
    if isinstance(value, Finding):
        return finding_plain(value, lang)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: answer_plain(getattr(value, one.name), lang) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): answer_plain(item, lang) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [answer_plain(item, lang) for item in value]
    return str(value) if isinstance(value, (Path, date)) else value


def _said(code: str, lang: Lang, params: Mapping[str, Any]) -> str:
    """The words of a code; the code and its figures where the words are missing or want more than there is."""
    try:
        return say(code, lang, **dict(params))
    except (KeyError, IndexError, ValueError):
        return f"{code} {dict(params)}"


def _value(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_value(item) for item in value]
    return str(value)
