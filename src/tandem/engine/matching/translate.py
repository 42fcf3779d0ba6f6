"""A need's words in the other language, and how near documents are to them.

Every word of the need becomes one group of target terms whose shares add up to 1. The group is scored as if it were one
word (probabilistic structured query, Darwish & Oard 2003): what its targets occur, share by share, is one term
frequency and one document frequency, so that a word with many glosses weighs no more than a word with one, and a rare
gloss does not count for more than the common one that was meant.

    tf(g, d) = sum over targets t of share(t) tf(t, d)          df(g) = sum of share(t) df(t)
    score(d) = sum over groups g of weight(g) idf(g) tf(g, d) (k1 + 1) / (tf(g, d) + norm(d))

Targets come from the industry list, else from the dictionary, else (for an unknown word) from the known words inside
it; into Chinese, where a word of the list may be one of several, the dictionary's stand behind the list's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np

from tandem.engine.language import dictionary, industry, text
from tandem.engine.language.dictionary import Gloss
from tandem.engine.search import postings, scan
from tandem.engine.search.postings import Bm25, FloatArray, Postings
from tandem.engine.search.tokens import IntArray
from tandem.engine.search.vocabulary import numbers

BM25 = Bm25(k1=0.8, b=0.95, idf_power=0.8)  # across languages; chosen on dev needs, flat around these values
WEIGHT_POWER = 0.5  # a word said n times weighs n ** 0.5
_SINGLE = 0.6  # of a word of one character: it has many meanings
_PART = 0.7  # of a known word found inside an unknown one
_AS_WRITTEN = 1.5  # of a word that is in the target language already: a name, a standard, a product
_BEHIND = 0.5  # of the dictionary's Chinese words beside those of our list
_MANY = 6  # a document in so many
_LONGEST = 6  # characters of a head that is put together from two words


Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Group:
    """One word of the need.

    source   the word as a person reads it; put together from two tokens where both languages see one word
    weight   > 0, what it counts in the need
    targets  term -> share, > 0, adding up to 1; pairs are joined by text.PAIR
    shown    term -> how a person reads it
    """

    source: str
    weight: float
    targets: Mapping[str, float]
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Translation:
    """The groups of a need, in the order of its words, and the words that nothing is known about."""

    groups: tuple[Group, ...]
    unknown: tuple[str, ...] = ()


def translate(words: Mapping[str, float], into: Language) -> Translation:
    """A need's words in the other language; words that are in that language already stay as they are.

    words  token -> how often it occurs, > 0, with the pairs of neighbours as text.terms gives them: a pair that is one
           word of the industry list or the dictionary (计算 机, speed reducer) takes the place of its tokens
    """
    groups: list[Group] = []
    unknown: list[str] = []
    for source, count in _joined(words, into).items():
        weight = count**WEIGHT_POWER
        if text.is_han(source) == (into == "zh"):
            groups.append(Group(source, weight * _AS_WRITTEN, {source: 1.0}, {source: source}))
            continue
        found = list(_meanings(source, into))
        groups.extend(replace(group, weight=group.weight * weight) for group in found)
        if not found:
            unknown.append(source)
    return Translation(tuple(groups), tuple(unknown))


def _joined(words: Mapping[str, float], into: Language) -> dict[str, float]:
    """The words to translate: tokens, and pairs that are one word in place of their tokens."""
    counts = {term: count for term, count in words.items() if text.PAIR not in term}
    for term, count in words.items():
        if text.PAIR not in term:
            continue
        first, second = term.split(text.PAIR)
        whole = first + second if into == "en" else term
        if (
            text.is_han(first) != (into == "en")
            or text.is_han(second) != (into == "en")
            or not _known(whole, into)
        ):
            continue
        for part in (first, second):
            counts[part] = counts.get(part, 0.0) - count
        counts[whole] = counts.get(whole, 0.0) + count
    return {term: count for term, count in counts.items() if count > 0}


def _known(whole: str, into: Language) -> bool:
    if into == "zh":
        return bool(_chinese(whole))
    return whole in industry.terms().english or (len(whole) <= _LONGEST and whole in dictionary.load())


@lru_cache(maxsize=50_000)
def _meanings(source: str, into: Language) -> tuple[Group, ...]:
    """The group of one word, weight 1 for a full word; several groups for the known parts of an unknown word."""
    if into == "zh":
        targets = _chinese(source)
        readable = {term: term.replace(text.PAIR, "") for term in targets}
        return (Group(source, 1.0, targets, readable),) if targets else ()
    if group := _english(source):
        return (group,)
    return tuple(replace(group, weight=_PART) for part in _parts(source) if (group := _english(part)))


def _english(source: str) -> Group | None:
    """Glosses as shares: each gloss by its weight, spread over its words; pairs of neighbours take half of it."""
    shares: dict[str, float] = {}
    shown: dict[str, str] = {}
    for gloss in _glosses(source):
        pairs = list(pairwise(gloss.stems))
        for stem, written in zip(gloss.stems, gloss.written, strict=True):
            shares[stem] = shares.get(stem, 0.0) + gloss.weight * (0.5 if pairs else 1.0) / len(gloss.stems)
            shown.setdefault(stem, written)
        for (first, second), written_pair in zip(pairs, pairwise(gloss.written), strict=True):
            pair = first + text.PAIR + second
            shares[pair] = shares.get(pair, 0.0) + gloss.weight * 0.5 / len(pairs)
            shown.setdefault(pair, " ".join(written_pair))
    total = sum(shares.values())
    if not total:
        return None
    weight = _SINGLE if len(source) == 1 else 1.0
    return Group(source, weight, {term: share / total for term, share in shares.items()}, shown)


def _glosses(source: str) -> list[Gloss]:
    """The industry list before the dictionary."""
    own = industry.terms().english.get(source, ())
    if not own:
        return dictionary.load().english(source)
    written = [text.surfaces(meaning) for meaning in own]
    return [
        Gloss(tuple(one), tuple(one.values()), (1 + place) ** -0.5)
        for place, one in enumerate(written)
        if one
    ]


def _parts(word: str) -> Iterator[str]:
    """Known words of 4 to 2 characters inside an unknown one of 3 or more, taken greedily from the left."""
    start = 0
    while start < len(word) and len(word) > 2:
        sizes = (
            size
            for size in (4, 3, 2)
            if _known(word[start : start + size], "en") and start + size <= len(word)
        )
        size = next(sizes, 0)
        if size:
            yield word[start : start + size]
        start += size or 1


@lru_cache(maxsize=50_000)
def _chinese(source: str) -> Mapping[str, float]:
    """Chinese terms of an English stem or pair of stems, as shares: our list's, and behind them the dictionary's."""
    stems = tuple(source.split(text.PAIR))
    listed = _listed().get(stems, {})
    behind = _BEHIND if listed else 1.0
    found = {head: weight * behind for head, weight in dictionary.load().chinese(stems).items()}
    heads = {**found, **listed}
    shares: dict[str, float] = {}
    for head, weight in heads.items():
        words = text.tokens(head)
        if 1 <= len(words) <= 2:
            term = text.PAIR.join(words)
            shares[term] = shares.get(term, 0.0) + weight
    total = sum(shares.values())
    return {term: share / total for term, share in shares.items()}


@cache
def _listed() -> Mapping[tuple[str, ...], Mapping[str, float]]:
    """Our list the other way round: stems of each English form -> Chinese terms."""
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for term, meanings in industry.terms().english.items():
        for place, meaning in enumerate(meanings):
            found.setdefault(tuple(text.tokens(meaning)), {})[term] = (1 + place) ** -0.5
    return found


@lru_cache(maxsize=50_000)
def readable(source: str, met: str) -> tuple[str, str] | None:
    """A met pair as a person may be told of it; None where the words are a part of a meaning, or a sense too many.

    Told are Chinese words of two characters and more with a whole meaning of the industry list, written out, or else
    with the whole of the dictionary's first gloss: `补偿 = compensate`, never `补偿 = up` out of "make up".

    >>> readable("tape out", "流片"), readable("补偿", "up")
    (('tape-out', '流片'), None)
    """
    own, other = (source, met) if text.is_han(source) else (met, source)
    if len(own) < 2 or not text.is_han(own) or text.is_han(other):
        return None
    stems = {tuple(other.split()), tuple(text.tokens(other))}
    listed = industry.terms().english.get(own, ())
    meanings = [(tuple(text.tokens(one)), one) for one in listed] or [
        (gloss.stems, " ".join(gloss.written)) for gloss in dictionary.load().english(own)[:1]
    ]
    told = next((written for stemmed, written in meanings if stemmed in stems), None)
    return None if told is None else (source, told) if own == source else (told, met)


def every_term(translation: Translation) -> set[str]:
    """All terms that scoring asks a collection for."""
    return {term for group in translation.groups for term in group.targets}


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A group over one collection: the targets that it holds, their shares and rows, and idf x weight x (k1 + 1)."""

    group: Group
    terms: list[str]
    shares: FloatArray
    begin: IntArray
    end: IntArray
    unit: float


def score(documents: Postings, translation: Translation, how: Bm25 = BM25) -> FloatArray:
    """How near every document is to a translated need: (documents,) float64, 0 where nothing is met.

    Shares of terms that no document holds go to the other targets of their group.  O(entries of all targets).
    """
    norm = postings.norms(documents, how)
    weighed = list(_weighed(documents, translation, how))
    single = [one for one in weighed if len(one.terms) == 1]  # a group of one target is scored as a word is
    total = scan.chosen(len(documents.docs))(
        np.array([one.begin[0] for one in single], np.int64),
        np.array([one.end[0] for one in single], np.int64),
        np.array([one.unit for one in single], np.float64),
        documents.docs,
        documents.counts,
        norm,
    )
    for one in weighed:
        if len(one.terms) > 1:
            _add(total, documents, one, norm)
    return total


def _add(total: FloatArray, documents: Postings, one: _Weighed, norm: FloatArray) -> None:
    """Adds what a group of several targets says of each document."""
    rows = [slice(a, b) for a, b in zip(one.begin.tolist(), one.end.tolist(), strict=True)]
    docs, counts = (
        np.concatenate([values[row] for row in rows]) for values in (documents.docs, documents.counts)
    )
    tf = np.bincount(docs, np.repeat(one.shares, one.end - one.begin) * counts, minlength=len(norm))
    if len(docs) * _MANY > len(norm):  # met so often that going over all documents is quicker
        part = tf + norm
        np.divide(tf, part, out=part)
        part *= one.unit
        total += part
        return
    met = tf.take(docs)
    part = norm.take(docs)
    part += met
    np.divide(met, part, out=part)
    part *= one.unit
    total[docs] = part + total.take(docs)  # a document that stands here twice is given the same sum twice


def contributions(
    documents: Postings, translation: Translation, docs: IntArray, how: Bm25 = BM25
) -> tuple[list[tuple[str, str]], FloatArray]:
    """What each pair of words adds to the score of some documents: the pairs as read, and (documents, pairs) float64.

    A group's part of the score is divided among its targets as they make up its term frequency.
    """
    norm = postings.norms(documents, how)[docs]
    weighed = list(_weighed(documents, translation, how))
    if not weighed:
        return [], np.zeros((len(docs), 0))
    sizes = np.array([len(one.terms) for one in weighed])
    met = postings.occurrences(
        documents, [term for one in weighed for term in one.terms], docs
    ) * np.concatenate([one.shares for one in weighed])
    whole = np.add.reduceat(met, np.cumsum(sizes) - sizes, axis=1) + norm[:, None]
    unit = np.array([one.unit for one in weighed])
    pairs = [(one.group.source, one.group.shown[term]) for one in weighed for term in one.terms]
    return pairs, met * np.repeat(unit / whole, sizes, axis=1)


def _weighed(documents: Postings, translation: Translation, how: Bm25) -> Iterator[_Weighed]:
    """The groups that the collection holds anything of."""
    groups = translation.groups
    terms = [term for group in groups for term in group.targets]
    number = numbers(documents.vocabulary, terms)
    held = np.flatnonzero(number >= 0)
    shares = np.array([share for group in groups for share in group.targets.values()])[held]
    begin, end = documents.indptr[number[held]], documents.indptr[number[held] + 1]
    of_group = np.repeat(np.arange(len(groups)), [len(group.targets) for group in groups])[held]
    shares = shares / np.bincount(of_group, shares, minlength=len(groups))[of_group]
    df = np.bincount(of_group, shares * (end - begin), minlength=len(groups))
    rarity = np.log1p((documents.documents - df + 0.5) / (df + 0.5)) ** how.idf_power
    units = (rarity * [group.weight for group in groups] * (how.k1 + 1)).tolist()
    stop = np.searchsorted(of_group, np.arange(len(groups)), side="right").tolist()
    start = 0
    for group, last, unit in zip(groups, stop, units, strict=True):
        if last > start:
            own = slice(start, last)
            names = [terms[i] for i in held[own].tolist()]
            yield _Weighed(group, names, shares[own], begin[own], end[own], unit)
        start = last
