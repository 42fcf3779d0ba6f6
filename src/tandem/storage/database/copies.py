"""A whole database copied while it is in use: to a SQLite file, from one, whatever the other side is.

A backup is a SQLite file in either case, so that one format is verified, kept and restored to either side.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Conflict, Failed
from tandem.storage.database import migrate, schema
from tandem.storage.database.open import Database, database
from tandem.storage.database.transaction import Tx

_PART = 2_000  # rows written at once


def copied(source: Database, file: Path) -> None:
    """Copies one state of a database to a new SQLite file, and sees it on disk. Others read and write meanwhile."""
    if source.embedded:
        with source.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(file),))
    else:
        target = database(file)
        try:
            migrate.prepare(target.engine)
            with source.reading() as tx:
                _pour(tx, target.engine)
            with target.engine.connect() as connection:  # everything into the one file
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        finally:
            target.close()
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def poured(file: Path, target: Database) -> None:
    """Copies all rows of a SQLite file to a database whose tables are there and empty.

    Raises  Conflict restore.not_empty
    """
    if any(rows(target).values()):
        raise Conflict("restore.not_empty", place=target.engine.url.render_as_string(hide_password=True))
    source = database(file)
    try:
        with source.reading() as tx:
            _pour(tx, target.engine)
    finally:
        source.close()


def rows(held: Database) -> Mapping[str, int]:
    """How many rows each table has."""
    with held.reading() as tx:
        return {name: tx.unguarded(sa.select(sa.func.count().label("n")).select_from(table))[0]["n"]
                for name, table in schema.metadata.tables.items()}  # fmt: skip


def sound(file: Path) -> None:
    """Raises Failed data.damaged where SQLite finds its file damaged."""
    try:
        engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)))
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        engine.dispose()
    except sa.exc.DatabaseError as error:
        raise Failed("data.damaged", file=file.name) from error
    if found != "ok":
        raise Failed("data.damaged", file=file.name)


def _pour(tx: Tx, target: sa.Engine) -> None:
    """Every row of every table, in one transaction of the target's."""
    with migrate.alone(target) as connection:
        for table in schema.metadata.sorted_tables:
            for part in _parts(tx.unguarded_stream(sa.select(table))):
                connection.execute(table.insert(), part)


def _parts(found: Iterator[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in found:
        part.append(dict(row))
        if len(part) == _PART:
            yield part
            part = []
    if part:
        yield part
