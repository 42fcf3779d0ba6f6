"""One connection of the driver in one transaction: statements in their compiled forms, errors as our own."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Conflict, Invalid, Unavailable
from tandem.domain.people import Actor
from tandem.storage.database.statements import Forms, Parameters, Statement

_SAVED = "one_action"
_FULL = ("SQLITE_FULL", "53100")
_OWN_FAULT = (
    "SQLITE_ERROR",
    "SQLITE_READONLY",
    "SQLITE_MISUSE",
)  # what the text of a statement is to blame for


@dataclass(frozen=True, slots=True)
class Lot:
    """Rows as the driver takes them, made outside the transaction that writes them; it is written once at a time.

    later  the places of what only that transaction knows
    """

    sql: str
    rows: list[Any]
    later: tuple[Any, ...]


class Session:
    """A connection that statements run on; who begins and ends its transaction is open.py and writer.py.

    Raises Conflict record.exists where a statement breaks a unique key, Unavailable storage.lost where the database is
    gone, storage.full where it has no room, Invalid storage.value where it cannot hold a value.
    """

    def __init__(self, connection: Any, forms: Forms) -> None:
        self._connection, self._forms = connection, forms
        self._cursor = connection.cursor()
        self._errors = forms.dialect.loaded_dbapi

    def rows(self, statement: Statement, actor: Actor | None, **values: Any) -> list[dict[str, Any]]:
        """What a select gives; None reads everything."""
        form, parameters = self._forms.of(statement, actor, values)
        self.driver(form.sql, parameters)
        columns, processes = form.columns, form.processes
        made = [dict(zip(columns, row, strict=False)) for row in self._cursor.fetchall()]
        for name, process in processes:
            for row in made:
                row[name] = process(row[name])
        return made

    def one(self, table: sa.Table, id: str, actor: Actor) -> dict[str, Any] | None:
        """The record of that id, where the actor may see it."""
        form = self._forms.one(table, actor)
        self.driver(form.sql, form.parameters((id,), actor))
        found = self._cursor.fetchone()
        return None if found is None else form.row(found)

    def run(self, statement: Statement) -> int:
        """Any change; how many rows it met."""
        form, parameters = self._forms.of(statement, None)
        self.driver(form.sql, parameters)
        return int(self._cursor.rowcount)

    def insert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """New rows, all with the columns of the first."""
        if rows:
            self._many(*self._made(table, rows))

    def lot(self, table: sa.Table, rows: Sequence[Mapping[str, Any]], later: Sequence[str]) -> Lot:
        """New rows, all with the columns of the first, as the driver takes them; `later` columns get one value then."""
        if not rows:
            return Lot("", [], ())
        sql, made = self._made(table, rows)
        form = self._forms.insert(table, tuple(rows[0]))
        return Lot(
            sql, made, tuple(place for name in later for place in form.places(tuple(rows[0]).index(name)))
        )

    def insert_lot(self, lot: Lot, value: Any) -> None:
        """The rows of a lot, with the value of their `later` columns."""
        for one in lot.rows:
            for place in lot.later:
                one[place] = value
        self._many(lot.sql, lot.rows)

    def change_all(self, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        """Changes records, all in the same columns; each row: values, id, version that it must have. How many it met"""
        form = self._forms.change(table, tuple(columns))
        self._many(form.sql, [form.parameters(row, None) for row in rows])
        return int(self._cursor.rowcount)

    def _made(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
        columns = tuple(rows[0])
        form = self._forms.insert(table, columns)
        return form.sql, [form.parameters([row[column] for column in columns], None) for row in rows]

    def _many(self, sql: str, made: Sequence[Any]) -> None:
        """Runs text for each set of parameters."""
        if len(made) == 1:
            self.driver(sql, made[0])
        elif made:
            with self._told():
                self._cursor.executemany(sql, made)

    def change(self, table: sa.Table, id: str, version: int, values: Mapping[str, Any]) -> bool:
        """Changes a record that still has that version; whether it had."""
        form = self._forms.change(table, tuple(values))
        self.driver(form.sql, form.parameters([*values.values(), id, version], None))
        return bool(self._cursor.rowcount == 1)

    def stream(self, statement: Statement, actor: Actor | None) -> Generator[dict[str, Any], None, None]:
        """The rows of a select that does not fit in memory, in their order; read them before anything else is asked."""
        form, parameters = self._forms.of(statement, actor)
        embedded = self._forms.dialect.name == "sqlite"
        cursor = self._connection.cursor() if embedded else self._connection.cursor("stream")
        try:
            with self._told():
                cursor.execute(form.sql, parameters)
                while part := cursor.fetchmany(2_000):
                    yield from map(form.row, part)
        finally:
            cursor.close()

    def driver(self, text: str, parameters: Parameters | None = None) -> None:
        """Runs text as the driver takes it."""
        try:
            if parameters is None:
                self._cursor.execute(text)
            else:
                self._cursor.execute(text, parameters)
        except self._errors.Error as error:
            raise self._ours(error) from error

    def save(self) -> None:
        """A point to come back to."""
        self.driver(f"SAVEPOINT {_SAVED}")

    def keep(self) -> None:
        """Goes on with all that was done since `save`."""
        self.driver(f"RELEASE SAVEPOINT {_SAVED}")

    def back(self) -> None:
        """Undoes what was done since `save`. Raises Unavailable where the whole transaction is undone already."""
        try:
            self.driver(f"ROLLBACK TO SAVEPOINT {_SAVED}")
            self.driver(f"RELEASE SAVEPOINT {_SAVED}")
        except self._errors.Error as error:  # SQLite ends the transaction itself where the disk is full
            raise Unavailable("storage.lost", why=type(error).__name__) from error

    def commit(self) -> None:
        """Makes the transaction last."""
        with self._told():
            self._connection.commit()

    def close(self, *, broken: bool = False) -> None:
        """Undoes what was not committed and gives the connection back; a broken one is thrown away."""
        try:
            if broken:
                self._connection.invalidate()
            else:
                self._connection.rollback()
        finally:
            self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._errors.Error as error:
            raise self._ours(error) from error

    def _ours(self, error: Exception) -> Exception:
        """The error as ours where it is of the database's making; a statement that is wrong stays as it is."""
        if isinstance(error, self._errors.IntegrityError):
            return Conflict("record.exists")
        if isinstance(error, self._errors.DataError):
            return Invalid("storage.value")
        name = str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
        if name in _FULL:
            return Unavailable("storage.full")
        away = isinstance(error, (self._errors.OperationalError, self._errors.InterfaceError))
        if away and not name.startswith(_OWN_FAULT):
            return Unavailable("storage.lost", why=name or type(error).__name__)
        return error
