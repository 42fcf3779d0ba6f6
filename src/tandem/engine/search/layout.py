"""How postings are laid out: counted batch by batch, so that memory stays near that of the result.

A first pass finds the terms and how many documents hold each, which fixes every term's place; a second pass puts the
entries there. A batch is bounded by its entries, never by its terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tandem.engine.search import vocabulary
from tandem.engine.search.tokens import PARTS, IntArray, Tokens, WordArray, places
from tandem.engine.search.vocabulary import Vocabulary

DocArray = npt.NDArray[np.int32]
CountArray = npt.NDArray[np.uint8]
MOST_COUNTED = 255  # a term counts at most so often in one document; counts are kept in a byte
BATCH = 2_000_000  # tokens or entries worked on at a time
WEIGHTS = (2, 1)  # how often the title and the text count


@dataclass(frozen=True)
class Laid:
    """Entries term by term, ascending by document: see postings.Postings."""

    vocabulary: Vocabulary
    indptr: IntArray
    docs: DocArray
    counts: CountArray


@dataclass(frozen=True)
class _Entries:
    """Entries of one batch, ascending by term and document; key: a word's number or a pair's key."""

    key: IntArray
    doc: DocArray
    count: CountArray

    def runs(self) -> tuple[IntArray, IntArray]:
        """Each key once, and how many documents of the batch hold it."""
        begin = np.flatnonzero(np.concatenate([[True], self.key[1:] != self.key[:-1]])[: len(self.key)])
        return self.key[begin], np.diff(np.concatenate([begin, [len(self.key)]]))


def lay_out(tokens: Tokens, least: int = 1) -> Laid:
    """Words and pairs of neighbours of all documents; the title counts twice.

    least  pairs that occur in fewer documents are left out
    """
    words, number = places(tokens)
    words_in = np.zeros(len(words), np.int64)
    known = _Growing()
    for batch in _batches(tokens, number):
        of_words, of_pairs = batch
        held, n = of_words.runs()
        words_in[held] += n
        known.add(*of_pairs.runs())
    pairs, pairs_in = known.total()
    pairs, pairs_in = pairs[pairs_in >= least], pairs_in[pairs_in >= least]
    indptr = np.concatenate([[0], np.cumsum(words_in), words_in.sum() + np.cumsum(pairs_in)]).astype(np.int64)
    docs, counts = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.uint8)
    free = indptr[:-1].copy()
    for of_words, of_pairs in _batches(tokens, number):
        _put(of_words, *of_words.runs(), free, docs, counts)
        held, n = of_pairs.runs()
        at = np.minimum(np.searchsorted(pairs, held), max(len(pairs) - 1, 0))
        kept = pairs[at] == held if len(pairs) else np.zeros(len(held), np.bool_)
        stays = np.repeat(kept, n)
        entries = _Entries(of_pairs.key[stays], of_pairs.doc[stays], of_pairs.count[stays])
        _put(entries, at[kept] + len(words), n[kept], free, docs, counts)
    return Laid(Vocabulary(words, pairs), indptr, docs, counts)


def _put(
    entries: _Entries, terms: IntArray, sizes: IntArray, free: IntArray, docs: DocArray, counts: CountArray
) -> None:
    """Puts runs of entries at the free places of their terms."""
    begin = np.cumsum(sizes) - sizes
    place = np.repeat(free[terms] - begin, sizes) + np.arange(len(entries.doc))
    docs[place] = entries.doc
    counts[place] = entries.count
    free[terms] += sizes


def _batches(tokens: Tokens, number: WordArray) -> Iterator[tuple[_Entries, _Entries]]:
    """Entries of words and of pairs, some documents at a time."""
    begins = tokens.starts[::PARTS]
    first = 0
    while first < tokens.documents:
        last = max(int(np.searchsorted(begins, begins[first] + BATCH, side="right")) - 1, first + 1)
        yield _entries(tokens, number, first, last)
        first = last


def _entries(tokens: Tokens, number: WordArray, first: int, last: int) -> tuple[_Entries, _Entries]:
    starts = tokens.starts[PARTS * first : PARTS * last + 1]
    word = number[tokens.flat[starts[0] : starts[-1]]]
    part = np.repeat(np.arange(PARTS * (last - first)), np.diff(starts))
    beside = part[1:] == part[:-1]
    pair = vocabulary.key(word[:-1][beside], word[1:][beside])
    return (
        _counted(word.astype(np.int64), part, first, last),
        _counted(pair, part[1:][beside], first, last),
    )


def _counted(key: IntArray, part: IntArray, first: int, last: int) -> _Entries:
    """How often each key stands in each document, given the part of a document that each occurrence is in."""
    often = np.array(WEIGHTS)[part % PARTS]
    key, doc = np.repeat(key, often), np.repeat(part // PARTS, often)
    order = np.argsort(key)
    key, doc = key[order], doc[order]
    new = np.concatenate([[True], key[1:] != key[:-1]])[: len(key)]
    cell = (np.cumsum(new) - 1) * (last - first) + doc
    cell.sort()
    begin = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]])[: len(cell)])
    count = np.minimum(np.diff(np.concatenate([begin, [len(cell)]])), MOST_COUNTED)
    held, where = key[new], cell[begin]
    size = max(last - first, 1)
    return _Entries(held[where // size], (where % size + first).astype(np.int32), count.astype(np.uint8))


class _Growing:
    """Keys with their numbers of documents, batches added up now and then so that memory stays bounded."""

    def __init__(self) -> None:
        self._whole = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._waiting: list[tuple[IntArray, IntArray]] = []

    def add(self, keys: IntArray, n: IntArray) -> None:
        self._waiting.append((keys, n))
        if sum(len(waiting) for waiting, _ in self._waiting) > len(self._whole[0]) // 2 + BATCH:
            self.total()

    def total(self) -> tuple[IntArray, IntArray]:
        """Each key once, ascending, and its sum."""
        keys, n = (np.concatenate(column) for column in zip(self._whole, *self._waiting, strict=True))
        self._waiting = []
        order = np.argsort(keys)
        keys, n = keys[order], n[order]
        begin = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
        self._whole = (keys[begin], np.add.reduceat(n, begin) if len(begin) else n)
        return self._whole


def chunks(sizes: IntArray) -> Iterator[tuple[int, int]]:
    """Ranges of rows with about BATCH entries each, given the sizes of the rows."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(ends):
        before = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, before + BATCH, side="right")), first + 1)
        yield first, last
        first = last
