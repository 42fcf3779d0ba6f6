"""Errors and findings as sentences and as plain values: every interface says the same of what went wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tandem.base.errors import Finding, TandemError
from tandem.base.words import Lang, has, say

_PLACES = ("code", "severity", "table", "file", "sheet", "row", "column", "value")


def _as_it_is(name: str) -> str:
    return name


def sentence(error: TandemError, lang: Lang, setting: Callable[[str], str] = _as_it_is) -> str:
    """What is wrong and what to do; `setting` is how the interface writes the name of a setting ("--as-of")."""
    params = dict(error.params)
    if error.code.startswith("setting."):
        params["name"] = setting(str(params["name"]))
    return _said(f"error.{error.code}", lang, params)


def plain(error: TandemError, lang: Lang, setting: Callable[[str], str] = _as_it_is) -> dict[str, Any]:
    """The error as JSON values: code, message, params, findings."""
    return {
        "code": error.code,
        "message": sentence(error, lang, setting),
        "params": {name: _value(value) for name, value in error.params.items()},
        "findings": [finding_plain(one, lang) for one in getattr(error, "findings", ())],
    }


def said(one: Finding, lang: Lang) -> str:
    """What is wrong with which value, and how to mend it."""
    code = f"finding.{one.code}"
    if not has(code):  # a whole file that could not be read is told by its error
        code = f"error.{one.code}"
    params = {"value": one.value, "column": one.column, **one.params}
    parts = [_said(code, lang, params)]
    if one.value is not None:
        parts.insert(0, f"“{one.value}”")
    if has(f"{code}.fix"):
        parts.append(_said(f"{code}.fix", lang, params))
    return " ".join(parts)


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
