"""A need as queries: one in its own words, and one in the other language where the supply side speaks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tandem.engine.language import text
from tandem.engine.matching import translate
from tandem.engine.matching.corpus import Corpus
from tandem.engine.matching.settings import MatchSettings
from tandem.engine.matching.translate import Translation
from tandem.engine.search import postings
from tandem.engine.search.postings import Bm25, BoolArray, FloatArray, IntArray, Postings

_PLAIN = Bm25(k1=0.0, b=0.0)
_SPOKEN = 0.3  # share of a need's words from which it is taken to be written in a language


@dataclass(frozen=True)
class OwnWords:
    """The need in its own words: term -> weight, pairs among them; words: how its single terms are written."""

    weights: Mapping[str, float]
    written: Mapping[str, str]

    def terms(self) -> set[str]:
        """Every term that this query asks a collection for."""
        return set(self.weights)

    @cached_property
    def words(self) -> Mapping[str, float]:
        """Its single terms and their weights."""
        return {term: weight for term, weight in self.weights.items() if text.PAIR not in term}

    def measure(self, how: Bm25) -> Bm25:
        """The BM25 that `nearness` goes by."""
        return how

    def nearness(self, documents: Postings, how: Bm25) -> FloatArray:
        """How near each document is: (documents,)."""
        return postings.score(documents, self.weights, how)

    def common(
        self, documents: Postings, docs: IntArray, how: Bm25, most: int
    ) -> list[list[tuple[str, str]]]:
        """For each document the words it shares with the need, heaviest first: (the need's word, the same)."""
        terms, parts = postings.contributions(documents, self.weights, how, docs)
        words = [[(self.written.get(one, one),) * 2 for one in term.split(text.PAIR)] for term in terms]
        return [_heaviest(words, row, most) for row in parts]

    def coverage(self, documents: Postings, docs: IntArray) -> FloatArray:
        """How much of the need's subject each document speaks of, 0..1."""
        return _coverage(documents, docs, [(weight, (term,)) for term, weight in self.words.items()])


@dataclass(frozen=True)
class OtherWords:
    """The need in the other language."""

    translation: Translation

    def terms(self) -> set[str]:
        """Every term that this query asks a collection for."""
        return translate.every_term(self.translation)

    def measure(self, how: Bm25) -> Bm25:
        """The BM25 that `nearness` goes by: across languages the one measured for it, not `how`."""
        return translate.BM25

    def nearness(self, documents: Postings, how: Bm25) -> FloatArray:
        """How near each document is: (documents,)."""
        return translate.score(documents, self.translation, self.measure(how))

    def common(
        self, documents: Postings, docs: IntArray, how: Bm25, most: int
    ) -> list[list[tuple[str, str]]]:
        """For each document what it shares with the need, heaviest first: (the need's word, the word it met)."""
        pairs, parts = translate.contributions(documents, self.translation, docs)
        return [_heaviest([[pair] for pair in pairs], row, most) for row in parts]

    def coverage(self, documents: Postings, docs: IntArray) -> FloatArray:
        """How much of the need's subject each document speaks of, 0..1; words without translation count as unmet."""
        known = [(group.weight, tuple(group.targets)) for group in self.translation.groups]
        return _coverage(documents, docs, [*known, *((1.0, ()) for _ in self.translation.unknown)])


Query = OwnWords | OtherWords


def of(title: str | None, body: str | None, supply: Corpus, settings: MatchSettings) -> list[Query]:
    """The queries of one need: its own words first, then those of each other language that the corpus speaks."""
    counts = text.terms(title, body)
    written = text.surfaces(f"{title or ''}\n{body or ''}")
    queries: list[Query] = [OwnWords({t: n**settings.query_power for t, n in counts.items()}, written)]
    single = [term for term in counts if text.PAIR not in term]
    han = sum(map(text.is_han, single)) / max(len(single), 1)
    if "en" in supply.languages and han >= _SPOKEN:
        queries.append(OtherWords(translate.translate(counts, "en")))
    if "zh" in supply.languages and 1 - han >= _SPOKEN:
        queries.append(OtherWords(translate.translate(counts, "zh")))
    return queries


def _heaviest(
    words: Sequence[Iterable[tuple[str, str]]], parts: FloatArray, most: int
) -> list[tuple[str, str]]:
    """The first `most` different words in the order of what their terms add."""
    shown: dict[tuple[str, str], None] = {}
    for column in np.argsort(-parts, kind="stable"):
        if parts[column] <= 0 or len(shown) >= most:
            break
        shown.update(dict.fromkeys(words[column]))
    return list(shown)[:most]


def _coverage(
    documents: Postings, docs: IntArray, words: Sequence[tuple[float, Sequence[str]]]
) -> FloatArray:
    """The share of the words' weight that each document meets, a word being met by any of its terms.

    A word weighs its own weight times the idf of its most frequent term; a word found nowhere weighs most.
    """
    terms = [term for _, targets in words for term in targets]
    of_word = np.repeat(np.arange(len(words)), [len(targets) for _, targets in words])
    rarity = np.full(len(words), np.log1p((documents.documents + 0.5) / 0.5))
    term_idf = postings.idf(documents, terms, _PLAIN)
    known = term_idf > 0
    np.minimum.at(rarity, of_word[known], term_idf[known])
    weight = rarity * np.array([weight for weight, _ in words])
    met: BoolArray = np.zeros((len(docs), len(words)), np.bool_)
    row, column = np.nonzero(postings.occurrences(documents, terms, docs))
    met[row, of_word[column]] = True
    return np.asarray(met @ weight / max(float(weight.sum()), 1e-9))
