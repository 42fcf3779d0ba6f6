"""Texts as numbers: the form in which analysed texts are kept, put together and counted."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tandem.engine.language import text

IntArray = npt.NDArray[np.int64]
WordArray = npt.NDArray[np.int32]
PARTS = 2  # a document is a title and a text; no pair of neighbours reaches from one into the other


@dataclass(frozen=True)
class Tokens:
    """Documents as sequences of tokens.

    words   number -> token; the numbers mean nothing beyond this value
    flat    (tokens,) int32, numbers of tokens: title and text of the first document, of the second ...
    starts  (PARTS x documents + 1,) int64, where each title and each text begins in `flat`
    """

    words: Sequence[str]
    flat: WordArray
    starts: IntArray

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self.starts) // PARTS


def read(texts: Iterable[tuple[str | None, str | None]]) -> Tokens:
    """The analysis of (title, text) pairs."""
    number: dict[str, int] = {}
    flat = array("i")
    starts = array("q", [0])
    for document in texts:
        for part in document:
            if part:
                flat.extend([number.setdefault(word, len(number)) for word in text.tokens(part)])
            starts.append(len(flat))
    return Tokens(list(number), np.asarray(flat), np.asarray(starts))


def joined(first: Tokens, second: Tokens) -> Tokens:
    """The documents of both, one after the other."""
    number = {word: i for i, word in enumerate(first.words)}
    moved = np.array([number.setdefault(word, len(number)) for word in second.words], np.int32)
    flat = np.concatenate([first.flat, moved[second.flat] if len(moved) else second.flat])
    return Tokens(list(number), flat, np.concatenate([first.starts, second.starts[1:] + first.starts[-1]]))


def taken(tokens: Tokens, documents: IntArray) -> Tokens:
    """Some of the documents, in the order asked for; words that occur no more stay in the list."""
    sizes = np.diff(tokens.starts).reshape(-1, PARTS)[documents]
    first = tokens.starts[:-1].reshape(-1, PARTS)[documents, 0] if len(documents) else np.zeros(0, np.int64)
    whole = sizes.sum(axis=1)
    ends = np.cumsum(whole)
    place = np.repeat(first - (ends - whole), whole) + np.arange(int(whole.sum()))
    starts = np.concatenate([[0], np.cumsum(sizes.ravel())]).astype(np.int64)
    return Tokens(tokens.words, tokens.flat[place], starts)


def alphabetical(tokens: Tokens) -> Tokens:
    """The same documents, with the words that occur, in alphabetical order, as numbers."""
    words, number = places(tokens)
    return Tokens(words, number[tokens.flat], tokens.starts)


def places(tokens: Tokens) -> tuple[list[str], WordArray]:
    """The words that occur in alphabetical order, and for each number of `tokens` the place of its word there."""
    used = np.flatnonzero(np.bincount(tokens.flat, minlength=len(tokens.words)))
    ordered = sorted(used.tolist(), key=tokens.words.__getitem__)
    number = np.zeros(len(tokens.words), np.int32)
    number[ordered] = np.arange(len(ordered))
    return [tokens.words[i] for i in ordered], number
