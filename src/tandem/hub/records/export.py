"""Records out: one's own whole, as they can be imported again; others' as they show themselves to whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tandem.base.errors import Invalid
from tandem.base.words import Lang, has, say
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.records import lots
from tandem.hub.records.inputs import ExportInput, TemplateWanted
from tandem.hub.records.kinds import KINDS
from tandem.hub.records.lots import Leaving
from tandem.storage import exchange, staging
from tandem.storage.exchange import write
from tandem.storage.exchange.book import frame_name

_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}


def exported(call: Call, given: ExportInput) -> Download:
    """A workbook of everything that whoever asks may see, or one table.

    Rows are in the order of their ids, so that equal records make equal files.
    Raises Invalid export.table where a format holds one table and none is named
    """
    if given.format != "xlsx" and given.table is None:
        raise Invalid("export.table", format=given.format)
    with staging.scratch(call.hub.folder / "export") as folder:
        path = folder / f"{given.table or 'tandem'}.{given.format}"
        if given.table is None:
            _workbook(call, path)
        else:
            _table(
                call, (lots.others if given.others else lots.own)(call, KINDS[given.table]), path, given.table
            )
        return Download(path.name, _MEDIA[given.format], path.read_bytes())


def template(call: Call, given: TemplateWanted) -> Download:
    """A workbook to fill in, with guidance and one filled example, in the asker's language."""
    with staging.scratch(call.hub.folder / "export") as folder:
        path = folder / "tandem.xlsx"
        exchange.write_template(path, call.lang)
        return Download(f"{say('template.file', call.lang)}.xlsx", _MEDIA["xlsx"], path.read_bytes())


def _workbook(call: Call, path: Path) -> None:
    """One's own tables under their names, which importing understands; others' beside, which it leaves aside."""
    with write.open_workbook(path, path.parent) as book:
        for whose in (lots.own, lots.others):
            for kind in KINDS.values():
                told = whose(call, kind)
                if told.height or (whose is lots.own and lots.sees_all(call)):
                    title = kind.described.zh if call.lang == "zh" else kind.name
                    if whose is lots.others:
                        title = say("export.others", call.lang, table=title)
                    _sheet(book, title, told, kind.name, call.lang)
        if not book.worksheets():
            book.add_worksheet(say("export.empty", call.lang))


def _sheet(book: Any, title: str, told: Leaving, name: str, lang: Lang) -> None:
    types = {frame_name(column): column.type for column in lots.TABLES[name].columns}
    kinds = [str(types.get(one, "text")) for one in told.columns]
    rows = (write.exchanged(frame, name) for frame in told.lots())
    write.add_sheet(book, title, _titles(told.columns, name, lang), rows, kinds)


def _table(call: Call, told: Leaving, path: Path, name: str) -> None:
    if path.suffix != ".xlsx":
        write.write_lots(told.lots(), path, name, call.lang)
        return
    with write.open_workbook(path, path.parent) as book:
        _sheet(book, KINDS[name].described.zh if call.lang == "zh" else name, told, name, call.lang)


def _titles(columns: Sequence[str], name: str, lang: Lang) -> list[str]:
    """Headers by which importing knows its columns again; the users' own as they are."""
    if lang == "en":
        return list(columns)
    known = {
        one: column.zh for column in lots.TABLES[name].columns for one in (column.name, frame_name(column))
    }
    return [known.get(one) or _called(one) for one in columns]


def _called(name: str) -> str:
    """A column that only others' records have, in Chinese; a user's own as it is."""
    code = f"export.column.{name}"
    return say(code, "zh") if has(code) else name
