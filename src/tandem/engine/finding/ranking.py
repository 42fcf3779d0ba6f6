"""Documents for a question, best first (BM25), with statistics of public documents alone.

    score(d) = sum over words w of idf(w) tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length))

How many documents hold a word, and how long documents are, is counted over the public documents that stand; what only
some may see is scored by the same figures and moves none of them. So what an outsider gets is a function of public
records, however many others there are, in whatever order they came and however segments were joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tandem.domain.records import SEARCHED
from tandem.engine.finding import audience, question
from tandem.engine.finding.audience import Audience
from tandem.engine.finding.documents import Bools, Ids, Ints, Segment
from tandem.engine.finding.question import Slot

Floats = npt.NDArray[np.float64]
K1, B = 0.8, 0.5
_ALL = 2  # words of a question up to which a hit meets all
_MOST_MISSING = 0.4  # share of the words that it may lack where there are more


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must be: `what` of SEARCHED; labels by field; changed within [since, until)."""

    what: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found."""

    id: str
    what: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, whether there are more, how many in all, and how many of each label by facet."""

    hits: tuple[Hit, ...]
    more: bool
    total: int
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Statistics:
    """Of public documents: how many there are, their mean length, and how many hold a word."""

    documents: int
    mean: float
    holding: Callable[[str], int]

    def rarity(self, held: float) -> float:
        """The idf of a word that so many documents hold."""
        return float(np.log1p((self.documents - held + 0.5) / (held + 0.5)))


def statistics(shelf: Sequence[Segment]) -> Statistics:
    """The figures that every score goes by."""
    public = [one for one in shelf if one.public]
    n = sum(one.standing for one in public)
    mean = sum(one.length for one in public) / n if n else 1.0
    return Statistics(n, mean, lambda word: sum(_held(one, word) for one in public))


def _held(one: Segment, word: str) -> int:
    """How many living documents of a segment hold a word."""
    span = _span(one, word)
    if one.standing == one.documents:
        return int(span.stop - span.start)
    return int(np.count_nonzero(one.alive[one.docs[span]]))


def _span(one: Segment, word: str) -> slice:
    number = one.number.get(word)
    return slice(0, 0) if number is None else slice(int(one.indptr[number]), int(one.indptr[number + 1]))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question with the weight of each of its words, as (word, weight) by slot."""

    slots: tuple[tuple[tuple[str, float], ...], ...]
    mean: float
    least: int  # slots that a hit meets


def weighed(slots: Sequence[Slot], known: Statistics, *, loose: bool = False) -> Weighed:
    """The weights of a question; `loose`: one word in common is enough for a hit."""
    found = []
    for slot in slots:
        words = [(slot.own, known.rarity(known.holding(slot.own)))]
        if slot.other:
            held = sum(share * known.holding(word) for word, share in slot.other.items())
            rarity = known.rarity(held)
            words += [(word, rarity * question.weight(share)) for word, share in sorted(slot.other.items())]
        found.append(tuple(words))
    n = len(slots)
    least = 1 if loose or not n else n if n <= _ALL else n - int(n * _MOST_MISSING)
    return Weighed(tuple(found), known.mean, least)


def scored(one: Segment, asked: Weighed) -> tuple[Floats, Bools]:
    """(documents,) scores and whether each is a hit by its words, whoever may see it."""
    total, met = np.zeros(one.documents), np.zeros(one.documents, np.int16)
    for slot in asked.slots:
        meets = np.zeros(one.documents, np.bool_)
        for word, weight in slot:
            span = _span(one, word)
            docs, count = one.docs[span], one.counts[span].astype(np.float64)
            if len(docs):
                norm = K1 * (1 - B + B * one.lengths[docs] / asked.mean)
                total[docs] += count / (count + norm) * (weight * (K1 + 1))
                meets[docs] = True
        met += meets
    return total, met >= asked.least


def admitted(one: Segment, filters: Filters) -> Bools:
    """(documents,) which documents are what is asked for."""
    kept = np.ones(one.documents, np.bool_)
    if filters.what is not None:
        kept &= one.what == SEARCHED.index(filters.what)
    for name, label in filters.labels.items():
        kept &= one.labels[name].having(label, one.documents)
    if filters.since is not None:
        kept &= one.changed >= filters.since
    if filters.until is not None:
        kept &= one.changed < filters.until
    return kept


FACETS = ("kind", "city")


def find(
    shelf: Sequence[Segment],
    slots: Sequence[Slot] | None,
    who: Audience,
    filters: Filters,
    *,
    limit: int,
    after: tuple[float, str] | None = None,
    loose: bool = False,
) -> Found:
    """The hits for a question, best first, equal ones by id.

    slots  None: everything that the filters admit, the newest first
    after  score and id of the last hit of the part before
    """
    asked = None if slots is None else weighed(slots, statistics(shelf), loose=loose)
    total, facets, found = 0, _no_facets(), []
    for one in readable(shelf, who):
        scores, hit = (one.created.astype(np.float64), one.alive) if asked is None else scored(one, asked)
        hit = hit & audience.seen(one, who) & admitted(one, filters)
        total += int(np.count_nonzero(hit))
        _count(facets, one, hit)
        rows = np.flatnonzero(hit if after is None else hit & _behind(one, scores, after))
        rows = rows[best(scores[rows], one.ids[rows], limit + 1)]
        found += [
            (float(scores[row]), one.ids[row].decode(), SEARCHED[one.what[row]]) for row in rows.tolist()
        ]
    found.sort(key=lambda one: (-one[0], one[1]))
    hits = tuple(Hit(id_, what, score) for score, id_, what in found[:limit])
    ordered = {name: dict(sorted(counts.items())) for name, counts in facets.items()}  # not as segments lie
    return Found(hits, len(found) > limit, total, ordered)


def readable(shelf: Sequence[Segment], who: Audience) -> list[Segment]:
    """The segments that hold anything for the asker: to an outsider the others do not even take time."""
    return [one for one in shelf if one.public or not who.outside]


def _behind(one: Segment, scores: Floats, after: tuple[float, str]) -> Bools:
    score, id_ = after
    return np.asarray((scores < score) | ((scores == score) & (one.ids > id_.encode())), np.bool_)


def best(scores: Floats, ids: Ids, n: int) -> Ints:
    """The places of the n best, equal ones by id."""
    places = np.arange(len(scores))
    if len(scores) > n:
        worst = np.partition(scores, len(scores) - n)[len(scores) - n]
        places = np.flatnonzero(scores >= worst)
    return places[np.lexsort((ids[places], -scores[places]))][:n]


def _no_facets() -> dict[str, dict[str, int]]:
    return {"what": {}, **{name: {} for name in FACETS}}


def _count(facets: dict[str, dict[str, int]], one: Segment, hit: Bools) -> None:
    """Adds what the asker sees, and nothing else."""
    n = np.bincount(one.what[hit], minlength=len(SEARCHED))
    own = {SEARCHED[i]: int(n[i]) for i in np.flatnonzero(n).tolist()}
    for name, counts in (("what", own), *((name, one.labels[name].counted(hit)) for name in FACETS)):
        for label, m in counts.items():
            facets[name][label] = facets[name].get(label, 0) + m
