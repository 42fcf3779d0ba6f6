"""The words under which people write a choice, zh and en: in files, forms, programs and command lines alike.

A choice is meant by its code, by the words that the catalogue has for it, and by the spellings listed here.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from functools import cache

from tandem.base import words
from tandem.base.words import Lang

# Choices that are called as those of another name.
_LIKE: Mapping[str, tuple[str, ...]] = {
    "answer": ("state",),
    "language": ("lang",),
    "sort": ("kind", "type"),
    "table": ("what",),
}
_LONGEST = 200  # characters of a text that are looked at; no spelling is as long
_FAMILIES = ("choice", "introduction")  # of the catalogue, in the order in which they are looked at
_SPELLINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "kind": {
        "technology": ("技术", "科技", "技术攻关", "技术需求", "研发", "tech", "technical", "r&d"),
        "service": ("服务", "服务需求", "专业服务", "生产性服务", "services"),
        "capacity": ("产能", "制造", "加工", "代工", "制造能力", "生产能力", "manufacturing", "production"),
        "talent": ("人才", "用工", "招聘", "人力", "people", "staff", "recruitment"),
        "data": ("数据", "数据产品", "数据需求"),
        "finance": ("金融", "融资", "资金", "金融服务", "financing", "funding"),
        "scenario": ("场景", "应用场景", "场景需求", "use case", "scenarios", "pilot"),
        "baseline": ("现状值", "基准", "基准值", "基期", "基期值", "实际", "实际值", "实绩", "观测值",
                     "完成值", "统计值", "actual", "observation", "observed", "base"),
        "target": ("目标值", "规划目标", "预期目标", "goal", "targets"),
        "threshold": ("门槛值", "阈值", "标准", "criterion", "limit"),
        "context": ("背景值", "参考", "说明", "reference"),
        "date": ("时间", "时点", "day"),
    },
    "type": {
        "maker": ("制造企业", "制造商", "制造业企业", "生产企业", "工厂", "制造", "企业", "manufacturer", "factory",
                  "company"),
        "service": ("服务机构", "服务企业", "服务商", "服务业企业", "服务", "service provider", "services"),
        "lab": ("实验室/高校", "实验室", "高校", "大学", "科研院所", "研究院", "研究所", "科研机构", "检测机构",
                "laboratory", "university", "research", "institute"),
        "agency": ("政府机构", "政府", "政府部门", "机构", "协会", "行业协会", "园区", "平台", "government",
                   "association"),
        "finance": ("金融机构", "金融", "银行", "基金", "投资机构", "bank", "financial institution", "investor"),
        "talent": ("人才机构", "人才", "人力资源机构", "猎头", "职业院校", "recruiter", "training provider"),
    },
    "size": {
        "micro": ("微型", "微型企业", "微", "微企"),
        "small": ("小型", "小型企业", "小", "小企业"),
        "medium": ("中型", "中型企业", "中", "中等", "mid", "midsize", "medium-sized"),
        "large": ("大型", "大型企业", "大", "大企业", "big"),
    },
    "lang": {
        "zh": ("中文", "汉语", "简体中文", "繁体中文", "chinese", "zh-cn", "zh-tw", "zh-hk", "cn"),
        "en": ("英文", "英语", "english", "en-us", "en-gb"),
        "mixed": ("中英", "中英文", "双语", "混合", "bilingual", "zh-en"),
    },
    "direction": {
        "up": ("higher", "increase", "正向", "上升", "提高"),
        "down": ("lower", "decrease", "负向", "下降", "降低"),
    },
    "stage": {
        "up": ("up stream", "上游环节"),
        "mid": ("mid stream", "middle", "中游环节"),
        "down": ("down stream", "下游环节"),
    },
    "level": {
        "city": ("市", "地级市", "prefecture", "municipality"),
        "metropolitan_area": ("metropolitan_area", "metro area", "metro"),
        "province": ("省", "state"),
        "country": ("nation", "全国"),
        "world": ("global", "世界"),
    },
    "status": {
        "under_way": ("under_way", "ongoing", "in progress", "推进中", "实施中"),
        "done": ("completed", "complete", "完成", "已落实"),
        "planned": ("plan", "计划中", "拟实施"),
        "stopped": ("cancelled", "终止", "停止"),
        "not_reported": ("not_reported", "unknown", "未通报"),
    },
    "currency": {
        "CNY": ("人民币", "元", "rmb", "yuan", "¥", "人民币元"),
        "HKD": ("港元", "港币", "hk$", "hong kong dollar"),
        "MOP": ("澳门元", "澳门币", "葡币", "mop$", "pataca"),
        "USD": ("美元", "us$", "dollar", "us dollar"),
        "EUR": ("欧元", "€", "euro"),
    },
}  # fmt: skip


def word(name: str, code: str, lang: Lang) -> str | None:
    """What a choice is called; None where it has no words."""
    for like in _LIKE.get(name, (name,)):
        for family in _FAMILIES:
            if words.has(found := f"{family}.{like}.{code}"):
                return words.say(found, lang)
    return None


def meant(name: str, allowed: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The choices that a text means: none, one, or several where the words do not tell which.

    >>> meant("kind", ("technology", "service"), "技术"), meant("size", ("small", "medium"), "Medium-sized")
    (('technology',), ('medium',))
    """
    return _known(name, allowed).get(_key(text[:_LONGEST]), ())


def nearest(name: str, allowed: tuple[str, ...], text: str) -> str | None:
    """The choice written most like the text; None where none is close."""
    known = _known(name, allowed)
    close = difflib.get_close_matches(_key(text[:100]), known, 1, 0.5)
    return known[close[0]][0] if close else None


@cache
def _known(name: str, allowed: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Spelling -> the choices that it means; a code means itself alone."""
    known: dict[str, tuple[str, ...]] = {}
    for choice in allowed:
        for spelling in _spellings(name, choice):
            before = known.get(_key(spelling), ())
            known[_key(spelling)] = (*before, *(() if choice in before else (choice,)))
    return {**known, **{_key(choice): (choice,) for choice in allowed}}


def _spellings(name: str, choice: str) -> list[str]:
    found = [choice]
    for like in _LIKE.get(name, (name,)):
        found += _SPELLINGS.get(like, {}).get(choice, ())
        for family in _FAMILIES:
            if words.has(code := f"{family}.{like}.{choice}"):
                found += [words.say(code, lang) for lang in words.LANGUAGES]
    return found


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
