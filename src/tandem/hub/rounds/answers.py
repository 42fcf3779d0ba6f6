"""What the actions on rounds and jobs give. Values and prices are in points, as engine/assignment/value.py has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """One job; `done` of `total` in the step under way (a code).

    error   {"code", "params", "findings"} of one that failed, or of the last attempt of one that waits again
    result  what it came to, by its kind
    """

    id: str
    version: int
    kind: str
    state: str
    step: str | None
    done: int
    total: int
    attempts: int
    error: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """A part of a list of jobs."""

    items: tuple[Job, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Worked:
    """How many jobs were done."""

    jobs: int


@dataclass(frozen=True, slots=True)
class RoundTotals:
    """What a round came to.

    rows      needs, offers, organisations and deliveries that took part; matches: listed pairs
    states    needs by their supply: served, weak, none
    pairs     assigned, of `slots` open ones; served: needs with at least one
    value     of the assigned pairs; bound: what no assignment exceeds; gap: the share in between
    """

    rows: Mapping[str, int]
    states: Mapping[str, int]
    matches: int
    slots: int
    pairs: int
    served: int
    value: int
    bound: int
    gap: float


@dataclass(frozen=True, slots=True)
class Round:
    """One line of a list of rounds; `totals` once it is cleared.

    moves  the actions that whoever asks may move it by now
    """

    id: str
    version: int
    state: str
    title: str
    job_id: str | None
    totals: RoundTotals | None
    created_at: int
    changed_at: int
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rounds:
    """A part of a list of rounds."""

    items: tuple[Round, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RuleRead:
    """One rule as its text was understood.

    bound   min_units, max_units, min_share, max_share or max_cost; `limit` in pairs, as a share, or in minor units
    column  of which table (offers, needs; pairs: across cities) and which of its values make the group
    """

    name: str
    bound: str
    limit: float
    table: str
    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundChecked:
    """What a round would take, before anything is planned.

    needs      how many are posed and not past their day; those whose slots are all taken are among them
    forbidden, required  pairs that the rules name
    """

    needs: int
    rules: tuple[RuleRead, ...]
    forbidden: int
    required: int


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round with everything that clearing says of it.

    asked     what it was planned with
    job       how far it is
    exposure  whom the first places of all lists show, as engine/matching/expose.py has it, with shares
    clearing  joint, greedy and first come, gain, proof, sensitivity: as `tandem match` gives it
    rules     what became of each rule and its price
    excluded  what kept organisations out: code, needs, offers
    places    offers that more needs want than they have room for: organisation and offer by id and name, capacity,
              wanted, taken, price of a place; worth: the same by kind and by city: side, name, offers, capacity,
              wanted, taken, mean and highest price
    moves     as in Round
    """

    id: str
    version: int
    state: str
    title: str
    asked: Mapping[str, Any]
    job: Job | None
    as_of: str | None
    totals: RoundTotals | None
    exposure: Mapping[str, Any] | None
    clearing: Mapping[str, Any] | None
    rules: tuple[Mapping[str, Any], ...]
    excluded: tuple[Mapping[str, Any], ...]
    places: tuple[Mapping[str, Any], ...]
    worth: tuple[Mapping[str, Any], ...]
    created_at: int
    changed_at: int
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What a round decided for one need: told as codes and figures, what it got, and what it missed and why."""

    need_id: str
    title: str
    supply: str
    code: str
    slots: int
    got: int
    listed: int
    candidates: int
    told: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One pair of a round's lists; `told` says why it was assigned or not."""

    need_id: str
    title: str
    rank: int
    org_id: str
    organisation: str
    offer_id: str | None
    score: float
    probability: float | None
    value: int
    price: int | None
    assigned: bool
    reasons: tuple[Mapping[str, Any], ...]
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Assignments:
    """A part of a round's lists, by need and rank; `need` where one need was asked for."""

    items: tuple[Assignment, ...]
    next: str | None
    need: Decided | None


@dataclass(frozen=True, slots=True)
class Published:
    """A published round, and how many introductions it led to."""

    id: str
    version: int
    state: str
    introductions: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A need to which two rounds assign differently: organisations by id; an empty side got none."""

    need_id: str
    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two rounds beside each other.

    kept        pairs that both assign; gone, come: only the first, only the other
    needs_only  needs that took part in the first alone, in the other alone
    items       a part of the needs to which they assign differently
    """

    before: Round
    after: Round
    kept: int
    gone: int
    come: int
    needs_only: tuple[int, int]
    items: tuple[Changed, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One thing that clearing lets somebody learn; words under `disclosure.<code>`.

    party  who learns it: poser or provider; at: the actions that show it; band: how coarsely it shows
    """

    code: str
    party: str
    at: tuple[str, ...]
    band: str


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Everything that clearing discloses of what it takes into account."""

    items: tuple[Disclosure, ...]
