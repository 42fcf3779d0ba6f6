"""A file of records as somebody hands it over -> typed rows whose references are resolved against the hub's records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from threading import BoundedSemaphore

import polars as pl
import sqlalchemy as sa

from tandem.base.clock import day
from tandem.base.errors import Denied, Invalid, Unavailable
from tandem.base.settings import Upload
from tandem.domain.people import Actor
from tandem.domain.records import RECORD_TABLES
from tandem.hub.installation import Hub
from tandem.hub.records import held, learned, saying
from tandem.hub.records.inputs import FileGiven
from tandem.hub.records.organisations import NAMES, number
from tandem.hub.records.owning import parts
from tandem.hub.records.saying import Said
from tandem.storage import staging, world
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx
from tandem.storage.exchange import Book, limits, names, read_book
from tandem.storage.exchange.meant import NOTHING, Meant

HUB = "hub"  # whose names for records stand in a file of the hub as a whole
_AT_ONCE = 2  # uploads that are read at the same time: each takes memory and a processor
_WAIT = 10.0  # seconds that a further one waits


class Readers:
    """The places for uploads being read in one hub (`hub.part(Readers)`)."""

    def __init__(self, hub: Hub) -> None:
        self._places = BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the places, for as long as the block runs. Raises Unavailable import.busy where none gets free."""
        if not self._places.acquire(timeout=_WAIT):
            raise Unavailable("import.busy", n=_AT_ONCE)
        try:
            yield
        finally:
            self._places.release()

    def close(self) -> None:
        """Nothing lasts."""


@dataclass(frozen=True)
class Brought:
    """What was handed over.

    owner       the organisation for which it is imported, by id; None for the hub as a whole
    visibility  who sees new records, unless their row says it
    said        what was said of the file; nothing of the sample world
    meant       the same with what was learned before
    """

    book: Book
    owner: str | None
    visibility: str
    said: Said = field(default_factory=Said)
    meant: Meant = NOTHING

    @property
    def scope(self) -> str:
        """Whose names for records the ids of the file are."""
        return self.owner or HUB


@dataclass(frozen=True)
class Handed:
    """A file with all that is said of it, now or earlier, and for whom it is imported.

    meant  what reading takes: what is said, and what was learned of the organisation's headers
    """

    upload: Upload
    said: Said
    meant: Meant
    owner: str | None


def handed(tx: Tx, hub: Hub, actor: Actor, given: FileGiven) -> Handed:
    """The file that is meant. Raises Absent record.absent, Denied record.no_organisation, Invalid import.no_file, .*"""
    if (given.file is None) == (given.held is None):
        raise Invalid("import.no_file")
    if given.file is not None:
        upload, before = given.file, Said()
    else:
        row = held.find(tx, actor, str(given.held))
        upload, before = held.content(hub, row), saying.from_text(row["said"])
    said = saying.said(given, given.corrections, before)
    owner = whose(tx, actor, said.organisation)
    return Handed(upload, said, said.meant(learned.of(tx, actor, owner or HUB)), owner)


def brought(tx: Tx, actor: Actor, one: Handed, file: Path, visibility: str) -> Brought:
    """The rows of a file. Raises Invalid as reading does."""
    return Brought(_book(tx, actor, one, file), one.owner, visibility, one.said, one.meant)


def sample(tx: Tx, actor: Actor, visibility: str) -> Brought:
    """The sample world, with all its days moved so that the newest need was posed yesterday: else it would be over."""
    book = read_book(tables=world.tables(), among=RECORD_TABLES)
    yesterday = date.fromisoformat(day(tx.now)) - timedelta(days=1)
    moved = pl.col(pl.Date) + (yesterday - book.needs["posted_on"].sort(descending=True).item(0))
    return Brought(
        replace(book, needs=book.needs.with_columns(moved), offers=book.offers.with_columns(moved),
                deliveries=book.deliveries.with_columns(moved)),
        None, visibility,
    )  # fmt: skip


def whose(tx: Tx, actor: Actor, wanted: str | None) -> str | None:
    """The organisation for which is imported: one's own; for the operator any, or none."""
    if actor.operates:
        return None if wanted is None else str(tx.one(s.organisations, wanted, actor)["id"])
    if actor.org is None or wanted not in (None, actor.org):
        raise Denied("record.no_organisation")
    return actor.org


@contextmanager
def placed(hub: Hub, upload: Upload) -> Iterator[Path]:
    """The upload as a file under the name that it had, for as long as the block runs. Raises Unavailable import.busy"""
    with hub.part(Readers).place(), staging.scratch(hub.folder / "upload") as place:
        file = place / (Path(upload.name.replace("\\", "/")).name or "upload")
        file.write_bytes(upload.content)
        yield file


def alike(tx: Tx, actor: Actor, scope: str, texts: Iterable[str]) -> list[Row]:
    """The organisations that texts may mean, of those that the actor may see, the oldest first.

    scope  whose own names for records count, beside ids, registration numbers and names
    """
    o = s.organisations.c
    wanted = list(dict.fromkeys(texts))
    called = list(dict.fromkeys(map(names.normal, wanted)))
    numbers = list(dict.fromkeys(map(number, wanted)))
    found: dict[str, Row] = {}
    for column, values in (
        (o.id, wanted),
        (o.reg_no, numbers),
        *((o[key], called) for key in NAMES.values()),
    ):
        for part in parts(values):
            for row in tx.rows(sa.select(s.organisations).where(column.in_(part)), actor):
                found[row["id"]] = row
    for part in parts(wanted):
        own = sa.select(s.organisations).where(o.ref_of == scope, o.ref.in_(part))
        found.update((row["id"], row) for row in tx.rows(own, actor))
    return sorted(found.values(), key=lambda row: (row["created_at"], row["id"]))


def _book(tx: Tx, actor: Actor, one: Handed, file: Path) -> Book:
    scope, table = one.owner or HUB, one.said.table

    def elsewhere(name: str, texts: Sequence[str]) -> pl.DataFrame:
        return (
            _organisations(tx, actor, scope, texts)
            if name == "organisations"
            else _needs(tx, actor, scope, texts)
        )

    return read_book(
        file if table is None else None,
        tables=None if table is None else {table: file},
        among=RECORD_TABLES,
        elsewhere=elsewhere,
        invented=actor.operates,
        room=limits.UPLOAD,
        said=one.meant,
    )


def _organisations(tx: Tx, actor: Actor, scope: str, texts: Sequence[str]) -> pl.DataFrame:
    rows = alike(tx, actor, scope, texts)
    columns = {"org_id": "id", "name": "name", "name_zh": "name_zh", "name_en": "name_en", "reg_no": "reg_no"}
    made = {ours: [row[theirs] for row in rows] for ours, theirs in columns.items()}
    made["ref"] = [row["ref"] if row["ref_of"] == scope else None for row in rows]
    return pl.DataFrame(made, schema=dict.fromkeys(made, pl.String))


def _needs(tx: Tx, actor: Actor, scope: str, texts: Sequence[str]) -> pl.DataFrame:
    n = s.needs.c
    rows: list[Row] = []
    for part in parts(texts):
        meant = n.id.in_(part) | ((n.ref_of == scope) & n.ref.in_(part))
        rows += tx.rows(sa.select(n.id, n.ref, n.ref_of).where(meant), actor)
    made = {
        "need_id": [row["id"] for row in rows],
        "ref": [row["ref"] if row["ref_of"] == scope else None for row in rows],
    }
    return pl.DataFrame(made, schema=dict.fromkeys(made, pl.String))
