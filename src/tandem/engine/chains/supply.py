"""Whether a text that names a part of a chain says that its organisation supplies it.

A good is supplied where it is the head of a title ("谐波减速器定制", "carbon propeller blades with foam core"), not
where it is what something else is for ("grease for harmonic reducers") or what is worked on ("谐波减速器寿命试验").
A service is supplied where a title or a sector names it.
"""

from __future__ import annotations

import re

import polars as pl

# What may follow a good in its own title: how it is made or sold, and the beginning of something else.
_MADE_ZH = (
    "整机|本体|定制|订制|制造|制作|生产|研制|研发|开发|设计|试制|小批|批量|代工|代贴|加工|组装|装配|总装|封装|供应|供货|销售|批发"
    "|套件|组件|模块|模组|系统|设备|装备|装置|产品|成品|器件|材料|国产化|量产|样件|技术|方案|平台|中试线|生产线|产线|产能|厂"
    "|公司|系列|与|和|及|或|兼|加|以及|等"
)
_MADE_EN = (
    "manufactur|mak|produc|suppl|set|kit|system|unit|modul|assembl|design|develop|seri|line|custom|oem|equipment|platform"
    "|technolog|brand|and|or|for|with|in|from|to|on|at|by|up|of|under"
)
_AFTER = rf"^(?:$|\d|(?:{_MADE_ZH})|(?:{_MADE_EN})\w*\b)"
# What may not stand before it: then the good is what something is for, or what is worked on.
_BEFORE_EN = (
    r"\b(?:for|of|in|on|with|from|into|under|at|by|to|via|towards?|using|against|without|between|about)\b"
    r"|\b(?:test|measur|calibrat|control|instruct|teach|train|program|monitor|maintain|repair|servic|clean"
    r"|estimat|assess|evaluat|simulat)\w*ing\b"
)
_BEFORE_ZH = (
    "用于|适用|适配|配套|面向|针对|应用|安装|更换|维修|检修|检测|测试|测量|标定|校准|评估"
    "|翻新|保留|兼容|采购|租赁|出租"
)
_BEFORE = rf"{_BEFORE_EN}|{_BEFORE_ZH}"
# GB/T 4754 divisions: manufacturing, repair aside; money and insurance; people and schools.
_MANUFACTURING = range(13, 43)
_FINANCE = range(66, 70)
_PEOPLE = (72, 83)
_CLASS = re.compile(r"GB/T\s*4754\D{0,8}?[:：\s]\s*[A-T]?(\d{2})\d{0,2}")

NATURES = ("good", "service", "finance", "talent")
OFFERED = {
    "good": ("technology", "capacity"),
    "service": ("service", "technology", "capacity", "data", "scenario"),
    "finance": ("service", "technology", "capacity", "data", "scenario", "finance"),
    "talent": ("service", "technology", "capacity", "data", "scenario", "talent"),
}
"""The kinds of offers by which a link of each nature can be supplied; an offer without a kind can supply any."""


def nature(codes: str | None) -> str:
    """What a link is by its classes of GB/T 4754, the first of which decides: a good where that is manufacturing.

    A service with a class of finance (66-69) or of people (72, 83) takes offers of money or of talent too; a link
    without a class counts as a service, so that nothing it is named in is left out.
    """
    divisions = [int(found) for found in _CLASS.findall(codes or "")]
    if divisions and divisions[0] in _MANUFACTURING:
        return "good"
    if any(one in _FINANCE for one in divisions):
        return "finance"
    return "talent" if any(one in _PEOPLE for one in divisions) else "service"


def is_subject() -> pl.Expr:
    """Whether an occurrence (columns before, after of `terms.find`) is not only what something else is for."""
    return ~pl.col("before").str.contains(_BEFORE)


def is_head() -> pl.Expr:
    """Whether an occurrence is the head of the part of the title that it stands in."""
    return is_subject() & pl.col("after").str.contains(_AFTER)
