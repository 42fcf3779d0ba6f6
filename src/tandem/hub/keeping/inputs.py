"""What the actions on keeping the hub take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tandem.base.settings import setting

DATA = Path("tandem-data")
MOST = 20_000  # entries in one part of an export


@dataclass(frozen=True, kw_only=True)
class Place:
    """A hub on this machine.

    url  a PostgreSQL database instead of the directory's own file
    """

    data: Path = setting("path", DATA)
    url: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class BackupInput(Place):
    """A hub, and the folder that its backup becomes."""

    out: Path = setting("path", positional=True)


@dataclass(frozen=True, kw_only=True)
class RestoreInput(Place):
    """A backup, and the empty place that it is restored to."""

    backup: Path = setting("path", positional=True)


@dataclass(frozen=True, kw_only=True)
class VerifyInput(Place):
    """A hub's journal, or a database file or exported parts instead; a head that was noted earlier."""

    files: tuple[str, ...] = setting("texts", ())
    size: int | None = setting("integer", None, minimum=0)
    root: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class JournalQuery:
    """Which entries are listed, the newest first."""

    action: str | None = setting("text", None)
    record: str | None = setting("id", None)
    limit: int = setting("integer", 20, minimum=1, maximum=200)
    after: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class ExportInput:
    """A part of the journal: how many entries, behind which number."""

    first: int = setting("integer", 1, minimum=1)
    limit: int = setting("integer", MOST, minimum=1, maximum=MOST)


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Nothing to say."""


@dataclass(frozen=True, kw_only=True)
class ProofInput:
    """One entry of the journal, by its id; the size of the journal that the proof is for (the newest by default)."""

    id: str = setting("id", positional=True)
    size: int | None = setting("integer", None, minimum=1)


@dataclass(frozen=True, kw_only=True)
class ConsistencyInput:
    """Two sizes of the journal; the second is the newest by default."""

    old: int = setting("integer", minimum=1)
    size: int | None = setting("integer", None, minimum=1)


@dataclass(frozen=True, kw_only=True)
class ErasureInput:
    """The entries whose contents are erased: one entry, or all about one record."""

    entry: str | None = setting("id", None)
    record: str | None = setting("id", None)
