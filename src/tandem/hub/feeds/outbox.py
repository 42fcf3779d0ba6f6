"""The outbox: the messages of each webhook, made from the journal in its order, kept until delivered or given up.

The journal is where an event is written in the transaction of what it tells of; a message is made of it once
(`position` moves in the same transaction), so that no crash loses or doubles one. Whoever sends a message has claimed
it before, so that several servers on the same records do not send it twice. Delivering may be repeated all the same,
where a server dies before it has noted the answer: a message keeps its id, and a receiver that has seen the id has
seen the message.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import DAY, HOUR, MINUTE, rfc3339
from tandem.domain.people import MANAGERS, Actor
from tandem.hub.feeds import entries
from tandem.hub.feeds.post import Reply
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

# Seconds before each further attempt; a quarter of it more or less by chance, so that not all come back at once.
PAUSES = (5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR)
PART = 500  # entries read at once
MOST = 10_000  # messages that wait for one webhook; beyond, it is stopped
KEPT = 30 * DAY  # how long messages that are done with can be sent again
LOT = 2_000  # messages that are forgotten in one transaction
LEASE = 2 * MINUTE  # how long a claimed message is one server's: longer than sending takes
GONE = 410  # a receiver that says this wants nothing more
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be sent now, with where and how; once claimed, with the end of its lease."""

    id: str
    webhook: str
    address: str
    secret: str
    body: str
    attempts: int
    leased_until: int | None = None


def fill(tx: Tx, webhook: str) -> bool:
    """Makes the messages of what has happened since the last time; whether there is more."""
    row = _standing(tx, webhook)
    if row is None:
        return False
    actor = _owner(row)
    if actor is None:
        stop(tx, webhook, "owner")
        return False
    size = tx.journal_size()
    found = entries.behind(tx, actor, row["position"], PART) if size > row["position"] else ()
    wanted = None if row["actions"] is None else frozenset(json.loads(row["actions"]))
    messages = [_message(tx, webhook, one, actor) for one in found if _wanted(one, wanted, webhook)]
    if messages:
        tx.insert(s.outbox, messages)
    position = found[-1]["seq"] if len(found) == PART else size
    w = s.webhooks
    tx.execute(sa.update(w).where(w.c.id == webhook).values(position=position))
    if _waiting(tx, webhook) > MOST:
        stop(tx, webhook, "many")
        return False
    return len(found) == PART


def behind(tx: Tx) -> list[str]:
    """The webhooks for which something may have happened."""
    w = s.webhooks.c
    asked = sa.select(w.id).where(w.state != "stopped", w.position < tx.journal_size()).order_by(w.id)
    return [row["id"] for row in tx.unguarded(asked)]


def due(tx: Tx) -> Sequence[Due]:
    """The first waiting message of each webhook, where its time has come: those behind it wait for it."""
    o, w = s.outbox.c, s.webhooks.c
    firsts = (
        sa.select(o.webhook_id, sa.func.min(o.seq).label("seq"))
        .where(o.state == "waiting")
        .group_by(o.webhook_id)
    )
    first = firsts.subquery()
    asked = (
        sa.select(o.id, o.webhook_id, o.body, o.attempts, w.url, w.secret, w.account_id)
        .join_from(s.outbox, first, (o.webhook_id == first.c.webhook_id) & (o.seq == first.c.seq))
        .join(s.webhooks, w.id == o.webhook_id)
        .where(_ready(tx), w.state != "stopped")
        .order_by(o.due_at, o.id)
    )
    return [Due(row["id"], row["webhook_id"], row["url"], row["secret"], row["body"], row["attempts"])
            for row in tx.unguarded(asked)]  # fmt: skip


def claim(tx: Tx, one: Due) -> Due | None:
    """Takes a message for one attempt; None where another server has it, or its owner may have it no more."""
    row = _standing(tx, one.webhook)
    if row is None or _owner(row) is None:
        stop(tx, one.webhook, "owner")
        return None
    o, until = s.outbox.c, tx.now + LEASE
    free = (o.id == one.id) & (o.attempts == one.attempts) & _ready(tx)
    taken = tx.execute(sa.update(s.outbox).where(free).values(leased_until=until))
    return replace(one, leased_until=until) if taken else None


def _ready(tx: Tx) -> sa.ColumnElement[bool]:
    """A message whose time has come, and that no server is sending."""
    o = s.outbox.c
    idle = o.leased_until.is_(None) | (o.leased_until <= tx.now)
    return (o.state == "waiting") & (o.due_at <= tx.now) & idle


def settle(tx: Tx, sent: Due, reply: Reply, chance: Random) -> None:
    """Notes what came of an attempt: delivered, to be tried again later, or given up.

    An attempt that outlived its lease changes nothing: the message is another server's by now.
    """
    o = s.outbox
    attempts = sent.attempts + 1
    values: dict[str, Any] = {
        "attempts": attempts,
        "status": reply.status,
        "error": reply.error,
        "sent_at": tx.now,
        "leased_until": None,
    }
    still = (o.c.id == sent.id) & (o.c.state == "waiting") & (o.c.leased_until == sent.leased_until)
    if reply.took or attempts > len(PAUSES):
        noted = tx.move_all(o, still, "delivered" if reply.took else "dead", **values)
    else:
        pause = PAUSES[attempts - 1]
        due = tx.now + pause + chance.randint(-pause // 4, pause // 4)
        noted = tx.execute(sa.update(o).where(still).values(**values, due_at=due))
    if reply.status == GONE:
        stop(tx, sent.webhook, "gone")
    elif noted:
        _move(tx, sent.webhook, "active" if reply.took else "failing")


def stop(tx: Tx, webhook: str, why: str) -> None:
    """Nothing more goes there until it is asked to be sent again; what waits is given up."""
    o = s.outbox
    tx.move_all(o, (o.c.webhook_id == webhook) & (o.c.state == "waiting"), "dead")
    _move(tx, webhook, "stopped", ended=why)


def forget(tx: Tx) -> int:
    """Removes messages that were done with long ago, the oldest first and `LOT` at most; how many."""
    o = s.outbox.c
    old = sa.select(o.id).where(o.state != "waiting", o.created_at < tx.now - KEPT)
    lot = old.order_by(o.created_at, o.id).limit(LOT)
    return tx.execute(sa.delete(s.outbox).where(o.id.in_(lot)))


def _move(tx: Tx, webhook: str, state: str, **more: Any) -> None:
    found = tx.unguarded(sa.select(s.webhooks).where(s.webhooks.c.id == webhook))
    if found and found[0]["state"] not in (state, "stopped"):
        tx.change(s.webhooks, found[0], {"state": state, **more})


def _standing(tx: Tx, webhook: str) -> Row | None:
    """A webhook that is not stopped, with what its owner is now."""
    w, a = s.webhooks.c, s.accounts.c
    columns = (w.id, w.account_id, w.org_id, w.actions, w.position, a.role, a.org_id.label("now_of"), a.state)
    asked = sa.select(*columns).join_from(s.webhooks, s.accounts, a.id == w.account_id)
    found = tx.unguarded(asked.where(w.id == webhook, w.state != "stopped"))
    return found[0] if found else None


def _owner(row: Row) -> Actor | None:
    """The account as an actor, while it may have webhooks and belongs where it belonged."""
    if row["state"] != "active" or row["role"] not in MANAGERS or row["now_of"] != row["org_id"]:
        return None
    return Actor(row["role"], row["account_id"], row["org_id"])


def _wanted(entry: Row, wanted: frozenset[str] | None, webhook: str) -> bool:
    action = str(entry["action"])
    if action == TEST:
        return bool(entry["record_id"] == webhook)
    return wanted is None or action in wanted or action.partition(".")[0] in wanted


def _message(tx: Tx, webhook: str, entry: Row, actor: Actor) -> dict[str, Any]:
    told = {"type": entry["action"], "timestamp": rfc3339(entry["at"]), "data": entries.shown(entry, actor)}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return {"id": tx.ids(), "webhook_id": webhook, "entry_id": entry["id"], "seq": entry["seq"], "body": body,
            "due_at": tx.now, "attempts": 0, "state": "waiting", "created_at": tx.now}  # fmt: skip


def _waiting(tx: Tx, webhook: str) -> int:
    o = s.outbox.c
    asked = sa.select(sa.func.count().label("n")).where(o.webhook_id == webhook, o.state == "waiting")
    return int(tx.unguarded(asked)[0]["n"])
