"""The user's own file once more, with what is wrong beside every row and the faulty cells marked."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xlsxwriter.exceptions

from tandem.base.errors import Finding, Invalid
from tandem.base.words import Lang, say
from tandem.domain.tables import TABLES
from tandem.storage.exchange import columnar, delimited, headers, limits, lines, sources, text, write
from tandem.storage.exchange.accept import PROBLEMS
from tandem.storage.exchange.meant import Change
from tandem.storage.exchange.raw import RawTable, as_text
from tandem.storage.exchange.workbook import Workbook

_COLOURS = {"error": "#F8D7DA", "warning": "#FFF3CD", "note": "#E2E3E5"}
_GRAVEST = ("error", "warning", "note")


@dataclass(frozen=True)
class _Grid:
    """All cells of a sheet or file, under the row numbers that findings use; `left` empty columns stood before."""

    sheet: str | None
    rows: Mapping[int, Sequence[Any]]
    left: int = 0


def annotate(
    source: Path,
    findings: Iterable[Finding],
    out: Path,
    lang: Lang,
    changed: Mapping[Change, str] | None = None,
) -> None:
    """Writes a copy of one input file with a first column that lists each row's problems and what to do.

    source    a workbook (all sheets are copied), or a CSV, Parquet or JSON Lines file; a folder is done file by file
    findings  those of the whole book; the ones about other files are left aside
    changed   what stands in cells instead of what the file has
    out       .xlsx, or .csv where the source has one sheet; cells keep their addresses one column to the right
    Raises    Invalid where the source cannot be read or the copy cannot be written
    """
    source, out = Path(source), Path(out)
    mine = [finding for finding in findings if finding.file == source.name]
    grids = [_changed(grid, mine, changed or {}) for grid in _grids(source, mine)]
    if out.suffix.casefold() not in (".xlsx", ".csv") or (out.suffix.casefold() == ".csv" and len(grids) > 1):
        raise Invalid("file.suffix_out", file=out.name, suffix=out.suffix or "-", known=[".xlsx"])
    try:
        if out.suffix.casefold() == ".csv":
            _csv(grids[0], mine, out, lang)
        else:
            _xlsx(grids, mine, out, lang)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise Invalid("file.not_written", file=str(out)) from error


def explain(finding: Finding, lang: Lang) -> tuple[str, str]:
    """What is wrong, and what to do about it, as two sentences."""
    code = f"finding.{finding.code}"
    return say(code, lang, **finding.params), say(f"{code}.fix", lang, **finding.params)


def _grids(source: Path, findings: Sequence[Finding]) -> list[_Grid]:
    suffix = sources.suffix_of(source)
    if suffix in sources.WORKBOOKS:
        book = Workbook(source)
        return [_sheet(book, sheet) for sheet in book.sheets]
    table = TABLES[next((finding.table for finding in findings if finding.table in TABLES), "needs")]
    if suffix == ".parquet":
        return [_of_raw(columnar.read(source))]
    if suffix in (".jsonl", ".ndjson"):
        return [_of_raw(lines.read(source), shift=1)]
    encoding = text.encoding_of(source)
    records = delimited.records(source, encoding, delimited.delimiter_of(source, encoding, table))
    return [_Grid(None, {number: row if isinstance(row, list) else [] for number, row in records})]


def _sheet(book: Workbook, sheet: str) -> _Grid:
    left, rows = book.values(sheet)
    return _Grid(sheet, rows, left)


def _of_raw(raw: RawTable, shift: int = 0) -> _Grid:
    """A format without a header row gets one; JSON Lines start in line 1, so their rows move down by one."""
    rows: dict[int, Sequence[Any]] = {1: raw.header}
    rows |= {number + shift: row for number, row in zip(raw.rows, raw.cells.iter_rows(), strict=True)}
    rows |= {fault.row + shift: [fault.value or ""] for fault in raw.faults if fault.rejects}
    return _Grid(None if shift == 0 else "jsonl", dict(sorted(rows.items())))


def _changed(grid: _Grid, findings: Sequence[Finding], changed: Mapping[Change, str]) -> _Grid:
    """The grid with what stands in its cells instead."""
    sheet, shift = (None, 1) if grid.sheet == "jsonl" else (grid.sheet, 0)
    here = {(row + shift, header): cell for (of, row, header), cell in changed.items() if of == sheet}
    if not here:
        return grid
    rows = {number: list(row) for number, row in grid.rows.items()}
    titles = [(as_text(cell) or "").strip() for cell in rows[_header_row(grid, findings)]]
    for (row, header), cell in here.items():
        if header in titles and row in rows:
            at = titles.index(header)
            rows[row] += [""] * (at + 1 - len(rows[row]))
            rows[row][at] = cell
    return replace(grid, rows=rows)


def _by_row(grid: _Grid, findings: Sequence[Finding]) -> Mapping[int, list[Finding]]:
    """The sheet's findings by row; those about a column or the whole table stand beside the header."""
    shift = 1 if grid.sheet == "jsonl" else 0
    placed: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.sheet in (grid.sheet, None):
            placed[finding.row + shift if finding.row else _header_row(grid, findings)].append(finding)
    return placed


def _header_row(grid: _Grid, findings: Iterable[Finding]) -> int:
    """The row number of the header, as reading finds it."""
    first = list(grid.rows)[: limits.HEADER_SEARCH_ROWS]
    if not first:
        return 1
    named = (
        finding.table
        for finding in findings
        if finding.sheet in (grid.sheet, None) and finding.table in TABLES
    )
    table = headers.table_named(grid.sheet or "") or TABLES.get(next(named, None) or "")
    top = [[as_text(cell) for cell in grid.rows[number]] for number in first]
    return first[headers.find_header(top, table)] if table else first[0]


def _sentences(findings: Iterable[Finding], lang: Lang) -> str:
    shown = []
    for finding in findings:
        where = say("problems.column", lang, column=finding.column) if finding.column else ""
        severity = say(f"finding.severity.{finding.severity}", lang)
        shown.append(f"[{severity}] {where}{' '.join(explain(finding, lang))}")
    return "\n".join(shown)


def _beside(is_header: bool, findings: Iterable[Finding], lang: Lang) -> str:
    """What the first column says in one row."""
    return "\n".join(filter(None, (PROBLEMS if is_header else "", _sentences(findings, lang))))


def _csv(grid: _Grid, findings: Sequence[Finding], out: Path, lang: Lang) -> None:
    placed, header = _by_row(grid, findings), _header_row(grid, findings)
    with out.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        for number, row in grid.rows.items():
            problems = _beside(number == header, placed.get(number, ()), lang)
            cells = [write.escape(delimited.unescape(as_text(cell) or "")) for cell in row]
            writer.writerow([write.escape(problems), *cells])


def _xlsx(grids: Sequence[_Grid], findings: Sequence[Finding], out: Path, lang: Lang) -> None:
    with write.open_workbook(out) as book:
        formats = {
            severity: {
                "wrap": book.add_format({"bg_color": colour, "text_wrap": True, "valign": "top"}),
                "date": book.add_format({"bg_color": colour, "num_format": "yyyy-mm-dd"}),
                "number": book.add_format({"bg_color": colour}),
            }
            for severity, colour in _COLOURS.items()
        }
        plain = {"date": book.add_format({"num_format": "yyyy-mm-dd"})}
        for grid in grids:
            sheet = book.add_worksheet((grid.sheet or "table")[:31])
            _fill(sheet, grid, _header_row(grid, findings), _by_row(grid, findings), formats, plain, lang)


def _fill(
    sheet: Any,
    grid: _Grid,
    header: int,
    placed: Mapping[int, list[Finding]],
    formats: Mapping[str, Mapping[str, Any]],
    plain: Mapping[str, Any],
    lang: Lang,
) -> None:
    sheet.set_column(0, 0, 60)
    titles = [(as_text(cell) or "").strip() for cell in grid.rows.get(header, ())]
    for number, row in grid.rows.items():
        here = placed.get(number, [])
        marked = {finding.column: finding.severity for finding in reversed(here) if finding.column}
        for position, cell in enumerate(row):
            severity = marked.get(titles[position]) if position < len(titles) else None
            write.put(sheet, number - 1, position + grid.left + 1, cell if cell != "" else None, plain)
            if severity is not None:
                _mark(sheet, number - 1, position + grid.left + 1, cell, formats[severity])
    for number in sorted({*placed, header}):
        here = placed.get(number, [])
        gravest = min((finding.severity for finding in here), key=_GRAVEST.index, default="note")
        sheet.write_string(
            number - 1, 0, write.legal(_beside(number == header, here, lang)), formats[gravest]["wrap"]
        )
    sheet.freeze_panes(header, 1)


def _mark(sheet: Any, row: int, column: int, cell: Any, formats: Mapping[str, Any]) -> None:
    if cell is None or cell == "":
        sheet.write_blank(row, column, None, formats["number"])
    else:
        write.put(sheet, row, column, cell, formats)
