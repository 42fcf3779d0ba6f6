"""One transaction as actions see it: reading through `visible`, writing records by version, telling the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict
from tandem.base.ids import Ids
from tandem.domain import moves
from tandem.domain.people import Actor
from tandem.storage.database.journal import Entry
from tandem.storage.database.visible import bound, visible

Row = Mapping[Any, Any]


class Tx:
    """One transaction.

    Reading on somebody's behalf goes through `rows` and `one`, which see what `visible` lets that actor see.
    `unguarded` sees everything: for what the hub itself must know (who signs in, what is cleared), never for an
    answer; the files that may call it are listed in tests/test_house.py.
    """

    def __init__(self, connection: sa.Connection, now: int, ids: Ids) -> None:
        self._connection = connection
        self.now = now
        self.ids = ids
        self.entries: list[Entry] = []
        self.after: list[
            Callable[[], None]
        ] = []  # called once the commit is done; a crash in between loses them

    def rows(self, statement: sa.Select[Any], actor: Actor) -> Sequence[Row]:
        """The rows that the actor may see, as mappings."""
        return self._connection.execute(visible(statement, actor), bound(actor)).mappings().all()

    def one(self, table: sa.Table, id: str, actor: Actor) -> Row:
        """The record of that id. Raises Absent record.absent, also where the actor may not see it."""
        found = self.rows(sa.select(table).where(table.c.id == id), actor)
        if not found:
            raise Absent("record.absent", table=table.name, id=id)
        return found[0]

    def unguarded(self, statement: sa.Select[Any]) -> Sequence[Row]:
        """All rows of a statement, for the hub's own working."""
        return self._connection.execute(statement).mappings().all()

    def insert(self, table: sa.Table, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """New rows, as they stand."""
        self._connection.execute(table.insert(), values)

    def add(self, table: sa.Table, values: Mapping[str, Any]) -> Row:
        """A new record: id, version 1 and times are given to it; its state is the first of its moves."""
        record = {"id": self.ids(), "version": 1, "created_at": self.now, "changed_at": self.now, **values}
        if table.name in moves.TABLES:
            record.setdefault("state", moves.first(table.name))
        self.insert(table, record)
        return record

    def change(
        self, table: sa.Table, record: Row, values: Mapping[str, Any], version: int | None = None
    ) -> Row:
        """Changes a record that was read in this transaction; states move only as domain/moves.py allows.

        version  the version that whoever asks has seen; None where it was not told
        Raises   Conflict record.stale, move.refused
        """
        if version is not None and version != record["version"]:
            raise Conflict(
                "record.stale", table=table.name, id=record["id"], seen=version, now=record["version"]
            )
        if (to := values.get("state", record.get("state"))) != record.get("state"):
            moves.check(table.name, record["id"], record["state"], to)
        after = {**record, **values, "version": record["version"] + 1, "changed_at": self.now}
        known = {name: after[name] for name in (*values, "version", "changed_at") if name in table.c}
        done = self._connection.execute(
            table.update()
            .where(table.c.id == record["id"], table.c.version == record["version"])
            .values(known)
        )
        if done.rowcount != 1:
            raise Conflict(
                "record.stale", table=table.name, id=record["id"], seen=record["version"], now=None
            )
        return after

    def execute(self, statement: sa.Insert | sa.Update | sa.Delete) -> int:
        """Any other change; how many rows it met."""
        return self._connection.execute(statement).rowcount

    def tell(self, action: str, actor: Actor, kind: str | None = None, record: str | None = None, *,
             org: str | None = None, **content: Any) -> None:  # fmt: skip
        """One entry for the journal, written in this transaction."""
        self.entries.append(Entry(action, actor.account, self.now, kind, record, org, content))

    def tell_all(self, entries: Iterable[Entry]) -> None:
        """Several entries, in their order."""
        self.entries.extend(entries)
