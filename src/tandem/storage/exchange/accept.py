"""A raw table -> typed rows: headers understood, cells parsed, rows judged, every problem with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tandem.base.errors import Finding
from tandem.domain.tables import Table
from tandem.storage.exchange import columns, headers, limits, values
from tandem.storage.exchange.book import dtype, schema
from tandem.storage.exchange.columns import Problem
from tandem.storage.exchange.headers import Heading, Headings
from tandem.storage.exchange.raw import RawTable

PROBLEMS = "problems 问题"  # the column that annotated copies have
ROW = "\0row"  # row number in the user's file; no header can be called so
ORDERED = (
    ("posted_on", "due_on", "dates.order"),
    ("available_from", "available_to", "dates.order"),
    ("budget_min", "budget_max", "budget.order"),
)


@dataclass
class Typed:
    """A table on its way through reading: typed rows under their column names, and what was found so far.

    `frame` has one column per known column (null where not given), then the unknown ones, then ROW.
    `by_id` says for the reference columns whether ids were given (and not names).
    """

    table: Table
    raw: RawTable
    frame: pl.DataFrame
    headings: Headings
    findings: list[Finding] = field(default_factory=list)
    lost: pl.DataFrame = field(default_factory=pl.DataFrame)
    read: int = 0
    by_id: Mapping[str, bool] = field(default_factory=dict)

    def report(self, problems: Sequence[Problem]) -> None:
        """Turns problems into findings and takes the rows of errors out of the frame."""
        rows = self.frame[ROW]
        self.findings += [self._finding(problem, rows[problem.position]) for problem in problems]
        bad = sorted({problem.position for problem in problems if not problem.warning})
        if bad:
            mask = pl.repeat(False, self.frame.height, dtype=pl.Boolean, eager=True).scatter(bad, True)
            self.lost = pl.concat([self.lost, self.frame.filter(mask)], how="diagonal")
            self.frame = self.frame.filter(~mask)

    def note(self, code: str, severity: str = "error", column: str | None = None, row: int | None = None,
             value: str | None = None, **params: Any) -> None:  # fmt: skip
        """A finding about the whole table, a column, or a row that never became one."""
        where = {"table": self.table.name, "file": self.raw.file, "sheet": self.raw.sheet}
        self.findings.append(
            Finding(code, severity, **where, row=row, column=column, value=_short(value), params=params)
        )

    def _finding(self, problem: Problem, row: int) -> Finding:
        return Finding(
            problem.code, "warning" if problem.warning else "error", self.table.name, self.raw.file, self.raw.sheet,
            row, self._header(problem.column), _short(problem.value), problem.params,
        )  # fmt: skip

    def _header(self, name: str) -> str:
        """The column under the name the user gave it."""
        headings = self.headings.of(self.table.column(name))
        return self.raw.header[headings[0].position] if headings else name


def accept(raw: RawTable, table: Table) -> Typed:
    """Types a raw table. Rows with an error are left out; a missing required column leaves all rows out."""
    headings = headers.understand(raw.header, table)
    made = Typed(table, raw, pl.DataFrame(), headings, read=raw.cells.height)
    _format_faults(made)
    _header_findings(made)
    missing = [column for column in table.columns if column.required and not headings.of(column)]
    if missing:
        found = [name for name in raw.header if name][:20]
        names, names_zh = [column.name for column in missing], [column.zh for column in missing]
        made.note("columns.missing", missing=names, missing_zh=names_zh, found=found)
        made.frame = _blank(table)
        return made
    known, problems, by_id = _known_columns(raw, table, headings)
    unknown = _unknown_columns(raw, headings, known)
    made.frame = pl.DataFrame([*known.values(), *unknown, raw.rows.alias(ROW)])
    made.by_id = by_id
    made.report([*problems, *_required(made.frame, table, problems), *_order(made.frame)])
    made.frame = made.frame.with_columns(
        pl.col(column.name).fill_null(column.default)
        for column in table.columns
        if column.default is not None
    )
    if not made.read:
        made.note("table.empty", "warning")
    return made


def _format_faults(made: Typed) -> None:
    faults = made.raw.faults
    made.read += len({fault.row for fault in faults if fault.rejects})
    for fault in faults:
        column = made.raw.header[fault.column] if fault.column is not None else None
        severity = "error" if fault.rejects else "warning"
        row = fault.row if fault.rejects else None
        made.note(fault.code, severity, column, row, fault.value, **fault.params)


def _header_findings(made: Typed) -> None:
    for position in made.headings.twice:
        made.note("header.twice", "warning", made.raw.header[position])
    for heading in made.headings.known:
        if heading.column.type == "money" and _unread_unit(heading):
            made.note("header.unit", "error", made.raw.header[heading.position], unit=heading.unit)


def _unread_unit(heading: Heading) -> bool:
    try:
        values.money_unit(heading.unit)
    except values.Bad:
        return True
    return False


def _known_columns(
    raw: RawTable, table: Table, headings: Headings
) -> tuple[dict[str, pl.Series], list[Problem], dict[str, bool]]:
    known: dict[str, pl.Series] = {}
    problems: list[Problem] = []
    by_id: dict[str, bool] = {}
    marks: list[pl.Series] = []
    for column in table.columns:
        found = headings.of(column)
        if not found or (column.type == "money" and _unread_unit(found[0])):
            known[column.name] = pl.repeat(None, raw.cells.height, dtype=dtype(column), eager=True).alias(
                column.name
            )
            continue
        by_id[column.name] = found[0].is_id
        read, mark, bad = columns.typed(_cells(raw, found), column, found[0].unit)
        known[column.name] = read.alias(column.name)
        problems += bad
        if mark is not None:
            marks.append(mark.alias(column.name))
    if "currency" in known:
        known["currency"], clashes = _currency(known["currency"], marks)
        problems += clashes
    return known, problems, by_id


def _cells(raw: RawTable, headings: Sequence[Heading]) -> pl.Series:
    """A column's text; where ids and names of one reference stand in two columns, the id counts."""
    if len(headings) == 1 and raw.cells[str(headings[0].position)].dtype == pl.Categorical:
        return raw.cells[str(headings[0].position)]
    texts = [columns.trimmed(raw.cells[str(heading.position)].cast(pl.String)) for heading in headings]
    return (
        pl.DataFrame([text.alias(str(i)) for i, text in enumerate(texts)])
        .select(pl.coalesce(pl.all()))
        .to_series()
    )


def _currency(given: pl.Series, marks: Sequence[pl.Series]) -> tuple[pl.Series, list[Problem]]:
    """The currency column, filled from amounts that name theirs; two different ones are a problem."""
    problems: list[Problem] = []
    for mark in marks:
        named = mark.set(mark == "", None)
        clash = ((named != given) & named.is_not_null() & given.is_not_null()).fill_null(False)
        problems += [
            Problem(i, mark.name, "money.currency", named[i], params={"named": named[i], "column": given[i]})
            for i in clash.arg_true()
        ]
        given = pl.DataFrame([given.alias("a"), named.alias("b")]).select(pl.coalesce("a", "b")).to_series()
    return given.alias("currency"), problems


def _unknown_columns(raw: RawTable, headings: Headings, known: Mapping[str, pl.Series]) -> list[pl.Series]:
    """The user's own columns, under their own names where these are free."""
    taken = {*known, "org_id", "org_ids", "need_id", ROW}
    kept: list[pl.Series] = []
    for position, header in headings.unknown.items():
        if headers.normal(header).startswith(headers.normal(PROBLEMS)):
            continue  # an annotated copy, read again
        base = header.strip().replace("\0", "") or f"column_{position + 1}"
        name, number = base, 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        kept.append(columns.trimmed(raw.cells[str(position)].cast(pl.String)).alias(name))
    return kept


def _required(frame: pl.DataFrame, table: Table, problems: Sequence[Problem]) -> list[Problem]:
    """Empty cells of required columns; those that hold something unreadable are reported already."""
    known = {(problem.position, problem.column) for problem in problems}
    return [
        Problem(i, column.name, "required")
        for column in table.columns
        if column.required
        for i in frame[column.name].is_null().arg_true()
        if (i, column.name) not in known
    ]


def _order(frame: pl.DataFrame) -> list[Problem]:
    problems: list[Problem] = []
    for first, last, code in ORDERED:
        if first in frame.columns and last in frame.columns:
            wrong = (frame[last] < frame[first]).fill_null(False).arg_true()
            for i in wrong:
                params = {"first": first, "last": last, "first_value": plain(frame[first][i])}
                problems.append(Problem(i, last, code, plain(frame[last][i]), params=params))
    return problems


def plain(value: Any) -> str:
    """A value as a finding shows it; money in major units."""
    return f"{value / 100:.2f}" if isinstance(value, int) else str(value)


def _blank(table: Table) -> pl.DataFrame:
    names = {column.name: kind for column, kind in zip(table.columns, schema(table).values(), strict=True)}
    return pl.DataFrame(schema={**names, ROW: pl.Int64})


def _short(value: str | None) -> str | None:
    if value is None:
        return None
    shown = "".join(char if char.isprintable() else " " for char in value[: limits.VALUE_SHOWN + 1])
    return shown if len(shown) <= limits.VALUE_SHOWN else shown[: limits.VALUE_SHOWN - 1] + "…"
