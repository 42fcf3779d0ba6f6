"""The writer: whatever goes wrong, every future ends, what was acknowledged is kept once, what failed left nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import Future

import pytest
import sqlalchemy as sa

from tandem.base.errors import Conflict, Unavailable
from tandem.domain.people import HERE, Actor
from tandem.engine.journal import merkle
from tandem.hub.installation import open_hub
from tandem.hub.keeping import verifying
from tandem.storage.database import journal
from tandem.storage.database import schema as s
from tandem.storage.database.session import Session

LONG = 30  # seconds after which a test says that a future hangs


def kept(hub) -> list[str]:
    """The names in the table that these tests write to, after the journal was found whole."""
    verifying.of_database(hub.database)
    with hub.database.reading() as tx:
        told = [
            row["action"] for row in tx.unguarded(sa.select(s.journal.c.action).order_by(s.journal.c.seq))
        ]
        names = [row["name"] for row in tx.unguarded(sa.select(s.meta.c.name))]
    assert sorted(told) == sorted(names)  # a row and its entry are there together, each once
    return sorted(names)


def note(name: str):
    """Work that writes one row and tells it."""

    def work(tx):
        tx.insert(s.meta, {"name": name, "value": "v"})
        tx.tell(name, HERE)
        return name

    return work


def held(hub) -> threading.Event:
    """Keeps the writer busy until the event is set, so that what is submitted meanwhile is one batch."""
    gate, begun = threading.Event(), threading.Event()

    def wait(tx):
        begun.set()
        gate.wait(LONG)

    hub.database.write(wait)
    begun.wait(LONG)
    return gate


def ended(futures: list[Future]) -> list[object]:
    """What each future ended with, in time."""
    return [future.exception(LONG) or future.result() for future in futures]


def test_one_that_fails_leaves_no_trace_and_disturbs_nobody(world):
    """In one batch: a refusal, a broken key, an exit and a content that no journal keeps, between two that are good."""

    def half(error):
        def work(tx):
            note(f"half-{error!r}")(tx)
            raise error

        return work

    def unsayable(tx):
        note("float")(tx)
        tx.tell("x", HERE, amount=float("nan"))

    gate = held(world.hub)
    works = [note("a"), half(Conflict("record.stale")), note("a"), half(SystemExit(3)), unsayable, note("b")]
    futures = [world.hub.database.write(work) for work in works]
    gate.set()
    first, refused, again, left, unsaid, last = ended(futures)
    assert (first, last) == ("a", "b")
    assert isinstance(refused, Conflict)
    assert isinstance(again, Conflict)
    assert again.code == "record.exists"
    assert isinstance(left, SystemExit)
    assert isinstance(unsaid, ValueError)
    assert kept(world.hub) == ["a", "b"]


def test_many_share_few_commits(world, monkeypatch):
    """300 actions that wait together take two commits, and the gate's own."""
    commits = []
    real = Session.commit
    monkeypatch.setattr(Session, "commit", lambda self: (commits.append(1), real(self))[1])
    gate = held(world.hub)
    futures = [world.hub.database.write(note(f"n{k:03d}")) for k in range(300)]
    gate.set()
    assert ended(futures) == [f"n{k:03d}" for k in range(300)] == kept(world.hub)
    assert len(commits) == 3


def test_what_comes_after_is_told_once_and_may_fail(world):
    """The callbacks of an action run after its commit; one that raises harms nothing."""
    seen = []

    def work(tx):
        note("a")(tx)
        tx.after.append(lambda: 1 / 0)
        tx.after.append(lambda: seen.append(kept(world.hub)))

    world.hub.database.write(work).result(LONG)
    world.hub.database.write(note("b")).result(LONG)
    assert seen == [["a"]]


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_commit_that_was_lost_sight_of_is_done_once(world, monkeypatch, lost):
    """The connection breaks at the commit, done or not: nobody is told wrongly, nothing is there twice."""
    real, calls = Session.commit, []

    def commit(self):
        calls.append(1)
        if len(calls) == 2 and lost == "before":
            raise Unavailable("storage.lost", why="test")
        real(self)
        if len(calls) == 2 and lost == "after":
            raise Unavailable("storage.lost", why="test")

    monkeypatch.setattr(Session, "commit", commit)
    gate = held(world.hub)
    futures = [world.hub.database.write(note(name)) for name in "abc"]
    gate.set()
    assert ended(futures) == ["a", "b", "c"] == kept(world.hub)
    assert len(calls) == (3 if lost == "before" else 2)


def test_a_lost_commit_that_nothing_can_tell_of_is_not_acknowledged(world, monkeypatch):
    """Work without a journal entry: whether it was done cannot be known, and it is not done again."""
    monkeypatch.setattr(
        Session, "commit", lambda self: (_ for _ in ()).throw(Unavailable("storage.lost", why="test"))
    )
    future = world.hub.database.write(lambda tx: 1)
    assert isinstance(future.exception(LONG), Unavailable)


def test_the_database_goes_away_at_any_statement(world, monkeypatch):
    """The k-th statement finds no database, for every k until none does: all is done, once."""
    real, left, done = Session.driver, [], 0

    def driver(self, text, parameters=None):
        if left and not text.startswith("SELECT"):
            left[0] -= 1
            if left[0] == 0:
                left.clear()
                raise Unavailable("storage.lost", why="test")
        real(self, text, parameters)

    monkeypatch.setattr(Session, "driver", driver)
    for k in range(1, 60):
        left[:] = [k]
        futures = [world.hub.database.write(note(f"{k:03d}{name}")) for name in "abc"]
        assert ended(futures) == [f"{k:03d}{name}" for name in "abc"]
        done += 3
        if left:
            break
    assert k > 8
    left.clear()
    assert len(kept(world.hub)) == done


def test_a_server_that_ends_our_connections(world):
    """PostgreSQL: the backend of the writer is ended from inside an action, and those of the readers with it."""
    if world.hub.database.embedded:
        pytest.skip("an embedded database has no backend")
    ends = []

    def work(tx):
        if not ends:
            ends.append(1)
            others = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            )
            tx._session.driver(others)
        return note("a")(tx)

    assert world.hub.database.write(work).result(LONG) == "a"
    assert kept(world.hub) == ["a"]


def test_closing_under_load(world):
    """Eight threads write while the hub closes: each future ends, and what was acknowledged is there."""
    futures, told = [], []

    def press(number):
        for k in range(200):
            try:
                futures.append(world.hub.database.write(note(f"{number}-{k}")))
            except Unavailable as error:
                told.append(error.code)
                return

    threads = [threading.Thread(target=press, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    while len(futures) < 50:
        pass
    world.hub.database._writer.close()
    for thread in threads:
        thread.join()
    answers = [one for one in ended(futures) if isinstance(one, str)]
    assert set(told) <= {"storage.closing"}
    assert len(answers) >= 50
    assert kept(world.hub) == sorted(answers)
    with pytest.raises(Unavailable, match=r"storage\.closing"):
        world.hub.database.write(note("late"))


def test_closing_while_the_database_is_away_does_not_wait_for_it(world, monkeypatch):
    """The batch that waits is told so, and the hub closes."""
    away = threading.Event()

    def begin():
        away.set()
        raise Unavailable("storage.lost", why="test")

    monkeypatch.setattr(world.hub.database._writer, "_begin", begin)
    future = world.hub.database.write(note("a"))
    away.wait(LONG)
    world.hub.database._writer.close()
    assert isinstance(future.exception(LONG), Unavailable)


OTHER = """
import sys
from pathlib import Path
from tandem.domain.people import HERE, Actor
from tandem.engine.journal import merkle
from tandem.hub.installation import open_hub
from tandem.storage.database import schema as s
hub = open_hub(Path(sys.argv[1]), sys.argv[2] or None)
for k in range(40):
    name = f"other-{k}"
    hub.database.write(lambda tx: (tx.insert(s.meta, {"name": name, "value": "v"}), tx.tell(name, HERE))).result()
hub.close()
"""


def test_two_processes_write_one_journal(world, place):
    """A command beside a server: both write all they have, into one chain."""
    arguments = [sys.executable, "-c", OTHER, str(world.hub.folder), place or ""]
    with subprocess.Popen(arguments) as other:
        mine = []
        while other.poll() is None:
            mine.append(world.hub.database.write(note(f"own-{len(mine)}")).result(LONG))
    assert other.returncode == 0
    assert len(kept(world.hub)) == len(mine) + 40


def test_a_full_disk(tmp_path):
    """The change that does not fit is refused, the small one before it is kept, and with room it goes on."""
    hub = open_hub(tmp_path / "hub")
    with hub.database.engine.connect() as connection:  # the writer's only connection
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 20}")
    assert hub.database.write(note("small")).result(LONG) == "small"

    def large(tx):
        tx.insert(s.meta, {"name": "large", "value": "x" * 1_000_000})
        tx.tell("large", HERE)

    refused = hub.database.write(large).exception(LONG)
    assert isinstance(refused, Unavailable)
    assert refused.code == "storage.full"
    assert kept(hub) == ["small"]
    with hub.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    hub.database.write(large).result(LONG)
    assert kept(hub) == ["large", "small"]
    hub.close()


@pytest.mark.parametrize("account", [None, "a1"])
def test_a_leaf_is_canonical_however_it_was_made(world, account):
    """Entries made with their action and entries made before it: the leaf of each is its own canonical JSON."""
    ready = journal.sealed(
        "ready", account, "needs", "n1", "甲", journal.canonical({"title": "轴"}), lambda: "made"
    )

    def work(tx):
        tx.tell("told", Actor("member", account), "needs", "n1", org="甲", title="轴")
        tx.tell_all([journal.Dated(ready, tx.now)])

    world.hub.database.write(work).result(LONG)
    verifying.of_database(world.hub.database)
    with world.hub.database.reading() as tx:
        rows = tx.unguarded(sa.select(s.journal).order_by(s.journal.c.seq))
    for row, action in zip(rows, ("told", "ready"), strict=True):
        leaf = json.loads(row["leaf"])
        assert bytes(row["leaf"]) == journal.canonical(leaf)
        columns = {"seq": "seq", "id": "id", "at": "at", "account": "account_id", "kind": "kind",
                   "record": "record_id", "org": "org_id"}  # fmt: skip
        assert {name: leaf[name] for name in columns} == {
            name: row[column] for name, column in columns.items()
        }
        assert (leaf["action"], leaf["account"], len(leaf["content"])) == (action, account, 64)
    assert rows[1]["id"] == "made"


def test_many_entries_at_once_keep_the_tree_that_one_by_one_makes(world):
    """700 entries in one action after ten in their own: the kept hashes are those folded from the leaves."""
    for number in range(10):
        world.hub.database.write(lambda tx, number=number: tx.tell(f"one {number}", HERE)).result(LONG)

    def work(tx):
        for number in range(700):
            tx.tell(f"many {number}", HERE)

    world.hub.database.write(work).result(LONG)
    verifying.of_database(world.hub.database)
    with world.hub.database.reading() as tx:
        leaves = [merkle.leaf_hash(bytes(row["leaf"])) for row in tx.unguarded(sa.select(s.journal.c.leaf)
                                                                              .order_by(s.journal.c.seq))]  # fmt: skip
        kept = tx.unguarded(sa.select(s.journal_tree).order_by(s.journal_tree.c.number))
    assert [bytes(row["hash"]) for row in kept] == [merkle.folded(leaves[at : at + 256]) for at in (0, 256)]


def test_many_changes_at_once_are_all_done_or_none(world):
    """Each by its version: values, versions and instants are those of single changes; a stale one ends all."""
    ids = [
        world.hub.database.write(
            lambda tx: tx.add(s.needs, {"title": "x", "visibility": "public", "anonymous": False, "slots": 1})
        ).result(LONG)["id"]
        for _ in range(3)
    ]
    before = {}

    def change(tx, *values):
        rows = {row["id"]: row for row in tx.unguarded(sa.select(s.needs))}
        before.update(rows)
        tx.change_all(s.needs, [(rows[id_], told) for id_, told in zip(ids, values, strict=True)])

    world.hub.database.write(
        lambda tx: change(tx, {"title": "a"}, {"title": "b", "slots": 2}, {"title": "c"})
    ).result(LONG)
    with world.hub.database.reading() as tx:
        after = {row["id"]: row for row in tx.unguarded(sa.select(s.needs))}
    assert [(after[id_]["title"], after[id_]["slots"], after[id_]["version"]) for id_ in ids] == [
        ("a", 1, 2), ("b", 2, 2), ("c", 1, 2)]  # fmt: skip

    def stale(tx):
        tx.change_all(s.needs, [(after[ids[0]], {"title": "d"}), (before[ids[2]], {"title": "d"})])

    with pytest.raises(Conflict, match=r"record\.stale"):
        world.hub.database.write(stale).result(LONG)
    with pytest.raises(Conflict, match=r"move\.refused"):
        world.hub.database.write(
            lambda tx: tx.change_all(s.needs, [(after[ids[0]], {"state": "expired"})])
        ).result(LONG)
    with world.hub.database.reading() as tx:
        assert {row["title"] for row in tx.unguarded(sa.select(s.needs))} == {"a", "b", "c"}
