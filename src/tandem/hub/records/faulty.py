"""Rows that something is wrong with, as they were read, so that they can be corrected where they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from tandem.base.errors import Finding
from tandem.domain.records import RECORD_TABLES
from tandem.domain.tables import Table
from tandem.hub.records import answers
from tandem.hub.records.bringing import Brought
from tandem.storage.exchange import headers
from tandem.storage.exchange.raw import RawTable

MOST = 200  # rows
SHOWN = 400  # characters of a cell
_TABLES = {table.name: table for table in RECORD_TABLES}


def rows(brought: Brought, findings: Iterable[Finding]) -> tuple[answers.FaultyRow, ...]:
    """Each row that findings are about, in their order; rows that could not be read at all have none."""
    raws = brought.book.raws
    wanted = dict.fromkeys(
        (one.table, one.row) for one in findings if one.table in raws and one.row is not None
    )
    found = []
    numbers: dict[str, dict[int, int]] = {}
    for name, row in wanted:
        if name is None or row is None:
            continue
        if name not in numbers:
            numbers[name] = {number: i for i, number in enumerate(raws[name].rows)}
        if row in numbers[name]:
            table = brought.meant.table(_TABLES[name])
            found.append(answers.FaultyRow(name, row, _cells(raws[name], table, numbers[name][row])))
    return tuple(found[:MOST])


def _cells(raw: RawTable, table: Table, at: int) -> tuple[answers.CellGiven, ...]:
    """The cells whose headers are ours."""
    made = []
    for heading in sorted(headers.understand(raw.header, table).known, key=lambda one: one.position):
        text = str(raw.cells[str(heading.position)][at] or "")
        header = raw.header[heading.position]
        made.append(answers.CellGiven(heading.column.name, header, text[:SHOWN], len(text) > SHOWN))
    return tuple(made)
