"""A database opened: SQLite in a file, or PostgreSQL by its URL; the same schema, the same statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from tandem.base import clock as clocks
from tandem.base import ids as id_makers
from tandem.base.clock import Clock
from tandem.base.errors import Invalid, Missing, Unavailable
from tandem.base.ids import Ids
from tandem.storage.database.session import Session
from tandem.storage.database.statements import Forms
from tandem.storage.database.transaction import Tx
from tandem.storage.database.writer import Writer

T = TypeVar("T")
_BUSY = 30  # seconds that a writer waits for another process
# A server that does not answer is noticed: seconds to connect, seconds and milliseconds of silence.
_SERVER = {"connect_timeout": 5, "keepalives_idle": 10, "tcp_user_timeout": 10_000}
_READERS = 16  # connections kept for reading
_STATEMENTS = 512  # that a connection keeps prepared
JOURNAL_LOCK = 7_463_105_019  # any number: whoever appends to the journal of a PostgreSQL database holds it


class Database:
    """An open database. Reads see the last commit; writes go through one writer (writer.py).

    engine  connections that may do anything: the writer's, and those that make, move and copy the whole database
    """

    def __init__(self, engine: sa.Engine, readers: sa.Engine, clock: Clock, ids: Ids) -> None:
        self.engine, self._readers, self._clock, self._ids = engine, readers, clock, ids
        self.embedded = engine.dialect.name == "sqlite"
        self._forms = Forms(engine.dialect)
        self._writer = Writer(self._begin, clock, ids)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A transaction that reads one state of the database, and can write nothing."""
        session = self._session(self._readers)
        try:
            if self.embedded:
                session.driver("BEGIN")
            yield Tx(session, self._clock(), self._ids)
        except Unavailable:
            session.close(broken=True)
            raise
        except BaseException:
            session.close()
            raise
        session.close()

    def write(self, work: Callable[[Tx], T]) -> Future[T]:
        """Does the work in a transaction; its future is done when the commit is. Work may be done again: no effects."""
        return self._writer.submit(work)

    def close(self) -> None:
        """Finishes what is being written, and closes every connection."""
        self._writer.close()
        self._readers.dispose()
        self.engine.dispose()

    def _session(self, engine: sa.Engine) -> Session:
        """A connection, checked where it may have died. Raises Unavailable storage.lost where there is none."""
        try:
            return Session(engine.raw_connection(), self._forms)
        except sa.exc.TimeoutError as error:
            raise Unavailable("storage.busy") from error
        except (sa.exc.DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
            raise Unavailable("storage.lost", why=type(error).__name__) from error

    def _begin(self) -> Session:
        """A transaction that no other writer interleaves with."""
        session = self._session(self.engine)
        try:
            session.driver(
                "BEGIN IMMEDIATE" if self.embedded else f"SELECT pg_advisory_xact_lock({JOURNAL_LOCK})"
            )
        except BaseException:
            session.close(broken=True)
            raise
        return session


def database(place: Path | str, clock: Clock = clocks.system, ids: Ids = id_makers.chance) -> Database:
    """Opens the database of a file (SQLite) or a URL ("postgresql://..."); its tables are migrate.py's business.

    Raises  Invalid storage.url, Missing storage.extra where a URL needs a driver that is not installed
    """
    if isinstance(place, str):
        return Database(_served(place, reads=False), _served(place, reads=True), clock, ids)
    return Database(_embedded(place, reads=False), _embedded(place, reads=True), clock, ids)


def _embedded(file: Path, *, reads: bool) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(file)),
        connect_args={"timeout": _BUSY, "check_same_thread": False, "cached_statements": _STATEMENTS},
        poolclass=sa.pool.QueuePool,
        pool_size=_READERS if reads else 1,
        max_overflow=-1,
    )
    sa.event.listen(engine, "connect", _reading if reads else _durable)
    return engine


def _durable(connection: Any, _: Any) -> None:
    """A durable SQLite connection: every acknowledged commit is on disk; transactions begin where we say."""
    _pragmas(connection, "journal_mode=WAL", "synchronous=FULL")
    connection.execute("PRAGMA cache_size=-65536")  # an import that outgrows it is written twice


def _reading(connection: Any, _: Any) -> None:
    """A SQLite connection that cannot write."""
    _pragmas(connection, "query_only=ON")


def _pragmas(connection: Any, *own: str) -> None:
    connection.isolation_level = None
    for pragma in (*own, "foreign_keys=ON", "cache_size=-16384", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _served(url: str, *, reads: bool) -> sa.Engine:
    """Connections to a PostgreSQL server; those that read see one state in each transaction, and cannot write."""
    try:
        place = sa.make_url(url)
    except sa.exc.ArgumentError:
        place = None
    if place is None or place.get_backend_name() not in ("postgresql", "postgres"):
        raise Invalid("storage.url", known="postgresql://USER@HOST/DATABASE")
    try:
        engine = sa.create_engine(
            place.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=_READERS if reads else 1,
            max_overflow=_READERS, connect_args=_SERVER,
        )  # fmt: skip
    except ImportError as error:
        raise Missing("storage.extra", extra="pg", install="pip install 'tandem-hub[pg]'") from error
    if reads:
        sa.event.listen(engine, "connect", _one_state)
    return engine


def _one_state(connection: Any, _: Any) -> None:
    connection.isolation_level = import_module("psycopg").IsolationLevel.REPEATABLE_READ
    connection.read_only = True
