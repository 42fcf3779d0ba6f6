"""Back up a hub while it runs: one consistent copy of its records, with a manifest that says what must be in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from tandem import __version__
from tandem.base.errors import Conflict
from tandem.hub.actions import Asker
from tandem.hub.installation import DATABASE
from tandem.hub.keeping import places, verifying
from tandem.hub.keeping.answers import BackedUp, Verified
from tandem.hub.keeping.inputs import BackupInput
from tandem.hub.regional import packing
from tandem.storage.database import copies, migrate
from tandem.storage.staging import staged

FORMAT = 1


def backup(given: BackupInput, asker: Asker) -> BackedUp:
    """A new folder with the records (SQLite, also of a PostgreSQL hub), the settings, the register and manifest.json.

    Raises  Conflict backup.exists; Absent data.absent; Failed journal.broken, out.write; Invalid register.damaged
    """
    if given.out.exists() and (not given.out.is_dir() or any(given.out.iterdir())):
        raise Conflict("backup.exists", path=str(given.out))
    with places.opened(given) as held, staged(given.out, private=True) as folder:
        copy = folder / DATABASE
        copies.copied(held, copy)
        copies.sound(copy)
        told = verifying.of_file(copy)
        settings = given.data / places.SETTINGS
        if settings.is_file():
            shutil.copy(settings, folder / places.SETTINGS)
        packing.pack(given.data, held, folder)
        manifest = _manifest(folder, told)
        (folder / places.MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
        size = sum(file["bytes"] for file in manifest["files"].values())
    return BackedUp(given.out, size, migrate.versions()[-1], told.size, told.root)


def _manifest(folder: Path, told: Verified) -> dict[str, Any]:
    files = {
        file.name: {"bytes": file.stat().st_size, "sha256": digest(file)} for file in sorted(folder.iterdir())
    }
    return {
        "format": FORMAT,
        "tandem": __version__,
        "schema": migrate.versions()[-1],
        "files": files,
        "journal": {"size": told.size, "chain": told.chain, "root": told.root},
    }


def digest(file: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
