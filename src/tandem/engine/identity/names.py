"""Names of organisations taken apart, so that two spellings of one organisation look alike.

A name becomes words in one spelling (universität, université -> university; münchen -> munich), its legal form, the
places and acronyms in it, and what its words abbreviate to. Chinese names become characters and pairs of characters.
The table of equal words is domain/name_words.tsv.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import tandem.domain
from tandem.domain import cities
from tandem.engine.language.script import simplified

_TABLE = Path(tandem.domain.__file__).with_name("name_words.tsv")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9]+")
_INNER = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_ACRONYM = re.compile(r"(?=(?:[a-z]*[A-Z]){2})[A-Za-z]{2,8}")
_CAPITALS = re.compile(r"(?!(?:III|VII|VIII|XII)$)[A-Z]{3,7}")
_ROMAN_DIGITS = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
    "XI": 11,
}
_ROMAN = re.compile(r"(?<=[\s\-])(?:" + "|".join(_ROMAN_DIGITS) + r")(?=$|[\s,)\-])")
_MARKS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
SHORTEST_ACRONYM = 3
SHORTEST_CORE = 3


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of an organisation's name.

    written   as it was given
    compact   its letters and characters only: no legal form, no space, no accent
    words     its words in one spelling, in order, without legal form and small words
    legal     legal forms found, sorted
    places    those of the words that are cities
    acronyms  short forms stated in brackets, or the whole name where it is one: (TUM), EPFL
    capitals  words in capitals that may be a short form or part of a longer name: INRIA Nancy
    initials  the first letters of its words, where there are at least three
    han       whether it is a Chinese name
    spelt_out the acronym that was left out or written out to make this spelling, if any
    """

    written: str
    compact: str
    words: tuple[str, ...]
    legal: tuple[str, ...]
    places: frozenset[str]
    acronyms: frozenset[str]
    capitals: frozenset[str]
    initials: str
    han: bool = False
    spelt_out: str = ""

    def with_words(self, words: tuple[str, ...], acronym: str) -> Name:
        """The same name with an acronym left out or written out."""
        return replace(self, compact="".join(words), words=words, spelt_out=acronym)


@dataclass(frozen=True, slots=True)
class _Table:
    same: Mapping[str, str]
    drop: frozenset[str]
    legal: frozenset[str]
    weak: frozenset[str]
    level: frozenset[str]
    long: Mapping[str, tuple[str, ...]]
    han_legal: re.Pattern[str]
    han_weak: re.Pattern[str]


def weak_words() -> frozenset[str]:
    """Words that many companies add or leave out at will."""
    return table().weak


def level_words() -> frozenset[str]:
    """Words that tell sister institutions of one place or one house apart."""
    return table().level


@lru_cache(maxsize=400_000)
def parse(written: str) -> Name:
    """A name taken apart."""
    folded = _folded(written)
    return _han(written, folded) if _HAN.search(folded) else _latin(written, folded)


def _latin(written: str, folded: str) -> Name:
    main, inner = _inner(folded)
    if inner and _ACRONYM.fullmatch(main.strip()):  # KAIST (Korea Advanced Institute of ...)
        main, inner = " ".join(inner), [main.strip()]
    short = {part for part in inner if _ACRONYM.fullmatch(part)}
    acronyms = short if folded.rstrip().endswith(")") else set()  # Centre (ABC) Institute of X: a part of ABC
    rest = " ".join([main, *(part for part in inner if part not in short)])
    capitals = {part for part in re.split(r"[\s,/\-]+", rest) if _CAPITALS.fullmatch(part)}
    capitals |= short - acronyms
    if _CAPITALS.fullmatch(rest.strip()):
        acronyms.add(rest.strip())
    rest = _ROMAN.sub(lambda found: str(_ROMAN_DIGITS[found[0]]), rest)
    raw = _LATIN.findall(re.sub(r"(?<=\b[a-z])[&.](?=[a-z]\b)|['’`]", "", rest.lower()))
    known = table()
    legal = tuple(sorted({word for word in raw if word in known.legal}))
    kept = [word for word in raw if word not in known.drop and word not in known.legal] or raw
    words = _in_full(tuple(canonical(word) for word in kept), kept)
    initials = "".join(word[0] for word in kept)
    return Name(
        written,
        "".join(kept),
        words,
        legal,
        frozenset(word for word in words if word in _city_words()),
        frozenset(part.lower() for part in acronyms),
        frozenset(part.lower() for part in capitals) if not rest.isupper() else frozenset(),
        initials if len(initials) >= SHORTEST_ACRONYM else "",
    )


def _in_full(words: tuple[str, ...], kept: list[str]) -> tuple[str, ...]:
    """Short words said in full: Georgia Tech, TU Graz; not Texas Tech University."""
    known = table().long
    full: list[str] = []
    for word, raw in zip(words, kept, strict=True):
        long = known.get(raw, ())
        full.extend(long if long and not set(long) & (set(words) - {word}) else (word,))
    return tuple(full)


def _han(written: str, folded: str) -> Name:
    """Characters and pairs of the Chinese parts; what stands in brackets is a part of its own."""
    known = table()
    main, inner = _inner(folded)
    words: list[str] = []
    places: list[str] = []
    legal: list[str] = []
    runs = [(run, SHORTEST_CORE) for run in _HAN.findall(main)]
    runs += [(run, 0) for part in inner for run in _HAN.findall(part)]
    for run, least in runs:
        core, found = _without_places(run, least)
        places.extend(found)
        legal.extend(known.han_legal.findall(core))
        core = known.han_legal.sub(" ", core)
        words.extend(known.han_weak.findall(core))
        for part in known.han_weak.sub(" ", core).split():
            words.extend(part)
            words.extend(first + second for first, second in pairwise(part))
    compact = "".join(_HAN.findall(known.han_legal.sub("", folded)))
    latin = _LATIN.findall(folded.lower())
    return Name(
        written,
        compact + "".join(latin),
        (*words, *places, *latin) or (compact,),
        tuple(sorted(set(legal))),
        frozenset(places),
        frozenset(),
        frozenset(),
        "",
        han=True,
    )


def _without_places(run: str, least: int) -> tuple[str, list[str]]:
    """A Chinese name without province and city at its start, unless less than so many characters would be left."""
    match = _city_start().match(run)
    if match is None or len(run) - match.end() < least:
        only = cities.find(run)
        return ("", [only.short]) if only else (run, [])
    city = cities.find(match["city"]) if match["city"] else None
    return run[match.end() :], [city.short] if city else []


@cache
def _city_start() -> re.Pattern[str]:
    shorts = sorted({city.short for city in cities.cities().values()}, key=len, reverse=True)
    provinces = "广东|浙江|江苏|湖北|湖南|四川|福建|山东|河南|河北|江西|安徽|广西|海南|陕西|辽宁"
    return re.compile(rf"(?:(?:{provinces})省?)?(?P<city>(?:{'|'.join(map(re.escape, shorts))}))?市?")


@cache
def _city_words() -> frozenset[str]:
    return frozenset(city.en.lower() for city in cities.cities().values() if " " not in city.en)


def _inner(folded: str) -> tuple[str, list[str]]:
    """A name without its brackets, and what stands in them."""
    inner = [part.strip() for part in _INNER.findall(folded) if part.strip()]
    main = _INNER.sub(" ", folded).strip()
    return (main, inner) if main else (" ".join(inner), [])


@lru_cache(maxsize=200_000)
def canonical(word: str) -> str:
    """One spelling for the many of a word: accents are gone already, ue, oe and ae stand for u, o and a."""
    same = table().same
    if word in same:
        return same[word]
    plain = re.sub(r"(?<=[bcdfghklmnprstwz])(u|o|a)e(?=[a-z])", r"\1", word)
    return same.get(plain, plain)


def _folded(written: str) -> str:
    """Width and accents folded, traditional characters made simplified; case kept, for it shows acronyms."""
    marked = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", written).translate(_MARKS))
    plain = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return plain if plain.isascii() else simplified(plain)


@cache
def table() -> _Table:
    """The table of equal, small and legal words."""
    kinds: dict[str, list[tuple[str, list[str]]]] = {}
    for line in _TABLE.read_text("utf-8").splitlines()[1:]:
        kind, word, spellings = line.split("\t")
        kinds.setdefault(kind, []).append((word, [one for one in spellings.split(";") if one]))

    def listed(kind: str) -> list[str]:
        return [one for _, spellings in kinds[kind] for one in spellings]

    return _Table(
        same={one: word for word, spellings in kinds["same"] for one in spellings},
        drop=frozenset(listed("drop")),
        legal=frozenset(listed("legal")),
        weak=frozenset(listed("weak")),
        level=frozenset(listed("level")),
        long={one: tuple(word.split()) for word, spellings in kinds["long"] for one in spellings},
        han_legal=re.compile("|".join(sorted(listed("zh-legal"), key=len, reverse=True))),
        han_weak=re.compile("|".join(sorted(listed("zh-weak"), key=len, reverse=True))),
    )
