"""Which documents hold which terms, and how well they answer a weighted query (BM25).

Arrays only: a Postings value can be built here, saved and mapped back by storage/search, or cut down to the
documents that a need may see. Nothing in it depends on the order in which documents arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tandem.engine.search import layout, scan
from tandem.engine.search.layout import CountArray, DocArray
from tandem.engine.search.tokens import PARTS, Tokens
from tandem.engine.search.vocabulary import numbers

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MOST_COUNTED = layout.MOST_COUNTED
_SHORT = 500  # entries of a term that are read in the time of one look-up


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

    @cached_property
    def documents(self) -> int:
        """How many documents hold anything at all."""
        return int(np.count_nonzero(self.lengths))

    @cached_property
    def mean_length(self) -> float:
        """Mean length of the documents that hold anything."""
        return float(self.lengths.sum()) / max(self.documents, 1)

    @cached_property
    def _normed(self) -> dict[Bm25, FloatArray]:
        return {}


def build(tokens: Tokens, least: int = 1) -> Postings:
    """Postings of the words and the pairs of neighbours of documents, numbered as they stand; the title counts twice.

    least  pairs in fewer documents are left out; lengths count them all the same
    O(tokens log tokens), and the memory of the result plus that of one batch.
    """
    laid = layout.lay_out(tokens, least)
    sizes = np.diff(tokens.starts)
    occurrences = (sizes + np.maximum(sizes - 1, 0)).reshape(-1, PARTS)
    lengths = (occurrences @ np.array(layout.WEIGHTS)).astype(np.float64)
    return Postings(laid.vocabulary, laid.indptr, laid.docs, laid.counts, lengths)


def _spans(postings: Postings, terms: Sequence[str]) -> list[tuple[int, slice]]:
    """Where the entries of each known term stand: (position in `terms`, slice)."""
    number = numbers(postings.vocabulary, terms)
    known = np.flatnonzero(number >= 0)
    begin, end = postings.indptr[number[known]].tolist(), postings.indptr[number[known] + 1].tolist()
    return [(i, slice(a, b)) for i, a, b in zip(known.tolist(), begin, end, strict=True)]


def only(postings: Postings, terms: Sequence[str], keep: BoolArray) -> Postings:
    """The same collection as if only the kept documents had ever been there, for these terms only.

    keep  (documents,) bool
    Scores, document frequencies and mean length are those of the smaller collection.
    """
    pieces, sizes = [], np.zeros(len(terms), np.int64)
    for position, span in _spans(postings, terms):
        kept = keep[postings.docs[span]]
        pieces.append((postings.docs[span][kept], postings.counts[span][kept]))
        sizes[position] = len(pieces[-1][0])
    docs, counts = _together(pieces)
    lengths = np.where(keep, postings.lengths, 0.0)
    return Postings({term: i for i, term in enumerate(terms)}, _indptr(sizes), docs, counts, lengths)


def by_group(postings: Postings, terms: Sequence[str] | None, members: Members) -> Postings:
    """Groups of documents (all that one organisation has said and delivered) as documents of their own.

    terms    only these, or all where None (then a range of terms at a time, so that memory stays bounded)
    members  which groups each document belongs to
    """
    if terms is None and members.each_its_own:
        return postings
    number = np.arange(len(postings.indptr) - 1) if terms is None else numbers(postings.vocabulary, terms)
    sizes = np.zeros(len(number), np.int64)
    begin, size = _rows(postings, number)
    docs, counts = _room(postings, terms, size, members)
    filled = 0
    for first, last in layout.chunks(size):
        cell, total = _summed(*_of_rows(postings, begin[first:last], size[first:last]), members)
        sizes[first:last] = np.bincount(cell // members.groups, minlength=last - first)
        place = slice(filled, filled + len(cell))
        docs[place], counts[place] = cell % members.groups, total
        filled = place.stop
    docs, counts = docs[:filled], counts[:filled]
    names = postings.vocabulary if terms is None else {term: i for i, term in enumerate(terms)}
    lengths = np.bincount(members.group, postings.lengths[members.doc], minlength=members.groups)
    return Postings(names, _indptr(sizes), docs, counts, lengths.astype(np.float64))


def _room(
    postings: Postings, terms: Sequence[str] | None, size: IntArray, members: Members
) -> tuple[DocArray, CountArray]:
    """Empty arrays that hold all entries of groups; memory that is not filled is never taken from the system."""
    of_each = np.diff(members.indptr)
    room = int(size.sum()) * int(of_each.max(initial=0))
    if terms is None and room > len(postings.docs):
        pieces = range(0, len(postings.docs), layout.BATCH)
        room = sum(int(of_each[postings.docs[first : first + layout.BATCH]].sum()) for first in pieces)
    return np.empty(room, np.int32), np.empty(room, np.uint8)


def _rows(postings: Postings, number: IntArray) -> tuple[IntArray, IntArray]:
    """Where the entries of terms begin and how many there are, by the terms' numbers (-1: none)."""
    begin = np.where(number >= 0, postings.indptr[number], 0)
    return begin, np.where(number >= 0, postings.indptr[number + 1], 0) - begin


def _of_rows(postings: Postings, begin: IntArray, size: IntArray) -> tuple[IntArray, DocArray, CountArray]:
    """All entries of some rows: (position among them, document, count)."""
    ends = np.cumsum(size)
    place = np.repeat(begin - (ends - size), size) + np.arange(int(size.sum()))
    return np.repeat(np.arange(len(size)), size), postings.docs[place], postings.counts[place]


def _summed(
    position: IntArray, docs: DocArray, counts: CountArray, members: Members
) -> tuple[IntArray, CountArray]:
    """Occurrences per (term, group): cells position x groups + group, ascending, and their counts."""
    entry, group = members.of(docs)
    cell = position[entry] * members.groups + group
    order = np.argsort(cell)
    cell, count = cell[order], counts[entry][order].astype(np.int64)
    begin = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]])[: len(cell)])
    total = np.add.reduceat(count, begin) if len(begin) else count
    return cell[begin], np.minimum(total, MOST_COUNTED).astype(np.uint8)


def _together(pieces: Sequence[tuple[DocArray, CountArray]]) -> tuple[DocArray, CountArray]:
    if not pieces:
        return np.zeros(0, np.int32), np.zeros(0, np.uint8)
    return np.concatenate([docs for docs, _ in pieces]), np.concatenate([counts for _, counts in pieces])


def _indptr(sizes: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


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

    @cached_property
    def each_its_own(self) -> bool:
        """Whether every document is the only one of its only group, in the same order."""
        alone = self.groups == len(self.group) == len(self.indptr) - 1
        return alone and bool((self.doc == self.group).all() and (self.doc == np.arange(self.groups)).all())

    @cached_property
    def cover_all(self) -> bool:
        """Whether every document belongs to some group."""
        return bool((self.indptr[1:] > self.indptr[:-1]).all())

    def of(self, docs: npt.NDArray[np.integer]) -> tuple[IntArray, IntArray]:
        """For an array of documents: (index into that array, group) for every membership."""
        begin = self.indptr[docs]
        sizes = self.indptr[docs + 1] - begin
        ends = np.cumsum(sizes)
        entry = np.repeat(np.arange(len(docs)), sizes)
        return entry, self.group[np.repeat(begin - (ends - sizes), sizes) + np.arange(len(entry))]

    def kept(self, keep: BoolArray) -> Members:
        """The memberships of the kept documents only."""
        stays = keep[self.doc]
        sizes = np.bincount(self.doc[stays], minlength=len(self.indptr) - 1)
        indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return Members(self.doc[stays], self.group[stays], self.groups, indptr)


def idf(postings: Postings, terms: Sequence[str], how: Bm25) -> FloatArray:
    """Weight of each term by rarity: ln(1 + (N - df + 0.5) / (df + 0.5)) ^ idf_power; 0 for an unknown term."""
    return _rarity(postings, numbers(postings.vocabulary, terms), how)


def _rarity(postings: Postings, number: IntArray, how: Bm25) -> FloatArray:
    df = np.where(number >= 0, postings.indptr[number + 1] - postings.indptr[number], 0)
    weight = np.log1p((postings.documents - df + 0.5) / (df + 0.5)) ** how.idf_power
    return np.where(df > 0, weight, 0.0)


def norms(postings: Postings, how: Bm25) -> FloatArray:
    """k1 (1 - b + b length / mean length) of each document."""
    known = postings._normed
    if how not in known:
        known[how] = how.k1 * (1 - how.b + how.b * postings.lengths / max(postings.mean_length, 1e-9))
    return known[how]


def score(postings: Postings, query: Mapping[str, float], how: Bm25) -> FloatArray:
    """BM25 of every document for a weighted query:  sum of w idf tf (k1 + 1) / (tf + norm).

    Returns (documents,) float64, 0 where no term is met.  Robertson & Zaragoza 2009, with the idf raised to a power.
    Terms are added in their alphabetical order, so equal collections give equal bits however they were built.
    """
    terms = sorted(query)
    number = numbers(postings.vocabulary, terms)
    known = number >= 0
    weight = np.array([query[term] for term in terms])[known] * _rarity(postings, number[known], how)
    begin, end = postings.indptr[number[known]], postings.indptr[number[known] + 1]
    add_up = scan.chosen(len(postings.docs))
    return add_up(begin, end, weight * (how.k1 + 1), postings.docs, postings.counts, norms(postings, how))


def contributions(
    postings: Postings, query: Mapping[str, float], how: Bm25, docs: IntArray
) -> tuple[list[str], FloatArray]:
    """What each term adds to the score of some documents: the terms, and (documents, terms) float64."""
    asked = sorted(query)
    known = numbers(postings.vocabulary, asked) >= 0
    terms = [term for term, there in zip(asked, known.tolist(), strict=True) if there]
    weight = np.array([query[term] for term in terms]) * idf(postings, terms, how)
    tf = occurrences(postings, terms, docs).astype(np.float64)
    return terms, weight * tf * (how.k1 + 1) / (tf + norms(postings, how)[docs][:, None])


def occurrences(postings: Postings, terms: Sequence[str], docs: IntArray) -> CountArray:
    """How often each term stands in each of some documents: (documents, terms) uint8.

    Where rows are short they are read whole: O(their entries). Else a binary search in each term's row:
    O(documents x terms x log longest row).
    """
    spans = _spans(postings, terms)
    counts = np.zeros((len(docs), len(terms)), np.uint8)
    if not spans or len(docs) == 0 or len(postings.docs) == 0:
        return counts
    entries = sum(span.stop - span.start for _, span in spans)
    if max(entries, len(postings.lengths)) <= _SHORT * len(spans) and len(np.unique(docs)) == len(docs):
        _read_whole(postings, spans, docs, counts)
    else:
        _look_up(postings, spans, docs, counts)
    return counts


def _read_whole(
    postings: Postings, spans: Sequence[tuple[int, slice]], docs: IntArray, counts: CountArray
) -> None:
    """Fills in the counts of the wanted documents among all entries of the terms."""
    place = np.full(len(postings.lengths), -1, np.int64)
    place[docs] = np.arange(len(docs))
    at = place[np.concatenate([postings.docs[span] for _, span in spans])]
    met = np.flatnonzero(at >= 0)
    column = np.repeat([i for i, _ in spans], [span.stop - span.start for _, span in spans])[met]
    counts[at[met], column] = np.concatenate([postings.counts[span] for _, span in spans])[met]


def _look_up(
    postings: Postings, spans: Sequence[tuple[int, slice]], docs: IntArray, counts: CountArray
) -> None:
    """The same by a binary search for each of them."""
    wanted = docs.astype(np.int32)  # of the rows' own type: else every row would be converted
    end = np.array([span.stop for _, span in spans])[:, None]
    place = np.array([span.start + postings.docs[span].searchsorted(wanted) for _, span in spans])
    there = np.minimum(place, len(postings.docs) - 1)
    found = (place < end) & (postings.docs[there] == wanted)
    counts[:, [i for i, _ in spans]] = np.where(found, postings.counts[there], 0).T
