"""Events: the journal as it grows, for one listener, from where that listener left off.

async for id, name, told in events(hub, actor, after): ...
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from threading import Lock
from typing import Any, TypeVar

import sqlalchemy as sa

from tandem.base.errors import Invalid, Limited
from tandem.domain.people import Actor
from tandem.hub.actions import admitted
from tandem.hub.feeds import entries
from tandem.hub.feeds.tail import Tail
from tandem.hub.installation import Hub
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

T = TypeVar("T")
PART = 200  # entries read at once
STANDING = 5.0  # seconds after which it is looked at anew whether the listener may still listen
MOST = 8  # listeners of one account
_AGAIN = 30  # seconds


class Listeners:
    """How many listen for each account of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._numbers: dict[str, int] = {}
        self._lock = Lock()

    def room(self, account: str) -> bool:
        """Whether one more may listen."""
        return self._numbers.get(account, 0) < MOST

    def enter(self, account: str) -> bool:
        """One more, where there is room."""
        with self._lock:
            if not self.room(account):
                return False
            self._numbers[account] = self._numbers.get(account, 0) + 1
            return True

    def leave(self, account: str) -> None:
        """One less."""
        with self._lock:
            self._numbers[account] -= 1
            if not self._numbers[account]:
                del self._numbers[account]

    def close(self) -> None:
        """Nothing to end."""


def events(hub: Hub, actor: Actor, after: str | None) -> AsyncIterator[tuple[str, str, Any]]:
    """What the actor may see of the journal, in its order: (id of the entry, name of the action, what it tells).

    after   the entry that was seen last; None begins with what happens from now on
    Raises  at once: Denied action.refused, action.scope; Invalid list.cursor for an entry that the actor does not see;
            Limited feed.many
    """
    admitted("journal.list", actor)
    if not hub.part(Listeners).room(actor.account or ""):
        raise Limited("feed.many", most=MOST, seconds=_AGAIN)
    with hub.database.reading() as tx:
        seq = tx.journal_size() if after is None else entries.number(tx, actor, after)
    if seq is None:
        raise Invalid("list.cursor", value=str(after))
    return _followed(hub, actor, seq)


async def _followed(hub: Hub, actor: Actor, seq: int) -> AsyncIterator[tuple[str, str, Any]]:
    """Entries behind a number, for as long as whoever listens may."""
    account, listeners = actor.account or "", hub.part(Listeners)
    if not listeners.enter(account):
        return
    grown = asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard() -> None:
        loop.call_soon_threadsafe(grown.set)

    end = hub.part(Tail).call(heard)
    try:
        while True:
            grown.clear()
            stands, rows, seq = await _read(hub, lambda tx, at=seq: _part(tx, actor, at))  # type: ignore[misc]
            if not stands:
                return
            for row in rows:
                yield row["id"], row["action"], entries.shown(row, actor)
            if len(rows) < PART:
                await _heard(grown)
    finally:
        end()
        listeners.leave(account)


def _part(tx: Tx, actor: Actor, seq: int) -> tuple[bool, list[Row], int]:
    """Whether the actor may still listen, the next entries for it, and the number from which to go on."""
    size = tx.journal_size()
    if not _stands(tx, actor):
        return False, [], seq
    rows = list(entries.behind(tx, actor, seq, PART)) if size > seq else []
    return True, rows, rows[-1]["seq"] if len(rows) == PART else size


async def _heard(grown: asyncio.Event) -> None:
    """Until the journal has grown, or it is time to look whether the listener may still listen."""
    try:
        async with asyncio.timeout(STANDING):
            await grown.wait()
    except TimeoutError:
        return


async def _read(hub: Hub, work: Callable[[Tx], T]) -> T:
    """Reads, beside the loop where the database is elsewhere."""

    def read() -> T:
        with hub.database.reading() as tx:
            return work(tx)

    return read() if hub.database.embedded else await asyncio.to_thread(read)


def _stands(tx: Tx, actor: Actor) -> bool:
    """Whether the actor is what it was when it came: its key not over, its account with the same role and place."""
    if actor.account is None:
        return True
    a, k = s.accounts.c, s.keys.c
    found = tx.unguarded(sa.select(a.state, a.role, a.org_id).where(a.id == actor.account))
    row: Mapping[Any, Any] = found[0] if found else {}
    if row.get("state") != "active" or (row["role"], row["org_id"]) != (actor.role, actor.org):
        return False
    if actor.key is None:
        return True
    key = tx.unguarded(sa.select(k.expires_at, k.revoked_at).where(k.id == actor.key))
    return bool(key) and key[0]["revoked_at"] is None and key[0]["expires_at"] > tx.now
