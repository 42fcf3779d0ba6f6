"""From views to a ranked list: languages weighed against each other, shares added, ties broken by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tandem.engine.matching.corpus import Visible
from tandem.engine.matching.query import Query
from tandem.engine.matching.views import View, window
from tandem.engine.search.postings import FloatArray, IntArray

_NEAREST = 10  # documents whose coverage speaks for a view


@dataclass(frozen=True)
class Ranked:
    """Organisations best first, and what each view gave them.

    organisations  (n,) organisation numbers; scores (n,) 0..1
    evidence       (views,) what one unit of a vote adds to a score; profile: what one unit of BM25 adds
    coverage       the largest share of the need's subject that one of the nearest documents speaks of
    candidates     organisations with any score at all
    every          (organisations,) the scores of all, listed or not
    """

    organisations: IntArray
    scores: FloatArray
    evidence: FloatArray
    profile: FloatArray
    coverage: float
    candidates: int
    every: FloatArray


def rank(seen: Visible, queries: Sequence[Query], found: Sequence[View], top: int) -> Ranked:
    """The `top` best organisations over all views.

    A translated view counts in proportion to how well it covers the need, compared with the need's own words:
    shares of the largest say nothing about whether the largest is any good.
    """
    covered = np.array([_covered(seen, asked, view) for asked, view in zip(queries, found, strict=True)])
    trust = np.where(np.arange(len(found)) == 0, 1.0, covered / max(covered.max(initial=0.0), 1e-9))
    if covered.size and covered[0] == 0.0:
        trust[0] = 0.0
    trust = trust / max(trust.sum(), 1e-9) / 2
    highest = [(view.evidence.max(initial=0.0), view.profile.max(initial=0.0)) for view in found]
    evidence, profile = (
        np.array([t / h[side] if h[side] > 0 else 0.0 for t, h in zip(trust, highest, strict=True)])
        for side in (0, 1)
    )
    scores = sum(
        (e * view.evidence + p * view.profile for e, p, view in zip(evidence, profile, found, strict=True)),
        np.zeros(seen.members.groups),
    )
    best = window(np.round(scores, 9), top)
    candidates = int(np.count_nonzero(scores > 0))
    return Ranked(best, scores[best], evidence, profile, float(covered.max(initial=0.0)), candidates, scores)


def order(scores: FloatArray, organisations: IntArray) -> IntArray:
    """These organisations, best first, ties by number."""
    return organisations[np.lexsort((organisations, -np.round(scores[organisations], 9)))]


def places(scores: FloatArray, organisations: IntArray) -> IntArray:
    """The place of each of these organisations among all; only those that stand before one of them are sorted."""
    if len(organisations) == 0:
        return np.zeros(0, np.int64)
    rounded = np.round(scores, 9)
    before = order(scores, np.flatnonzero(rounded >= rounded[organisations].min()))
    place = np.zeros(len(scores), np.int64)
    place[before] = np.arange(1, len(before) + 1)
    return place[organisations]


def _covered(seen: Visible, asked: Query, view: View) -> float:
    nearest = view.documents[:_NEAREST]
    return float(asked.coverage(seen.documents, nearest).max(initial=0.0))
