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


@dataclass(frozen=True, slots=True)
class FoundRecords:
    """A part of what was found, best first.

    total   how many records there are for the question among those that the asker sees
    facets  what, kind and city -> label -> how many of them
    """

    items: tuple[Hit, ...]
    next: str | None
    total: int
    facets: Mapping[str, Mapping[str, int]]


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
class NeedMatched:
    """Who may answer a need, best first.

    state       served, weak or none, by the evidence there is
    candidates  how many organisations were ranked; coverage: how much of the need the nearest evidence speaks of, 0..1
    """

    need_id: str
    state: str
    candidates: int
    coverage: float
    items: tuple[Proposal, ...]
    left_out: tuple[LeftOut, ...]


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
