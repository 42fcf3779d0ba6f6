"""A hub: one installation with its data directory, open for as long as actions run on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Protocol, TypeVar

from tandem.base import clock as clocks
from tandem.base import ids as id_makers
from tandem.base.clock import Clock
from tandem.base.ids import Ids
from tandem.storage.database import migrate
from tandem.storage.database.open import Database, database

DATABASE = "hub.db"


class Part(Protocol):
    """Something that lasts as long as a hub is open."""

    def __init__(self, hub: Hub) -> None: ...

    def close(self) -> None:
        """Ends it; called once."""


P = TypeVar("P", bound=Part)


@dataclass
class Hub:
    """An open hub.

    folder    the data directory: the database unless that is elsewhere, the search index, what jobs leave
    database  where the records are
    """

    folder: Path
    database: Database
    clock: Clock = field(default=clocks.system)
    _parts: dict[type, Part] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def part(self, kind: type[P]) -> P:
        """The one of its kind that this hub has, made when first asked for: the search index, the runner of jobs."""
        with self._lock:
            if kind not in self._parts:
                self._parts[kind] = kind(self)
            found: P = self._parts[kind]  # type: ignore[assignment]
            return found

    def close(self) -> None:
        """Finishes what runs, and closes everything, the newest part first."""
        while self._parts:
            self._parts.popitem()[1].close()
        self.database.close()


def open_hub(
    folder: Path, url: str | None = None, *, clock: Clock = clocks.system, ids: Ids = id_makers.chance
) -> Hub:
    """Opens the hub of a data directory, made where there is none.

    url     a PostgreSQL database instead of the directory's own file
    Raises  Invalid data.newer where newer code has written it, data.older where `tandem migrate` must run first
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if url is None:
        (folder / DATABASE).touch(mode=0o600)  # what SQLite lays beside it gets the same mode
    held = database(url or folder / DATABASE, clock, ids)
    migrate.prepare(held.engine)
    return Hub(folder, held, clock)
