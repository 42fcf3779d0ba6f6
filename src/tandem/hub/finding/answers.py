"""What the actions on finding give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text with its hits: places of characters, (begin, end); whether text stands before and behind it."""

    text: str
    marks: tuple[tuple[int, int], ...]
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found, with no more of it than anybody may see who sees it at all.

    what          needs, offers or organisations
    title, said   with the places of the hits
    cities        codes: where a need or an organisation is, which cities an offer serves
    organisation  whose it is; None where a need's poser stays anonymous, then `pseudonym` stands for it
    name          of that organisation, where the asker sees it
    due_on        of a need, ISO 8601; budget: its band, as in records/answers.py, in `currency`
    """

    what: str
    id: str
    state: str
    title: Piece
    said: Piece | None
    kind: str | None
    cities: tuple[str, ...]
    sector: str | None
    service_code: str | None
    organisation: str | None
    pseudonym: str | None
    score: float
    name: str | None
    due_on: str | None
    budget: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class FoundRecords:
    """A part of what was found, best first.

    total   how many records there are for the question among those that the asker sees
    facets  what, kind and city -> label -> how many of them
    behind  many records changed just now, and some that the asker sees are not among these yet
    """

    items: tuple[Hit, ...]
    next: str | None
    total: int
    facets: Mapping[str, Mapping[str, int]]
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Titles that go on as what was typed."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LikeNeed:
    """A need that says nearly what a draft says; likeness is the share of what either says that both say, 0..1."""

    id: str
    title: str
    state: str
    likeness: float
    organisation: str | None
    pseudonym: str | None


@dataclass(frozen=True, slots=True)
class LikeNeeds:
    """The needs most like a draft, the likest first; empty where none is near."""

    items: tuple[LikeNeed, ...]


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value that a text leads to, and what of the text it rests on.

    value       as the setting of need.pose of that name takes it: a number for slots and for money (minor units),
                otherwise text (a day as ISO 8601, a city and a service as their codes)
    said        the words of the text, as written; "" where the value rests on no single place
    begin, end  where those words stand: places of characters (code points) in the text given; 0, 0 where none
    """

    value: str | int
    said: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class ReadField:
    """What a text leads to for one field of a need.

    field   title, kind, sector, service_code, city, due_on, budget_min, budget_max, currency, slots or lang
    sure    whether the text says it outright; otherwise somebody should look at it
    others  up to three further values, the likelier first
    """

    field: str
    value: str | int
    said: str
    begin: int
    end: int
    sure: bool
    others: tuple[ReadValue, ...]


@dataclass(frozen=True, slots=True)
class NeedRead:
    """Proposals for the fields of which a text speaks, in the order of a need's form; nothing is posed or kept.

    as_of  the day from which "in two weeks" was counted, ISO 8601
    items  at most one for each field; none where the text says nothing
    """

    as_of: str
    items: tuple[ReadField, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An organisation for a need: reasons as domain/reasons.py has them, their evidence open to whoever asks."""

    rank: int
    org_id: str
    name: str
    offer_id: str | None
    score: float
    probability: float
    reasons: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What one cause kept out: how many organisations and offers, and some of the organisations by id."""

    code: str
    organisations: int
    offers: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """Where one organisation stands for a need, and why.

    rank     among all that could be ranked; None where it is none of them
    reasons  as in Proposal; none where it is not ranked
    out      what keeps it out (`exclusion.<code>`): a constraint, what became of its introduction, or `evidence` where
             nothing that members see speaks for it; None where nothing does
    """

    org_id: str
    name: str
    rank: int | None
    score: float
    reasons: tuple[Mapping[str, Any], ...]
    out: str | None


@dataclass(frozen=True, slots=True)
class NeedMatched:
    """Who may answer a need, best first.

    state       served, weak or none, by the evidence there is
    candidates  how many organisations were ranked; coverage: how much of the need the nearest evidence speaks of, 0..1
    asked       where the organisation stands that was asked about; None where none was
    """

    need_id: str
    state: str
    candidates: int
    coverage: float
    items: tuple[Proposal, ...]
    left_out: tuple[LeftOut, ...]
    asked: Stands | None = None


@dataclass(frozen=True, slots=True)
class FittingNeed:
    """A need that an organisation could answer, with no more of it than others read.

    name            of the organisation that poses it, where that is seen; `pseudonym` where the poser stays anonymous
    rank, score     where the organisation stands on the need's list, and by which reasons; no rank where it names the
                    service that is wanted and its texts say too little of it
    volunteered_at  when it last said that it could help; None where it has not
    may_volunteer   whether whoever asks may say so now for its organisation
    """

    id: str
    title: str
    lang: str | None
    kind: str | None
    city: str | None
    service_code: str | None
    posted_on: str | None
    due_on: str | None
    budget: str | None
    currency: str | None
    organisation: str | None
    name: str | None
    pseudonym: str | None
    rank: int | None
    score: float
    reasons: tuple[Mapping[str, Any], ...]
    volunteered_at: int | None
    may_volunteer: bool


@dataclass(frozen=True, slots=True)
class FitsNot:
    """What keeps the organisation off lists of needs that lie near (`exclusion.<code>`), and of how many."""

    code: str
    needs: int


@dataclass(frozen=True, slots=True)
class VolunteeredNeed:
    """A need for which an organisation has volunteered, and that it has not been invited to."""

    id: str
    title: str
    state: str
    at: int


@dataclass(frozen=True, slots=True)
class NeedsFitting:
    """Needs that fit an organisation, those first on whose lists it stands highest.

    asked    how many of its offers and deliveries were asked with: those that every member reads
    matched  whether posers' matching finds the organisation at all
    out      of needs that lie near: why it stands on no list
    waiting  needs for which it has volunteered and hears nothing yet, the newest first
    left     for how many more needs whoever asks may say now that it could help
    """

    organisation: str
    asked: int
    matched: bool
    items: tuple[FittingNeed, ...]
    out: tuple[FitsNot, ...]
    waiting: tuple[VolunteeredNeed, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A delivery as evidence; likeness: how much of what it or the offer says the other says too, 0..1."""

    id: str
    title: str
    delivered_on: str | None
    rating: float | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Record:
    """Some deliveries: how many, how many rated, the mean rating of three or more, the newest and the oldest day."""

    deliveries: int
    rated: int
    mean: float | None
    newest: str | None
    oldest: str | None


@dataclass(frozen=True, slots=True)
class StatedOffer:
    """An open offer, and the deliveries that speak of the same: `shown` the nearest of them."""

    id: str
    title: str
    kind: str | None
    service_code: str | None
    record: Record
    shown: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organisation states beside its evidence, of what whoever asks may see.

    verified_at    when the operator checked number and name; None where it is not verified
    number         whether the registration number can be right: valid, wrong, other; None where there is none
    others         deliveries that speak of no offer
    newcomer       whether it has no delivery on record; small_history: up to how many it counts as small
    floor          the share of first places in lists that is kept for organisations of small history
    lacking        for its own people and those who see all: what of domain/records.py FINDABLE it has not yet
    """

    id: str
    verified_at: int | None
    number: str | None
    offers: tuple[StatedOffer, ...]
    others: tuple[Evidence, ...]
    record: Record
    newcomer: bool
    small_history: int
    floor: float
    lacking: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that somebody keeps; `asked` holds what was given, seen_at how far its news were told."""

    id: str
    version: int
    name: str
    asked: Mapping[str, str]
    notify: bool
    seen_at: int
    created_at: int


@dataclass(frozen=True, slots=True)
class SavedSearches:
    """All that somebody keeps, the newest first."""

    items: tuple[SavedSearch, ...]


@dataclass(frozen=True, slots=True)
class News:
    """How many saved searches were looked at, and how many notices were written."""

    searches: int
    notices: int
