"""The words of an indicator's text with the part each plays: what is measured, how, of what whole, where.

The table is subject_words.tsv: many forms of one word, zh and en, under one canonical form, so that 规上工业增加值 and
"value added of above-scale industry" come out as the same words. What the table does not know stays as it is: Latin
words singular, Chinese cut as everywhere (engine/language).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from tandem.domain import cities
from tandem.engine.language import packaged, script, text

_TOKEN = re.compile(r"[a-z0-9]+(?:[&.][a-z0-9]+)*|[\u3400-\u9fff]+|\S")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGIT = re.compile(r"[\d.]+")
_LONGEST_FORM = 7  # tokens
_SYMBOLS = {"/": "slash", "(": "open", ")": "close", ",": "comma", ";": "comma", ":": "comma", "%": "share", "+": "and",
            "&": "and", "、": "and"}  # fmt: skip
_NO_RATE = ("效率", "汇率", "利率", "税率", "功率", "频率", "速率")
_NAMES_OF_CITIES_LEFT_OUT = frozenset(("朝阳", "大同", "保定", "资阳", "黄山"))  # also words of everyday text


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its role in the text, its canonical form as shown, its stem as compared, its family of classes."""

    role: str
    shown: str
    key: str
    family: str = ""
    is_exclusive: bool = False

    @property
    def is_content(self) -> bool:
        """Whether it says what is measured, and not how a sentence hangs together."""
        return self.role in _CONTENT


_CONTENT = frozenset(("plain", "concept", "class", "scope", "negative", "non"))


@dataclass(frozen=True, slots=True)
class _Forms:
    """latin: tokens of a form -> its word; han: Chinese form -> its word; pattern finds the longest of them."""

    latin: Mapping[tuple[str, ...], Word]
    han: Mapping[str, Word]
    pattern: re.Pattern[str]


@lru_cache(maxsize=100_000)
def words(written: str) -> tuple[Word, ...]:
    """The words of a text in their order; words that only say how a number is told are left out.

    >>> [word.shown for word in words("Advanced manufacturing share of above-scale industrial VA")]
    ['advanced', 'manufacturing', 'share', 'of', 'above-scale', 'industrial', 'value added']
    """
    folded = script.simplified(text.normal(written)).replace("’", "'").replace("'s", " ")
    tokens = _TOKEN.findall(re.sub(r"[-_–—·\"“”]", " ", folded))
    return tuple(word for word in _read(tokens) if word.role != "drop")


def conventions() -> Mapping[str, str]:
    """Well-known shares whose whole need not be said ('r&d intensity') -> the whole's concept."""
    return {form: canonical for role, canonical, forms in _table() if role == "convention" for form in forms}


def _read(tokens: Sequence[str]) -> Iterator[Word]:
    forms, at = _forms(), 0
    while at < len(tokens):
        if _HAN.fullmatch(tokens[at]):
            yield from _han(tokens[at], forms)
            at += 1
            continue
        for size in range(min(_LONGEST_FORM, len(tokens) - at), 0, -1):
            if (word := forms.latin.get(tuple(tokens[at : at + size]))) is not None:
                yield word
                at += size
                break
        else:
            yield from _unknown(tokens[at])
            at += 1


def _han(run: str, forms: _Forms) -> Iterator[Word]:
    at = 0
    for found in forms.pattern.finditer(run):
        yield from _cut(run[at : found.start()], forms)
        yield forms.han[found[0]]
        at = found.end()
    yield from _cut(run[at:], forms)


def _cut(rest: str, forms: _Forms) -> Iterator[Word]:
    """Chinese that the table does not hold, cut into words; a closing 率 says that it is a rate."""
    for word in text.cut(rest) if rest else ():
        if word in forms.han:
            yield forms.han[word]
        elif word.endswith("率") and len(word) > 1 and not word.endswith(_NO_RATE):
            yield from (Word("plain", word[:-1], word[:-1]), Word("rate", "rate", "rate"))
        elif word == "率":
            yield Word("rate", "rate", "rate")
        else:
            yield Word("plain", word, word)


def _unknown(token: str) -> Iterator[Word]:
    if token in _SYMBOLS:
        yield Word(_SYMBOLS[token], token, token)
    elif re.match(r"\w", token) and not _YEAR.fullmatch(token):
        shown = token if _DIGIT.fullmatch(token) else singular(token)
        yield Word("plain", shown, text.stem(shown))


def singular(word: str) -> str:
    """A Latin word without its plural ending: 'categories' -> 'category', 'glasses' -> 'glass', 'status' stays."""
    if len(word) < 4 or not word.isascii() or word.endswith(("ss", "us", "is", "ics", "series")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


@cache
def _table() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    lines = (packaged.read("tandem.engine.figures", "subject_words.tsv") or "").splitlines()
    rows = (line.split("\t") for line in lines if line.strip() and not line.startswith("#"))
    return tuple((role, canonical, tuple(filter(None, forms.split(";")))) for role, canonical, forms in rows)


@cache
def _forms() -> _Forms:
    latin: dict[tuple[str, ...], Word] = {}
    han: dict[str, Word] = {}
    for role, canonical, forms in _table():
        if role == "convention":
            continue
        for form in forms:
            _keep(form, _word(role, form if role in ("negative", "non") else canonical), latin, han)
    for city in cities.cities().values():
        for name in {city.en, city.zh, city.short, *city.aliases} - _NAMES_OF_CITIES_LEFT_OUT:
            if len(name) > 1 and "(" not in name:
                _keep(name.lower(), Word("place", city.en, city.code), latin, han)
    several = sorted(
        (form for form in han if len(form) > 1 or form == "占"), key=lambda form: (-len(form), form)
    )
    pattern = "|".join(re.escape(form) + ("" if form.endswith("化") else "(?!化)") for form in several)
    return _Forms(latin, han, re.compile(pattern))


def _word(role: str, canonical: str) -> Word:
    if role in ("exclusive", "class"):
        family, _, name = canonical.partition(":")
        return Word("class", name, _key(name), family, role == "exclusive")
    return Word(role, canonical, canonical if role == "place" else _key(canonical))


def _key(canonical: str) -> str:
    return " ".join(text.stem(part) for part in canonical.split())


def _keep(form: str, word: Word, latin: dict[tuple[str, ...], Word], han: dict[str, Word]) -> None:
    tokens = tuple(_TOKEN.findall(form.replace("-", " ")))
    if len(tokens) == 1 and _HAN.fullmatch(form):
        han.setdefault(form, word)
    else:
        latin.setdefault(tokens, word)
