"""A short piece of a text around what was asked for, with the places of the hits in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tandem.engine.finding.question import Slot
from tandem.engine.language import script, text

LONGEST = 160  # characters
_READ = 20_000  # characters of a text that are looked at
_BEFORE = 30  # characters shown before the first hit
_LATIN = re.compile(r"[^\W㐀-鿿]{2,}")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text, the hits in it by (begin, end) of characters, and whether more stands before it, behind it."""

    text: str
    marks: tuple[tuple[int, int], ...]
    cut: tuple[bool, bool]


def of(body: str, slots: Sequence[Slot], longest: int = LONGEST) -> Snippet:
    """The piece of a text with the most different words of a question; its beginning where there is none."""
    shown = " ".join(body[:_READ].split())
    found = marks(shown, {word for slot in slots for word in (slot.own, *slot.other)})
    begin = _begin(found, longest)
    end = min(begin + longest, len(shown))
    begin = max(0, end - longest) if end == len(shown) else begin
    inside = _joined([(a - begin, b - begin) for a, b, _ in found if a >= begin and b <= end])
    return Snippet(shown[begin:end], inside, (begin > 0, end < len(shown)))


def _joined(places: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Places that touch each other as one."""
    whole: list[tuple[int, int]] = []
    for begin, end in places:
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return tuple(whole)


def marks(shown: str, words: set[str]) -> list[tuple[int, int, str]]:
    """Where a text says one of the words: (begin, end, word), in order, none inside another."""
    folded = text.normal(shown)
    if len(folded) != len(shown):
        folded = "".join(_one(character) for character in shown)
    found = [
        (one.start(), one.end(), stem)
        for one in _LATIN.finditer(folded)
        if (stem := text.stem(one.group())) in words
    ]
    if han := sorted((word for word in words if text.is_han(word)), key=lambda word: (-len(word), word)):
        plain = script.simplified(folded)
        if len(plain) == len(folded):
            sought = re.compile("|".join(map(re.escape, han)))
            found += [(one.start(), one.end(), one.group()) for one in sought.finditer(plain)]
    return sorted(found)


def _one(character: str) -> str:
    """A character folded as texts are, where that leaves it one character."""
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


def _begin(found: Sequence[tuple[int, int, str]], longest: int) -> int:
    """Where the piece begins: a little before the hit from which the most different words follow."""
    most, at = 0, 0
    for place, (begin, _, _) in enumerate(found):
        words = {
            word for a, b, word in found[place : place + 50] if b <= begin - _BEFORE + longest or a == begin
        }
        if len(words) > most:
            most, at = len(words), begin
    return max(0, at - _BEFORE)
