"""What the actions on keeping the hub answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup: its folder, how large it is, and where the journal stood (root in hexadecimal)."""

    folder: Path
    bytes: int
    schema: str
    journal_size: int
    journal_root: str


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored hub, with how many rows its tables hold."""

    data: Path
    schema: str
    rows: Mapping[str, int]
    journal_size: int
    journal_root: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The version of the data before (None: there was none) and after."""

    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """One thing that was looked at; words stand under `doctor.<code>.<state>`.

    state  good, warning or bad
    """

    code: str
    state: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Examined:
    """All that was looked at; `sound` where nothing is bad."""

    sound: bool
    checks: tuple[Checkup, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one may ask: so many at once, so many a minute in the long run; 0 a minute: no limit."""

    kind: str
    burst: int
    per_minute: int


@dataclass(frozen=True, slots=True)
class Health:
    """How a running hub is, as far as looking costs nothing; `doctor` looks closer. And the limits that hold."""

    sound: bool
    checks: tuple[Checkup, ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A journal that holds together: size, chain and Merkle root (hexadecimal), and how many contents are erased."""

    size: int
    chain: str
    root: str
    erased: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the organisation sees it whose record it tells of; `own` where one's own account acted."""

    id: str
    at: int
    action: str
    kind: str | None
    record: str | None
    own: bool


@dataclass(frozen=True, slots=True)
class FullEntry:
    """An entry as operator and auditor see it; `content` is None where it was erased."""

    seq: int
    id: str
    at: int
    action: str
    account: str | None
    kind: str | None
    record: str | None
    org: str | None
    content: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Entries:
    """A part of the journal, the newest entry first; `next` asks for the part after it."""

    items: tuple[Entry | FullEntry, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where the journal stands: how many entries, Merkle root and chain in hexadecimal."""

    size: int
    root: str
    chain: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in the journal of that size and root (RFC 6962): its place from 0, its leaf, the path."""

    index: int
    size: int
    root: str
    leaf: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the journal of the larger size begins with that of the smaller (RFC 6962)."""

    old: int
    old_root: str
    size: int
    root: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """How many contents were erased."""

    entries: int
