"""All documents of a hub as segments that stay in step with its database.

A shelf is a value: a large segment of public documents and one of others, and small ones with what came since. Every
change makes a new shelf; whoever searches the old one is not disturbed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import sqlalchemy as sa

from tandem.domain.records import SEARCHED
from tandem.engine.finding import documents
from tandem.engine.finding.audience import Audience
from tandem.engine.finding.documents import Document, Segment
from tandem.storage.database import schema as s
from tandem.storage.database.open import Database
from tandem.storage.database.transaction import Tx
from tandem.storage.finding import rows
from tandem.storage.finding.rows import Circle, Mark

INLINE = 500  # documents that are read while somebody waits, of those that all, members or they alone may see
_PAGE = 5_000  # documents read at a time
_MERGED = 4_096  # small segments are joined while somebody waits up to this size
_FIRST = (
    "public",
    "members",
    "some",
)  # the order in which what waits is read: nobody waits for what is hidden
Named = tuple[str, str]  # table and id
Waiting = Mapping[Circle, Mapping[Named, int]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is searched.

    segments  the public one and the other one first
    mark      how far the journal was
    waiting   what changed since and is yet to be read, by who may see it, with the mark's number
    """

    segments: tuple[Segment, ...]
    mark: Mark
    waiting: Waiting = field(default_factory=dict)


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

    Of many changes at once all wait; until they are read (`due`, `read_on`) they are not found, neither as they were
    nor as they are.
    """
    wanted = _changed(shelf, rows.touched(tx, shelf.mark), tx)
    left, waiting = _removed(shelf, [id_ for _, id_ in wanted]), _rest(shelf.waiting, wanted)
    if len(wanted) <= INLINE:
        return Shelf(_added(left, _read(tx, wanted)), at, waiting)
    added = {circle: dict(names) for circle, names in waiting.items()}
    for table, ids in _by_table(wanted).items():
        for id_, circle in rows.circles(tx, table, ids):
            added.setdefault(circle, {})[table, id_] = at.seq
    return Shelf(left, at, added)


def due(shelf: Shelf, who: Audience) -> list[Named]:
    """What waits and is to be read before somebody is answered.

    Counted are only changes that they may see, and apart from each other those that everybody may see, that members
    may see, and the rest: what one finds, and when, does not depend on how much changed that one may not see.
    """
    found: dict[str, list[Named]] = {}
    for circle, names in shelf.waiting.items():
        if _sees(who, circle):
            found.setdefault(circle.to, []).extend(names)
    return [name for names in found.values() if len(names) <= INLINE for name in names]


def behind(shelf: Shelf, who: Audience) -> bool:
    """Whether something that somebody may see has changed and is yet to be read: many records at once."""
    return any(names and _sees(who, circle) for circle, names in shelf.waiting.items())


def with_read(shelf: Shelf, tx: Tx, names: Sequence[Named]) -> Shelf:
    """The shelf with some of what waits; the transaction sees the hub as of the shelf's mark."""
    return replace(
        shelf, segments=_added(shelf.segments, _read(tx, names)), waiting=_rest(shelf.waiting, set(names))
    )


def _sees(who: Audience, circle: Circle) -> bool:
    return (
        who.all or circle.to == "public" or (who.member and circle.to == "members") or who.org in circle.orgs
    )


def _rest(waiting: Waiting, without: set[Named]) -> Waiting:
    left = {
        circle: {name: seq for name, seq in names.items() if name not in without}
        for circle, names in waiting.items()
    }
    return {circle: names for circle, names in left.items() if names}


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
    ordered = sorted(shelf.waiting, key=lambda circle: _FIRST.index(circle.to))
    taken = dict(islice((one for circle in ordered for one in shelf.waiting[circle].items()), _PAGE))
    with database.reading() as tx:
        read = _read(tx, taken)

    def put(now: Shelf) -> Shelf:
        still = {name: seq for names in now.waiting.values() for name, seq in names.items()}
        ready = {name for name, seq in taken.items() if still.get(name) == seq}
        left = _removed(now, [id_ for _, id_ in ready])
        added = _added(left, [one for one in read if (one.what, one.id) in ready])
        return replace(now, segments=added, waiting=_rest(now.waiting, ready))

    return put


def _read(tx: Tx, names: Iterable[Named]) -> list[Document]:
    return [one for table, ids in _by_table(names).items() for one in rows.documents(tx, table, ids)]


def _by_table(names: Iterable[Named]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, id_ in sorted(names):
        found.setdefault(table, []).append(id_)
    return found


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
