"""What each action gives: plain records that any interface can show or send as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tandem.base.errors import Finding


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table of the input: rows read = accepted + rejected; the sheet is None outside workbooks."""

    table: str
    file: str
    sheet: str | None
    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read and everything found wrong or worth knowing; `problems` is the annotated copy."""

    tables: tuple[TableRead, ...]
    findings: tuple[Finding, ...]
    problems: Path | None = None

    @property
    def faulty(self) -> bool:
        """Whether a row, or more, was rejected."""
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of `check`."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class Written:
    """The answer of `template`."""

    file: Path


@dataclass(frozen=True, slots=True)
class Proposed:
    """One match as it is shown: reasons as domain/reasons.py has them, as plain values."""

    rank: int
    org_id: str
    name: str
    score: float
    probability: float | None
    reasons: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class NeedShown:
    """A need with the head of its list; state is served, weak or none."""

    need_id: str
    title: str
    state: str
    proposed: tuple[Proposed, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What one hard constraint kept out, summed over needs."""

    code: str
    needs: int
    offers: int


@dataclass(frozen=True, slots=True)
class Matched:
    """The answer of `match` and `demo`.

    states    needs by state of their supply: served, weak, none
    shown     the first needs with the first ranks; the files hold all
    files     what was written, in the order in which a person would open it
    explained what `explain` asked for, else None
    """

    reading: Reading
    as_of: date
    needs: int
    matches: int
    states: Mapping[str, int]
    excluded: tuple[Kept, ...]
    shown: tuple[NeedShown, ...]
    files: tuple[Path, ...]
    explained: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The answer of `evaluate`: figures by name, as engine/matching/evaluate.py describes them."""

    reading: Reading
    figures: Mapping[str, Any]
