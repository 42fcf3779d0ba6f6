"""The words under which people write a choice, zh and en; the catalogue's own words always count."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from functools import cache

from tandem.base import words
from tandem.domain.tables import Column

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


def meant(column: Column, text: str) -> str | None:
    """The choice that a text means; None where it means none."""
    return _known(column.name, column.choices).get(_key(text))


def word(column: Column, choice: str) -> str:
    """A choice in Chinese."""
    code = f"choice.{column.name}.{choice}"
    return words.say(code, "zh") if words.has(code) else choice


def nearest(column: Column, text: str) -> str | None:
    """The choice written most like the text; None where none is close."""
    known = _known(column.name, column.choices)
    close = difflib.get_close_matches(_key(text)[:100], known, 1, 0.5)
    return known[close[0]] if close else None


@cache
def _known(name: str, allowed: tuple[str, ...]) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for choice in allowed:
        spellings = [choice, *_SPELLINGS.get(name, {}).get(choice, ())]
        if words.has(code := f"choice.{name}.{choice}"):
            spellings += [words.say(code, lang) for lang in words.LANGUAGES]
        for spelling in spellings:
            known.setdefault(_key(spelling), choice)
    return known


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
