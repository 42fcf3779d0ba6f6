"""The schema's version on disk: made in an empty database, refused where code and data do not fit, moved on request.

The migrations are Alembic's, one file for each version under migrations/, named by its number: 0001_first.py. Each
step from one version to another is one transaction, on SQLite too: a crash leaves all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from tandem.base.errors import Failed, Invalid, Unavailable
from tandem.storage.database import schema

FOLDER = Path(__file__).parent / "migrations"
# Alembic's own table, of one row.
_held = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
MAKING_LOCK = 7_463_105_020  # any number: whoever makes or moves the tables of a PostgreSQL database holds it


@cache
def versions() -> tuple[str, ...]:
    """The versions that this code knows, the newest last."""
    return tuple(sorted(file.name[:4] for file in FOLDER.glob("[0-9][0-9][0-9][0-9]_*.py")))


def prepare(engine: sa.Engine) -> None:
    """Makes the tables of an empty database, at the newest version.

    Raises  Invalid data.newer where newer code has written it, data.older where it must be migrated first,
            data.foreign where it holds other tables; Unavailable storage.lost
    """
    with looking(engine) as connection:
        if judged(connection):
            return
    with alone(engine) as connection:
        if not judged(connection):
            schema.metadata.create_all(connection, checkfirst=False)
            _held.create(connection, checkfirst=False)
            connection.execute(sa.insert(_held).values(version_num=versions()[-1]))


def judged(connection: sa.Connection) -> bool:
    """Whether the tables are there, at the version that this code needs. Raises as `prepare`."""
    held = version(connection)
    if held is None:
        if sa.inspect(connection).get_table_names():
            raise Invalid("data.foreign")
        return False
    known, needed = versions(), versions()[-1]
    if held not in known:
        raise Invalid("data.newer", held=held, needed=needed)
    if held != needed:
        raise Invalid("data.older", held=held, needed=needed)
    return True


def version(connection: sa.Connection) -> str | None:
    """The version of the data; None where there is none yet."""
    if not sa.inspect(connection).has_table(_held.name):
        return None
    found = connection.execute(sa.select(_held.c.version_num)).scalar()
    return None if found is None else str(found)


def upgrade(engine: sa.Engine, to: str | None = None) -> tuple[str | None, str]:
    """Moves the data to a newer version, the newest by default, in one transaction; the versions before and after.

    Raises  Invalid data.newer where newer code has written it, data.foreign where it is no hub's
    """
    wanted = to or versions()[-1]
    with alone(engine) as connection:
        held = version(connection)
        if held is not None and held not in versions():
            raise Invalid("data.newer", held=held, needed=wanted)
        if held is None and sa.inspect(connection).get_table_names():
            raise Invalid("data.foreign")
        if held is None or held < wanted:
            _run(connection, wanted)
    return held, wanted


@contextmanager
def looking(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to look at the tables. Raises Unavailable storage.lost, Failed data.damaged"""
    try:
        with engine.connect() as connection:
            yield connection
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        raise Unavailable("storage.lost", why=type(error).__name__) from error
    except sa.exc.DatabaseError as error:
        raise Failed("data.damaged", file=str(engine.url.database)) from error


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which nobody else makes or moves tables, or writes at all; it is committed at its end."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MAKING_LOCK})")
            yield connection
            connection.commit()
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        raise Unavailable("storage.lost", why=type(error).__name__) from error


def _run(connection: sa.Connection, wanted: str) -> None:
    """The migrations that are missing, in the transaction that is open."""
    from alembic.config import Config  # noqa: PLC0415  Alembic is needed when data moves, and at no other time
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(FOLDER.parent), version_locations=[str(FOLDER)])
    context = EnvironmentContext(Config(), scripts, fn=lambda held, _: scripts._upgrade_revs(wanted, held))
    with context:
        context.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=True)
        context.run_migrations()
