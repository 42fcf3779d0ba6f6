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

    headline  what the result comes to, as one sentence in each language
    rows      of each table that took part
    states    needs by state of their supply: served, weak, none
    shown     the first needs with the first ranks; the files hold all
    files     what was written, in the order in which a person would open it
    exposure  whom the first places show, as engine/matching/expose.py describes it
    dense     how many documents had vectors, of how many, and whether they were used; None where none were asked for
    clearing  what clearing the lists jointly came to, as engine/assignment/matches.py describes it; None without it
    """

    reading: Reading
    as_of: date
    headline: Mapping[str, str]
    rows: Mapping[str, int]
    matches: int
    states: Mapping[str, int]
    excluded: tuple[Kept, ...]
    shown: tuple[NeedShown, ...]
    files: tuple[Path, ...]
    exposure: Mapping[str, Any]
    dense: Mapping[str, Any] | None
    clearing: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organisation stands for one need; `excluded` is what keeps it out when it has no rank."""

    org_id: str
    name: str
    rank: int | None
    score: float
    reasons: tuple[Mapping[str, Any], ...]
    excluded: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer of `match` when it is asked to explain.

    standings    of the organisations asked for, the better one first
    differences  reason code -> what the first draws from it minus what the second does; empty for one
    files        what was written beside the explanation
    clearing     what clearing decided for the need and for each organisation: {"code", "params"}; empty without it
    """

    reading: Reading
    as_of: date
    need_id: str
    title: str
    candidates: int
    standings: tuple[Standing, ...]
    differences: Mapping[str, float]
    files: tuple[Path, ...] = ()
    clearing: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Cleared:
    """The answer of `clear`.

    rows         of needs, offers and edges; slots, capacity: wanted and offered places
    certificate  value, bound, gap, wanted and reason, as engine/clearing/certificate.py describes them
    served       needs with an offer; pairs: accepted
    plans        value, pairs and served of other ways of assigning, by name; empty where the market is too large
    rules        what became of each rule, in their order: {"code", "params", ...}
    checked      what the independent checker found in the files; None where it was not asked
    """

    rows: Mapping[str, int]
    certificate: Mapping[str, Any]
    served: int
    pairs: int
    plans: Mapping[str, Mapping[str, int]]
    rules: tuple[Mapping[str, Any], ...]
    checked: Mapping[str, Any] | None
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two rows that are probably one, with their names and why: {"code", "params"}."""

    one: str
    one_name: str
    other: str
    other_name: str
    score: float
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The answer of `duplicates`; `suggested` merges stand in a file for a person to look through."""

    reading: Reading
    organisations: tuple[Alike, ...]
    needs: tuple[Alike, ...]
    suggested: int
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """The answer of `learn`.

    kept         whether the learned order is better than the untrained one beyond chance, and is therefore used;
                 the probabilities are learned in either case
    plot         a picture of `reliability`, beside the file
    data         what it was made from; quality: what it reached, as engine/matching/learn.py describes them
    reliability  rows of predicted against observed success: bin, low, high, matches, predicted, observed
    """

    reading: Reading
    file: Path
    plot: Path
    kept: bool
    data: Mapping[str, Any]
    quality: Mapping[str, Any]
    reliability: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The answer of `evaluate`: figures by name, as engine/matching/evaluate.py describes them."""

    reading: Reading
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An agent asked for what binds its member: nothing is done until the member says so, by this id."""

    confirmation_id: str
    action: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Download:
    """A file as an answer: the name that it is suggested to have, its media type, its bytes."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """An action that has nothing to tell but that it is done; `id` names what it was done to."""

    id: str | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """The answer of `serve`: a data directory that is ready, and what its server is told.

    code  what the first operator's account is made with; None where the hub has an operator
    """

    folder: Path
    url: str | None
    host: str
    port: int
    proxy: bool
    code: str | None


@dataclass(frozen=True, slots=True)
class Attended:
    """The answer of `mcp`: a data directory that agents can be attended to from."""

    folder: Path
    url: str | None
