"""Errors and findings as a person reads them: what, where, what to do; on stderr, and as JSON on stdout if asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from tandem.base import error_words
from tandem.base.errors import Finding, TandemError
from tandem.base.words import Lang, say
from tandem.interfaces.cli import layout

SHOWN = 20  # findings listed one by one


def show(error: TandemError, lang: Lang, *, as_json: bool) -> None:
    """Says what is wrong; with findings, each with its place."""
    listed = tuple(getattr(error, "findings", ()))
    if as_json:
        sys.stdout.write(
            json.dumps(
                {"error": error_words.plain(error, lang, layout.written, layout.command)},
                ensure_ascii=False,
                indent=1,
            )
            + "\n"
        )
    said = error_words.sentence(error, lang, layout.written, layout.command)
    write(f"{say('cli.error', lang)}{'' if lang == 'zh' else ' '}{said} [{error.code}]")
    if len(listed) > 1 or (listed and listed[0].code != error.code):
        findings(listed, lang)


def findings(listed: Sequence[Finding], lang: Lang, *, problems: object = None) -> None:
    """The findings on stderr, errors first, the first twenty one by one."""
    ordered = sorted(listed, key=lambda one: ("error", "warning", "note").index(one.severity))
    for one in ordered[:SHOWN]:
        write(f"  {_place(one, lang)}: {error_words.said(one, lang)}")
    if (more := len(ordered) - SHOWN) > 0:
        write("  " + say("cli.more_findings", lang, n=more))
    if problems:
        write(say("cli.problems", lang, path=problems))


def write(line: str) -> None:
    """One line on stderr."""
    sys.stderr.write(line + "\n")


def _place(one: Finding, lang: Lang) -> str:
    mark = say(f"cli.severity.{one.severity}", lang)
    where = [str(part) for part in (one.file or error_words.table(one, lang), one.sheet) if part]
    if one.row is not None:
        where.append(say("cli.row", lang, row=one.row))
    if one.column is not None:
        where.append(str(error_words.column(one, lang)))
    return " ".join([mark, " / ".join(where)]).rstrip()
