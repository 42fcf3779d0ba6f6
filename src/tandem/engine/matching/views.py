"""Two views of an organisation: its single deliveries and offers, which vote for it, and its whole profile.

    evidence(o) = sum over its documents d among the nearest `window` of vote(d)
    vote(d)     = ((s_d - s_min) / (s_max - s_min)) ^ vote_power x age x rating x stated
    profile(o)  = BM25 of everything it has said and delivered
    score(o)    = (evidence(o) / max evidence + profile(o) / max profile) / 2

Votes are convex in the score, so that one very near delivery outweighs many distant ones; the profile keeps
organisations in reach whose experience is spread over many deliveries, and those that have only one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tandem.engine.matching.corpus import Corpus, Visible
from tandem.engine.matching.query import Query
from tandem.engine.matching.settings import MatchSettings
from tandem.engine.search.postings import BoolArray, FloatArray, IntArray, Members

_YEAR = 365.25
_RUN = 16  # scores in a part of which only the best is looked at first


@dataclass(frozen=True)
class View:
    """How near the supply side is to one query, organisation by organisation.

    documents  (votes,) the documents that voted, nearest first (ties: by number); vote: what each says
    evidence   (organisations,) sum of votes; profile: (organisations,) BM25 of profiles
    nearest    (documents,) BM25 of every document, before any constraint
    """

    documents: IntArray
    vote: FloatArray
    evidence: FloatArray
    profile: FloatArray
    nearest: FloatArray


def look(
    corpus: Corpus,
    seen: Visible,
    asked: Query,
    eligible: BoolArray,
    votes: BoolArray | None,
    day: int,
    settings: MatchSettings,
) -> View:
    """Both views of every eligible organisation for one query.

    eligible  (organisations,) bool; votes: of these, as `voting` gives it
    day       the day of the need, days since 1970: ages are counted from it
    """
    nearest = asked.nearness(seen.documents, settings.deliveries)
    if not nearest.any():  # a need whose own language nobody writes
        nothing = np.zeros(len(eligible))
        return View(np.zeros(0, np.int64), np.zeros(0), nothing, nothing, nearest)
    documents = window(nearest if votes is None else np.where(votes, nearest, 0.0), settings.window)
    vote = _closeness(nearest[documents], settings) * standing(corpus, documents, day, settings)
    entry, group = seen.members.of(documents)
    evidence = np.bincount(group, vote[entry], minlength=len(eligible))
    profile = nearest  # where every organisation has one document and both are measured alike
    if seen.profiles is not seen.documents or asked.measure(settings.profiles) != asked.measure(
        settings.deliveries
    ):
        profile = asked.nearness(seen.profiles, settings.profiles)
    return View(documents, vote, np.where(eligible, evidence, 0.0), np.where(eligible, profile, 0.0), nearest)


def voting(members: Members, eligible: BoolArray) -> BoolArray | None:
    """(documents,) bool, those that vote: documents of nobody eligible do not. None where all do."""
    if eligible.all() and members.cover_all:
        return None
    votes = np.zeros(len(members.indptr) - 1, np.bool_)
    votes[members.doc[eligible[members.group]]] = True
    return votes


def window(scores: FloatArray, size: int) -> IntArray:
    """The numbers of the best positive scores, best first, ties by number."""
    positive = np.flatnonzero((scores >= _floor(scores, size)) & (scores > 0))
    if len(positive) > size:
        # everything that ties with the last place comes along, so that the cut does not depend on the sort
        last = np.partition(scores[positive], len(positive) - size)[len(positive) - size]
        positive = positive[scores[positive] >= last]
    return positive[np.lexsort((positive, -scores[positive]))][:size]


def _floor(scores: FloatArray, size: int) -> float:
    """A value that at least `size` scores reach: the size-th best of the maxima of equal parts of them."""
    parts = len(scores) // _RUN
    if parts < 4 * size:
        return 0.0
    highest = scores[: parts * _RUN].reshape(_RUN, parts).max(axis=0)
    return float(np.partition(highest, parts - size)[parts - size])


def _closeness(scores: FloatArray, settings: MatchSettings) -> FloatArray:
    """((s - s_min) / (s_max - s_min)) ^ vote_power; with a window not yet full the lowest is no document: 0."""
    if len(scores) == 0:
        return scores
    lowest = scores[-1] if len(scores) == settings.window else 0.0
    spread = scores[0] - lowest
    if spread <= 0:
        return np.ones_like(scores)
    return np.asarray(((scores - lowest) / spread) ** settings.vote_power)


def standing(corpus: Corpus, documents: IntArray, day: int, settings: MatchSettings) -> FloatArray:
    """What a document's age, rating and nature make of its vote."""
    years = np.where(corpus.dated[documents], (day - corpus.day[documents]) / _YEAR, settings.undated_age)
    rating = corpus.rating[documents]
    rated = np.where(np.isnan(rating), 1.0, 1 + settings.rating_slope * (rating - settings.rating_neutral))
    delivered = documents < corpus.deliveries
    return np.where(delivered, np.exp(-settings.decay * np.maximum(years, 0.0)) * rated, settings.stated)


def share(values: FloatArray) -> FloatArray:
    """Values as shares of the largest; all 0 where nothing is positive."""
    highest = values.max(initial=0.0)
    return values / highest if highest > 0 else np.zeros_like(values)
