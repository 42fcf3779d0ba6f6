"""Traditional characters made simplified, so that one need has one set of tokens.

Characters and phrases come from the data files of opencc-python-reimplemented (Apache-2.0). The package's own converter
is not used: it walks a tree per text, ten times slower. Text in simplified characters passes unchanged: characters that
mainland text uses too (著, 乾, 餘) are converted only beside others that it does not. Words that only Hong Kong or
Taiwan use are the industry list's affair, once the text has been cut into words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tandem.engine.language import packaged


@dataclass(frozen=True)
class _Tables:
    """characters: for str.translate; only: the characters that mark a text as traditional."""

    phrases: Mapping[str, str]
    phrase: re.Pattern[str]
    characters: Mapping[int, str]
    only: frozenset[str]


def is_traditional(text: str) -> bool:
    """Whether a text holds a character that mainland text never uses."""
    return not _tables().only.isdisjoint(text)


def simplified(text: str) -> str:
    """A text in simplified characters.  O(length)."""
    if not is_traditional(text):
        return text
    tables = _tables()
    return tables.phrase.sub(lambda found: tables.phrases[found[0]], text).translate(tables.characters)


def by_character(text: str) -> str:
    """A text in simplified characters, each in its place: phrases are not looked at.  O(length)."""
    return text.translate(_tables().characters) if is_traditional(text) else text


@cache
def _tables() -> _Tables:
    characters = _pairs("dictionary/TSCharacters.txt")
    phrases = _pairs("dictionary/TSPhrases.txt")
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return _Tables(
        phrases,
        re.compile("|".join(map(re.escape, longest)) or r"(?!)"),
        str.maketrans(characters),
        frozenset(one for one in characters if not _is_simplified(one)),
    )


def _pairs(name: str) -> dict[str, str]:
    """Lines `from <TAB> to [to ...]`, the first alternative taken."""
    rows = (line.split("\t") for line in (packaged.read("opencc", name) or "").splitlines() if "\t" in line)
    return {source: targets.split(" ")[0] for source, targets in rows}


def _is_simplified(character: str) -> bool:
    """Whether mainland text uses a character: the national set of 1980 holds it."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
