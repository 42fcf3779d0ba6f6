"""All documents of a hub as segments that stay in step with its database.

A shelf is a value: a large segment of public documents and one of others, and small ones with what came since. Every
change makes a new shelf; whoever searches the old one is not disturbed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import sqlalchemy as sa

from tandem.domain.records import SEARCHED
from tandem.engine.finding import documents
from tandem.engine.finding.documents import Document, Segment
from tandem.storage.database import schema as s
from tandem.storage.database.open import Database
from tandem.storage.database.transaction import Tx
from tandem.storage.finding import rows
from tandem.storage.finding.rows import Mark

INLINE = 500  # documents that are read while somebody waits
_PAGE = 5_000  # documents read at a time
_MERGED = 4_096  # small segments are joined while somebody waits up to this size
Named = tuple[str, str]  # table and id


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is searched.

    segments  the public one and the other one first
    mark      how far the journal was; waiting: what changed since and is yet to be read, with the mark's number
    """

    segments: tuple[Segment, ...]
    mark: Mark
    waiting: Mapping[Named, int] = field(default_factory=dict)


def build(database: Database, go_on: Callable[[], bool] = lambda: True) -> Shelf | None:
    """Every record read anew; None where it was not to go on. What is written meanwhile lies behind the mark."""
    parts = {public: [documents.segment((), public=public)] for public in (True, False)}
    with database.reading() as tx:
        mark = rows.mark(tx)
    for table in SEARCHED:
        last = ""
        while True:
            with database.reading() as tx:
                ids = _page(tx, table, last)
                for one in _segments(rows.documents(tx, table, ids)):
                    parts[one.public].append(one)
            if not go_on():
                return None
            if len(ids) < _PAGE:
                break
            last = ids[-1]
    return Shelf(tuple(documents.joined(parts[public], public=public) for public in (True, False)), mark)


def _page(tx: Tx, table: str, last: str) -> list[str]:
    id_ = s.RECORDS[table].c.id
    return [row["id"] for row in tx.unguarded(sa.select(id_).where(id_ > last).order_by(id_).limit(_PAGE))]


def caught_up(shelf: Shelf, tx: Tx, at: Mark) -> Shelf:
    """The shelf as of a later mark: what changed no longer stands as it was, and stands as it is now.

    Many changes at once wait to be read (`read_on`); until then they are not found, neither as they were nor as they
    are.
    """
    wanted = _changed(shelf, rows.touched(tx, shelf.mark), tx)
    left = _removed(shelf, [id_ for _, id_ in wanted])
    waiting = {name: seq for name, seq in shelf.waiting.items() if name not in wanted}
    if len(wanted) > INLINE:
        return Shelf(left, at, {**waiting, **dict.fromkeys(wanted, at.seq)})
    return Shelf(_added(left, _read(tx, wanted)), at, waiting)


def _changed(shelf: Shelf, touched: rows.Touched | None, tx: Tx) -> set[Named]:
    """What has another version than the shelf, what entries name, what is gone."""
    versions = rows.versions(tx) if touched is None else touched.versions
    found: set[Named] = set()
    for table, known in versions.items():
        ids = list(known)
        held = _held(shelf, ids)
        found.update((table, id_) for id_, was in zip(ids, held, strict=True) if known[id_] != was)
        if touched is not None:
            found.update((table, id_) for id_ in touched.named[table])
    if touched is None:
        for one in shelf.segments:
            for row in np.flatnonzero(one.alive).tolist():
                name = (SEARCHED[one.what[row]], one.ids[row].decode())
                if name[1] not in versions[name[0]]:
                    found.add(name)
    return found


def _held(shelf: Shelf, ids: Sequence[str]) -> list[int]:
    """The version of each document as the shelf has it, -1 where it has none."""
    wanted, found = documents.identities(ids), np.full(len(ids), -1, np.int64)
    for one in shelf.segments:
        at = one.rows(wanted)
        found[at >= 0] = one.version[at[at >= 0]]
    held: list[int] = found.tolist()
    return held


def read_on(shelf: Shelf, database: Database) -> Callable[[Shelf], Shelf]:
    """Reads some of what waits, and gives what puts it on the shelf as that is by then."""
    taken = dict(list(shelf.waiting.items())[:_PAGE])
    with database.reading() as tx:
        read = _read(tx, taken)

    def put(now: Shelf) -> Shelf:
        due = {name for name, seq in taken.items() if now.waiting.get(name) == seq}
        waiting = {name: seq for name, seq in now.waiting.items() if name not in due}
        left = _removed(now, [id_ for _, id_ in due])
        return replace(
            now, segments=_added(left, [one for one in read if (one.what, one.id) in due]), waiting=waiting
        )

    return put


def _read(tx: Tx, names: Iterable[Named]) -> list[Document]:
    by_table: dict[str, list[str]] = {}
    for table, id_ in sorted(names):
        by_table.setdefault(table, []).append(id_)
    return [one for table, ids in by_table.items() for one in rows.documents(tx, table, ids)]


def _removed(shelf: Shelf, ids: Sequence[str]) -> tuple[Segment, ...]:
    gone = documents.identities(ids)
    return tuple(one.without(at[at >= 0]) for one in shelf.segments for at in [one.rows(gone)])


def _added(segments: tuple[Segment, ...], read: Iterable[Document]) -> tuple[Segment, ...]:
    return segments + tuple(_segments(read))


def _segments(read: Iterable[Document]) -> list[Segment]:
    """Documents as a public segment and another, where there are any."""
    sorts: dict[bool, list[Document]] = {True: [], False: []}
    for one in read:
        sorts[one.public].append(one)
    return [documents.segment(some, public=public) for public, some in sorts.items() if some]


def merged(shelf: Shelf) -> Shelf:
    """The same documents in fewer segments: small neighbours of like size are joined, what is empty is left out."""
    found = list(shelf.segments[:2])
    for public in (True, False):
        small = [one for one in shelf.segments[2:] if one.public == public and one.standing]
        while len(small) > 1 and small[-2].documents < 2 * small[-1].documents:
            if small[-2].documents + small[-1].documents > _MERGED:
                break
            small[-2:] = [documents.joined(small[-2:], public=public)]
        found += small
    return replace(shelf, segments=tuple(found))


def whole(shelf: Shelf) -> Shelf:
    """The same documents in two segments, without anything dead."""
    parts = [[one for one in shelf.segments if one.public == public] for public in (True, False)]
    both = (documents.joined(parts[0], public=True), documents.joined(parts[1], public=False))
    return replace(shelf, segments=both)


def moved(now: Shelf, before: Shelf, new: Shelf) -> Shelf:
    """The shelf as it is now, with what it was before in its new form (`whole`)."""
    known = {id(one.ids): one for one in before.segments}
    kept, gone = [], []
    for one in now.segments:
        was = known.get(id(one.ids))
        if was is None:
            kept.append(one)
        else:
            gone.append(one.ids[was.alive & ~one.alive])
    lost = [one.decode() for ids in gone for one in ids.tolist()]
    missing = [
        was.ids[was.alive] for key, was in known.items() if key not in {id(one.ids) for one in now.segments}
    ]
    lost += [one.decode() for ids in missing for one in ids.tolist()]
    return replace(now, segments=_removed(new, lost) + tuple(kept))


def loose(shelf: Shelf) -> int:
    """How many documents stand outside the two large segments, or are dead in them."""
    large = sum(one.documents - one.standing for one in shelf.segments[:2])
    return large + sum(one.documents for one in shelf.segments[2:])
