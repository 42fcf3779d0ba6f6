"""Journal entries as they leave the hub by themselves: in the journal's order, each to whoever may see it.

An entry's id is random, so that it tells nothing about entries in between; its number stays inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from tandem.base import ids
from tandem.domain.people import AUDITORS, Actor
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx


def behind(tx: Tx, actor: Actor, seq: int, most: int) -> Sequence[Row]:
    """The entries behind a number that the actor may see, in order."""
    return tx.rows(_behind(), actor, seq=seq, most=most)


def number(tx: Tx, actor: Actor, id: str) -> int | None:
    """The number of an entry that the actor may see."""
    if not ids.known(id):
        return None
    found = tx.rows(sa.select(s.journal.c.seq).where(s.journal.c.id == id), actor)
    return found[0]["seq"] if found else None


def shown(entry: Row, actor: Actor) -> Mapping[str, Any]:
    """What an entry tells: for a member nothing about who acted, as journal.list does."""
    told = {"entry": entry["id"], "at": entry["at"], "action": entry["action"], "kind": entry["kind"],
            "record": entry["record_id"]}  # fmt: skip
    if actor.role in AUDITORS:
        told |= {"account": entry["account_id"], "org": entry["org_id"]}
    return told


@cache
def _behind() -> sa.Select[Any]:
    j = s.journal.c
    columns = (j.seq, j.id, j.at, j.action, j.account_id, j.kind, j.record_id, j.org_id)
    asked = sa.select(*columns).where(j.seq > sa.bindparam("seq", type_=sa.BigInteger())).order_by(j.seq)
    return asked.limit(sa.bindparam("most", type_=sa.Integer()))
