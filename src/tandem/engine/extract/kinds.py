"""What sort of need a text poses, and which producer services it asks for.

A kind has words that speak for it, each with a weight; the heaviest kind is proposed, `service` where none speaks.
Services come from engine/matching/classify over what is asked for (not over amounts, days and where the firm stands),
and must go with the kind: a need for money has a financial service, one for people a service of people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tandem.engine.extract.said import LONGEST, Found, Said
from tandem.engine.matching import classify

_READ = 1_200  # signs that services are read from
_HEAD = 80  # signs at the beginning that tell what a text is about
_SERVICE = re.compile(  # in the head: a service by name
    r"修(?!改|饰|正)|保养|ct\b|(?:要|想|来|能|送|可以)测|教(?!授|训)|代运营|评价|消防|施工|厂房|翻译|搬迁|吊装|打样|保税|快递|装修|净化|cleanroom|clean room|检测|检验|测试|试验|校准|计量|认证|注册|备案|仲裁|审计|培训|物流|运输|货代|冷链|仓储|报关|清关|律师|合规|专利|商标|维修|检修|运维|巡检|测绘|勘察|设计|咨询|诊断|申报|(?<!运动)(?<!国内)品牌(?!商|方|客户|代工)|展会|展台|营销|电商|碳足迹|核查|环评|监测|仿真"
    r"|test|calibrat|certif|inspect|arbitrat|audit|course|logistic|freight|customs|lawyer|legal|patent|trade ?mark|repair|mainten|survey|design|consult|\bbranding|rebrand|exhibition|marketing|footprint|assessment|simulat|contract\b|interchange|attorney|agency|bonded storage|interpreter|translat|(?<!thermally )broken|faulty|law firm"
)
_AREAS = {"finance": ("FN.",), "talent": ("HR.",), "data": ("DG.DATA", "MK.RESEARCH")}
_ALLOWED = {
    "scenario": (),
    "capacity": ("LG.WAREHOUSE", "EN.RENTAL", "RD.PILOT", "LG.CUSTOMS", "QA.TESTING"),
}
_LONG = 4.0  # what words weigh that tell a service even where they stand outside the title
_CLEAR = 0.62  # a classified service with so much evidence goes before what single words beside it say
_DEFAULT = {"talent": "HR.RECRUIT", "data": "DG.DATA"}
_WHOLE_TEXT = ("finance", "talent", "data")  # kinds whose services are few, so that words anywhere tell them


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a stretch of the text without its business terms, and the title proposed for it, both folded."""

    title: str
    text: str


def kinds(said: Said) -> list[Found]:
    """Kinds, the likeliest first, with the words that speak for them; always at least one."""
    weights: dict[str, float] = {}
    places: dict[str, tuple[int, int]] = {}
    for kind, strength, most, pattern in _words():
        if match := pattern.search(said.text, 0, most):
            weights[kind] = weights.get(kind, 0.0) + strength
            places.setdefault(kind, match.span())
    found = [Found(kind, *places[kind], weight) for kind, weight in weights.items() if weight >= 1.5]
    named = _SERVICE.search(said.text, 0, _HEAD)
    found.append(Found("service", *(named.span() if named else (0, 0)), 2.7 if named else 1.7))
    return sorted(found, key=lambda one: -one.weight)


def services(said: Said, asked: Asked, kind: str) -> list[Found]:
    """Codes of producer services, the likeliest first, with the stretch that speaks for each; [] where none does."""
    if kind == "scenario":
        return []
    title = _hinted(said, asked.title, kind)
    text = _hinted(said, said.text[:_READ] if kind in _WHOLE_TEXT else asked.text, kind)
    text = [one for one in text if kind == "finance" or not str(one.value).startswith("FN.")]
    if kind == "capacity":
        return (title or [one for one in text if one.weight >= _LONG and one.value != "QA.TESTING"])[
            : classify.MOST
        ]
    given = _classified(said, asked, kind)
    clear = [one for one in given if one.weight >= _CLEAR]
    found: dict[str, Found] = {}
    strong = [one for one in text if one.weight >= _LONG]
    thin = () if kind == "technology" else (*text, *given)
    for one in (*title, *strong, *clear, *thin):
        found.setdefault(str(one.value), one)
    if not found and kind in _DEFAULT:
        return [Found(_DEFAULT[kind], 0, 0, 0.5)]
    return list(found.values())[: classify.MOST]


def _classified(said: Said, asked: Asked, kind: str) -> list[Found]:
    return [
        _placed(said, one.code, one.terms, one.score)
        for one in classify.propose(asked.title, asked.text[:_READ])
        if _fits(one.code, kind)
    ]


def _fits(code: str, kind: str) -> bool:
    if kind in _ALLOWED:
        return code in _ALLOWED[kind]
    if (code == "RD.CONTRACT" and kind != "technology") or (code == "HR.RECRUIT" and kind != "talent"):
        return False
    return code.startswith(_AREAS.get(kind, ("",)))


def _hinted(said: Said, text: str, kind: str) -> list[Found]:
    """Services by their words in a stretch, those of the longest words first."""
    found = []
    for code, pattern in _service_words():
        if _fits(code, kind) and (match := max(pattern.finditer(text), key=_size, default=None)):
            begin = max(said.text.find(match[0]), 0)
            found.append(Found(code, begin, begin + len(match[0]), _size(match)))
    return sorted(found, key=lambda one: -one.weight)


def _size(match: re.Match[str]) -> float:
    """How much a word tells: a Chinese sign as much as three letters."""
    return sum(1.0 if sign >= "\u3400" else 0.34 for sign in match[0])


def _placed(said: Said, code: str, terms: tuple[str, ...], score: float) -> Found:
    """A service with the place of its strongest term that stands in the text as it is."""
    for term in terms:
        begin = said.text.find(term)
        if begin >= 0:
            return Found(code, begin, begin + len(term), score)
    return Found(code, 0, 0, score)


@cache
def _words() -> tuple[tuple[str, float, int, re.Pattern[str]], ...]:
    """Kind, weight, how many signs are searched, words."""
    rows = (line.split("\t") for line in _lines("kind_words.tsv"))
    return tuple(
        (kind, float(weight), _HEAD if where == "head" else LONGEST, re.compile(words.replace(";", "|")))
        for kind, weight, where, words in rows
    )


@cache
def _service_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Code and words; English ones begin where a word begins."""
    rows = (line.split("\t") for line in _lines("service_words.tsv"))
    return tuple(
        (code, re.compile(f"{_anchored(zh)}|(?<![a-z])(?:{en.replace(';', '|')})")) for code, zh, en in rows
    )


def _anchored(words: str) -> str:
    """Alternatives of which those that begin with a Latin letter do so where a word begins: ata, not that of data."""
    return "|".join(f"(?<![a-z]){word}" if "a" <= word[:1] <= "z" else word for word in words.split(";"))


def _lines(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
