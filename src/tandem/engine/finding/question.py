"""What is asked for as words: each word of the asker with the words of the other language that may mean it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tandem.engine.language import text
from tandem.engine.matching import translate

MOST = 32  # different words of one question
_TRANSLATED = 0.5  # what a word met in the other language counts for
_LEAST = 0.15  # translations less probable than this are left out


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a question: `own`, and the words of the other language with the shares that add up to 1 or less."""

    own: str
    other: Mapping[str, float]


def read(asked: str, *, translated: bool = True) -> tuple[Slot, ...]:
    """The different words of a question in their order."""
    words = text.distinct(text.tokens(asked))[:MOST]
    if not translated:
        return tuple(Slot(word, {}) for word in words)
    other: dict[str, dict[str, float]] = {word: {} for word in words}
    counts = dict.fromkeys(text.with_pairs(words), 1.0)
    for into in ("en", "zh"):
        own = [word for word in words if text.is_han(word) == (into == "en")]
        if own:
            for group in translate.translate(counts, into).groups:
                _share(group, own, other)
    return tuple(Slot(word, other[word]) for word in words)


def weight(share: float) -> float:
    """What a translated word of that share counts for beside the asker's own."""
    return _TRANSLATED * share


def _share(group: translate.Group, own: list[str], other: dict[str, dict[str, float]]) -> None:
    """Puts the targets of one translated word at the words that it was made of."""
    of = [word for word in group.source.split(text.PAIR) if word in own]
    if not of and group.source.replace(text.PAIR, "") not in group.targets:
        of = [word for word in own if word in group.source]
    for target, share in group.targets.items():
        pieces = target.split(text.PAIR)
        if share < _LEAST:
            continue
        for word in of:
            for piece in pieces:
                if piece != word:
                    other[word][piece] = max(other[word].get(piece, 0.0), share / len(pieces))
