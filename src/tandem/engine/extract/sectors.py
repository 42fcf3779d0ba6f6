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
_INSIDE = re.compile(r"[a-z0-9][a-z0-9]")
_FIRM_BEHIND = re.compile(
    r"\S{0,2}(?:厂(?!房)|企业|公司|行业|工坊|出口|品牌|作坊|车间(?=主|老板)|老板|商行|的(?=[,。;!\s]|厂|公司|企业)|制造商|集团|生意|工作室|实验室的|店家|卖家|起家|有限公司)|[- ](?:\w+ )?(?:plant|maker|manufacturer|factory|firm|company|mill|brand|start-?up|industry|group|workshop|business|exporter|producer|supplier|designer|label|trader|studio|producers|makers|manufacturing)"
)
_SOUGHT = re.compile(
    r"(?:资质的|找|家|请|委托|推荐|想用|使用|采用|利用|with |using |by )\s?$"
)  # what is sought or used, not who asks
_FIRM = re.compile(
    r"(?:我们|我厂|我司|公司|本厂|企业|主营|主要|专业|从事|生产|制造|做|加工|研发|用于|面向|产品[为是]?|主做|专做|自产|系|经营|卖|我哋|从事|做出口|设计|we(?:'re| are)? (?:make|build|produce|export|an?|run|sell|design|import|supply|assemble|process|grow|own|operate)|maker of|"
    r"exports?|producer of|product is|made of|manufacturer of)\W{0,2}\S{0,8}$"
)


# Whose firm it is: somebody else's that is sought, or the writer's.
_SEEKS = re.compile(r"(?:找|请|邀|寻求?|给做|委托|对接|推荐|介绍|有没有|谁|求)(?!购)[^,。]{0,12}$")
_WE = re.compile(
    r"(?:我们|我厂|我司|本厂|公司是|我哋|咱们|咱|主营|主做|专做|从事|卖|经营|we(?:'re| are)? (?:make|build|produce|export|an?|run|sell|own|operate))"
    r"(?!需|想|要|打算|准备|希望)\W{0,2}\S{0,8}$"
)


@dataclass(frozen=True, slots=True)
class _Words:
    chinese: Mapping[str, tuple[int, ...]]
    english: Mapping[str, tuple[int, ...]]
    names: tuple[tuple[str, str], ...]
    longest: int
    beginnings: frozenset[str]
    weak: frozenset[tuple[str, int]]  # word and sector


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
        before = said.before(begin, 18)
        seeks = _SEEKS.search(before)
        behind = None if seeks else _FIRM_BEHIND.match(said.after(end, 16))
        if behind or (not seeks and _FIRM.search(before)):
            weight *= 2
        firm = behind or _WE.search(before)
        for sector in (one for one in sectors if firm or (word, one) not in words.weak):
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


def terms() -> tuple[str, ...]:
    """Every word that tells a sector."""
    return (*_words().chinese, *_words().english)


def _hits(said: Said, words: _Words) -> list[tuple[str, int, int, tuple[int, ...]]]:
    found = []
    text = said.text[:_READ]
    for begin in range(len(text) - 1):
        if text[begin : begin + 2] not in words.beginnings:
            continue
        for size in range(min(words.longest, len(text) - begin), 1, -1):
            word = text[begin : begin + size]
            if word in words.chinese and _apart(text, begin, begin + size):
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


def _apart(text: str, begin: int, end: int) -> bool:
    """Whether a stretch neither begins nor ends inside a Latin word: led屏, not the ev of every."""
    return not any(_INSIDE.match(text, max(edge - 1, 0)) for edge in (begin, end) if 0 < edge < len(text))


@cache
def _words() -> _Words:
    chinese: dict[str, tuple[int, ...]] = {}
    english: dict[str, tuple[int, ...]] = {}
    known: list[tuple[str, str]] = []
    weak: set[tuple[str, int]] = set()
    for line in _TABLE.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        zh, en, terms_zh, terms_en = (*line.split("\t"), "", "")[:4]
        for mark, term in map(_marked, (zh, *terms_zh.split(";"))):
            chinese[term] = (*chinese.get(term, ()), len(known))
            weak.update([(term, len(known))] if mark else ())
        for mark, term in map(_marked, terms_en.split(";")):
            key = " ".join(word.removesuffix("s") for word in term.lower().split())
            english[key] = (*english.get(key, ()), len(known))
            weak.update([(key, len(known))] if mark else ())
        known.append((zh.removeprefix("~"), en))
    for words in (chinese, english):
        words.pop("", None)
    starts = frozenset(term[:2] for term in chinese)
    return _Words(chinese, english, tuple(known), max(map(len, chinese)), starts, frozenset(weak))


def _marked(term: str) -> tuple[bool, str]:
    """Whether a word of the table is marked as weak, and the word."""
    return term.startswith("~"), term.removeprefix("~")
