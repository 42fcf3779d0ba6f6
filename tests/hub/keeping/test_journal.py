"""The journal: who reads what of it, every tampering is found, contents can go, proofs hold."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa

from tandem.base.errors import Absent, Denied, Failed, Invalid
from tandem.engine.journal import merkle
from tandem.hub.actions import Asker, run
from tandem.hub.keeping import verifying
from tandem.hub.keeping.answers import Entry, FullEntry
from tandem.hub.records import cursor
from tandem.storage.database import schema as s
from tandem.storage.database import verify_journal


@pytest.fixture
def told(world):
    """Two organisations that posed needs, and the operator."""
    first, second = (world.person("member", world.organisation(name)) for name in ("甲", "乙"))
    needs = [world.ask(actor, "need.pose", title=f"n{k}").id for k in range(4) for actor in (first, second)]
    return world, first, second, world.person("operator"), needs


def test_members_see_their_own_entries_and_nothing_of_others(told):
    """No number, no account, no content; pages go on behind an entry that was seen, and behind no other."""
    world, first, second, _operator, needs = told
    mine = world.ask(first, "journal.list")
    assert {type(one) for one in mine.items} == {Entry}
    assert [one.record for one in mine.items] == needs[::2][::-1]
    assert all(one.own for one in mine.items)
    page = world.ask(first, "journal.list", limit=3)
    assert page.items == mine.items[:3]
    assert world.ask(first, "journal.list", limit=3, after=page.next).items == mine.items[3:]
    theirs = world.ask(second, "journal.list").items[0].id
    with pytest.raises(Invalid, match=r"list\.cursor"):
        world.ask(first, "journal.list", after=cursor.written("journal.list", theirs))
    assert world.ask(first, "journal.list", record=needs[1]).items == ()
    for name, given in (
        ("head", {}),
        ("prove", {"id": mine.items[0].id}),
        ("export", {}),
        ("erase", {"record": needs[0]}),
    ):
        with pytest.raises(Denied):
            world.ask(first, f"journal.{name}", **given)


def test_what_others_do_changes_nothing_that_a_member_sees(told):
    """Two worlds: what one sees before and after others act is the same."""
    world, first, second, _, _ = told
    before = world.ask(first, "journal.list")
    world.ask(second, "need.pose", title="secret", visibility="confidential")
    assert world.ask(first, "journal.list") == before


def test_operator_and_auditor_see_all(told):
    """Numbers without a hole, who did it, and the content."""
    world, _first, _, operator, needs = told
    for actor in (operator, world.person("auditor")):
        found = world.ask(actor, "journal.list", limit=200).items
        assert {type(one) for one in found} == {FullEntry}
        assert [one.seq for one in found] == list(range(len(found), 0, -1))
        assert world.ask(actor, "journal.list", record=needs[0]).items[0].content["title"] == "n0"
        assert world.ask(actor, "journal.list", action="need.pose", limit=1).items[0].account is not None


def test_an_export_is_verified_alone(told, tmp_path):
    """In parts, by the program that needs nothing of Tandem, also with a head that was noted before more happened."""
    world, first, _, operator, _ = told
    noted = world.ask(operator, "journal.head")
    world.ask(first, "need.pose", title="later")
    files = []
    for begun in range(1, noted.size + 2, 5):
        part = world.ask(operator, "journal.export", first=begun, limit=5)
        files.append(tmp_path / part.name)
        files[-1].write_bytes(part.content)
    alone = [
        sys.executable,
        "-I",
        verify_journal.__file__,
        *map(str, files),
        "--size",
        str(noted.size),
        "--root",
    ]
    assert (
        b'"size": %d' % (noted.size + 1)
        in subprocess.run([*alone, noted.root], capture_output=True, check=True).stdout
    )
    assert subprocess.run([*alone, "00" * 32], capture_output=True, check=False).returncode == 1
    assert run("journal.verify", {"files": [str(one) for one in files]}).size == noted.size + 1
    lines = files[0].read_text("utf-8").splitlines(keepends=True)
    for wrong in (
        lines[1:],
        [*lines[:2], lines[1], *lines[2:]],
        [lines[1], lines[0], *lines[2:]],
        ["{}\n"],
        ["x\n"],
    ):
        files[0].write_text("".join(wrong), "utf-8")
        with pytest.raises(Failed, match=r"journal\.broken"):
            run("journal.verify", {"files": [str(one) for one in files]})


TAMPERINGS = {
    "an action renamed": "UPDATE journal SET action = 'x' WHERE seq = 3",
    "a time moved": "UPDATE journal SET at = at + 1 WHERE seq = 3",
    "an owner exchanged": "UPDATE journal SET org_id = 'x' WHERE seq = 3",
    "a leaf rewritten": "UPDATE journal SET leaf = CAST(replace(CAST(leaf AS TEXT), 'need.pose', 'need.edit') AS BLOB)"
    " WHERE seq = 3",
    "an entry removed": "DELETE FROM journal WHERE seq = 3",
    "an entry exchanged for another": "UPDATE journal SET leaf = (SELECT leaf FROM journal WHERE seq = 4),"
    " chain = (SELECT chain FROM journal WHERE seq = 4) WHERE seq = 3",
    "a chain rewritten": "UPDATE journal SET chain = zeroblob(32) WHERE seq = 3",
    "a content rewritten": "UPDATE journal_contents SET body = CAST(replace(CAST(body AS TEXT), 'n0', 'n9') AS BLOB)"
    " WHERE seq = 2",
    "a salt rewritten": "UPDATE journal_contents SET salt = zeroblob(16) WHERE seq = 3",
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found(told, what):
    """Whoever changes the database by hand is found, by Tandem and by the program that stands alone."""
    world, *_ = told
    if not world.hub.database.embedded:
        pytest.skip("written for the file; what judges is the same")
    file = world.hub.folder / "hub.db"
    with sqlite3.connect(file) as connection:
        assert connection.execute(TAMPERINGS[what]).rowcount == 1
    connection.close()
    with pytest.raises(Failed, match=r"journal\.broken"):
        verifying.of_database(world.hub.database)
    alone = subprocess.run(
        [sys.executable, "-I", verify_journal.__file__, str(file)], capture_output=True, check=False
    )
    assert alone.returncode == 1


def test_an_end_that_was_cut_off_is_found_by_whoever_noted_it(told):
    """Removing the newest entries leaves a whole journal: only a head that was noted elsewhere tells."""
    world, _, _, operator, _ = told
    noted = world.ask(operator, "journal.head")
    world.hub.database.write(
        lambda tx: [
            tx.execute(sa.delete(t).where(t.c.seq == noted.size)) for t in (s.journal, s.journal_contents)
        ]
    ).result()
    assert verifying.of_database(world.hub.database).size == noted.size - 1
    for size, root in ((noted.size, noted.root), (noted.size, None), (None, noted.root)):
        with pytest.raises(Failed, match=r"journal\.broken"):
            verifying.of_database(world.hub.database, size, root)


def test_erasing_contents_keeps_the_chain(told):
    """What was told is gone for ever, salt and all; the entries, the chain and earlier heads hold."""
    world, _, _, operator, needs = told
    before = world.ask(operator, "journal.head")
    assert world.ask(operator, "journal.erase", record=needs[0]).entries == 1
    entry = world.ask(operator, "journal.list", record=needs[1]).items[0]
    assert world.ask(operator, "journal.erase", entry=entry.id).entries == 1
    assert world.ask(operator, "journal.list", record=needs[0], action="need.pose").items[0].content is None
    found = verifying.of_database(world.hub.database, before.size, before.root)
    assert (found.erased, found.size) == (2, before.size + 2)
    with world.hub.database.reading() as tx:
        assert not any(b"n0" in row["body"] for row in tx.unguarded(sa.select(s.journal_contents.c.body)))
    for given in ({}, {"entry": "a", "record": "b"}):
        with pytest.raises(Invalid, match=r"journal\.erase_what"):
            world.ask(operator, "journal.erase", **given)
    with pytest.raises(Absent):
        world.ask(operator, "journal.erase", entry="nobody")


def test_proofs_over_a_journal_that_grows(told):
    """Each is judged with nothing but hashes: over more entries than one kept hash stands for."""
    world, _first, _, operator, _ = told
    heads = [world.ask(operator, "journal.head")]
    for many in (250, 3, 300):
        world.hub.database.write(
            lambda tx, many=many: [tx.tell("x", operator, number=k) for k in range(many)]
        ).result()
        heads.append(world.ask(operator, "journal.head"))
    newest = heads[-1]
    assert newest.size == heads[0].size + 553
    for old in heads:
        proof = world.ask(operator, "journal.consistency", old=old.size)
        path = [bytes.fromhex(one) for one in proof.path]
        assert (proof.old_root, proof.root) == (old.root, newest.root)
        assert merkle.consistent(
            old.size, newest.size, bytes.fromhex(old.root), bytes.fromhex(newest.root), path
        )
    entries = world.ask(operator, "journal.list", limit=200).items
    for entry in entries[::23]:
        for head in heads:
            if head.size < entry.seq:
                continue
            proof = world.ask(operator, "journal.prove", id=entry.id, size=head.size)
            path = [bytes.fromhex(one) for one in proof.path]
            leaf = merkle.leaf_hash(proof.leaf.encode())
            assert json.loads(proof.leaf)["id"] == entry.id
            assert merkle.included(leaf, proof.index, head.size, path, bytes.fromhex(head.root))
            others = [bytes.fromhex(one.root) for one in heads if one != head]
            assert not any(merkle.included(leaf, proof.index, head.size, path, root) for root in others)
    for given in ({"size": newest.size + 1}, {"size": entries[0].seq - 1}):
        with pytest.raises(Invalid, match=r"journal\.size"):
            world.ask(operator, "journal.prove", id=entries[0].id, **given)


def test_the_kept_tree_is_verified_too(told):
    """A kept hash that does not follow from the leaves is found."""
    world, _, _, operator, _ = told
    world.hub.database.write(lambda tx: [tx.tell("x", operator) for _ in range(300)]).result()
    assert verifying.of_database(world.hub.database).size > 256
    world.hub.database.write(lambda tx: tx.execute(sa.update(s.journal_tree).values(hash=bytes(32)))).result()
    with pytest.raises(Failed, match=r"journal\.broken"):
        verifying.of_database(world.hub.database)


def test_an_empty_journal(world):
    """Nothing has happened yet: it verifies, and has the root of nothing."""
    head = world.ask(world.person("auditor"), "journal.head")
    assert (head.size, head.root) == (0, merkle.root(0, lambda level, index: b"").hex())
    assert verifying.of_database(world.hub.database, 0, head.root).size == 0
    assert run("need.list", {}, Asker(hub=world.hub)).items == ()
