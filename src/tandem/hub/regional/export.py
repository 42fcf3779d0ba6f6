"""The register out: every table and every vintage, as files that an import takes again."""

from __future__ import annotations

from tandem.base.errors import Absent
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.regional import kept
from tandem.hub.regional.inputs import ExportQuery
from tandem.storage import region, staging

_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}


def exported(call: Call, given: ExportQuery) -> Download:
    """A workbook of all tables, or one table (the figures where none is named). Raises Absent register.empty"""
    held = kept.state(call)
    table = given.table or "figures"
    rows = {} if held is None else held.about.rows
    if held is None or (given.format != "xlsx" and not rows.get(table)):
        raise Absent("register.empty", table=table)
    with staging.scratch(call.hub.folder / "export") as folder:
        if given.format == "xlsx":
            (path,) = region.export_register(held.whole, folder / "register.xlsx", call.lang)
        else:
            files = region.export_register(held.whole, folder / "register", call.lang, given.format)
            path = next(file for file in files if file.stem == table)
        return Download(path.name, _MEDIA[given.format], path.read_bytes())
