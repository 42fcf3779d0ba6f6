"""What a ranker may know about a need and an organisation: one function, used in training and in serving.

Everything is read from the Case of one need, which holds nothing of the need's own day or later. Shares are of the
largest among the candidates of the same need, so that a feature means the same in any year and for any corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tandem.engine.matching import views
from tandem.engine.matching.explain import Case, chosen_offer
from tandem.engine.matching.views import share
from tandem.engine.search.postings import FloatArray
from tandem.engine.search.tokens import IntArray

DEPTH = 100  # organisations taken from each list
_YEAR = 365.25
_FADING = 0.7  # what a delivery counts for in recent activity, for each year of its age
_SOFTENED = 10  # reciprocal ranks are 1 / (10 + rank)
_LONG_AGO = 50.0  # years since a delivery that never was or has no date

# Each feature with the group of reasons that its part of a score is told under.
GROUPS: dict[str, str] = {
    "score": "evidence",  # untrained score, share of the best
    "score_rank": "evidence",  # 1 / (10 + rank) by it
    "evidence": "evidence",  # sum of votes over all languages, share
    "evidence_rank": "evidence",
    "evidence_other": "evidence",  # the part of it that was found in the other language
    "evidence_density": "evidence",  # evidence / sqrt(history), share
    "votes": "evidence",  # log(1 + documents that voted)
    "votes_density": "evidence",  # documents that voted / sqrt(history)
    "flat_votes": "evidence",  # votes to the first power, without age, share
    "best_vote": "evidence",  # its best single vote, share
    "nearest": "evidence",  # its nearest document's BM25, share
    "nearest_three": "evidence",  # mean over its three nearest, share
    "vote_age": "evidence",  # mean age in years of its documents that voted, weighted by vote
    "coverage": "evidence",  # how much of the need's subject its best document speaks of, 0..1
    "coverage_gap": "evidence",  # how much less that is than the best candidate's
    "profile": "profile",  # BM25 of its profile, share
    "profile_rank": "profile",
    "profile_other": "profile",
    "history": "record",  # log(1 + deliveries)
    "history_share": "record",
    "recent": "record",  # sum over deliveries of 0.7 ^ years, share
    "recent_density": "record",  # that / history
    "since_last": "record",  # years since the last delivery
    "rating": "record",  # mean rating of its deliveries; unknown: NaN
    "newcomer": "learned",  # 1 without any delivery
    "offer": "learned",  # 1 where a stated offer meets every constraint, 0 for an implied offer
    "kind_met": "learned",  # 1 met, 0 unknown
    "city_met": "learned",
    "same_city": "learned",  # 1 or 0; unknown: NaN
    "small": "learned",  # 1 for a size of micro or small, 0 for a larger one; unknown: NaN
    "need_length": "learned",  # log(1 + different terms of the need)
    "need_covered": "learned",  # how much of the need's subject the best evidence of anybody covers
    "candidates": "learned",  # log(1 + organisations with any score)
}
FEATURES: tuple[str, ...] = tuple(GROUPS)
GROUP_NAMES: tuple[str, ...] = tuple(dict.fromkeys(GROUPS.values()))


@dataclass(frozen=True)
class Candidates:
    """Who is looked at again for one need, by organisation number, and what is known of each.

    organisations  (n,) ascending
    values         (n, len(FEATURES)) float64; NaN where unknown
    """

    organisations: IntArray
    values: FloatArray

    def column(self, name: str) -> FloatArray:
        """One feature of all candidates."""
        return np.asarray(self.values[:, FEATURES.index(name)])


def features(case: Case) -> Candidates:
    """The candidates of a need and their features; O(memberships + candidates x words)."""
    chosen = _candidates(case)
    columns = {
        **_places(case, chosen),
        **_votes(case, chosen),
        **_records(case, chosen),
        **_terms(case, chosen),
    }
    columns["evidence_density"] = share(columns["evidence"] / np.sqrt(1 + np.expm1(columns["history"])))
    columns["votes_density"] = np.expm1(columns["votes"]) / np.sqrt(1 + np.expm1(columns["history"]))
    values = [np.broadcast_to(np.asarray(columns[name], np.float64), chosen.shape) for name in FEATURES]
    return Candidates(chosen, np.column_stack(values))


def history(case: Case) -> IntArray:
    """(organisations,) deliveries of each before the need's day."""
    members = case.seen.members
    if members is case.supply.members:
        return case.supply.history
    delivered = members.group[members.doc < case.supply.deliveries]
    return np.bincount(delivered, minlength=members.groups).astype(np.int64)


def evidence(case: Case) -> FloatArray:
    """(organisations,) what the votes of all views add to each score, untrained."""
    parts = [unit * view.evidence for unit, view in zip(case.ranked.evidence, case.found, strict=True)]
    return np.asarray(np.sum(parts, axis=0))


def best_coverage(case: Case, organisations: IntArray) -> FloatArray:
    """How much of the need the document with the best vote of each of these organisations speaks of, 0..1."""
    return _coverage(case, _Voters.of(case, organisations), len(organisations))


def _candidates(case: Case) -> IntArray:
    """The union of the best DEPTH (or as many as are to be listed) by score and by each side of each view."""
    depth = max(DEPTH, case.settings.top)
    lists = [case.ranked.every]
    for view in case.found:
        lists += [view.evidence, view.profile]
    return np.unique(np.concatenate([views.window(np.round(values, 9), depth) for values in lists]))


def _reciprocal(values: FloatArray) -> FloatArray:
    """1 / (10 + rank), rank from 1, equal values on the same rank."""
    order = np.sort(-np.round(values, 9))
    return np.asarray(1 / (_SOFTENED + 1 + np.searchsorted(order, -np.round(values, 9))))


def _places(case: Case, chosen: IntArray) -> dict[str, FloatArray]:
    """Scores, evidence and profiles as shares and ranks."""
    sides = {"evidence": case.ranked.evidence, "profile": case.ranked.profile}
    columns = {
        "score": share(case.ranked.every[chosen]),
        "score_rank": _reciprocal(case.ranked.every[chosen]),
    }
    for side, units in sides.items():
        parts = [unit * getattr(view, side)[chosen] for unit, view in zip(units, case.found, strict=True)]
        total = np.sum(parts, axis=0)
        columns[side] = share(total)
        columns[f"{side}_rank"] = _reciprocal(total)
        highest = max(float(total.max(initial=0.0)), 1e-12)
        columns[f"{side}_other"] = np.sum(parts[1:], axis=0) / highest + np.zeros(len(chosen))
    return columns


@dataclass(frozen=True)
class _Voters:
    """The documents that voted for candidates, in all views: candidate position, document, vote and nearness.

    vote     in parts of the score; flat: share of the nearest document, less the window's lowest; near: share
    """

    place: IntArray
    document: IntArray
    vote: FloatArray
    flat: FloatArray
    near: FloatArray

    @classmethod
    def of(cls, case: Case, chosen: IntArray) -> _Voters:
        position = np.full(case.seen.members.groups, -1, np.int64)
        position[chosen] = np.arange(len(chosen))
        pieces = []
        for unit, view in zip(case.ranked.evidence, case.found, strict=True):
            entry, group = case.seen.members.of(view.documents)
            stays = position[group] >= 0
            entry, place = entry[stays], position[group][stays]
            near = share(view.nearest[view.documents])
            flat = near - near.min(initial=1.0)
            pieces.append((place, view.documents[entry], unit * view.vote[entry], flat[entry], near[entry]))
        joined = [np.concatenate(column) for column in zip(*pieces, strict=True)]
        return cls(*joined)


def _votes(case: Case, chosen: IntArray) -> dict[str, FloatArray]:
    """What single documents say for each candidate."""
    voters, n = _Voters.of(case, chosen), len(chosen)
    count = np.bincount(voters.place, minlength=n)
    total = np.bincount(voters.place, voters.vote, minlength=n)
    flat = np.bincount(voters.place, voters.flat, minlength=n).astype(np.float64)
    best = _highest(voters.place, voters.vote, n)
    ages = np.bincount(voters.place, voters.vote * _years(case, voters.document), minlength=n)
    nearest, three = _nearest_three(voters, n)
    coverage = _coverage(case, voters, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        age = np.where(total > 0, ages / total, np.nan)
    return {
        "votes": np.log1p(count),
        "flat_votes": share(flat),
        "best_vote": share(best),
        "nearest": nearest,
        "nearest_three": three,
        "vote_age": age,
        "coverage": coverage,
        "coverage_gap": coverage.max(initial=0.0) - coverage,
    }


def _highest(place: IntArray, values: FloatArray, n: int) -> FloatArray:
    best = np.zeros(n)
    np.maximum.at(best, place, values)
    return best


def _years(case: Case, documents: IntArray) -> FloatArray:
    """Age of documents on the need's day; the settings' where no day is known, as in voting."""
    known = case.supply.dated[documents]
    years = (case.wanted.from_day - case.supply.day[documents]) / _YEAR
    return np.where(known, np.maximum(years, 0.0), case.settings.undated_age)


def _nearest_three(voters: _Voters, n: int) -> tuple[FloatArray, FloatArray]:
    order = np.lexsort((-voters.near, voters.place))
    place, near = voters.place[order], voters.near[order]
    start = np.searchsorted(place, np.arange(n))
    within = np.arange(len(place)) - start[place]
    three = np.bincount(place[within < 3], near[within < 3], minlength=n) / 3
    return _highest(place, near, n), three


def _coverage(case: Case, voters: _Voters, n: int) -> FloatArray:
    """How much of the need the document with the best vote of each candidate speaks of, in the better language."""
    order = np.lexsort((voters.document, -np.round(voters.vote, 12), voters.place))
    place, first = np.unique(voters.place[order], return_index=True)
    best, of_best = np.unique(voters.document[order][first], return_inverse=True)
    covered = [asked.coverage(case.seen.documents, best) for asked in case.queries]
    found = np.zeros(n)
    found[place] = np.max(covered, axis=0)[of_best]
    return found


def _records(case: Case, chosen: IntArray) -> dict[str, FloatArray]:
    """How much, how recently and how well each candidate has delivered before the need's day."""
    members, supply = case.seen.members, case.supply
    position = np.full(members.groups, -1, np.int64)
    position[chosen] = np.arange(len(chosen))
    own = (position[members.group] >= 0) & (members.doc < supply.deliveries)
    place, documents = position[members.group[own]], members.doc[own]
    n = len(chosen)
    years = _years(case, documents)
    count = np.bincount(place, minlength=n)
    recent = np.bincount(place, _FADING**years, minlength=n).astype(np.float64)
    dated = supply.dated[documents]
    since = np.full(n, _LONG_AGO)
    np.minimum.at(since, place[dated], years[dated])
    rated = ~np.isnan(supply.rating[documents])
    ratings = np.bincount(place[rated], supply.rating[documents][rated], minlength=n)
    with np.errstate(invalid="ignore"):
        rating = ratings / np.bincount(place[rated], minlength=n)
    return {
        "history": np.log1p(count),
        "history_share": share(count.astype(np.float64)),
        "recent": share(recent),
        "recent_density": recent / np.maximum(count, 1),
        "since_last": since,
        "rating": rating,
        "newcomer": (count == 0).astype(np.float64),
    }


def _terms(case: Case, chosen: IntArray) -> dict[str, FloatArray]:
    """What is known of each candidate's offers, place and size, and of the need itself."""
    terms, supply, wanted = case.terms, case.supply, case.wanted
    offers = [chosen_offer(case, org) if terms.has_offer[org] else None for org in chosen.tolist()]
    cities = [supply.cities[org] for org in chosen.tolist()]
    return {
        "offer": _flags([offer is not None for offer in offers]),
        "kind_met": _flags(
            [wanted.kind is not None and o is not None and terms.kind[o] >= 0 for o in offers]
        ),
        "city_met": _flags(
            [wanted.city is not None and o is not None and not terms.everywhere[o] for o in offers]
        ),
        "same_city": np.array([_same(wanted.city, city) for city in cities], np.float64),
        "small": supply.small[chosen],
        "need_length": np.array(np.log1p(len(case.queries[0].terms()))),
        "need_covered": np.array(case.ranked.coverage),
        "candidates": np.array(np.log1p(case.ranked.candidates)),
    }


def _flags(values: Sequence[object]) -> FloatArray:
    return np.array([bool(value) for value in values], np.float64)


def _same(wanted: str | None, own: str | None) -> float:
    return float("nan") if wanted is None or own is None else float(wanted == own)
