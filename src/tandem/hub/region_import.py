"""Import: register tables in; what is new is stored as one more import, and nothing that was there changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from tandem.base.errors import Invalid
from tandem.domain.region.tables import FIGURES
from tandem.hub import reading
from tandem.hub import register as registers
from tandem.hub.actions import Asker
from tandem.hub.answers import Reading, TableRead
from tandem.hub.region_answers import RegionImported
from tandem.hub.region_inputs import RegionImportInput
from tandem.storage import exchange, region, region_rules, staging
from tandem.storage.region import Given, Prepared

ANNOTATED = 8 << 20  # bytes up to which a faulty file is copied with what is wrong in it


def region_import(given: RegionImportInput, asker: Asker) -> RegionImported:
    """Good rows are stored and bad ones reported with an annotated copy; when strict, one bad row stops everything."""
    if given.book is None and not given.files():
        raise Invalid("region.nothing")
    asker.progress("progress.reading")
    rules = region_rules.given(given.book)
    fresh = region_rules.admit(rules, given.register)
    read = _read(given, rules)
    asker.progress("progress.region.judging")
    prepared = region.prepare(given.register, read, given.vintage)
    told = _annotated(_told(read, prepared, rules), read.paths, given.out, asker)
    if told.faulty and given.strict:
        n = sum(table.rejected for table in told.tables)
        raise Invalid("region.strict", told.findings, n=n, problems=str(told.problems or "-"))
    asker.progress("progress.region.storing")
    region.save(given.register, prepared)
    if not region.is_register(given.register):
        raise Invalid("region.no_row", told.findings, problems=str(told.problems or "-"))
    region_rules.keep(fresh, given.register)
    return _answer(told, prepared, given.register, len(fresh))


def _read(given: RegionImportInput, rules: Sequence[Path]) -> Given:
    """The tables of the input; a rule file alone brings none."""
    book = None if given.book in rules else given.book
    if book is None and not given.files():
        return Given(None, {}, (), {}, {})
    return region.read_tables(book, tables=given.files(), vintage=given.vintage)


def _told(read: Given, prepared: Prepared, rules: Sequence[Path]) -> Reading:
    """Rows read, accepted and rejected by table, and what was found; rule files are not strays."""
    tables = tuple(
        TableRead(name, *read.sources[name], counts["read"], counts["accepted"], counts["rejected"])
        for name, counts in prepared.counts.items()
    )
    known = {path.name for path in rules}
    findings = (one for one in prepared.findings if one.code != "file.ignored" or one.file not in known)
    return Reading(tables, tuple(findings))


def _annotated(told: Reading, paths: Sequence[Path], folder: Path, asker: Asker) -> Reading:
    """The reading, with a copy of every small faulty file whose bad rows say what to mend."""
    copies = []
    for path in paths:
        own = [finding for finding in told.findings if finding.file == path.name]
        faulty = any(finding.severity == "error" for finding in own)
        if faulty and path.stat().st_size <= ANNOTATED:
            copies.append(folder / (path.stem + reading.PROBLEMS))
            with staging.staged_file(copies[-1]) as place:
                exchange.annotate(path, own, place, asker.lang)
    return replace(told, problems=copies[0] if copies else None)


def _answer(told: Reading, prepared: Prepared, folder: Path, rules: int) -> RegionImported:
    """What became of the rows: stored as new, or there already; figures by the vintage that they came in."""
    stored = prepared.frames.get(FIGURES.name)
    vintages: list[tuple[str, int]] = []
    if stored is not None and "vintage" in stored.columns:
        by_vintage = stored.group_by(pl.col("vintage").cast(pl.String)).len().sort("vintage", nulls_last=True)
        vintages = [(name or "", count) for name, count in by_vintage.iter_rows()]
    return RegionImported(
        reading=told,
        register=registers.stored(folder),
        added={name: counts["stored"] for name, counts in prepared.counts.items()},
        unchanged={name: counts["unchanged"] for name, counts in prepared.counts.items()},
        vintages=tuple(vintages),
        rules=rules,
    )
