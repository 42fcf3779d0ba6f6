"""Restore a backup to an empty place: what it holds is checked against its manifest first, and appears whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tandem.base.errors import Absent, Conflict, Failed, Invalid
from tandem.hub.actions import Asker
from tandem.hub.installation import DATABASE
from tandem.hub.keeping import backup, places, verifying
from tandem.hub.keeping.answers import Restored
from tandem.hub.keeping.inputs import RestoreInput
from tandem.hub.regional import packing
from tandem.storage.database import copies, migrate
from tandem.storage.database.open import Database, database
from tandem.storage.staging import staged


def restore(given: RestoreInput, asker: Asker) -> Restored:
    """A hub as it was when the backup was made; a backup of an older version is migrated afterwards.

    Raises  Absent backup.absent; Conflict restore.not_empty; Failed backup.damaged, data.damaged, journal.broken;
            Invalid data.newer
    """
    manifest = _manifest(given.backup)
    if given.data.exists() and (not given.data.is_dir() or any(given.data.iterdir())):
        raise Conflict("restore.not_empty", place=str(given.data))
    with staged(given.data, private=True) as folder:
        for name, told in manifest["files"].items():
            file = shutil.copy(given.backup / name, folder / name)
            if backup.digest(Path(file)) != told["sha256"]:
                raise Failed("backup.damaged", file=name)
        copy = folder / DATABASE
        copies.sound(copy)
        found = verifying.of_file(copy)
        if {"size": found.size, "chain": found.chain, "root": found.root} != manifest["journal"]:
            raise Failed("backup.damaged", file=places.MANIFEST)
        with _target(copy, given.url) as held:
            rows = copies.rows(held)
        if given.url is not None:
            copy.unlink()
        packing.unpack(folder)
    return Restored(given.data, migrate.versions()[-1], rows, found.size, found.root)


@contextmanager
def _target(copy: Path, url: str | None) -> Iterator[Database]:
    """The restored database: the copy itself, or the one of a URL with all that the copy holds."""
    own = database(copy)
    try:
        migrate.upgrade(own.engine)
        if url is None:
            yield own
            with own.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
    finally:
        own.close()
    served = database(url)
    try:
        migrate.prepare(served.engine)
        copies.poured(copy, served)
        yield served
    finally:
        served.close()


def _manifest(folder: Path) -> Mapping[str, Any]:
    """What the backup says of itself. Raises Absent backup.absent, Failed backup.damaged, Invalid data.newer"""
    file = folder / places.MANIFEST
    if not file.is_file():
        raise Absent("backup.absent", path=str(folder))
    try:
        told: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
        held, files = str(told["schema"]), dict(told["files"])
        known = told["format"] == backup.FORMAT and DATABASE in files and told["journal"]["root"]
        if not known or any(Path(name).name != name or not (folder / name).is_file() for name in files):
            raise Failed("backup.damaged", file=places.MANIFEST)
    except (ValueError, KeyError, TypeError) as error:
        raise Failed("backup.damaged", file=places.MANIFEST) from error
    if held not in migrate.versions():
        raise Invalid("data.newer", held=held, needed=migrate.versions()[-1])
    return told
