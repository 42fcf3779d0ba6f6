"""What an import did in a terminal: counts of each table, then only what wants to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.hub.records.answers import ColumnsSeen, Imported
from tandem.interfaces.cli import records

SHOWN = 20  # rows, and findings


def show(given: Imported, lang: Lang, out: Console) -> None:
    """One sentence, the tables, records that change, what was found; rows that are simply new are counted alone."""
    counts = {name: f"{sum(getattr(one, name) for one in given.tables):,}"
              for name in ("new", "changed", "unchanged", "rejected")}  # fmt: skip
    code = "cli.import.done" if given.written else "cli.import.preview"
    out.print(Text(say(code, lang, **counts), style="bold"))
    if given.tables:
        records.table(given.tables, lang, out)
    changed = [one for one in given.rows if one.becomes == "changed"]
    _first("cli.import.changed", changed, sum(one.changed for one in given.tables), lang, out)
    _first("cli.import.findings", given.findings, len(given.findings) + given.more_findings, lang, out)


def columns(given: ColumnsSeen, lang: Lang, out: Console) -> None:
    """Each sheet with what it is taken for and what is missing, then its headers."""
    for sheet in given.sheets:
        named = say(f"table.{sheet.table}", lang) if sheet.table else "-"
        out.print(Text(f"{sheet.sheet or given.file}: {named}", style="bold"))
        if sheet.missing:
            out.print(Text(f"{say('field.missing', lang)}: {', '.join(sheet.missing)}"))
        if sheet.headers:
            records.table(sheet.headers, lang, out)


def _first(heading: str, listed: Sequence[Any], total: int, lang: Lang, out: Console) -> None:
    """The first of many, and how many more there are."""
    if total:
        out.print(Text(say(heading, lang), style="bold"))
    if listed:
        records.table(listed[:SHOWN], lang, out)
    if (more := total - min(len(listed), SHOWN)) > 0:
        out.print(say("cli.import.more", lang, n=f"{more:,}"))
