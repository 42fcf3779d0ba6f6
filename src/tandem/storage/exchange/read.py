"""The door of reading: files in, typed frames with resolved references and every finding out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from tandem.base.errors import Finding, Invalid
from tandem.domain.tables import INPUT_TABLES, NEEDS, ORGANISATIONS, TABLES, Column, Table
from tandem.storage.exchange import accept, ids, limits, meant, references, sources
from tandem.storage.exchange.accept import ROW, Typed
from tandem.storage.exchange.book import EXAMPLE, Book, Counts, empty, frame_name, schema
from tandem.storage.exchange.meant import Meant
from tandem.storage.exchange.raw import RawTable
from tandem.storage.exchange.references import Directory

_NAMES = ("name", "name_zh", "name_en")
_NAMING = ("organisation", "named")  # columns that refer to organisations
Elsewhere = Callable[[str, Sequence[str]], pl.DataFrame]


def read_book(
    source: Path | None = None,
    *,
    tables: Mapping[str, Path] | None = None,
    among: tuple[Table, ...] = INPUT_TABLES,
    elsewhere: Elsewhere | None = None,
    invented: bool = True,
    room: limits.Room = limits.BOOK,
    said: Meant = meant.NOTHING,
) -> Book:
    """Reads all exchange tables of an input.

    source     a workbook, a folder with needs.csv and the like, or one file named as its table
    tables     table name -> file; these win over tables of the same name in `source`
    among      the input tables, should some have columns of their own besides
    elsewhere  what references may mean beside the input's own rows: of a table's name and texts, rows with its id
               column and those by which they are called
    invented   where no organisations are given, whatever references name is one
    room       how large a table may be
    said       what is said of the file beyond what stands in it
    Raises     Invalid where a file cannot be read at all, with one finding for every such file; faulty rows never
               raise: they are findings of the book and left out of its frames
    """
    among = tuple(said.table(table) for table in among)
    found = sources.find(source, tables or {}, among, room=room, sheets=said.sheets)
    if found.refusals:
        raise refusal(found.refusals)
    raws, lost = _mended(found.tables, among, said)
    typed = {table.name: accept.accept(raws[table.name], table) for table in among if table.name in raws}
    organisations = _resolved(typed, elsewhere, invented=invented)
    frames = {
        table.name: _final(typed[table.name]) if table.name in typed else empty(table) for table in among
    }
    if ORGANISATIONS.name not in typed:
        frames[ORGANISATIONS.name] = organisations
    return Book(
        **frames,
        findings=(*found.notes, *lost, *(finding for made in typed.values() for finding in _in_order(made))),
        counts={name: _counts(made) for name, made in typed.items()},
        sources={name: (raw.file, raw.sheet) for name, raw in found.tables.items()},
        rows={name: made.frame[ROW] for name, made in typed.items()},
        given={
            name: frozenset(frame_name(one.column) for one in made.headings.known)
            for name, made in typed.items()
        },
        raws=raws,
    )


def _mended(
    tables: Mapping[str, RawTable], among: Sequence[Table], said: Meant
) -> tuple[dict[str, RawTable], list[Finding]]:
    raws: dict[str, RawTable] = {}
    lost: list[Finding] = []
    for table in among:
        if table.name in tables:
            raws[table.name], findings = said.mended(tables[table.name], table)
            lost += findings
    return raws, lost


def read_table(path: Path, name: str) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """One table on its own, `matches` among them; references stay as written. Raises Invalid as `read_book`."""
    if name not in TABLES:
        raise Invalid("table.unknown", table=name, known=list(TABLES))
    table = TABLES[name]
    made = accept.accept(sources.read_file(Path(path), table), table)
    _identify(made)
    for column in table.columns:
        if column.type == "references":
            parts = (
                pl.col(column.name)
                .str.replace_all("；", ";")
                .str.split(";")
                .list.eval(pl.element().str.strip_chars())
            )
            made.frame = made.frame.with_columns(parts)
    return _final(made), tuple(_in_order(made))


def refusal(refusals: list[Invalid]) -> Invalid:
    """One error for all files that cannot be read, with a finding for each."""
    findings = tuple(
        Finding(error.code, file=error.params.get("file"), sheet=error.params.get("sheet"),
                row=error.params.get("row"), params=error.params)
        for error in refusals
    )  # fmt: skip
    return Invalid(refusals[0].code, findings=findings, **refusals[0].params)


def _counts(made: Typed) -> Counts:
    return Counts(made.read, made.frame.height, made.read - made.frame.height)


def _identify(made: Typed) -> None:
    table = made.table
    made.report(ids.duplicates(made.frame, table, ROW))
    made.frame = ids.complete(made.frame, table)
    if table.key is not None:
        for row in made.frame.filter(pl.col(table.key).str.starts_with(EXAMPLE))[ROW]:
            made.note("row.example", "note", row=row)


def _resolved(typed: Mapping[str, Typed], elsewhere: Elsewhere | None, *, invented: bool) -> pl.DataFrame:
    """Gives all rows their ids and resolves references, needs first because deliveries and outcomes refer to them.

    Returns the organisations that references can mean: the given table, else those that the references name
    """
    given = typed.get(ORGANISATIONS.name)
    if given is not None:
        _identify(given)
    named = [
        (made, column)
        for made in typed.values()
        for column in made.table.columns
        if column.name in _NAMING and made.headings.of(column)
    ]
    beyond = _beyond(elsewhere, ORGANISATIONS.name, "org_id", named)
    organisations = given.frame if given is not None else _invented(named if invented else [], beyond)
    lost = given.lost if given is not None else pl.DataFrame()
    directory = references.Directory(organisations, lost, "org_id", _NAMES, beyond)
    for made in typed.values():
        if made is not given:
            _identify(made)
        for column in made.table.columns:
            if column.name in _NAMING and made.headings.of(column):
                references.resolve(made, column, directory)
            elif column.name == "need" and ("needs" in typed or elsewhere is not None):
                _need(made, column, typed.get("needs"), elsewhere)
    return organisations


def _need(made: Typed, column: Column, needs: Typed | None, elsewhere: Elsewhere | None) -> None:
    """Resolves the references of a table to needs, as far as its own frame and what is elsewhere tell."""
    beyond = _beyond(elsewhere, "needs", "need_id", [(made, column)])
    own = needs.frame if needs is not None else empty(NEEDS)
    lost = needs.lost if needs is not None else pl.DataFrame()
    catalogue = references.Directory(own, lost, "need_id", ("title",), beyond)
    references.resolve(made, column, catalogue, dangling_is_warning=not column.required)


def _beyond(
    elsewhere: Elsewhere | None, table: str, key: str, referring: Sequence[tuple[Typed, Column]]
) -> Directory | None:
    if elsewhere is None:
        return None
    rows = elsewhere(table, references.texts(referring))
    called = [name for name in rows.columns if name not in (key, "reg_no")]
    return references.Directory(rows, pl.DataFrame(), key, called)


def _invented(referring: Sequence[tuple[Typed, Column]], beyond: Directory | None) -> pl.DataFrame:
    """Organisations as the references name them, without those that are meant elsewhere."""
    named = references.organisations_from(referring).select(list(schema(ORGANISATIONS)))
    if beyond is None:
        return named
    return named.filter([not beyond.knows(name) for name in named["org_id"]])


def _final(made: Typed) -> pl.DataFrame:
    """The canonical frame: known columns under their frame names, then the user's own."""
    table: Table = made.table
    renamed = {column.name: frame_name(column) for column in table.columns}
    known = [pl.col(name).cast(kind).alias(name) for name, kind in schema(table).items()]
    frame = made.frame.rename({old: new for old, new in renamed.items() if old in made.frame.columns})
    extra = [name for name in frame.columns if name not in schema(table) and name != ROW]
    return frame.select(*known, *extra)


def _in_order(made: Typed) -> list[Finding]:
    return sorted(made.findings, key=lambda finding: finding.row or 0)
