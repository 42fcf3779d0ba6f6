"""Records out: one's own whole, as they can be imported again; others' as they show themselves to whoever asks."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from tandem.base.errors import Invalid
from tandem.base.words import Lang
from tandem.domain.records import RECORD_TABLES
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.records import answers, deliveries, needs, offers, organisations, owning
from tandem.hub.records.bringing import HUB
from tandem.hub.records.inputs import ExportInput
from tandem.hub.records.kinds import KINDS, Kind
from tandem.storage import staging
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import SEE_ALL
from tandem.storage.exchange import write
from tandem.storage.exchange.book import frame_name, schema

_TABLES = {table.name: table for table in RECORD_TABLES}
_SHOWN: Mapping[str, tuple[Callable[..., Any], type]] = {
    "organisations": (organisations.shown, answers.Organisation),
    "needs": (needs.shown, answers.Need),
    "offers": (offers.shown, answers.Offer),
    "deliveries": (deliveries.shown, answers.Delivery),
}
_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
_ZH = {"version": "版本", "budget": "预算区间", "pseudonym": "匿名代号", "organisations": "机构名称"}


def exported(call: Call, given: ExportInput) -> Download:
    """A workbook of everything that whoever asks may see, or one table.

    Rows are in the order of their ids, so that equal records make equal files.
    Raises Invalid export.table where a format holds one table and none is named
    """
    if given.format != "xlsx" and given.table is None:
        raise Invalid("export.table", format=given.format)
    names = list(KINDS) if given.table is None else [given.table]
    keys = _Keys(call)
    with staging.scratch(call.hub.folder / "export") as folder:
        path = folder / f"{given.table or 'tandem'}.{given.format}"
        if given.table is None:
            _workbook(call, path, keys)
        else:
            frame = (_others if given.others else _own)(call, KINDS[names[0]], keys)
            _table(frame, path, names[0], call.lang)
        return Download(path.name, _MEDIA[given.format], path.read_bytes())


class _Keys:
    """The ids under which records leave: the importer's own where it is the asker's, else the hub's."""

    def __init__(self, call: Call) -> None:
        self._scope = call.actor.org or HUB
        self._own: dict[str, str] = {}
        for kind in (KINDS["organisations"], KINDS["needs"]):
            t = kind.table.c
            named = sa.select(t.id, t.ref, t.ref_of).where(t.ref_of == self._scope)
            self._own |= {row["id"]: self.of(row) for row in call.tx.rows(named, call.actor)}

    def of(self, row: Row) -> str:
        """The id of a record."""
        ref = row["ref"] if row["ref_of"] == self._scope else None
        return row["id"] if ref is None or ";" in ref or "；" in ref else str(ref)

    def named(self, id_: str | None) -> str | None:
        """The id of an organisation or a need that is referred to."""
        return None if id_ is None else self._own.get(id_, id_)


def _workbook(call: Call, path: Path, keys: _Keys) -> None:
    """One's own tables under their names, which importing understands; others' beside, which it leaves aside."""
    with write.open_workbook(path) as book:
        for whose in (_own, _others):
            for kind in KINDS.values():
                frame = whose(call, kind, keys)
                if frame.height or (whose is _own and _sees_all(call)):
                    title = kind.described.zh if call.lang == "zh" else kind.name
                    if whose is _others:
                        title = f"他方{title}" if call.lang == "zh" else f"others' {title}"
                    _sheet(book, title, frame, kind.name, call.lang)
        if not book.worksheets():
            book.add_worksheet("empty" if call.lang == "en" else "无记录")


def _sheet(book: Any, title: str, frame: pl.DataFrame, name: str, lang: Lang) -> None:
    types = {frame_name(column): column.type for column in _TABLES[name].columns}
    kinds = [str(types.get(one, "text")) for one in frame.columns]
    write.add_sheet(book, title, _titles(frame, name, lang), write.exchanged(frame, name), kinds)


def _table(frame: pl.DataFrame, path: Path, name: str, lang: Lang) -> None:
    if path.suffix != ".xlsx":
        write.write_table(frame, path, name, lang)
        return
    with write.open_workbook(path) as book:
        _sheet(book, KINDS[name].described.zh if lang == "zh" else name, frame, name, lang)


def _titles(frame: pl.DataFrame, name: str, lang: Lang) -> list[str]:
    """Headers by which importing knows its columns again; the users' own as they are."""
    if lang == "en":
        return list(frame.columns)
    known = {one: column.zh for column in _TABLES[name].columns for one in (column.name, frame_name(column))}
    return [known.get(one) or _ZH.get(one, one) for one in frame.columns]


def _sees_all(call: Call) -> bool:
    return call.actor.role in SEE_ALL


def _own(call: Call, kind: Kind, keys: _Keys) -> pl.DataFrame:
    """Records whole: those of one's organisation, for the operator and the auditor all."""
    owner = kind.table.c.id if kind.name == "organisations" else kind.table.c.org_id
    statement = sa.select(kind.table)
    if not _sees_all(call):
        statement = statement.where(owner == call.actor.org)
    rows = call.tx.rows(statement, call.actor) if _sees_all(call) or call.actor.org else []
    found = sorted(((keys.of(row), row) for row in rows), key=lambda one: one[0])
    named = owning.named(call, [row for _, row in found])
    cells = [_cells(kind, key, row, named.get(row["id"], ()), keys) for key, row in found]
    extra = sorted({name for one in cells for name in one["extra"]})
    types = schema(_TABLES[kind.name])
    data: dict[str, Any] = {name: [one.get(name) for one in cells] for name in types}
    data |= {name: [one["extra"].get(name) for one in cells] for name in extra}
    days = [name for name, type_ in types.items() if type_ == pl.Date]
    made = pl.DataFrame(data, schema={**types, **dict.fromkeys((*days, *extra), pl.String)})
    return made.with_columns(pl.col(name).str.to_date("%Y-%m-%d") for name in days)


def _cells(kind: Kind, key: str, row: Row, named: Sequence[str], keys: _Keys) -> dict[str, Any]:
    """One record under the names of its exchange table."""
    cells = {name: row[name] for name in kind.columns}
    for name in kind.lists:
        cells[name] = None if row[name] is None else json.loads(row[name])
    for name in ("state", "visibility", "anonymous", "check_note"):
        cells[name] = row.get(name)
    cells["named"] = [keys.named(one) for one in named] or None
    cells["org_id"], cells["need_id"] = keys.named(row.get("org_id")), keys.named(row.get("need_id"))
    if kind.name == "deliveries":
        cells["org_ids"] = [keys.named(one) for one in json.loads(row["org_ids"])]
    cells[str(kind.described.key)] = key
    cells["extra"] = json.loads(row["extra"]) if row["extra"] else {}
    return cells


def _others(call: Call, kind: Kind, keys: _Keys) -> pl.DataFrame:
    """Other organisations' records, as the answer for others shows them."""
    shown, type_ = _SHOWN[kind.name]
    names = [field.name for field in dataclasses.fields(type_)]
    statement = sa.select(kind.table)
    rows = [] if _sees_all(call) else call.tx.rows(statement, call.actor)
    rows = sorted((row for row in rows if not owning.sees_own(call.actor, row)), key=lambda row: row["id"])
    told = shown(call, rows)
    data = {name: [getattr(one, name) for one in told] for name in names}
    listed = {name: pl.List(pl.String) for name in names if name in ("cities_served", "organisations")}
    data = {name: [list(cell) for cell in cells] if name in listed else cells for name, cells in data.items()}
    return pl.DataFrame(data, schema_overrides=listed, infer_schema_length=None).rename(
        {"id": str(kind.described.key)}
    )
