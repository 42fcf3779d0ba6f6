"""The journal's Merkle tree as it is kept: one hash for every 256 complete hashes below it, the leaves lowest.

A write so costs nothing more but for every 256th entry, and a root or proof reads some hundreds of rows however long
the journal is. What is not kept is folded again from what is: the leaves themselves, or the row of hashes below.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Failed
from tandem.engine.journal import merkle
from tandem.storage.database import schema as s
from tandem.storage.database.session import Session

TILE = 256
_STEP = 8  # levels of the tree between two kept ones


def grow(session: Session, size: int, leaves: Sequence[bytes] | None = None) -> None:
    """Keeps the hashes that the leaf number `size`, a multiple of TILE, completes.

    leaves  the hashes of the last TILE leaves, where they are at hand
    """
    step = 1
    while size % TILE**step == 0:
        index = size // TILE**step - 1
        below = leaves if step == 1 and leaves is not None else _row(session, step - 1, index)
        session.insert(s.journal_tree, [{"step": step, "number": index, "hash": merkle.folded(below)}])
        step += 1


def whole(session: Session) -> merkle.Whole:
    """The roots of complete subtrees, as this transaction sees the journal. Raises Failed journal.broken"""

    @cache
    def row(step: int, index: int) -> list[bytes]:
        return _row(session, step, index)

    def found(level: int, index: int) -> bytes:
        step, height = divmod(level, _STEP)
        tile, first = divmod(index << height, TILE)
        hashes = row(step, tile)[first : first + (1 << height)]
        if len(hashes) != 1 << height:
            raise Failed("journal.broken", at=(index << level) + 1)
        return merkle.folded(hashes)

    return found


def _row(session: Session, step: int, index: int) -> list[bytes]:
    """The `index`-th run of TILE neighbouring hashes of one kept row; step 0: of leaves, numbered from 1 on."""
    first = index * TILE
    if step == 0:
        return [
            merkle.leaf_hash(row["leaf"])
            for row in session.rows(_leaves(), None, first=first, last=first + TILE)
        ]
    return [row["hash"] for row in session.rows(_hashes(), None, step=step, first=first, last=first + TILE)]


@cache
def _leaves() -> sa.Select[Any]:
    j = s.journal.c
    return (
        sa.select(j.leaf).where(j.seq > sa.bindparam("first"), j.seq <= sa.bindparam("last")).order_by(j.seq)
    )


@cache
def _hashes() -> sa.Select[Any]:
    t = s.journal_tree.c
    near = sa.and_(t.number >= sa.bindparam("first"), t.number < sa.bindparam("last"))
    return sa.select(t.hash).where(t.step == sa.bindparam("step"), near).order_by(t.number)
