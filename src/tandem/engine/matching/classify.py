"""Which producer services a text speaks of: proposals with the terms that led to them.

Evidence is counted, not learned. A key term of a service (domain/services) that occurs in the text speaks for it with

    weight = strength x idf(term) x places,     idf = ln(1 + services / services that have the term)

where a weak term has half of the strength, a word that only stands inside a key term a small part of it, and a
term of the title counts more. What a service gathers is divided by itself plus a constant, so that scores stay
between 0 and 1; below a threshold nothing is proposed.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from tandem.domain import services
from tandem.engine.language import text as analysis
from tandem.engine.language.script import simplified

_LATIN = re.compile(r"[a-z0-9&]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
MOST = 3  # proposals for one text


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a text's terms become scores; the values were chosen on the tuning half of bench/data/service_labels.tsv.

    weak       strength of a term that several services use
    part       strength of a word that occurs in key terms but is none itself
    title      how much a term counts when it stands in the title
    half       evidence at which the score is 0.5
    threshold  a first proposal scores at least so much
    near       a further proposal scores at least this share of the first
    """

    weak: float = 0.5
    part: float = 0.12
    title: float = 2.0
    half: float = 5.0
    threshold: float = 0.4
    near: float = 0.4


@dataclass(frozen=True, slots=True)
class Proposal:
    """One service code, its score from 0 to 1, and the terms found in the text, strongest first."""

    code: str
    score: float
    terms: tuple[str, ...]


def propose(title: str | None, text: str | None, how: Evidence = Evidence()) -> tuple[Proposal, ...]:
    """At most three service codes for a text, best first; none where the evidence is thin."""
    gathered: dict[str, dict[str, float]] = defaultdict(dict)
    for body, times in ((title, how.title), (text, 1.0)):
        for term, code, weight in _found(body or "", how):
            kept = gathered[code]
            kept[term] = max(kept.get(term, 0.0), times * weight)
    rated = sorted((-_score(kept, how), code) for code, kept in gathered.items())
    if not rated or -rated[0][0] < how.threshold:
        return ()
    floor = max(-rated[0][0] * how.near, how.threshold * how.near)
    return tuple(
        Proposal(code, round(-score, 4), _strongest(gathered[code]))
        for score, code in rated[:MOST]
        if -score >= floor
    )


def _score(kept: Mapping[str, float], how: Evidence) -> float:
    total = math.fsum(kept.values())
    return total / (total + how.half)


def _strongest(kept: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(kept, key=lambda term: (-kept[term], term)))[:5]


def _found(body: str, how: Evidence) -> Iterable[tuple[str, str, float]]:
    """(term, code, weight) for every key term and every part of one that occurs in a text."""
    words = tuple(_words(body))
    said = _Said(simplified(analysis.normal(body)), words, f" {' '.join(words)} ")
    _, parts = _key_terms()
    covered: dict[str, set[str]] = defaultdict(set)
    for key in _possible(said):
        if said.has(key):
            for code, weak in key.codes:
                covered[code].update(key.tokens)
                yield key.text, code, (how.weak if weak else 1.0) * key.weight
    for word in sorted(parts.keys() & set(analysis.tokens(body))):
        for code, weight in parts[word]:
            if word not in covered[code]:
                yield word, code, how.part * weight


@dataclass(frozen=True, slots=True)
class _Key:
    """A key term ready to be looked for: as written, word by word, its tokens, its services, its idf."""

    text: str
    words: tuple[str, ...]
    tokens: frozenset[str]
    codes: tuple[tuple[str, bool], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class _Said:
    """A text ready to be searched: normalised, its Latin words in order, and these with a space around each."""

    text: str
    words: tuple[str, ...]
    spaced: str

    def has(self, key: _Key) -> bool:
        """Whether a key term occurs: Chinese as written, Latin word after word.

        Not by stems: "factoring" and "factors", "hosting" and "host" share theirs and not their service.
        """
        return f" {' '.join(key.words)} " in self.spaced if key.words else key.text in self.text


def _possible(said: _Said) -> Iterable[_Key]:
    """The key terms whose beginning occurs in a text, in their order: the others need not be looked for."""
    begins = {*said.words, *(said.text[i : i + 2] for i in range(len(said.text) - 1))}
    index = _by_beginning()
    places = sorted(place for begin in begins & index.keys() for place in index[begin])
    whole, _ = _key_terms()
    return (whole[place] for place in places)


@cache
def _by_beginning() -> Mapping[str, tuple[int, ...]]:
    """The places of key terms by their first two signs, or by their first word where they are Latin."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(_key_terms()[0]):
        found[key.words[0] if key.words else key.text[:2]].append(place)
    return {begin: tuple(places) for begin, places in found.items()}


def _words(text: str) -> list[str]:
    """Latin words without a plural's s."""
    return [_singular(word) for word in _LATIN.findall(analysis.normal(text))]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@cache
def _key_terms() -> tuple[tuple[_Key, ...], Mapping[str, tuple[tuple[str, float], ...]]]:
    """All key terms, and for each token that stands inside some: the services and its weight."""
    users: dict[tuple[str, ...], dict[str, bool]] = defaultdict(dict)
    shown: dict[tuple[str, ...], str] = {}
    word_users: dict[str, set[str]] = defaultdict(set)
    coded = [service for service in services.services().values() if service.parent]
    for service in coded:
        for term in service.terms:
            written = analysis.normal(term.text)
            key = (written,) if _HAN.search(written) else tuple(_words(written))
            shown.setdefault(key, written)
            users[key][service.code] = term.weak
            for word in analysis.tokens(term.text):
                word_users[word].add(service.code)
    whole = tuple(
        _Key(
            text=shown[key],
            words=() if _HAN.search(shown[key]) else key,
            tokens=frozenset(analysis.tokens(shown[key])),
            codes=tuple(codes.items()),
            weight=_idf(len(codes), len(coded)),
        )
        for key, codes in users.items()
    )
    parts = {
        word: tuple((code, _idf(len(codes), len(coded))) for code in sorted(codes))
        for word, codes in word_users.items()
    }
    return whole, parts


def _idf(users: int, services_in_all: int) -> float:
    return math.log(1 + services_in_all / users)
