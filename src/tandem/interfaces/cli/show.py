"""Answers as a person reads them: tables on stdout, what to mend on stderr; and as plain values for --json."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.hub.answers import (
    Alike,
    Attended,
    Awaiting,
    Checked,
    Cleared,
    Done,
    Duplicates,
    Evaluated,
    Explained,
    Matched,
    NeedShown,
    Reading,
    Served,
    TableRead,
    Trained,
    Written,
)
from tandem.hub.records.answers import ColumnsSeen, Imported
from tandem.hub.region_answers import RegionExported, RegionImported, RegionReported, RegionShown
from tandem.hub.rounds.answers import Assignments, Disclosures, RoundShown
from tandem.interfaces.cli import (
    assigned,
    cleared,
    imported,
    reasons,
    records,
    region,
    rounds,
    trouble,
    values,
)

NEEDS_SHOWN = 5
PAIRS_SHOWN = 20


def answer(action: str, given: Any, lang: Lang) -> None:
    """Shows the answer of an action."""
    shown = _SHOWN.get(type(given))
    if shown is None:
        records.show(given, lang, console())
    else:
        shown(given, lang)


def written(path: Path, lang: Lang) -> None:
    """Says where a file was written, beside what a pipe gets."""
    trouble.write(say("cli.written", lang, path=path))


def exit_code(given: Any) -> int:
    """2 where checking found rows to mend, or importing left rows out, else 0: matching goes on with the good rows."""
    if isinstance(given, Imported):
        return 2 if any(one.rejected for one in given.tables) else 0
    return 2 if isinstance(given, Checked | RegionImported) and given.reading.faulty else 0


def console() -> Console:
    """stdout, coloured where a person looks at it and NO_COLOR does not forbid it; wide where it is a file."""
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS") or 110)
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def _checked(given: Checked, lang: Lang) -> None:
    _tables(given.reading, lang)
    _findings(given.reading, lang)
    if not given.reading.faulty:
        console().print(say("cli.check.good", lang))


def _written(given: Written, lang: Lang) -> None:
    console().print(say("cli.template.done", lang, path=given.file))


def _awaiting(given: Awaiting, lang: Lang) -> None:
    until = values.instant(given.expires_at)
    console().print(Text(say("cli.awaiting", lang, id=given.confirmation_id, until=until)), soft_wrap=True)


def _done(given: Done, lang: Lang) -> None:
    console().print(say("cli.done", lang) if given.id is None else say("cli.done_to", lang, id=given.id))


def _attended(given: Attended, lang: Lang) -> None:
    trouble.write(say("cli.mcp.where", lang, folder=given.folder))


def _served(given: Served, lang: Lang) -> None:
    trouble.write(say("cli.serve.where", lang, folder=given.folder, address=address(given)))
    if given.code is not None:
        trouble.write(say("cli.serve.first", lang, address=f"{address(given)}/set-up", code=given.code))
        trouble.write(say("cli.serve.first_here", lang, folder=given.folder))


def address(given: Served) -> str:
    """Where a browser on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(given.host, given.host)  # noqa: S104
    return f"http://{host}:{given.port}"


def _matched(given: Matched, lang: Lang) -> None:
    _findings(given.reading, lang)
    out = console()
    out.print(Text(given.headline[lang]), style="bold")
    out.print(_scope(given, lang))
    for need in given.shown[:NEEDS_SHOWN]:
        out.print()
        out.print(Text(f"{need.need_id}  {need.title}", style="bold", overflow="ellipsis", no_wrap=True))
        out.print(_proposals(need, lang))
    out.print()
    if (more := given.rows["needs"] - min(NEEDS_SHOWN, len(given.shown))) > 0:
        out.print(say("cli.match.more", lang, n=more))
    kept = [(one.code, one.needs, one.offers) for one in given.excluded]
    assigned.supply(given.states, kept, lang, out)
    assigned.exposure(given.exposure, lang, out)
    if given.clearing is not None:
        assigned.show(given.clearing, lang, out)
    if given.dense is not None:
        out.print(say(given.dense["code"], lang, **given.dense))
    _files(given.files, lang, out)


def _proposals(need: NeedShown, lang: Lang) -> Table | str:
    """The first ranks of a need, one line each: rank, organisation, score, what speaks for it."""
    if not need.proposed:
        return "  " + say("cli.match.nobody", lang)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(justify="right", width=4)
    table.add_column(ratio=5, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", width=6)
    table.add_column(ratio=9, no_wrap=True, overflow="ellipsis")
    for one in need.proposed:
        table.add_row(
            str(one.rank), Text(one.name), f"{one.score:.2f}", Text(reasons.telling(one.reasons, lang))
        )
    return table


def _explained(given: Explained, lang: Lang) -> None:
    _findings(given.reading, lang)
    out = console()
    for line in reasons.explained(given, lang):
        out.print(Text(line), soft_wrap=True)
    _files(given.files, lang, out)


def _files(files: Sequence[Path], lang: Lang, out: Console) -> None:
    if files:
        out.print(say("cli.match.files", lang))
    for file in files:
        out.print(Text(f"  {file}"), overflow="fold")


def _duplicates(given: Duplicates, lang: Lang) -> None:
    _findings(given.reading, lang)
    out = console()
    n = len(given.organisations)
    out.print(Text(say("cli.duplicates.organisations", lang, n=n, suggested=given.suggested), style="bold"))
    _pairs(given.organisations, lang, out)
    out.print(Text(say("cli.duplicates.needs", lang, n=len(given.needs)), style="bold"))
    _pairs(given.needs, lang, out)
    _files(given.files, lang, out)


def _pairs(found: Sequence[Alike], lang: Lang, out: Console) -> None:
    """Each pair with its names and what makes it probable."""
    for pair in found[:PAIRS_SHOWN]:
        out.print(
            Text(f"  {pair.score:.2f}  {pair.one_name} ({pair.one}) = {pair.other_name} ({pair.other})")
        )
        why = [say(f"duplicate.{one['code']}", lang, **one["params"]) for one in pair.evidence]
        out.print(Text("        " + "; ".join(why)), soft_wrap=True)
    if len(found) > PAIRS_SHOWN:
        out.print("  " + say("cli.duplicates.more", lang, n=len(found) - PAIRS_SHOWN))


def _evaluated(given: Evaluated, lang: Lang) -> None:
    _findings(given.reading, lang)
    table = _table()
    table.add_column(say("cli.evaluate.measure", lang))
    table.add_column(say("cli.evaluate.value", lang), justify="right")
    for name, value in given.figures.items():
        if value is not None:
            table.add_row(say(f"measure.{name}", lang), _figure(value))
    console().print(table)


def _trained(given: Trained, lang: Lang) -> None:
    _findings(given.reading, lang)
    out, quality = console(), {name: _figure(value) for name, value in given.quality.items()}
    out.print(say("cli.learn.data", lang, **{name: _figure(value) if isinstance(value, int) else value
                                             for name, value in given.data.items()}))  # fmt: skip
    out.print(Text(say("cli.learn.kept" if given.kept else "cli.learn.plain", lang, **quality), style="bold"))
    out.print(say("cli.learn.chances", lang, **quality))
    table = _table()
    for name in ("bin", "matches", "predicted", "observed"):
        table.add_column(say(f"cli.learn.{name}", lang), justify="right")
    for row in given.reliability:
        table.add_row(
            str(row["bin"]), f"{row['matches']:,}", f"{row['predicted']:.1%}", f"{row['observed']:.1%}"
        )
    out.print(table)
    _files([given.file, given.plot], lang, out)


def _cleared(given: Cleared, lang: Lang) -> None:
    out = console()
    cleared.show(given, lang, out)
    _files(given.files, lang, out)


def _region_imported(given: RegionImported, lang: Lang) -> None:
    _tables(given.reading, lang)
    _findings(given.reading, lang)
    region.imported(given, lang, console())


def _region_exported(given: RegionExported, lang: Lang) -> None:
    out = console()
    region.exported(given, lang, out)
    _files(given.files, lang, out)


def _region_reported(given: RegionReported, lang: Lang) -> None:
    if given.reading is not None:
        _findings(given.reading, lang)
    out = console()
    region.reported(given, lang, out)
    _files(given.files, lang, out)


def _figure(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return " - ".join(_figure(item) for item in value)
    return f"{value:.4f}" if isinstance(value, float) else f"{value:,}"


def _scope(given: Matched, lang: Lang) -> str:
    return say("cli.match.scope", lang, as_of=given.as_of, matches=given.matches, **given.rows)


def _tables(reading: Reading, lang: Lang) -> None:
    table = _table()
    for code in ("cli.table", "cli.file"):
        table.add_column(say(code, lang))
    for code in ("cli.read", "cli.accepted", "cli.rejected"):
        table.add_column(say(code, lang), justify="right")
    for one in reading.tables:
        table.add_row(*_row(one))
    console().print(table)


def _row(one: TableRead) -> tuple[str | Text, ...]:
    where = one.file if one.sheet is None else f"{one.file} / {one.sheet}"
    return (one.table, Text(where), f"{one.read:,}", f"{one.accepted:,}", f"{one.rejected:,}")


def _findings(reading: Reading, lang: Lang) -> None:
    if not reading.findings:
        return
    rejected = sum(one.rejected for one in reading.tables)
    read = sum(one.read for one in reading.tables)
    trouble.write(say("cli.findings", lang, n=len(reading.findings), rejected=rejected, read=read))
    trouble.findings(reading.findings, lang, problems=reading.problems)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)


_SHOWN: Mapping[type, Callable[[Any, Lang], None]] = {
    Served: _served,
    Attended: _attended,
    Awaiting: _awaiting,
    Done: _done,
    Checked: _checked,
    Written: _written,
    Matched: _matched,
    Explained: _explained,
    Trained: _trained,
    Cleared: _cleared,
    Duplicates: _duplicates,
    Imported: lambda given, lang: imported.show(given, lang, console()),
    ColumnsSeen: lambda given, lang: imported.columns(given, lang, console()),
    RoundShown: lambda given, lang: rounds.show(given, lang, console()),
    Assignments: lambda given, lang: rounds.assignments(given, lang, console()),
    Disclosures: lambda given, lang: rounds.disclosures(given, lang, console()),
    Evaluated: _evaluated,
    RegionImported: _region_imported,
    RegionShown: lambda given, lang: region.shown(given, lang, console()),
    RegionExported: _region_exported,
    RegionReported: _region_reported,
}
