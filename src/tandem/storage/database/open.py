"""A database opened: SQLite in a file, or PostgreSQL by its URL; the same schema, the same statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from tandem.base import clock as clocks
from tandem.base import ids as id_makers
from tandem.base.clock import Clock
from tandem.base.ids import Ids
from tandem.storage.database.transaction import Tx
from tandem.storage.database.writer import Writer

T = TypeVar("T")
_BUSY = 30  # seconds that a writer waits for another process
_JOURNAL_LOCK = 7_463_105_019  # any number: whoever appends to the journal of a PostgreSQL database holds it


class Database:
    """An open database. Reads see the last commit; writes go through one writer (writer.py)."""

    def __init__(self, engine: sa.Engine, clock: Clock, ids: Ids) -> None:
        self.engine, self._clock, self._ids = engine, clock, ids
        self.embedded = engine.dialect.name == "sqlite"
        self._writer = Writer(self._begin, clock, ids)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A transaction that reads one state of the database, and writes nothing."""
        with self.engine.connect() as connection:
            yield Tx(connection, self._clock(), self._ids)
            connection.rollback()

    def write(self, work: Callable[[Tx], T]) -> Future[T]:
        """Does the work in a transaction; its future is done when the commit is. Work may be done again: no effects."""
        return self._writer.submit(work)

    def close(self) -> None:
        """Finishes what is being written, and closes every connection."""
        self._writer.close()
        self.engine.dispose()

    def _begin(self) -> sa.Connection:
        """A connection in a transaction that no other writer interleaves with."""
        connection = self.engine.connect()
        try:
            if self.embedded:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_JOURNAL_LOCK)))
        except BaseException:
            connection.close()
            raise
        return connection


def database(place: Path | str, clock: Clock = clocks.system, ids: Ids = id_makers.chance) -> Database:
    """Opens the database of a file (SQLite) or a URL ("postgresql://..."); its tables are migrate.py's business."""
    if isinstance(place, str):
        url = place.replace("postgresql://", "postgresql+psycopg://", 1)
        return Database(sa.create_engine(url, pool_pre_ping=True, pool_size=8), clock, ids)
    engine = sa.create_engine(
        f"sqlite:///{place}", connect_args={"timeout": _BUSY, "check_same_thread": False}
    )
    sa.event.listen(engine, "connect", _prepare)
    return Database(engine, clock, ids)


def _prepare(connection: Any, _: Any) -> None:
    """A durable SQLite connection: every acknowledged commit is on disk; transactions begin where we say."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
