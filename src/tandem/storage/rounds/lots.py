"""The lists of rounds, written and forgotten in lots: each a transaction for which nobody waits long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx

ROWS = 1_000  # rows in one transaction
_NEEDS = 200  # needs whose lists are forgotten in one


def of(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """The rows of one transaction after the other."""
    for first in range(0, len(rows), ROWS):
        yield rows[first : first + ROWS]


def forget(tx: Tx, round_id: str) -> int:
    """Takes some of what stands under a round away; how many rows, 0 where nothing is left."""
    n = 0
    for table in (s.assignments, s.round_needs):
        c = table.c
        own = sa.select(c.need_id).where(c.round_id == round_id).distinct().order_by(c.need_id).limit(_NEEDS)
        if needs := [row["need_id"] for row in tx.unguarded(own)]:
            some = (c.round_id == round_id) & (c.need_id <= needs[-1])
            n += tx.execute(sa.delete(table).where(some))
    return n


def left(tx: Tx) -> list[str]:
    """Rounds that are over without having been cleared, and under which something stands."""
    r, a, n = s.rounds.c, s.assignments.c, s.round_needs.c
    over = sa.select(r.id).where(r.state.in_(("failed", "dropped")), r.summary.is_(None))
    stands = sa.exists().where(a.round_id == r.id) | sa.exists().where(n.round_id == r.id)
    return [row["id"] for row in tx.unguarded(over.where(stands).order_by(r.id))]
