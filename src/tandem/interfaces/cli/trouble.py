"""Errors and findings as a person reads them: what, where, what to do; on stderr, and as JSON on stdout if asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from tandem.base.errors import Finding, TandemError
from tandem.base.words import Lang, has, say
from tandem.interfaces.cli import layout

SHOWN = 20  # findings listed one by one
_PLACES = ("code", "severity", "table", "file", "sheet", "row", "column", "value")


def show(error: TandemError, lang: Lang, *, as_json: bool) -> None:
    """Says what is wrong; with findings, each with its place."""
    listed = tuple(getattr(error, "findings", ()))
    if as_json:
        sys.stdout.write(json.dumps({"error": as_plain(error, lang)}, ensure_ascii=False, indent=1) + "\n")
    write(f"{say('cli.error', lang)} {sentence(error, lang)} [{error.code}]")
    if len(listed) > 1 or (listed and listed[0].code != error.code):
        findings(listed, lang)


def sentence(error: TandemError, lang: Lang) -> str:
    """What is wrong and what to do, in words."""
    code, params = f"error.{error.code}", dict(error.params)
    if error.code.startswith("setting."):
        params["name"] = layout.written(str(params["name"]))
    return _say(code, lang, params)


def as_plain(error: TandemError, lang: Lang) -> dict[str, Any]:
    """The error as JSON values."""
    return {
        "code": error.code,
        "message": sentence(error, lang),
        "params": {name: _plain(value) for name, value in error.params.items()},
        "findings": [finding_plain(one, lang) for one in getattr(error, "findings", ())],
    }


def findings(listed: Sequence[Finding], lang: Lang, *, problems: object = None) -> None:
    """The findings on stderr, errors first, the first twenty one by one."""
    ordered = sorted(listed, key=lambda one: ("error", "warning", "note").index(one.severity))
    for one in ordered[:SHOWN]:
        write(f"  {_place(one, lang)}: {said(one, lang)}")
    if (more := len(ordered) - SHOWN) > 0:
        write("  " + say("cli.more_findings", lang, n=more))
    if problems:
        write(say("cli.problems", lang, path=problems))


def said(one: Finding, lang: Lang) -> str:
    """What is wrong with which value, and how to mend it."""
    code = f"finding.{one.code}"
    if not has(code):  # a whole file that could not be read is told by its error
        code = f"error.{one.code}"
    params = {"value": one.value, "column": one.column, **one.params}
    parts = [_say(code, lang, params)]
    if one.value is not None:
        parts.insert(0, f"“{one.value}”")
    if has(f"{code}.fix"):
        parts.append(_say(f"{code}.fix", lang, params))
    return " ".join(parts)


def finding_plain(one: Finding, lang: Lang) -> dict[str, Any]:
    """A finding as JSON values, with its sentence."""
    fields = {
        name: getattr(one, name)
        for name in ("code", "severity", "table", "file", "sheet", "row", "column", "value")
    }
    return {**fields, "message": said(one, lang)}


def write(line: str) -> None:
    """One line on stderr."""
    sys.stderr.write(line + "\n")


def _place(one: Finding, lang: Lang) -> str:
    mark = say(f"cli.severity.{one.severity}", lang)
    where = [str(part) for part in (one.file or one.table, one.sheet) if part]
    if one.row is not None:
        where.append(say("cli.row", lang, row=one.row))
    if one.column is not None:
        where.append(str(one.column))
    return " ".join([mark, " / ".join(where)]).rstrip()


def _say(code: str, lang: Lang, params: Any) -> str:
    """The words of a code; the code and its figures where the words are missing or want more than there is."""
    try:
        return say(code, lang, **dict(params))
    except (KeyError, IndexError, ValueError):
        return f"{code} {dict(params)}"


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return str(value)
