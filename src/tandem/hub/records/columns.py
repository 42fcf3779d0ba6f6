"""What a file is taken for before it is imported: its sheets, what each header means, what is missing."""

from __future__ import annotations

from dataclasses import replace

from tandem.domain.records import RECORD_TABLES
from tandem.hub.call import Call
from tandem.hub.records import answers, bringing
from tandem.hub.records.inputs import RECORD_NAMES, ColumnsInput
from tandem.storage.exchange import headers, look

_TABLES = tuple(table for table in RECORD_TABLES if table.name in RECORD_NAMES)


def seen(call: Call, given: ColumnsInput) -> answers.ColumnsSeen:
    """Guesses included, each with where it comes from. Raises as `bringing.handed`; Invalid as reading does"""
    one = bringing.handed(call.tx, call.hub, call.actor, given)
    with bringing.placed(call.hub, one.upload) as file:
        sheets = look.look(file, _TABLES, one.meant, one.said.table)
    return answers.ColumnsSeen(one.upload.name, tuple(_sheet(each, one) for each in sheets))


def _sheet(each: look.Sheet, one: bringing.Handed) -> answers.SheetSeen:
    own = {headers.normal(header) for header in one.said.columns.get(each.table or "", {})}
    shown = tuple(_header(head, own) for head in each.headers)
    return answers.SheetSeen(each.sheet, each.table, each.by, each.rows, shown, each.missing)


def _header(head: look.Header, own: set[str]) -> answers.HeaderSeen:
    made = answers.HeaderSeen(head.header, head.column, head.by, head.cells)
    return (
        replace(made, by="remembered")
        if head.by == "said" and headers.normal(head.header) not in own
        else made
    )
