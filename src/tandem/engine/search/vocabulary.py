"""The terms of a collection and their numbers; pairs of neighbours cost eight bytes each, not a string."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tandem.engine.language.text import PAIR

IntArray = npt.NDArray[np.int64]
_REMEMBERED = 100_000  # terms
_BITS = 32  # a pair's key is first << _BITS | second, by the numbers of its words


class Vocabulary(Mapping[str, int]):
    """Words first, then pairs of neighbours: words alphabetically, pairs by the numbers of their words.

    So equal collections have equal numbers, however they came together.
    """

    def __init__(self, words: Sequence[str], pairs: IntArray) -> None:
        """From words in alphabetical order and ascending (pairs,) int64 keys: see `key`."""
        self.words = words
        self.pairs = pairs
        self._number = {word: i for i, word in enumerate(words)}
        self._recent: dict[str, int] = {}

    def numbers(self, terms: Sequence[str]) -> IntArray:
        """The number of each term, -1 where it is unknown.  One binary search for all new pairs at once.

        Recent terms are remembered: one need asks for the same ones a dozen times.
        """
        if len(self._recent) > _REMEMBERED:
            self._recent = {}
        recent = self._recent
        if new := [term for term in terms if term not in recent]:
            recent.update(zip(new, self._looked_up(new).tolist(), strict=True))
        return np.fromiter(map(recent.__getitem__, terms), np.int64, len(terms))

    def _looked_up(self, terms: Sequence[str]) -> IntArray:
        found = np.full(len(terms), -1, np.int64)
        keys: list[int] = []
        places: list[int] = []
        for i, term in enumerate(terms):
            if PAIR not in term:
                found[i] = self._number.get(term, -1)
                continue
            first, _, second = term.partition(PAIR)
            a, b = self._number.get(first, -1), self._number.get(second, -1)
            if a >= 0 and b >= 0:
                keys.append(a << _BITS | b)
                places.append(i)
        if keys and len(self.pairs):
            wanted = np.array(keys, np.int64)
            at = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
            found[places] = np.where(self.pairs[at] == wanted, at + len(self.words), -1)
        return found

    def __getitem__(self, term: str) -> int:
        number = int(self.numbers([term])[0])
        if number < 0:
            raise KeyError(term)
        return number

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and int(self.numbers([term])[0]) >= 0

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs)

    def __iter__(self) -> Iterator[str]:
        yield from self.words
        for pair in self.pairs.tolist():
            yield self.words[pair >> _BITS] + PAIR + self.words[pair & (1 << _BITS) - 1]


def key(first: npt.NDArray[np.integer], second: npt.NDArray[np.integer]) -> IntArray:
    """The keys of pairs of words, by their numbers."""
    return first.astype(np.int64) << _BITS | second.astype(np.int64)


def numbers(vocabulary: Mapping[str, int], terms: Sequence[str]) -> IntArray:
    """The number of each term in any vocabulary, -1 where it is unknown."""
    if isinstance(vocabulary, Vocabulary):
        return vocabulary.numbers(terms)
    return np.array([vocabulary.get(term, -1) for term in terms], np.int64)
