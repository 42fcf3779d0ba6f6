"""How many providers are wanted: 两家备选, 3 quotes, "shortlist of two labs".

A count of firms counts where the same piece of the text asks for them. 一家 and "a" are articles, not counts, unless
the text insists (只要一家, one provider only). Of a range the upper end is wanted. People, machines and sites do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tandem.domain.region import numerals
from tandem.engine.extract.said import Found, Said

_MOST = 50
_ZH = r"\d{1,2}|[一二两三四五六七八九十]{1,3}"
_HOMES = re.compile(
    rf"(?<![\d.一二两三四五六七八九十第])(?P<n>{_ZH})(?:\s?(?:-|~|到|至|或)\s?(?P<m>{_ZH}))?\s?"
    r"(?P<what>家(?![具电庭居属装乡长门店客])|个(?:供应商|服务商|厂家|团队|候选|备选|单位|机构|公司)|个(?=[^\s,。]{1,6}(?:队|团队|厂家|供应商|公司|机构))|间(?=[^\s,。]{1,14}(?:公司|厂|供应商|服务商))|支(?:队伍|团队)|名(?:供应商|服务商|承担单位)|间(?:公司|廠|厂|供应商|服务商|机构))"
)
_ASKED = re.compile(
    r"找|选|推荐|介绍|备选|候选|入围|比价|比稿|比选|报价|遴选|需要|需|希望|要|寻|求|供应商|承担单位|对接|打样|协力厂|待选|不超过|最多|寻求|搵|揾|shortlist"
)
_ASKED_BEHIND = re.compile(
    r"\s?(?:备选|备用|候选|供应商|服务商|实施商|集成商|公司|机构|厂|单位|比价|比稿|报价|即可|左右|就行|就够|承担|做备|并行|律所|epc|vendors?|suppliers?|contractors?|银行)"
)
_ONLY = re.compile(
    r"(?:只|仅|唯一|单一|限|就)(?:要|选|做|需|找|能|有|需要|定)?\s?$|[::]\s?$|数量\W{0,3}$|选\s?$|选定\s?$"
)
_LABEL = re.compile(
    r"(?:家数|(?:供应商|服务商|中标|成交|入围|承担单位)\S{0,4}数量?|名额|number of (?:awards|suppliers|providers|vendors|contracts))\s?[::]?\s?(?P<n>\d{1,2})"
)
_PAIR = re.compile(r"一家\S{0,6}[、,和]\s?一家\S{0,6}")
_EN_N = r"\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten"
_FIRM = (
    r"(?:(?!for|in|at|of|to|and|from|that|with|who)[\w/-]+ ){0,2}"
    r"(?:providers?|suppliers?|vendors?|factories|factory|labs?|laborator(?:y|ies)|firms?|compan(?:y|ies)|candidates?|options?|agenc(?:y|ies)"
    r"|operators?|consultants?|lessors?|contractors?|teams?|bidders?|quotes?|quotations?|partners?|manufacturers?|consultanc(?:y|ies)|integrators?|banks?)\b"
)
_ENGLISH = re.compile(
    rf"(?<![\d.$a-z])(?<!\d,)(?P<n>{_EN_N})(?:\s?(?:-|or|to)\s?(?P<m>{_EN_N}))?\s(?P<what>{_FIRM})"
)
_BARE = re.compile(rf"(?:compare|shortlist|suggest|name)\s(?P<n>{_EN_N})\s?(?:家|\b)")
_ENGLISH_ASKED = re.compile(
    r"propos|introduc|shortlist|recommend|compar|find|share|want|prefer|looking for|would like|seek|need|quotes? from|no more than|at most|up to|name|suggest|"
    r"please|pls|send|only|nominate|invite|select|choose|award|shared by|找|最多|选|推荐|给"
)
_WHOLE = re.compile(r"\s?(?:only|max|at most|is enough|would do|即可)")


def wanted(said: Said) -> list[Found]:
    """Counts of providers that are wanted, the likeliest first, as Found with an integer."""
    found = [*_labelled(said), *_pairs(said), *_chinese(said), *_english(said)]
    return sorted(found, key=lambda one: (-one.weight, one.begin))


def _labelled(said: Said) -> Iterator[Found]:
    for match in _LABEL.finditer(said.text):
        if 0 < int(match["n"]) <= _MOST:
            yield Found(int(match["n"]), match.start(), match.end(), 4.0)


def _pairs(said: Said) -> Iterator[Found]:
    """选一家主力、一家备用: two."""
    for match in _PAIR.finditer(said.text):
        if re.search(r"备|第二|另", match[0]):
            yield Found(2, match.start(), match.end(), 3.5)


def _chinese(said: Said) -> Iterator[Found]:
    for match in _HOMES.finditer(said.text):
        low, high = _number(match["n"]), _number(match["m"]) if match["m"] else None
        count = high or low
        before, behind = said.before(match.start(), 24), said.after(match.end(), 14)
        if (
            count is None
            or not 0 < count <= _MOST
            or re.search(r"有|共|覆盖|为\s?$|成立|旗下|[的为对向由]\s?$", before[-4:])
            or (before.endswith("给") and not behind.lstrip().startswith("报"))
        ):
            continue
        if count == 1:
            insists = _ONLY.search(before) or behind.startswith(("即可", "就行", "就够"))
            if insists and (match["n"] == "1" or not re.search(r"选\s?$", before) or "牵头" not in behind):
                yield Found(1, match.start(), match.end(), 2.0)
            continue
        asked, follows = _ASKED.search(before), _ASKED_BEHIND.match(behind)
        if asked or follows:
            yield Found(count, match.start(), match.end(), 1.0 + bool(asked) + bool(follows))


def _english(said: Said) -> Iterator[Found]:
    for match in (*_ENGLISH.finditer(said.text), *_BARE.finditer(said.text)):
        known = match.re.groupindex
        count = _number((match["m"] if "m" in known else None) or match["n"])
        if count is None or not 0 < count <= _MOST:
            continue
        before, behind = said.before(match.start(), 60), said.after(match.end(), 24)
        alone = count == 1 and not (_WHOLE.match(behind) or re.search(r"only|just", before))
        if alone:
            continue
        asked = _ENGLISH_ASKED.search(before) or match.re is _BARE
        follows = re.match(
            r"\s?(?:to (?:pitch|quote|bid|compete)|wanted|preferred|please|pls|only|needed|required|to choose|报价)",
            behind,
        )
        if asked or follows:
            yield Found(count, match.start(), match.end(), 1.0 + bool(asked) + bool(follows))


def _number(text: str) -> int | None:
    """A count; of two neighbouring digits the second: 两三家 -> 3."""
    if text.isdigit():
        return int(text)
    if text in numerals.WORDS_EN:
        return int(numerals.WORDS_EN[text])
    if len(text) == 2 and all(sign in numerals.DIGITS_ZH for sign in text):
        return numerals.DIGITS_ZH[text[1]]
    value = numerals.chinese(text)
    return None if value is None else int(value)
