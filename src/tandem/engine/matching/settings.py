"""What the matching engine can be told, and the values that were measured to work (docs/decisions/0003)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tandem.engine.matching.ranker import Ranker
from tandem.engine.search.postings import Bm25

HARD_CONSTRAINTS = ("kind", "service", "city", "dates", "capacity")


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Frozen parameters of one matching run.

    top              organisations listed for a need
    explained        ranks whose reasons cite single deliveries; later ranks carry the totals only
    as_of            the day as which history is read; None: the newest posted_on of the needs
    constraints      the hard constraints that exclude, of HARD_CONSTRAINTS
    deliveries       BM25 of single deliveries and offers; profiles: BM25 of all an organisation has said and done
    query_power      a term that occurs n times in a need counts n ** query_power
    window           how many of the nearest deliveries vote
    vote_power       a vote is ((score - lowest) / (highest - lowest)) ** vote_power
    decay            a vote loses the factor exp(-decay) for each year of the delivery's age
    undated_age      years that a delivery without a date is taken to be old
    stated           weight of an offer's vote against that of a delivery made today
    rating_slope     a delivery rated r votes 1 + rating_slope * (r - rating_neutral) times
    meaning          weight of nearness in meaning against that of words, where there are vectors
    meaning_within   whether it also speaks within one language; measured to help across languages only
    ranker           a learned ranker that puts the candidates into its own order; None: untrained
    exposure_floor   share of the first 10 places of all lists that goes to organisations of small history; 0: off
    small_history    deliveries up to which a history is small
    weak_below       a need whose nearest evidence covers less of its subject than this is called weakly supplied
    """

    top: int = 10
    explained: int = 10
    as_of: date | None = None
    constraints: tuple[str, ...] = HARD_CONSTRAINTS
    deliveries: Bm25 = Bm25(k1=0.8, b=0.5, idf_power=1.5)
    profiles: Bm25 = Bm25(k1=0.6, b=0.4, idf_power=1.5)
    query_power: float = 0.3
    window: int = 500
    vote_power: float = 3.0
    decay: float = 0.1
    undated_age: float = 5.0
    stated: float = 0.7
    rating_slope: float = 1.0
    rating_neutral: float = 0.75
    meaning: float = 0.5
    meaning_within: bool = False
    ranker: Ranker | None = None
    exposure_floor: float = 0.05
    small_history: int = 3
    weak_below: float = 0.15
