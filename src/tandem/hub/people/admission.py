"""Who comes with a secret: the one question that every request of an interface begins with.

An answer is kept for the rest of the second in which it was read, because reading it costs more than most requests.
What changes an account or revokes a key in this process takes its answers back before it commits and lets none be kept
until it has (`changed`), so that a revoked secret is refused from the moment that its revocation is acknowledged.
Another process on the same database may go on for as long as the second lasts.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import DAY, HOUR
from tandem.base.errors import Denied, Unavailable
from tandem.domain.people import VISITOR, Actor
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

IDLE = 3 * DAY  # a session that nobody uses for this long is over
TOUCHED = HOUR  # how exactly is kept when a key was used last
KEPT = 10_000  # answers
_ADMITTING = ("session", "token", "agent")  # the kinds of keys that somebody may come with
LONGEST = 200  # characters of a secret


@dataclass(frozen=True, slots=True)
class _Known:
    """What a secret was found to be, in which second, and of which account."""

    at: int
    actor: Actor
    account: str


class Admissions:
    """The answers that one process keeps, and the accounts about which none may be kept just now."""

    def __init__(self, hub: Hub) -> None:
        self._known: dict[bytes, _Known] = {}
        self._changing: set[str] = set()
        self._touched: dict[str, int] = {}
        self._lock = Lock()
        self.turn = 0  # of changes begun and settled: what was read in an earlier turn is not kept

    def known(self, hashed: bytes, now: int) -> Actor | None:
        """The actor of a secret that was looked up in this very second."""
        found = self._known.get(hashed)
        return found.actor if found is not None and found.at == now else None

    def keep(self, hashed: bytes, found: _Known, turn: int) -> None:
        """Keeps an answer that was read in a turn, unless it is over or the account is being changed."""
        with self._lock:
            if turn != self.turn or found.account in self._changing:
                return
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[hashed] = found

    def change(self, account: str) -> None:
        """Forgets all answers about an account and keeps none, until `settled`."""
        with self._lock:
            self.turn += 1
            self._changing.add(account)
            for hashed in [key for key, one in self._known.items() if one.account == account]:
                del self._known[hashed]

    def settled(self, account: str) -> None:
        """The change is committed: what is read from now on is true. A change that failed is settled by the next."""
        with self._lock:
            self.turn += 1
            self._changing.discard(account)

    def to_touch(self, key: str, now: int) -> bool:
        """Whether the use of a key is to be written down; once in a while, however many ask."""
        with self._lock:
            if now - self._touched.get(key, now - TOUCHED) < TOUCHED:
                return False
            if len(self._touched) >= KEPT:
                self._touched.clear()
            self._touched[key] = now
            return True

    def close(self) -> None:
        """Nothing to end."""


def who(hub: Hub, secret: str | None) -> Actor:
    """The actor who comes with a secret; a visitor without one.

    Raises Denied session.unknown where the secret is unknown, expired or revoked, or its account is not active
    """
    if secret is None:
        return VISITOR
    if len(secret) > LONGEST:
        raise Denied("session.unknown")
    hashed, now, kept = digest(secret), hub.clock(), hub.part(Admissions)
    if (actor := kept.known(hashed, now)) is not None:
        return actor
    turn = kept.turn
    with hub.database.reading() as tx:
        row = _looked_up(tx, hashed)
    if row is None or not _holds(row, now):
        raise Denied("session.unknown")
    actor = _actor(row)
    kept.keep(hashed, _Known(now, actor, row["account_id"]), turn)
    if now - (row["used_at"] or 0) >= TOUCHED and kept.to_touch(row["id"], now):
        with suppress(Unavailable):  # the hub is closing, and nobody will ask when the key was used
            hub.database.write(lambda tx: _touch(tx, row["id"], now))
    return actor


def changed(call: Call, account: str) -> None:
    """Called by whatever changes an account's standing or keys, inside its transaction and before the change."""
    kept = call.hub.part(Admissions)
    kept.change(account)
    call.tx.after.append(lambda: kept.settled(account))


def digest(secret: str) -> bytes:
    """All that is kept of a secret. It has 256 random bits, so that a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _looked_up(tx: Tx, hashed: bytes) -> Row | None:
    found = tx.unguarded(_lookup(), hashed=hashed)
    return found[0] if found else None


@cache
def _lookup() -> sa.Select[Any]:
    k, a = s.keys.c, s.accounts.c
    read = (k.id, k.kind, k.account_id, k.scopes, k.created_at, k.expires_at, k.used_at, k.revoked_at)
    joined = s.keys.join(s.accounts, a.id == k.account_id)
    return (
        sa.select(*read, a.role, a.org_id, a.state, a.lang, a.name)
        .select_from(joined)
        .where(k.hash == sa.bindparam("hashed"))
    )


def _holds(row: Row, now: int) -> bool:
    if row["kind"] not in _ADMITTING or row["state"] != "active":
        return False
    if row["revoked_at"] is not None or row["expires_at"] <= now:
        return False
    unused: int = now - (row["used_at"] or row["created_at"])
    return row["kind"] != "session" or unused < IDLE


def _actor(row: Row) -> Actor:
    return Actor(
        role=row["role"],
        account=row["account_id"],
        org=row["org_id"],
        agent=row["kind"] == "agent",
        scopes=None if row["scopes"] is None else frozenset(json.loads(row["scopes"])),
        key=row["id"],
        lang=row["lang"],
        token=None if row["kind"] == "session" else row["id"],
        name=row["name"],
    )


def _touch(tx: Tx, key: str, now: int) -> None:
    tx.execute(sa.update(s.keys).where(s.keys.c.id == key).values(used_at=now))
