"""The first step of every action: tables in, with what was found wrong, and an annotated copy where it helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tandem.base.errors import Finding, Invalid
from tandem.domain.tables import INPUT_TABLES, MERGES
from tandem.engine.identity import merges
from tandem.hub.actions import Asker
from tandem.hub.answers import Reading, TableRead
from tandem.hub.inputs import Tables
from tandem.storage import exchange, staging
from tandem.storage.exchange import Book

PROBLEMS = ".problems.xlsx"


def read(given: Tables, asker: Asker, merge: Path | None = None) -> Book:
    """The book that the input names, organisations merged as a merge table says.

    Raises Invalid input.nothing where no table is named, merge.* for a merge table that contradicts itself.
    """
    asker.progress("progress.reading")
    files = given.files()
    if given.book is None and not files:
        raise Invalid("input.nothing")
    book = exchange.read_book(given.book, tables=files)
    return book if merge is None else merged(book, merge)


def merged(book: Book, merge: Path) -> Book:
    """The book with references to merged organisations rewritten, and what was wrong with the merge table."""
    table, findings = exchange.read_table(merge, MERGES.name)
    frames = merges.apply_merges({table.name: book.table(table.name) for table in INPUT_TABLES}, table)
    return replace(
        book,
        organisations=frames["organisations"],
        needs=frames["needs"],
        offers=frames["offers"],
        deliveries=frames["deliveries"],
        truth=frames["truth"],
        findings=(*book.findings, *findings),
    )


def told(book: Book) -> Reading:
    """What an interface can tell about a book."""
    tables = tuple(
        TableRead(name, *book.sources[name], count.read, count.accepted, count.rejected)
        for name, count in book.counts.items()
    )
    return Reading(tables, book.findings)


def annotated(given: Tables, reading: Reading, folder: Path, asker: Asker) -> Reading:
    """The reading, with a copy of every faulty file in `folder` whose bad rows say what to mend."""
    if not reading.faulty:
        return reading
    copy = None
    for source in _sources(given):
        own = _about(reading.findings, source)
        if any(finding.severity == "error" for finding in own):
            with staging.staged_file(folder / (source.stem + PROBLEMS)) as path:
                exchange.annotate(source, own, path, asker.lang)
            copy = copy or folder / (source.stem + PROBLEMS)
    return replace(reading, problems=copy)


def _sources(given: Tables) -> Sequence[Path]:
    """The files that were read, one by one."""
    files = list(given.files().values())
    if given.book is None:
        return files
    inside = sorted(given.book.iterdir()) if given.book.is_dir() else [given.book]
    return [*files, *inside]


def _about(findings: Sequence[Finding], source: Path) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.file in (source.name, str(source)))
