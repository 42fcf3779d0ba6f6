"""A text made ready to be read: folded sign by sign, so that every place in it leads back to the text as written.

Full-width forms become plain ones, letters small, traditional characters simplified one by one, dashes alike. A piece
is what stands between commas and ends of sentences; a cue speaks for what stands in its own piece.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache

from tandem.engine.language import script

LONGEST = 20_000  # characters that are read; what comes behind is left alone
_TELLING = 4_000  # characters that tell the language
_SAME = {
    **dict.fromkeys("–—―−‐‑‒﹘", "-"),
    **dict.fromkeys("〜∼", "~"),
    **dict.fromkeys("“”「」『』„", '"'),
    "’": "'",
}
# Both begin with the signs that end something, because what begins so is found many times sooner.
_STOP = r"(?<=\.)(?<!approx\.)(?<!\bno\.)(?<!\bmax\.)(?=\s|$)"
_END = re.compile(rf"[。!?\n;.](?:(?<=[。!?\n;])|{_STOP})")
_PIECE = re.compile(
    r"[。!?\n;、|,.\s](?:(?<=[。!?\n;、|])|(?<=,)(?!(?<=\d,)\d{3}(?!\d))"
    rf"|{_STOP}|(?<=\s)-\s(?![^a-z]{{0,9}}\d))"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]?[a-z]{2,}(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Found:
    """A value with the place in the folded text that it rests on, and how much speaks for it.

    weight  above 0; what weighs more is proposed, the rest are its alternatives
    """

    value: object
    begin: int
    end: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """A text as written, folded, and where each folded sign stands in what was written."""

    written: str
    text: str
    at: tuple[int, ...]
    pieces: tuple[int, ...] = field(repr=False)  # where each piece begins
    sentences: tuple[int, ...] = field(repr=False)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Places of a folded stretch in the text as written."""
        return self.at[begin], self.at[end - 1] + 1

    def piece(self, place: int) -> tuple[int, int]:
        """The piece in which a place lies, (begin, end)."""
        return _around(self.pieces, place, len(self.text))

    def sentence(self, place: int) -> tuple[int, int]:
        """The sentence in which a place lies, (begin, end)."""
        return _around(self.sentences, place, len(self.text))

    def before(self, place: int, most: int = 40) -> str:
        """What stands before a place in its own piece."""
        return self.text[max(self.piece(place)[0], place - most) : place]

    def after(self, place: int, most: int = 24) -> str:
        """What follows a place in the piece of the sign before it."""
        return self.text[place : min(self.piece(max(place - 1, 0))[1], place + most)]


def said(written: str) -> Said:
    """A text ready to be read.  O(length)."""
    written = written[:LONGEST]
    plain = {sign: _plain(sign) for sign in set(written)}
    if all(len(folded) == 1 for folded in plain.values()):  # as good as always, and much quicker
        text, at = (
            written.translate({ord(sign): folded for sign, folded in plain.items()}),
            tuple(range(len(written))),
        )
    else:
        text = "".join(plain[sign] for sign in written)
        at = tuple(place for place, sign in enumerate(written) for _ in plain[sign])
    text = script.by_character(text)
    return Said(written, text, at, _begins(_PIECE, text), _begins(_END, text))


def language(written: str) -> str:
    """zh, en or mixed: mixed where both say a good part; technical words and short forms alone do not count.

    >>> [language(text) for text in ("我们要做CE认证", "We need a lab", "想找 contract manufacturer 做 smart lamp 试产")]
    ['zh', 'en', 'mixed']
    """
    written = written[:_TELLING]
    han, latin = len(_HAN.findall(written)), len(_WORD.findall(written))
    if not han:
        return "en"
    share = 2 * latin / (2 * latin + han)
    return "en" if share > 0.93 else "mixed" if latin >= 4 and share >= 0.2 else "zh"


def _around(begins: tuple[int, ...], place: int, length: int) -> tuple[int, int]:
    which = bisect_right(begins, place) - 1
    return begins[which], begins[which + 1] if which + 1 < len(begins) else length


def _begins(pattern: re.Pattern[str], text: str) -> tuple[int, ...]:
    return (0, *(found.end() for found in pattern.finditer(text)))


@lru_cache(maxsize=20_000)
def _plain(sign: str) -> str:
    if sign in _SAME:
        return _SAME[sign]
    return unicodedata.normalize("NFKC", sign).lower() or sign
