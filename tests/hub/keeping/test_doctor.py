"""The check-up tells what is good and what is not, in words of both languages, and changes nothing."""

from __future__ import annotations

import importlib.util
import os

import pytest

from tandem.base.words import LANGUAGES, say
from tandem.hub.actions import run
from tandem.hub.installation import open_hub
from tandem.storage.database import migrate
from tandem.storage.database import schema as s


def states(found) -> dict[str, str]:
    return {one.params.get("extra", one.code): one.state for one in found.checks}


def test_a_sound_hub(world, place):
    """Everything is looked at, nothing is bad; every line can be said."""
    found = run("doctor", {"data": world.hub.folder, "url": place})
    assert found.sound
    assert {"version", "schema", "journal", "disk"} <= set(states(found))
    for one in found.checks:
        assert all(say(f"doctor.{one.code}.{one.state}", lang, **one.params) for lang in LANGUAGES)


@pytest.mark.parametrize("trouble", ["absent", "older", "journal"])
def test_what_is_bad_is_told(world, place, tmp_path, trouble, monkeypatch):
    """No hub there, data of another version, a journal that does not hold."""
    data = world.hub.folder
    if trouble == "absent":
        data, place = tmp_path / "nothing", None
    if trouble == "older":
        newer = (*migrate.versions(), "9999")
        monkeypatch.setattr(migrate, "versions", lambda: newer)
    if trouble == "journal":
        world.hub.database.write(lambda tx: tx.insert(s.journal, {
            "seq": 5, "id": "x", "at": 1, "action": "x", "leaf": b"{}", "chain": bytes(32)})).result()  # fmt: skip
    found = run("doctor", {"data": data, "url": place})
    assert not found.sound
    (bad,) = [one for one in found.checks if one.state == "bad"]
    assert (
        bad.params["error"]
        == {"absent": "data.absent", "older": "data.older", "journal": "journal.broken"}[trouble]
    )
    assert all(say("doctor.data.bad", lang, **bad.params) for lang in LANGUAGES)
    assert not (tmp_path / "nothing").exists()


def test_an_extra_that_is_missing_is_told_with_its_command(world, monkeypatch):
    """A warning, because a hub runs without it."""
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "lightgbm" else real(name))
    found = run("doctor", {"data": world.hub.folder})
    assert states(found)["learn"] == "warning"
    assert "tandem-hub[learn]" in next(
        one.params["install"] for one in found.checks if one.params.get("extra") == "learn"
    )


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_a_new_hub_is_its_owners_alone(tmp_path):
    """Folder and database are made private; what others may read is warned of, the folder and the settings."""
    folder = tmp_path / "new"
    hub = open_hub(folder)
    try:
        hub.database.write(lambda tx: tx.insert(s.meta, {"name": "x", "value": "y"})).result()
        modes = {file.name: file.stat().st_mode & 0o777 for file in (folder, *folder.glob("hub.db*"))}
        assert modes == {"new": 0o700, "hub.db": 0o600, "hub.db-wal": 0o600, "hub.db-shm": 0o600}
    finally:
        hub.close()
    (folder / "settings.toml").touch(mode=0o600)

    def access():
        return [one.state for one in run("doctor", {"data": folder}).checks if one.code == "access"]

    assert access() == ["good", "good"]
    folder.chmod(0o755)
    (folder / "settings.toml").chmod(0o644)
    assert access() == ["warning", "warning"]
    for state in ("good", "warning"):
        assert all(say(f"doctor.access.{state}", lang, path="x") for lang in LANGUAGES)
