"""What an organisation's own headers mean: learned from what it said of imported files, used for its next ones."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from tandem.domain.people import Actor
from tandem.domain.records import RECORD_TABLES
from tandem.hub.call import Call
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx
from tandem.storage.exchange import headers

MOST = 500  # headers that are kept of one organisation: beyond, those that were said longest ago go
Columns = Mapping[str, Mapping[str, str]]  # table -> header -> column; "" for none
_TABLES = {table.name: table for table in RECORD_TABLES}


def of(tx: Tx, actor: Actor, scope: str) -> Columns:
    """What is known of an organisation's headers, as far as whoever asks may see it; headers are normalised."""
    found: dict[str, dict[str, str]] = {}
    c = s.learned_headers.c
    for row in tx.rows(sa.select(s.learned_headers).where(c.scope == scope), actor):
        table = _TABLES.get(row["kind"])
        if table is not None and (not row["means"] or row["means"] in {one.name for one in table.columns}):
            found.setdefault(row["kind"], {})[row["header"]] = row["means"]
    return found


def learn(call: Call, scope: str, said: Columns) -> int:
    """Keeps what reading would not know by itself; how many headers."""
    known, new = of(call.tx, call.actor, scope), _telling(said)
    fresh = {place: means for place, means in new.items() if known.get(place[0], {}).get(place[1]) != means}
    if not fresh:
        return 0
    c = s.learned_headers.c
    for kind, header in fresh:
        same = (c.scope == scope) & (c.kind == kind) & (c.header == header)
        call.tx.execute(sa.delete(s.learned_headers).where(same))
    call.tx.insert(s.learned_headers, [
        {"scope": scope, "kind": kind, "header": header, "means": means, "changed_at": call.now}
        for (kind, header), means in fresh.items()
    ])  # fmt: skip
    _bound(call, scope)
    call.tx.tell("records.import", call.actor, "learned_headers", None,
                 org=None if scope == "hub" else scope, headers=len(fresh))  # fmt: skip
    return len(fresh)


def _telling(said: Columns) -> dict[tuple[str, str], str]:
    """What was said and is not what the header means anyway."""
    found: dict[tuple[str, str], str] = {}
    for kind, columns in said.items():
        for header, means in columns.items():
            match = headers.recognised(header, _TABLES[kind])
            if (match[1].name if match else "") != means and headers.normal(header):
                found[kind, headers.normal(header)[:200]] = means
    return found


def _bound(call: Call, scope: str) -> None:
    c = s.learned_headers.c
    held = sa.select(c.kind, c.header).where(c.scope == scope).order_by(c.changed_at.desc(), c.kind, c.header)
    for row in call.tx.rows(held.offset(MOST), call.actor):
        same = (c.scope == scope) & (c.kind == row["kind"]) & (c.header == row["header"])
        call.tx.execute(sa.delete(s.learned_headers).where(same))
