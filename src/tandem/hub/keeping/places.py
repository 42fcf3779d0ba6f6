"""A hub's data directory as those who keep it see it: its database opened as it stands, and what lies beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tandem.base.errors import Absent
from tandem.hub.installation import DATABASE
from tandem.hub.keeping.inputs import Place
from tandem.storage.database import migrate
from tandem.storage.database.open import Database, database

MANIFEST = "manifest.json"
SETTINGS = "settings.toml"  # beside the database, what nothing else can make again: this and the register


@contextmanager
def opened(given: Place, *, current: bool = True) -> Iterator[Database]:
    """The database of a hub that is there; `current` sees that its version is the one of this code.

    Raises  Absent data.absent, Invalid data.newer, data.older, data.foreign; Unavailable storage.lost
    """
    if given.url is None and not (given.data / DATABASE).is_file():
        raise Absent("data.absent", path=str(given.data))
    held = database(given.url or given.data / DATABASE)
    try:
        if current:
            with migrate.looking(held.engine) as connection:
                if not migrate.judged(connection):
                    raise Absent("data.absent", path=str(given.data))
        yield held
    finally:
        held.close()


def file(given: Place) -> Path:
    """The hub's own database file."""
    return given.data / DATABASE
