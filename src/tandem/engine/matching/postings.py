"""Which documents hold which terms, and how well they answer a weighted query (BM25).

Arrays only: a Postings value can be built here, saved and mapped back by storage/search, or cut down to the
documents that a need may see. Nothing in it depends on the order in which documents arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
DocArray = npt.NDArray[np.int32]
CountArray = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MOST_COUNTED = 255  # a term counts at most so often in one document; counts are kept in a byte
_BATCH = 20_000  # documents sorted at a time: bounds the memory of a build


@dataclass(frozen=True, slots=True)
class Bm25:
    """How occurrences become scores: tf saturation k1, length normalisation b, power of the idf (1 is textbook)."""

    k1: float
    b: float
    idf_power: float = 1.0


@dataclass(frozen=True)
class Postings:
    """Documents per term in compressed rows: term t stands in docs[indptr[t]:indptr[t+1]], ascending.

    vocabulary  term -> t
    indptr      (terms + 1,) int64
    docs        (entries,) int32, document numbers
    counts      (entries,) uint8, occurrences, at most MOST_COUNTED
    lengths     (documents,) float64, occurrences of all terms in each document; 0 for one that is not there
    """

    vocabulary: Mapping[str, int]
    indptr: IntArray
    docs: DocArray
    counts: CountArray
    lengths: FloatArray

    @property
    def documents(self) -> int:
        """How many documents hold anything at all."""
        return int(np.count_nonzero(self.lengths))


def build(documents: Iterable[Mapping[str, int]]) -> Postings:
    """Postings of documents given as term counts, numbered from 0 in their order.  O(entries log entries)."""
    vocabulary: dict[str, int] = {}
    lengths: list[int] = []
    batches: list[tuple[IntArray, DocArray, CountArray]] = []
    terms: list[int] = []
    sizes: list[int] = []
    counts: list[int] = []
    for document in documents:
        terms.extend([vocabulary.setdefault(term, len(vocabulary)) for term in document])
        counts.extend(document.values())
        sizes.append(len(document))
        lengths.append(sum(document.values()))
        if len(sizes) == _BATCH:
            batches.append(_by_term(terms, sizes, counts, len(lengths) - len(sizes)))
            terms, sizes, counts = [], [], []
    batches.append(_by_term(terms, sizes, counts, len(lengths) - len(sizes)))
    return _joined(vocabulary, batches, np.array(lengths, np.float64))


def _by_term(
    terms: Sequence[int], sizes: Sequence[int], counts: Sequence[int], first: int
) -> tuple[IntArray, DocArray, CountArray]:
    term = np.array(terms, np.int64)
    doc = np.repeat(np.arange(first, first + len(sizes), dtype=np.int32), sizes)
    order = np.argsort(term, kind="stable")
    count = np.minimum(np.array(counts, np.int64), MOST_COUNTED).astype(np.uint8)
    return term[order], doc[order], count[order]


def _joined(
    vocabulary: Mapping[str, int],
    batches: Sequence[tuple[IntArray, DocArray, CountArray]],
    lengths: FloatArray,
) -> Postings:
    """Batches of ascending documents, each sorted by term, laid out term by term."""
    per_term = np.zeros(len(vocabulary), np.int64)
    for term, _, _ in batches:
        per_term += np.bincount(term, minlength=len(vocabulary))
    indptr = np.concatenate([[0], np.cumsum(per_term)]).astype(np.int64)
    docs = np.empty(indptr[-1], np.int32)
    counts = np.empty(indptr[-1], np.uint8)
    free = indptr[:-1].copy()
    for term, doc, count in batches:
        size = np.bincount(term, minlength=len(vocabulary))
        start = np.cumsum(size) - size
        place = free[term] + np.arange(len(term)) - start[term]
        docs[place] = doc
        counts[place] = count
        free += size
    return Postings(vocabulary, indptr, docs, counts, lengths)


def gathered(postings: Postings, terms: Sequence[str]) -> tuple[IntArray, DocArray, CountArray]:
    """All entries of some terms: (position in `terms`, document, count), unknown terms left out."""
    known = [(i, postings.vocabulary[term]) for i, term in enumerate(terms) if term in postings.vocabulary]
    spans = [slice(postings.indptr[t], postings.indptr[t + 1]) for _, t in known]
    if not spans:
        return np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint8)
    position = np.repeat([i for i, _ in known], [span.stop - span.start for span in spans])
    return (
        position.astype(np.int64),
        np.concatenate([postings.docs[span] for span in spans]),
        np.concatenate([postings.counts[span] for span in spans]),
    )


def only(postings: Postings, terms: Sequence[str], keep: BoolArray) -> Postings:
    """The same collection as if only the kept documents had ever been there, for these terms only.

    keep  (documents,) bool
    Scores, document frequencies and mean length are those of the smaller collection.
    """
    position, docs, counts = gathered(postings, terms)
    kept = keep[docs]
    return _laid_out(terms, position[kept], docs[kept], counts[kept], np.where(keep, postings.lengths, 0.0))


def by_group(postings: Postings, terms: Sequence[str] | None, members: Members) -> Postings:
    """Groups of documents (all that one organisation has said and delivered) as documents of their own.

    terms    only these, or all where None (then term by term, so that memory stays bounded)
    members  which groups each document belongs to
    """
    lengths = np.bincount(members.group, postings.lengths[members.doc], minlength=members.groups)
    names = list(postings.vocabulary) if terms is None else list(terms)
    pieces = []
    for first in range(0, len(names), _TERMS_AT_ONCE):
        position, docs, counts = gathered(postings, names[first : first + _TERMS_AT_ONCE])
        entry, group = members.of(docs)
        key, place = np.unique(position[entry] * members.groups + group, return_inverse=True)
        total = np.bincount(place, counts[entry], minlength=len(key))
        summed = np.minimum(total, MOST_COUNTED).astype(np.uint8)
        pieces.append((key // members.groups + first, (key % members.groups).astype(np.int32), summed))
    parts = [np.concatenate(column) for column in zip(*pieces, strict=True)] or [np.zeros(0)] * 3
    return _laid_out(
        names, parts[0].astype(np.int64), parts[1].astype(np.int32), parts[2].astype(np.uint8), lengths
    )


_TERMS_AT_ONCE = 100_000


def _laid_out(
    terms: Sequence[str], position: IntArray, docs: DocArray, counts: CountArray, lengths: FloatArray
) -> Postings:
    """Entries already sorted by position in `terms`."""
    indptr = np.concatenate([[0], np.cumsum(np.bincount(position, minlength=len(terms)))]).astype(np.int64)
    return Postings({term: i for i, term in enumerate(terms)}, indptr, docs, counts, lengths)


@dataclass(frozen=True)
class Members:
    """Which groups each document belongs to: pairs sorted by document.

    doc, group  (pairs,) int64; groups: how many groups there are; indptr (documents + 1,): pairs of each document
    """

    doc: IntArray
    group: IntArray
    groups: int
    indptr: IntArray

    @classmethod
    def from_lists(cls, groups_of: Sequence[Sequence[int]], groups: int) -> Members:
        """From the list of groups of each document."""
        sizes = np.array([len(own) for own in groups_of], np.int64)
        doc = np.repeat(np.arange(len(groups_of)), sizes)
        group = np.array([one for own in groups_of for one in own], np.int64)
        return cls(doc, group, groups, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))

    def of(self, docs: npt.NDArray[np.integer]) -> tuple[IntArray, IntArray]:
        """For an array of documents: (index into that array, group) for every membership."""
        sizes = self.indptr[docs + 1] - self.indptr[docs]
        entry = np.repeat(np.arange(len(docs)), sizes)
        within = np.arange(len(entry)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return entry, self.group[np.repeat(self.indptr[docs], sizes) + within]

    def kept(self, keep: BoolArray) -> Members:
        """The memberships of the kept documents only."""
        stays = keep[self.doc]
        sizes = np.bincount(self.doc[stays], minlength=len(self.indptr) - 1)
        indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return Members(self.doc[stays], self.group[stays], self.groups, indptr)


def idf(postings: Postings, terms: Sequence[str], how: Bm25) -> FloatArray:
    """Weight of each term by rarity: ln(1 + (N - df + 0.5) / (df + 0.5)) ^ idf_power; 0 for an unknown term."""
    numbers = np.array([postings.vocabulary.get(term, -1) for term in terms], np.int64)
    df = np.where(numbers >= 0, postings.indptr[numbers + 1] - postings.indptr[numbers], 0)
    weight = np.log1p((postings.documents - df + 0.5) / (df + 0.5)) ** how.idf_power
    return np.where(df > 0, weight, 0.0)


def norms(postings: Postings, how: Bm25) -> FloatArray:
    """k1 (1 - b + b length / mean length) of each document."""
    mean = postings.lengths.sum() / max(postings.documents, 1)
    return how.k1 * (1 - how.b + how.b * postings.lengths / max(mean, 1e-9))


def score(postings: Postings, query: Mapping[str, float], how: Bm25) -> FloatArray:
    """BM25 of every document for a weighted query:  sum of w idf tf (k1 + 1) / (tf + norm).

    Returns (documents,) float64, 0 where no term is met.  Robertson & Zaragoza 2009, with the idf raised to a power.
    Terms are added in their alphabetical order, so equal collections give equal bits however they were built.
    """
    terms = sorted(query)
    weight = np.array([query[term] for term in terms]) * idf(postings, terms, how)
    position, docs, counts = gathered(postings, terms)
    part = weight[position] * counts * (how.k1 + 1) / (counts + norms(postings, how)[docs])
    return np.bincount(docs, part, minlength=len(postings.lengths))


def contributions(
    postings: Postings, query: Mapping[str, float], how: Bm25, docs: IntArray
) -> tuple[list[str], FloatArray]:
    """What each term adds to the score of some documents: the terms, and (documents, terms) float64."""
    terms = [term for term in sorted(query) if term in postings.vocabulary]
    weight = np.array([query[term] for term in terms]) * idf(postings, terms, how)
    tf = occurrences(postings, terms, docs).astype(np.float64)
    return terms, weight * tf * (how.k1 + 1) / (tf + norms(postings, how)[docs][:, None])


def occurrences(postings: Postings, terms: Sequence[str], docs: IntArray) -> CountArray:
    """How often each term stands in each of some documents: (documents, terms) uint8.

    A binary search in all the terms' rows at once: O(documents x terms x log longest row), no row is read whole.
    """
    numbers = np.array([postings.vocabulary.get(term, -1) for term in terms], np.int64)
    known = np.flatnonzero(numbers >= 0)
    counts = np.zeros((len(docs), len(terms)), np.uint8)
    if len(known) == 0 or len(docs) == 0:
        return counts
    end = np.broadcast_to(postings.indptr[numbers[known] + 1], (len(docs), len(known)))
    low = np.broadcast_to(postings.indptr[numbers[known]], end.shape).copy()
    high = end.copy()
    while (low < high).any():
        middle = (low + high) // 2
        before = (low < high) & (postings.docs[np.minimum(middle, len(postings.docs) - 1)] < docs[:, None])
        high = np.where(before, high, middle)
        low = np.where(before, middle + 1, low)
    place = np.minimum(low, len(postings.docs) - 1)
    found = (low < end) & (postings.docs[place] == docs[:, None])
    counts[:, known] = np.where(found, postings.counts[place], 0)
    return counts
