"""Verify a journal: that of a hub, of a database file, or exported parts of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent, Failed, Invalid
from tandem.engine.journal import merkle
from tandem.hub.actions import Asker
from tandem.hub.keeping import places
from tandem.hub.keeping.answers import Verified
from tandem.hub.keeping.inputs import VerifyInput
from tandem.storage.database import schema as s
from tandem.storage.database import verify_journal
from tandem.storage.database.open import Database


def verify(given: VerifyInput, asker: Asker) -> Verified:
    """Every entry from the first; with size and root, that it begins as it was noted earlier.

    Raises  Failed journal.broken, Absent data.absent, Invalid journal.files
    """
    if not given.files:
        with places.opened(given) as held:
            return of_database(held, given.size, given.root)
    for name in given.files:
        if not Path(name).is_file():
            raise Absent("data.absent", path=name)
    if all(name.endswith(".jsonl") for name in given.files):
        return _judged(verify_journal.lines(given.files), given.size, given.root)
    if len(given.files) > 1:
        raise Invalid("journal.files")
    return of_file(Path(given.files[0]), given.size, given.root)


def of_file(file: Path, size: int | None = None, root: str | None = None) -> Verified:
    """The journal of a SQLite file. Raises Failed journal.broken, Invalid journal.files where it is no hub's"""
    try:
        return _judged(verify_journal.database(str(file)), size, root)
    except sqlite3.DatabaseError as error:
        raise Invalid("journal.files") from error


def of_database(held: Database, size: int | None = None, root: str | None = None) -> Verified:
    """The journal of an open database, and the tree that is kept of it. Raises Failed journal.broken"""
    j, c = s.journal, s.journal_contents
    asked = sa.select(j, c.c.salt, c.c.body).select_from(j.outerjoin(c, j.c.seq == c.c.seq)).order_by(j.c.seq)
    with held.reading() as tx:
        with closing(tx.unguarded_stream(asked)) as entries:
            found = _judged(entries, size, root)
        if merkle.root(found.size, tx.journal_tree()).hex() != found.root:
            raise Failed("journal.broken", at=found.size, what="tree")
    return found


def _judged(entries: Iterable[Any], size: int | None, root: str | None) -> Verified:
    try:
        return Verified(**verify_journal.verify(entries, size, root))
    except verify_journal.Broken as broken:
        at, what = broken.args
        raise Failed("journal.broken", at=at, what=what) from broken
