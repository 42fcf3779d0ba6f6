"""A need as weighted queries: one in its own words, and one in the other language where the supply side speaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tandem.engine.matching import postings, text
from tandem.engine.matching.corpus import Corpus
from tandem.engine.matching.postings import Bm25, BoolArray, FloatArray, IntArray, Postings
from tandem.engine.matching.settings import MatchSettings

_PLAIN = Bm25(k1=0.0, b=0.0)


@dataclass(frozen=True)
class Word:
    """One word of the need's subject: how it is shown, its weight, and the terms any of which meets it.

    met_as  term -> how the meeting word is shown (the same word, or its translation)
    """

    shown: str
    weight: float
    met_as: Mapping[str, str]


@dataclass(frozen=True)
class Query:
    """One way of asking: terms with weights for scoring, and the words they stand for.

    weights     term -> weight
    words       the need's words, for coverage and for reasons
    translated  whether it asks in the other language
    """

    weights: Mapping[str, float]
    words: Sequence[Word]
    translated: bool = False

    @cached_property
    def _shown(self) -> Mapping[str, tuple[str, str]]:
        return {term: (word.shown, met) for word in reversed(self.words) for term, met in word.met_as.items()}

    def every_term(self) -> set[str]:
        """All terms that scoring, coverage and reasons ask for."""
        return {*self.weights, *(term for word in self.words for term in word.met_as)}

    def shown(self, term: str) -> tuple[str, str] | None:
        """The need's word and the word that met it, for a single term; None for a term of no word."""
        return self._shown.get(term)


def of(title: str | None, body: str | None, supply: Corpus, settings: MatchSettings) -> list[Query]:
    """The queries of one need: its own words; its translation where the corpus holds texts in the other language."""
    own = own_words(title, body, settings)
    return [own]


def own_words(title: str | None, body: str | None, settings: MatchSettings) -> Query:
    """The need in its own words: every term, once or more, counts its number to the power `query_power`."""
    weights = {term: count**settings.query_power for term, count in text.terms(title, body).items()}
    surface = text.surfaces(f"{title or ''}\n{body or ''}")
    words = [
        Word(surface.get(term, term), weight, {term: surface.get(term, term)})
        for term, weight in weights.items()
        if text.PAIR not in term
    ]
    return Query(weights, words)


def coverage(documents: Postings, query: Query, docs: IntArray) -> FloatArray:
    """How much of the need's subject each document speaks of: the weight of the words it meets, 0..1.

    A word weighs its query weight times its idf (that of its most frequent term; a word found nowhere weighs most).
    """
    terms = [term for word in query.words for term in word.met_as]
    of_word = np.repeat(np.arange(len(query.words)), [len(word.met_as) for word in query.words])
    rarity = np.full(len(query.words), np.log1p((documents.documents + 0.5) / 0.5))
    term_idf = postings.idf(documents, terms, _PLAIN)
    known = term_idf > 0
    np.minimum.at(rarity, of_word[known], term_idf[known])
    weight = rarity * np.array([word.weight for word in query.words])
    met: BoolArray = np.zeros((len(docs), len(query.words)), np.bool_)
    row, column = np.nonzero(postings.occurrences(documents, terms, docs))
    met[row, of_word[column]] = True
    return np.asarray(met @ weight / max(float(weight.sum()), 1e-9))
