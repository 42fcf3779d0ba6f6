"""The version on disk: the migrations make what the schema says, and a crash in the middle leaves all or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from tests import postgres

from tandem.base.errors import Failed, Invalid, Missing, Unavailable
from tandem.storage.database import migrate, schema
from tandem.storage.database.open import database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """An empty database's engine, and the place that opens it again."""
    if request.param == "sqlite":
        place = tmp_path / "hub.db"
    else:
        postgres.server()
        place = postgres.cleared(postgres.bare())
    held = database(place)
    yield held.engine, place
    held.close()


def described(engine) -> dict[str, object]:
    """Everything that a database says of its tables, as plain values."""
    found = sa.inspect(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            raw = connection.exec_driver_sql("SELECT name, type FROM sqlite_master ORDER BY name").all()
        else:
            raw = connection.exec_driver_sql(
                "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
                " WHERE table_schema = 'public' ORDER BY 1, 2"
            ).all()
    return {"raw": sorted(map(tuple, raw))} | {
        table: (
            sorted(
                (c["name"], str(c["type"]), c["nullable"], str(c["default"]))
                for c in found.get_columns(table)
            ),
            found.get_pk_constraint(table)["constrained_columns"],
            sorted(
                (i["name"] or "", tuple(i["column_names"]), i["unique"]) for i in found.get_indexes(table)
            ),
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
        )
        for table in found.get_table_names()
    }


def test_the_migrations_make_what_the_schema_says(empty):
    """A database made at once and one made by all migrations are the same (docs/new_migration.py writes what lacks)."""
    engine, _place = empty
    migrate.prepare(engine)
    made = described(engine)
    with engine.begin() as connection:
        schema.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert migrate.upgrade(engine) == (None, migrate.versions()[-1])
    assert described(engine) == made
    assert set(schema.metadata.tables) | {"alembic_version", "raw"} == set(made)
    assert migrate.upgrade(engine) == (migrate.versions()[-1],) * 2


def test_newer_data_is_refused_and_older_asks_for_migration(empty):
    """Both are told with both versions, by everything that opens the data."""
    engine, _ = empty
    migrate.prepare(engine)
    for held, code in (("9999", "data.newer"), ("0000", "data.older")):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{held}'")
        if code == "data.older":
            older = pytest.MonkeyPatch()
            older.setattr(migrate, "versions", lambda: ("0000", "0001"))
        with pytest.raises(Invalid) as refused:
            migrate.prepare(engine)
        assert (refused.value.code, refused.value.params["held"]) == (code, held)
        if code == "data.newer":
            with pytest.raises(Invalid, match=r"data\.newer"):
                migrate.upgrade(engine)
        else:
            older.undo()


def test_a_database_of_somebody_else_is_left_alone(empty):
    """Tables that are no hub's: nothing is made beside them."""
    engine, _ = empty
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (a INTEGER)")
    for call in (migrate.prepare, migrate.upgrade):
        with pytest.raises(Invalid, match=r"data\.foreign"):
            call(engine)
    assert sa.inspect(engine).get_table_names() == ["theirs"]


def test_two_that_open_a_new_hub_at_once(empty):
    """Both find it ready, and one of them made it."""
    _, place = empty
    helds = [database(place) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda held: migrate.prepare(held.engine), helds)) == [None] * 4
    for held in helds:
        held.close()


STEP = """
import sys, time
from pathlib import Path
import sqlalchemy as sa
from tandem.storage.database import migrate
from tandem.storage.database.open import database
place = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
engine = database(place).engine
def slowly(*_):
    print("statement", flush=True)
    time.sleep(0.004)
sa.event.listen(engine, "after_cursor_execute", slowly)
migrate.upgrade(engine)
print("done", flush=True)
"""


@pytest.mark.parametrize("after", [3, 30, 55])
def test_killed_in_the_middle_of_a_migration(empty, after):
    """kill -9 behind the k-th statement: no table is there, or all are; and the next attempt ends well."""
    engine, place = empty
    child = subprocess.Popen([sys.executable, "-c", STEP, str(place)], stdout=subprocess.PIPE, text=True)
    for _ in range(after):
        assert child.stdout.readline().strip() == "statement"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    until = time.monotonic() + 10
    while engine.dialect.name != "sqlite" and time.monotonic() < until and _others(engine):
        time.sleep(0.05)
    assert sa.inspect(engine).get_table_names() == []
    assert migrate.upgrade(engine)[1] == migrate.versions()[-1]
    with engine.connect() as connection:
        assert migrate.judged(connection)


def _others(engine) -> int:
    with engine.connect() as connection:
        return connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).scalar()


def test_what_is_no_database_is_told(tmp_path, monkeypatch):
    """A file of something else, a URL of something else, a server that is not there, a driver that is missing."""
    (tmp_path / "hub.db").write_bytes(b"not a database at all" * 100)
    held = database(tmp_path / "hub.db")
    with pytest.raises(Failed, match=r"data\.damaged"):
        migrate.prepare(held.engine)
    for url in ("mysql://x@y/z", "no url", "sqlite:///x"):
        with pytest.raises(Invalid, match=r"storage\.url"):
            database(url)
    away = database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match=r"storage\.lost"):
        migrate.prepare(away.engine)
    with pytest.raises(Unavailable, match=r"storage\.lost"), away.reading():
        pass
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Missing) as missing:
        database("postgresql://nobody@127.0.0.1:1/none")
    assert "tandem-hub[pg]" in missing.value.params["install"]
