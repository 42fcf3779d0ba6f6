"""Which industry a need belongs to: of a list of sectors, the one whose words are told most and nearest to the firm.

sectors.tsv, one sector a line: Chinese name <TAB> English name <TAB> Chinese words <TAB> English words, ';' between. A
word beside the firm (玩具厂, ceramics plant, 我们做…) counts twice; a sector that another one's word contains (模具 in
注塑模具) counts for both. The value is the sector's name in the language of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tandem.engine.extract.said import Found, Said

_TABLE = Path(__file__).with_name("sectors.tsv")
_READ = 6_000  # signs that sectors are looked for in
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_FIRM_BEHIND = re.compile(
    r"\S{0,2}(?:厂(?!房)|企业|公司|行业|工坊|出口|品牌)|[- ](?:\w+ )?(?:plant|maker|manufacturer|factory|firm|company|mill|brand|start-?up|industry|group)"
)
_SOUGHT = re.compile(
    r"(?:资质的|找|家|请|委托|推荐|想用|使用|采用|利用|with |using |by )\s?$"
)  # what is sought or used, not who asks
_FIRM = re.compile(
    r"(?:我们|我厂|我司|公司|本厂|企业|主营|主要|专业|从事|生产|制造|做|加工|研发|用于|面向|产品[为是]?|we (?:make|build|produce|export|are an?|run)|maker of|"
    r"exports?|producer of|product is|made of|manufacturer of)\W{0,2}\S{0,8}$"
)


@dataclass(frozen=True, slots=True)
class _Words:
    chinese: Mapping[str, tuple[int, ...]]
    english: Mapping[str, tuple[int, ...]]
    names: tuple[tuple[str, str], ...]
    longest: int
    beginnings: frozenset[str]


def told(said: Said, lang: str) -> list[Found]:
    """Sectors, the likeliest first, as Found with the name in the language of the text."""
    words = _words()
    weights: dict[int, dict[str, float]] = {}
    places: dict[int, tuple[float, int, int]] = {}
    for word, begin, end, sectors in _hits(said, words):
        if word[0] == "家" and said.text[max(begin - 1, 0)] in "一二两三四五六七八九十几多数":  # 一家电池厂
            continue
        if _SOUGHT.search(said.before(begin, 8)):
            continue
        weight = 1.0 + 0.15 * min(len(word), 6 if not word.isascii() else 12) / (
            1 if not word.isascii() else 2
        )
        if _FIRM_BEHIND.match(said.after(end, 16)) or _FIRM.search(said.before(begin, 18)):
            weight *= 2
        for sector in sectors:
            kept = weights.setdefault(sector, {})
            kept[word] = max(kept.get(word, 0.0), weight)
            if weight > places.get(sector, (0.0, 0, 0))[0]:
                places[sector] = (weight, begin, end)
    side = 1 if lang == "en" else 0
    found = [
        Found(words.names[sector][side], places[sector][1], places[sector][2], sum(kept.values()))
        for sector, kept in weights.items()
    ]
    return sorted(found, key=lambda one: (-one.weight, one.begin))


def names() -> tuple[tuple[str, str], ...]:
    """All sectors, Chinese and English name."""
    return _words().names


def _hits(said: Said, words: _Words) -> list[tuple[str, int, int, tuple[int, ...]]]:
    found = []
    text = said.text[:_READ]
    for begin in range(len(text) - 1):
        if text[begin : begin + 2] not in words.beginnings:
            continue
        for size in range(min(words.longest, len(text) - begin), 1, -1):
            word = text[begin : begin + size]
            if word in words.chinese:
                found.append((word, begin, begin + size, words.chinese[word]))
                break
    runs = [(match[0].removesuffix("s"), match.start(), match.end()) for match in _LATIN.finditer(text)]
    for place, (word, begin, end) in enumerate(runs):
        pair = f"{word} {runs[place + 1][0]}" if place + 1 < len(runs) else ""
        if pair in words.english:
            found.append((pair, begin, runs[place + 1][2], words.english[pair]))
        elif word in words.english:
            found.append((word, begin, end, words.english[word]))
    return found


@cache
def _words() -> _Words:
    chinese: dict[str, tuple[int, ...]] = {}
    english: dict[str, tuple[int, ...]] = {}
    known: list[tuple[str, str]] = []
    for line in _TABLE.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        zh, en, terms_zh, terms_en = (*line.split("\t"), "", "")[:4]
        for term in filter(None, (zh, *terms_zh.split(";"))):
            chinese[term] = (*chinese.get(term, ()), len(known))
        for term in filter(None, terms_en.split(";")):
            key = " ".join(word.removesuffix("s") for word in term.lower().split())
            english[key] = (*english.get(key, ()), len(known))
        known.append((zh, en))
    return _Words(
        chinese, english, tuple(known), max(map(len, chinese)), frozenset(term[:2] for term in chinese)
    )
