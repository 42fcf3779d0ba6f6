"""What a hub need not keep: answers kept for repetitions past their time, and keys that opened something long ago."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.domain.people import HERE
from tandem.hub import repeats
from tandem.hub.installation import Hub
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx
from tandem.storage.rounds import lots, place

KEYS_KEPT = 30 * DAY  # a session or token is listed so long after it ended
_MOST = 2_000  # rows in one transaction, so that nobody waits long for its own


def old_answers(hub: Hub) -> int:
    """Forgets answers that are older than repetitions are promised; how many."""
    return _forget(hub, "hub.forget_answers", s.kept_answers, s.kept_answers.c.created_at, repeats.KEPT)


def dead_keys(hub: Hub) -> int:
    """Forgets sessions and tokens that expired a month ago; how many."""
    return _forget(hub, "hub.forget_keys", s.keys, s.keys.c.expires_at, KEYS_KEPT)


def left_parts(hub: Hub) -> int:
    """Removes what jobs of rounds have left that are over without a result; of how many rounds."""
    with hub.database.reading() as tx:
        broken_off = lots.left(tx)
    for one in broken_off:
        while hub.database.write(partial(lots.forget, round_id=one)).result():
            pass
    there = place.kept(hub.folder)
    with hub.database.reading() as tx:
        r = s.rounds.c
        planned = {row["id"] for row in tx.unguarded(sa.select(r.id).where(r.state == "planned"))}
    over = [one for one in there if one not in planned]
    place.forget(hub.folder, over)
    return len({*over, *broken_off})


def _forget(hub: Hub, action: str, table: sa.Table, at: sa.Column[Any], kept: int) -> int:
    total = 0
    while n := hub.database.write(lambda tx: _some(tx, action, table, at, tx.now - kept)).result():
        total += n
    return total


def _some(tx: Tx, action: str, table: sa.Table, at: sa.Column[Any], before: int) -> int:
    """One transaction's worth, the oldest first."""
    oldest = sa.select(at.label("at")).where(at < before).order_by(at)
    if not tx.unguarded(oldest.limit(1)):
        return 0
    last = tx.unguarded(oldest.limit(1).offset(_MOST))
    n = tx.execute(sa.delete(table).where(at <= last[0]["at"] if last else at < before))
    tx.tell(action, HERE, table.name, n=n)
    return n
