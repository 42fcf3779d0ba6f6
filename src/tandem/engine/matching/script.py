"""Traditional characters and regional words made simplified and mainland, so that one need has one set of tokens.

Characters and phrases come from the data files of opencc-python-reimplemented (Apache-2.0), regional words (軟體,
伺服馬達) from the industry list. The package's own converter is not used: it walks a tree per text, about a hundred
times slower. Text in simplified characters passes unchanged: characters that mainland text uses too (著, 乾, 餘) are
converted only beside others that it does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tandem.engine.matching import industry, packaged


@dataclass(frozen=True)
class _Tables:
    """characters: for str.translate; only: the characters that mark a text as traditional."""

    phrases: Mapping[str, str]
    phrase: re.Pattern[str]
    regional: Mapping[str, str]
    region: re.Pattern[str]
    characters: Mapping[int, str]
    only: frozenset[str]


def simplified(text: str) -> str:
    """A text in simplified characters and mainland words.  O(length)."""
    tables = _tables()
    text = tables.region.sub(lambda found: tables.regional[found[0]], text)
    if tables.only.isdisjoint(text):
        return text
    text = tables.phrase.sub(lambda found: tables.phrases[found[0]], text)
    return text.translate(tables.characters)


@cache
def _tables() -> _Tables:
    characters = _pairs("dictionary/TSCharacters.txt")
    phrases = _pairs("dictionary/TSPhrases.txt")
    regional = industry.terms().regional
    return _Tables(
        phrases,
        _any_of(phrases),
        regional,
        _any_of(regional),
        str.maketrans(characters),
        frozenset(one for one in characters if not _is_simplified(one)),
    )


def _pairs(name: str) -> dict[str, str]:
    """Lines `from <TAB> to [to ...]`, the first alternative taken."""
    rows = (line.split("\t") for line in (packaged.read("opencc", name) or "").splitlines() if "\t" in line)
    return {source: targets.split(" ")[0] for source, targets in rows}


def _any_of(forms: Mapping[str, str]) -> re.Pattern[str]:
    """Matches the longest of the forms at a place; nothing where there are none."""
    first = "".join(sorted({form[0] for form in forms}))
    longest = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    return re.compile(f"(?=[{first}])(?:{longest})" if forms else r"(?!)")


def _is_simplified(character: str) -> bool:
    """Whether mainland text uses a character: the national set of 1980 holds it."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
