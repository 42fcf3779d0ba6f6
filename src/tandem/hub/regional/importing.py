"""Import into the hub's register: read and judged before the transaction, told in it, part of the register after it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tandem.base.errors import Conflict, Denied, Finding, Invalid
from tandem.domain.region.tables import FIGURES
from tandem.hub.actions import Asker
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.records import bringing
from tandem.hub.regional import answers, folder
from tandem.hub.regional.inputs import ImportInput, Nothing, ProblemsQuery
from tandem.hub.regional.kept import Kept
from tandem.storage import exchange, region, register_data
from tandem.storage.region import Given, Prepared

SHOWN = 200  # findings that an answer lists; the rest are counted
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Ready:
    """An import that is read, judged, and written beside the register; `place` None: not written, or nothing is new."""

    given: Given
    prepared: Prepared
    place: str | None


def prepared(given: ImportInput, asker: Asker) -> Ready:
    """Reads the file and judges it against the register as it stands.

    Raises Denied import.agent; Invalid as reading does, import.faulty where `strict` is asked
    """
    assert asker.hub is not None
    if asker.actor.agent and not given.preview:
        raise Denied("import.agent")
    asker.progress("progress.reading")
    with bringing.placed(asker.hub, given.file) as file:
        read = _read(file, given.table, given.vintage)
        judged = _judged(asker.hub, read, given.vintage)
    if given.strict and not given.preview and judged.errors:
        raise Invalid("import.faulty", judged.errors[:SHOWN], n=len(judged.errors))
    return _written(asker.hub, read, judged, write=not given.preview)


def imported(call: Call, given: ImportInput, ready: Ready) -> answers.Stored:
    """Stores what is new, or only tells what would be. Raises Conflict register.meanwhile"""
    if given.preview:
        return _told(ready, written=False)
    return _stored(call, "register.import", ready)


def prepared_sample(given: Nothing, asker: Asker) -> Ready:
    """The shipped register, for a hub whose own is empty."""
    assert asker.hub is not None
    if folder.is_there(asker.hub):
        raise Conflict("register.not_empty")
    asker.progress("progress.reading")
    read = region.read_tables(tables=register_data.tables())
    return _written(asker.hub, read, _judged(asker.hub, read, None), write=True)


def sampled(call: Call, given: Nothing, ready: Ready) -> answers.Stored:
    """Loads the shipped register. Raises Conflict register.not_empty, register.meanwhile"""
    if ready.prepared.entry.number != 1 or folder.noted(call.tx):
        raise Conflict("register.not_empty")
    return _stored(call, "register.sample", ready)


def problems(call: Call, given: ProblemsQuery) -> Download:
    """A copy of the file in which each faulty row says what to mend."""
    with bringing.placed(call.hub, given.file) as file:
        judged = _judged(call.hub, _read(file, given.table, given.vintage), given.vintage)
        copy = file.with_name(f"{file.stem}.problems.xlsx")
        exchange.annotate(file, judged.findings, copy, call.lang)
        return Download(copy.name, _WORKBOOK, copy.read_bytes())


def _read(file: Path, table: str | None, vintage: str | None) -> Given:
    if table is None:
        return region.read_tables(file, vintage=vintage)
    return region.read_tables(tables={table: file}, vintage=vintage)


def _judged(hub: Hub, read: Given, vintage: str | None) -> Prepared:
    with hub.database.reading() as tx:
        noted = folder.noted(tx)
    folder.settle(hub.folder, noted)
    return region.prepare(folder.place(hub.folder), read, vintage)


def _written(hub: Hub, read: Given, judged: Prepared, *, write: bool) -> Ready:
    """Beside the register, where something is new and shall be stored."""
    if not write:
        return Ready(read, judged, None)
    day = time.strftime("%Y-%m-%d", time.gmtime(hub.clock()))
    dated = replace(judged, entry=replace(judged.entry, imported_on=day))
    return Ready(read, dated, folder.write(hub, dated))


def _stored(call: Call, action: str, ready: Ready) -> answers.Stored:
    """In one transaction the note and the journal's entry; the files follow its commit."""
    if ready.place is not None:
        entry = ready.prepared.entry
        folder.note(call, entry.number, ready.place)
        call.tx.tell(
            action, call.actor, number=entry.number, vintage=entry.vintage,
            files=[{"name": str(file["name"]), "sha256": str(file["sha256"])} for file in entry.files],
            stored={name: counts["stored"] for name, counts in entry.counts.items()},
        )  # fmt: skip
        call.tx.after.append(call.hub.part(Kept).begin)
    return _told(ready, written=True)


def _told(ready: Ready, *, written: bool) -> answers.Stored:
    found: Sequence[Finding] = ready.prepared.findings
    tables = tuple(
        answers.TableStored(name, *ready.given.sources[name], counts["read"], counts["rejected"],
                            counts["unchanged"], counts["stored"])
        for name, counts in ready.prepared.counts.items()
    )  # fmt: skip
    return answers.Stored(
        written=written,
        number=ready.prepared.entry.number if ready.prepared.frames else None,
        tables=tables,
        vintages=_vintages(ready.prepared),
        findings=tuple(found[:SHOWN]),
        more_findings=max(len(found) - SHOWN, 0),
    )


def _vintages(judged: Prepared) -> tuple[tuple[str, int], ...]:
    """New figures by the vintage that they came in."""
    stored = judged.frames.get(FIGURES.name)
    if stored is None or "vintage" not in stored.columns:
        return ()
    counted = stored.group_by(pl.col("vintage").cast(pl.String)).len().sort("vintage", nulls_last=True)
    return tuple((name or "", int(n)) for name, n in counted.iter_rows())
