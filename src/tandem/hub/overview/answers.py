"""What the actions on the hub as a whole give. Instants are seconds UTC, spans seconds, days ISO 8601 text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that waits for the operator: how many, and since when the oldest does; None where nothing does.

    code  overdue.poser, overdue.invited, overdue.broker: introductions past their time, by whom they wait on (the
          broker where nobody can sign in for that side); organisations: not verified yet; unproposed, unfilled,
          unmatched, past_due: needs, as `overview.needs` lists them; confirmations: of the asker's own account;
          rounds: cleared and not published; jobs: failed within a fortnight; webhooks: stopped
    """

    code: str
    n: int
    since: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The hub in a few numbers; `posed` counts all posed needs, the others as Gap has them."""

    organisations: int
    verified: int
    posed: int
    needs: int
    slots: int
    offers: int
    free: int
    live: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Demand against supply of one kind, service, sector or city; `value` None: not stated.

    needs       posed, not past their day, with an open slot
    slots       of them that nobody is found for: nobody is interested, introduced or agreed
    free        places of open offers that no introduction holds; by city, of organisations there; None where offers say
                nothing of it (sectors)
    missing     slots beyond the free places; None as `free`
    unmatched   needs for which the newest round found weak supply or none
    unproposed  needs that nobody was ever proposed for
    """

    value: str | None
    needs: int
    slots: int
    free: int | None
    missing: int | None
    unmatched: int
    unproposed: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """The widest gaps first; `more` counts the groups that are left out."""

    items: tuple[Gap, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often organisations of one sort are shown, of all.

    sort  all; newcomer: no delivery on record; small: at most three; sized: states a size of micro or small
    organisations  that can supply: with an open offer or a delivery
    proposed, invited, introduced, agreed  introductions of the last days that came so far, by what the organisation was
                   when it was proposed
    """

    sort: str
    organisations: int
    proposed: int
    invited: int
    introduced: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Span:
    """How long one step took where it ended within the last days: quartiles, None where none did.

    step  invited: from a need's posing to its first invitation; introduced, agreed, outcome: from the step before;
          whole: from posing to agreement
    """

    step: str
    n: int
    low: int | None
    median: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Flow:
    """Introductions of the last days from a need's city to an organisation's: all, and how many came how far."""

    origin: str | None
    to: str | None
    proposed: int
    introduced: int
    agreed: int
    outcome: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The hub as a whole, as its operator and its auditor see it.

    round_id   the round that `unmatched` rests on: the newest over all needs, else the newest; and when it was cleared
    flows      the most first, at most 300; cut: whether there are more
    """

    totals: Totals
    attention: tuple[Attention, ...]
    by_kind: Gaps
    by_service: Gaps
    by_sector: Gaps
    by_city: Gaps
    round_id: str | None
    round_at: int | None
    days: int
    exposure: tuple[Exposure, ...]
    times: tuple[Span, ...]
    flows: tuple[Flow, ...]
    flows_cut: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One need and how it stands; `supply` as the newest round found it, None where none did."""

    id: str
    title: str
    lang: str | None
    kind: str | None
    city: str | None
    sector: str | None
    service_code: str | None
    organisation: str | None
    slots: int
    open: int
    proposals: int
    supply: str | None
    due_on: str | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Standings:
    """A part of a list of needs, the newest first."""

    items: tuple[Standing, ...]
    next: str | None
