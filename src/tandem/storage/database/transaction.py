"""One transaction as actions see it: reading through `visible`, writing records by version, telling the journal."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict
from tandem.base.ids import Ids
from tandem.domain import moves
from tandem.domain.people import Actor
from tandem.engine.journal import merkle
from tandem.storage.database import journal, tree
from tandem.storage.database.journal import Dated, Entry
from tandem.storage.database.session import Lot, Session

Row = Mapping[Any, Any]
_INSTANTS = ("created_at", "changed_at")


class Tx:
    """One transaction.

    Reading on somebody's behalf goes through `rows` and `one`, which see what `visible` lets that actor see.
    `unguarded` sees everything: for what the hub itself must know (who signs in, what is cleared), never for an
    answer; the files that may call it are listed in tests/test_house.py.
    """

    def __init__(self, session: Session, now: int, ids: Ids) -> None:
        self._session = session
        self.now = now
        self.ids = ids
        self.entries: list[Entry | Dated] = []
        # called once the commit is done; a crash in between loses them
        self.after: list[Callable[[], None]] = []

    def rows(self, statement: sa.Select[Any], actor: Actor, **values: Any) -> Sequence[Row]:
        """The rows that the actor may see, as mappings by column name.

        values  of the statement's named parameters: a statement that is made once (behind `functools.cache`) and run
                with values costs a tenth of one that is made anew
        """
        return self._session.rows(statement, actor, **values)

    def one(self, table: sa.Table, id: str, actor: Actor) -> Row:
        """The record of that id. Raises Absent record.absent, also where the actor may not see it."""
        found = self._session.one(table, id, actor)
        if found is None:
            raise Absent("record.absent", table=table.name, id=id)
        return found

    def unguarded(self, statement: sa.Select[Any] | sa.CompoundSelect[Any], **values: Any) -> Sequence[Row]:
        """All rows of a statement, for the hub's own working; values as in `rows`."""
        return self._session.rows(statement, None, **values)

    def stream(self, statement: sa.Select[Any], actor: Actor) -> Generator[Row, None, None]:
        """As `rows`, for more than fit in memory; nothing else is asked until all are read."""
        return self._session.stream(statement, actor)

    def unguarded_stream(self, statement: sa.Select[Any]) -> Generator[Row, None, None]:
        """The same for more rows than fit in memory; nothing else is asked until all are read."""
        return self._session.stream(statement, None)

    def insert(self, table: sa.Table, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """New rows, as they stand; all with the columns of the first."""
        self._session.insert(table, [values] if isinstance(values, Mapping) else values)

    def lot(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> Lot:
        """New rows made ready outside the transaction that writes them (`insert_lot`), whose instants they get.

        All have the columns of the first.
        """
        return self._session.lot(table, rows, _INSTANTS)

    def insert_lot(self, lot: Lot) -> None:
        """New rows that were made ready."""
        self._session.insert_lot(lot, self.now)

    def add(self, table: sa.Table, values: Mapping[str, Any]) -> Row:
        """A new record: id, version 1 and times are given to it; its state is the first of its moves.

        Returns  all its columns, as reading gives them: None where nothing was told
        """
        record = {"id": self.ids(), "version": 1, "created_at": self.now, "changed_at": self.now, **values}
        if table.name in moves.TABLES:
            record.setdefault("state", moves.first(table.name))
        self.insert(table, record)
        return {**_empty(table), **record}

    def change(
        self, table: sa.Table, record: Row, values: Mapping[str, Any], version: int | None = None
    ) -> Row:
        """Changes a record that was read in this transaction; states move only as domain/moves.py allows.

        version  the version that whoever asks has seen; None where it was not told
        Raises   Conflict record.stale, move.refused
        """
        id_, held = record["id"], record["version"]
        if version is not None and version != held:
            raise Conflict("record.stale", table=table.name, id=id_, seen=version, now=held)
        if (to := values.get("state", record.get("state"))) != record.get("state"):
            moves.check(table.name, id_, record["state"], to)
        after = {**record, **values, "version": held + 1, "changed_at": self.now}
        known = {name: after[name] for name in (*values, "version", "changed_at") if name in table.c}
        if not self._session.change(table, id_, held, known):
            raise Conflict("record.stale", table=table.name, id=id_, seen=held, now=None)
        return after

    def change_all(self, table: sa.Table, changes: Sequence[tuple[Row, Mapping[str, Any]]]) -> None:
        """Changes many records that were read in this transaction, each as `change` does. Raises as it does."""
        alike: dict[tuple[str, ...], list[Sequence[Any]]] = {}
        for record, values in changes:
            if (to := values.get("state", record.get("state"))) != record.get("state"):
                moves.check(table.name, record["id"], record["state"], to)
            columns = (*(name for name in values if name in table.c), "version", "changed_at")
            told = [*(values[name] for name in columns[:-2]), record["version"] + 1, self.now]
            alike.setdefault(columns, []).append([*told, record["id"], record["version"]])
        for columns, rows in alike.items():
            if self._session.change_all(table, columns, rows) != len(rows):
                raise Conflict("record.stale", table=table.name, id=rows[0][-2], seen=rows[0][-1], now=None)

    def move_all(self, table: sa.Table, which: sa.ColumnElement[bool], to: str, **values: Any) -> int:
        """Moves all rows of a table that meet a condition to one state, and says how many; versions grow.

        For what moves by the hub's own working: whoever asks for a move of one record has read it, and uses `change`.
        values  what else changes in each of them
        Raises  Conflict move.refused where one of them may not go there; then none goes
        """
        c = table.c
        standing = sa.select(c.state, sa.func.min(c.id).label("id")).where(which).group_by(c.state)
        for one in self.unguarded(standing.order_by(c.state)):
            moves.check(table.name, one["id"], one["state"], to)
        grown = {"version": c.version + 1} if "version" in c else {}
        dated = {"changed_at": self.now} if "changed_at" in c else {}
        return self.execute(sa.update(table).where(which).values(**values, **grown, **dated, state=to))

    def execute(self, statement: sa.Insert | sa.Update | sa.Delete) -> int:
        """Any other change, of anything but states; how many rows it met."""
        return self._session.run(statement)

    def tell(self, action: str, actor: Actor, kind: str | None = None, record: str | None = None, /, *,
             org: str | None = None, **content: Any) -> None:  # fmt: skip
        """One entry for the journal, written in this transaction."""
        self.entries.append(
            Entry(action, actor.account, self.now, kind, record, org, journal.by(actor, content))
        )

    def tell_all(self, entries: Iterable[Entry | Dated]) -> None:
        """Several entries, in their order."""
        self.entries.extend(entries)

    def journal_size(self) -> int:
        """How many entries the journal has."""
        return journal.head(self._session).seq

    def journal_tree(self) -> merkle.Whole:
        """The roots of complete subtrees of the journal's Merkle tree, for proofs."""
        return tree.whole(self._session)


@cache
def _empty(table: sa.Table) -> Row:
    """A row of which nothing is told."""
    return dict.fromkeys(table.c.keys())
