"""A register's tables from a workbook, a folder or single files, zh or en, with everything that is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tandem.base.errors import Finding
from tandem.domain import cities
from tandem.domain.region.tables import FIGURES, GEOGRAPHIES, REGISTER_TABLES
from tandem.engine.figures import places
from tandem.storage.exchange import accept, headers, ids, sources, stream
from tandem.storage.exchange.accept import ROW, Typed
from tandem.storage.exchange.book import Counts
from tandem.storage.exchange.columns import Problem
from tandem.storage.exchange.read import refusal
from tandem.storage.region import figures as figure_rows
from tandem.storage.region.figures import Figures

SMALL_TABLES = tuple(table for table in REGISTER_TABLES if table is not FIGURES)


@dataclass(frozen=True)
class Given:
    """The tables of one input: what was accepted, what was found, and where it stood.

    figures   accepted figures with bounds and ROW, without ids from other tables; None where none were given
    tables    name -> typed frame of the other tables that were given, with ROW
    findings  everything found, table by table; unlisted: how many more there are than told
    sources   table -> (file, sheet); paths: the files that were read
    """

    figures: Figures | None
    tables: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]
    counts: Mapping[str, Counts]
    sources: Mapping[str, tuple[str, str | None]]
    paths: tuple[Path, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that made a row or a table be left out."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


def read_tables(
    source: Path | None = None,
    *,
    tables: Mapping[str, Path] | None = None,
    vintage: str | None = None,
) -> Given:
    """Reads all register tables of an input; figures of any number pass in parts.

    source   a workbook, a folder with figures.csv and the like, or one file: named as its table, else it holds figures
    tables   table name -> file; these win over tables of the same name in `source`
    vintage  that of figures without one
    Raises   Invalid where a file cannot be read at all; faulty rows are findings and left out
    """
    if source is not None and _holds_figures(source):
        tables = {FIGURES.name: source, **(tables or {})}
        source = None
    found = sources.find(source, tables or {}, REGISTER_TABLES, (FIGURES.name,))
    if found.refusals:
        raise refusal(found.refusals)
    typed = {table.name: _typed(accept.accept(found.tables[table.name], table))
             for table in SMALL_TABLES if table.name in found.tables}  # fmt: skip
    _rings(typed)
    figures = _figures(found, vintage)
    findings = [*found.notes, *(finding for made in typed.values() for finding in _in_order(made))]
    counts = {name: Counts(made.read, made.frame.height, made.read - made.frame.height)
              for name, made in typed.items()}  # fmt: skip
    origins = {name: (raw.file, raw.sheet) for name, raw in found.tables.items()}
    if figures is not None:
        findings += figures.findings
        counts[FIGURES.name] = figures.counts
        origins[FIGURES.name] = (figures.source.file, figures.source.sheet)
    paths = _paths(source, tables or {}, {file for file, _ in origins.values()})
    return Given(
        figures, {name: made.frame for name, made in typed.items()}, tuple(findings), counts, origins, paths
    )


def _holds_figures(source: Path) -> bool:
    """Whether a single file says by its name of no table what it is: then it is the one that everybody brings."""
    single = source.is_file() and source.suffix.casefold() not in sources.WORKBOOKS
    return single and headers.table_named(source.stem, REGISTER_TABLES) is None


def _figures(found: sources.Found, vintage: str | None) -> Figures | None:
    if FIGURES.name in found.streams:
        path = found.streams[FIGURES.name]
        try:
            return figure_rows.read(stream.open_source(path, FIGURES), vintage)
        except stream.Irregular:
            return figure_rows.read(stream.open_source(path, FIGURES, plain=False), vintage)
    if FIGURES.name in found.tables:
        return figure_rows.read(stream.from_raw(found.tables[FIGURES.name]), vintage)
    return None


def _typed(made: Typed) -> Typed:
    """A small table with an id in every row; the second of two rows with one id is left out."""
    table = made.table
    if table is GEOGRAPHIES:
        made.frame = _city_codes(made.frame)
    made.report(ids.duplicates(made.frame, table, ROW))
    made.frame = ids.complete(made.frame, table)
    return made


def _city_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """A place without an id that is a known city or province has its GB/T 2260 code."""
    codes = [given or cities.place(name or "") for given, name in frame.select("geo_id", "name").iter_rows()]
    return frame.with_columns(pl.Series("geo_id", codes, dtype=pl.String))


def _rings(typed: Mapping[str, Typed]) -> None:
    """Tells places that are part of themselves by any way."""
    made = typed.get(GEOGRAPHIES.name)
    if made is None:
        return
    row_of = {geo: position for position, geo in enumerate(made.frame["geo_id"].to_list())}
    made.report(
        [
            Problem(row_of[ring[0]], "part_of", "geography.ring", ring[0], True, {"ring": list(ring)})
            for ring in places.rings(made.frame)
        ]
    )


def _in_order(made: Typed) -> list[Finding]:
    return sorted(made.findings, key=lambda finding: finding.row or 0)


def _paths(source: Path | None, tables: Mapping[str, Path], files: set[str]) -> tuple[Path, ...]:
    """The files that were really read."""
    named = [Path(path) for path in tables.values()]
    if source is not None:
        named += sorted(source.iterdir()) if source.is_dir() else [source]
    return tuple(path for path in dict.fromkeys(named) if path.name in files)
