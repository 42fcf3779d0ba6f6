"""Cities of China by GB/T 2260 code: the 21 of Guangdong, Hong Kong, Macao and all other prefecture-level ones.

The table is cities.tsv beside this file; Hong Kong and Macao are cities like the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tandem.base.words import Lang

_TABLE = Path(__file__).with_name("cities.tsv")
_DELTA = ("440100", "440300", "440400", "440600", "440700", "441200", "441300", "441900", "442000")
_REGIONS = {
    "珠三角": _DELTA,
    "珠江三角洲": _DELTA,
    "pearl river delta": _DELTA,
    "prd": _DELTA,
    "大湾区": (*_DELTA, "810000", "820000"),
    "粤港澳大湾区": (*_DELTA, "810000", "820000"),
    "greater bay area": (*_DELTA, "810000", "820000"),
    "gba": (*_DELTA, "810000", "820000"),
    "港澳": ("810000", "820000"),
}
_EVERYWHERE = frozenset(
    ("全国", "全球", "不限", "各地", "全国各地", "nationwide", "all", "any", "anywhere", "everywhere", "worldwide",
     "china", "中国", "all of china")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """A city: its GB/T 2260 code, its full names and its short Chinese name."""

    code: str
    zh: str
    en: str
    short: str
    aliases: tuple[str, ...] = ()

    def name(self, lang: Lang) -> str:
        """How the city is called in a sentence."""
        return self.short if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class _Names:
    cities: Mapping[str, City]
    by_name: Mapping[str, str]
    provinces: Mapping[str, str]
    by_code: Mapping[str, tuple[str, str]]


def cities() -> Mapping[str, City]:
    """All cities by code, in the order of their codes."""
    return _names().cities


def find(text: str) -> City | None:
    """The city meant by a code (a district's leads to its city) or a name, zh or en; None where unknown.

    English names shared by two cities (Taizhou, Yichun, Yulin) need their province: 'Taizhou, Zhejiang'.

    >>> [find(text).code for text in ("440300", "深圳", "广东省深圳市南山区", "Shenzhen, Guangdong", "Macau")]
    ['440300', '440300', '440300', '440300', '820000']
    """
    key = _key(text)
    code = _by_code(key) if key.isdecimal() else _by_name(key)
    return cities()[code] if code else None


def area(text: str) -> tuple[str, ...] | None:
    """Codes of the cities meant by a city, a province or a known region; () for everywhere; None where unknown.

    >>> len(area("广东省")), area("全国"), area("Atlantis")
    (21, (), None)
    """
    if (city := find(text)) is not None:
        return (city.code,)
    key = _key(text)
    if key in _EVERYWHERE:
        return ()
    if key in _REGIONS:
        return _REGIONS[key]
    prefix = _names().provinces.get(key) or _names().provinces.get(key.removesuffix("全省"))
    return tuple(code for code in cities() if code.startswith(prefix)) if prefix else None


def place(text: str) -> str | None:
    """The GB/T 2260 code of a city or a province by its very code or name; no part of one leads to it.

    >>> [place(text) for text in ("440300", "Shenzhen", "广东省", "440000", "深圳市南山区", "440305")]
    ['440300', '440300', '440000', '440000', None, None]
    """
    key = _key(text)
    names = _names()
    if key.isdecimal():
        known = key in names.cities or (key.endswith("0000") and key[:2] in names.provinces.values())
        return key if len(key) == 6 and known else None
    if (prefix := names.provinces.get(key)) is not None:
        return f"{prefix}0000"
    return names.by_name.get(key)


def names(code: str) -> tuple[str, str] | None:
    """The short Chinese and the English name of a city or province by its GB/T 2260 code; None where unknown.

    >>> names("440300"), names("440000"), names("999999")
    (('深圳', 'Shenzhen'), ('广东', 'Guangdong'), None)
    """
    return _names().by_code.get(code)


def _by_code(digits: str) -> str | None:
    if len(digits) not in (6, 9, 12):
        return None
    known = cities()
    return next(
        (code for code in (digits[:6], digits[:4] + "00", digits[:2] + "0000") if code in known), None
    )


def _by_name(key: str) -> str | None:
    names = _names().by_name
    if key in names:
        return names[key]
    if "," in key:  # Shenzhen, Guangdong, China
        city, province, *_ = (part.strip() for part in key.split(","))
        return names.get(f"{city} ({province})") or _in_province(names.get(city), province)
    tail = key
    for province, prefix in _names().provinces.items():
        if not province.isascii() and key.startswith(province):
            tail = key[len(province) :].removeprefix("省")
            return _start_of(tail, names, prefix)
    return _start_of(tail, names, "")


def _start_of(key: str, names: Mapping[str, str], prefix: str) -> str | None:
    """The city named at the start of an address: 深圳市南山区 -> 深圳."""
    found = names.get(key) or (
        names.get(match[0]) if (match := re.match(r"[^市州盟]+[市州盟]", key)) else None
    )
    return found if found and found.startswith(prefix) else None


def _in_province(code: str | None, province: str) -> str | None:
    """The code, where what is named with it is its province or the country."""
    prefix = _names().provinces.get(province)
    if code is None or province in ("china", "prc"):
        return code
    return code if prefix is not None and code.startswith(prefix) else None


@cache
def _names() -> _Names:
    known: dict[str, City] = {}
    by_name: dict[str, str] = {}
    provinces: dict[str, str] = {}
    by_code: dict[str, tuple[str, str]] = {}
    lines = _TABLE.read_text("utf-8").splitlines()[1:]
    for code, level, zh, short, en, aliases in (line.split("\t") for line in lines):
        names = (zh, short, en, *filter(None, aliases.split(";")))
        by_code[code] = short, en
        if level == "province":
            provinces.update(dict.fromkeys(map(_key, names), code[:2]))
        else:
            known[code] = City(code, zh, en, short, names[3:])
            by_name.update(dict.fromkeys(_spellings(names), code))
    by_name.setdefault("jilin", "220200")
    return _Names(known, by_name, provinces, by_code)


def _spellings(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        key = _key(name)
        yield key
        if key.isascii():
            yield from (key.replace("'", ""), key.replace(" ", ""), f"{key} city")


def _key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return re.sub(r"\s+", " ", folded.replace("’", "'").replace("ü", "u"))
