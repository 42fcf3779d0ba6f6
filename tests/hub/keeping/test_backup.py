"""Backup and restore: consistent while written to, whole or not at all, to either kind of database."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading

import pytest
from tests import postgres

from tandem.base.errors import Absent, Conflict, Failed, Invalid, TandemError
from tandem.hub.actions import Asker, run
from tandem.hub.installation import open_hub


@pytest.fixture
def backed_up(world, place, tmp_path):
    """A hub with some needs, and its backup."""
    member = world.person("member", world.organisation("甲"))
    for number in range(12):
        world.ask(
            member, "need.pose", title=f"需求 {number}", visibility="confidential", anonymous=number % 2 == 0
        )
    (world.hub.folder / "settings.toml").write_text("[limits]\nread = [1, 2]\n", "utf-8")
    told = run("backup", {"data": world.hub.folder, "url": place, "out": tmp_path / "backup"})
    return world, member, told


def titles(hub, member) -> list[tuple]:
    needs = run("need.list", {"limit": 200}, Asker(member, hub=hub)).items
    return sorted((need.title, need.id, need.anonymous, need.version, need.pseudonym) for need in needs)


def test_a_restored_hub_is_the_one_that_was_backed_up(backed_up, tmp_path):
    """Rows, settings, journal head; and it goes on: the next entry follows the last."""
    world, member, told = backed_up
    back = run("restore", {"backup": told.folder, "data": tmp_path / "new"})
    assert (back.journal_size, back.journal_root) == (told.journal_size, told.journal_root)
    assert back.rows["needs"] == 12
    assert (tmp_path / "new" / "settings.toml").read_text("utf-8").startswith("[limits]")
    assert (told.folder / "hub.db").stat().st_mode & 0o077 == 0
    hub = open_hub(tmp_path / "new")
    assert titles(hub, member) == titles(world.hub, member)
    run("need.pose", {"title": "weiter"}, Asker(member, hub=hub))
    hub.close()
    assert run("journal.verify", {"data": tmp_path / "new"}).size == told.journal_size + 1


def modes(folder) -> dict[str, int]:
    """What others than the owner may do, of a folder and of everything in it."""
    return {path.name: path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))}


def test_backup_and_restored_hub_are_their_owners_alone(backed_up, tmp_path):
    """Whatever the usual mode of new files is, and though the backup came by way of a disk that knows no modes."""
    _, _, told = backed_up
    assert set(modes(told.folder).values()) == {0}
    assert len(modes(told.folder)) == 4
    for path in (told.folder, *told.folder.iterdir()):
        path.chmod(0o777)
    run("restore", {"backup": told.folder, "data": tmp_path / "new"})
    assert set(modes(tmp_path / "new").values()) == {0}
    open_hub(tmp_path / "new").close()
    assert set(modes(tmp_path / "new").values()) == {0}
    (tmp_path / "there").mkdir(mode=0o750)
    run("restore", {"backup": told.folder, "data": tmp_path / "there"})
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o750  # as whoever made it wants it
    assert {mode for name, mode in modes(tmp_path / "there").items() if name != "there"} == {0}


def test_from_one_kind_of_database_to_the_other(backed_up, tmp_path):
    """A backup of either kind restores to an empty PostgreSQL database, and from there to a file again."""
    world, member, told = backed_up
    postgres.server()
    url = postgres.cleared(postgres.bare())
    run("restore", {"backup": told.folder, "data": tmp_path / "served", "url": url})
    again = run("backup", {"data": tmp_path / "served", "url": url, "out": tmp_path / "second"})
    assert (again.journal_size, again.journal_root) == (told.journal_size, told.journal_root)
    hub = open_hub(tmp_path / "served", url)
    assert titles(hub, member) == titles(world.hub, member)
    hub.close()
    with pytest.raises(Conflict, match=r"restore\.not_empty"):
        run("restore", {"backup": told.folder, "data": tmp_path / "third", "url": url})
    assert not (tmp_path / "third").exists()


def test_a_backup_while_others_write_is_one_state(world, place, tmp_path):
    """Every need in the copy has its entry and its kept answer, whatever was written meanwhile."""
    member = world.person("member", world.organisation("甲"))
    stop = threading.Event()

    def press(number):
        k = 0
        while not stop.is_set():
            run("need.pose", {"title": f"{number}-{k}"}, Asker(member, hub=world.hub, key=f"{number}-{k}"))
            k += 1

    threads = [threading.Thread(target=press, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            run("backup", {"data": world.hub.folder, "url": place, "out": tmp_path / f"b{number}"})
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    sizes = []
    for number in range(3):
        with sqlite3.connect(tmp_path / f"b{number}" / "hub.db") as copy:
            counts = {copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                      for name in ("needs", "kept_answers", "journal")}  # fmt: skip
        copy.close()
        assert len(counts) == 1
        sizes.append(counts.pop())
    assert sizes == sorted(sizes)


def test_nothing_is_written_over(backed_up, tmp_path):
    """A folder with something in it is no place for a backup, nor for a restored hub."""
    world, _, told = backed_up
    with pytest.raises(Conflict, match=r"backup\.exists"):
        run("backup", {"data": told.folder, "out": told.folder})
    before = sorted(world.hub.folder.iterdir())
    with pytest.raises(Conflict, match=r"restore\.not_empty"):
        run("restore", {"backup": told.folder, "data": world.hub.folder})
    assert sorted(world.hub.folder.iterdir()) == before
    with pytest.raises(Absent, match=r"backup\.absent"):
        run("restore", {"backup": world.hub.folder, "data": tmp_path / "new"})
    with pytest.raises(Absent, match=r"data\.absent"):
        run("backup", {"data": tmp_path / "nothing", "out": tmp_path / "b"})
    assert not (tmp_path / "nothing").exists()
    assert not (tmp_path / "b").exists()


def test_a_damaged_backup_restores_nothing(backed_up, tmp_path):
    """One byte of the database, a changed settings file, a manifest of another journal, of newer data, of no form."""
    _, _, told = backed_up
    manifest = json.loads((told.folder / "manifest.json").read_text("utf-8"))

    def attempt(code, change):
        broken = tmp_path / "broken"
        shutil.copytree(told.folder, broken)
        change(broken)
        with pytest.raises(TandemError) as refused:
            run("restore", {"backup": broken, "data": tmp_path / "new"})
        assert refused.value.code == code
        assert not (tmp_path / "new").exists()
        shutil.rmtree(broken)

    def flip(folder):
        content = bytearray((folder / "hub.db").read_bytes())
        content[len(content) // 2] ^= 1
        (folder / "hub.db").write_bytes(content)

    def say(**more):
        return lambda folder: (folder / "manifest.json").write_text(json.dumps({**manifest, **more}), "utf-8")

    attempt("backup.damaged", flip)
    attempt("backup.damaged", lambda folder: (folder / "settings.toml").write_text("other", "utf-8"))
    attempt("backup.damaged", lambda folder: (folder / "settings.toml").unlink())
    attempt("backup.damaged", say(journal={**manifest["journal"], "root": "00" * 32}))
    attempt("backup.damaged", lambda folder: (folder / "manifest.json").write_text("{", "utf-8"))
    attempt("backup.damaged", say(files={**manifest["files"], "../hub.db": manifest["files"]["hub.db"]}))
    attempt("data.newer", say(schema="9999"))
    assert issubclass(Failed, TandemError)
    assert issubclass(Invalid, TandemError)
