"""Phrases that several parts of the page say: sentences of codes, growth a year, a status, a plan period."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tandem.base.words import has, say
from tandem.storage.region_report.numbers import percent
from tandem.storage.report.two import Piece, Two, phrase, weave

if TYPE_CHECKING:
    from tandem.engine.region.growth import Growth

_DIGITS = "零一二三四五六七八九"


def said(code: str, prefix: str, params: Mapping[str, Any]) -> Two:
    """A code's sentence under its own name or under `prefix`; the bare code where neither has words."""
    known = next((one for one in (code, f"{prefix}.{code}") if has(one)), None)
    return Two(say(known, "zh", **params), say(known, "en", **params)) if known else Two(code, code)


def pace(value: float, growth: Growth | None) -> Piece:
    """Growth a year: per cent, or percentage points where levels are shares that grow by addition."""
    if growth is not None and growth.additive:
        return phrase("regionpage.points", v=percent(value).removesuffix(" %"))
    return percent(value)


def status(code: str) -> Markup:
    """A status as a word with its colour and its shape."""
    return Markup('<span class="st {}">{}</span>').format(f"st-{code}", weave(f"region.status.{code}"))


def plan(code: str) -> Two:
    """A plan period by its number, '15th': “十五五” in Chinese; anything else as it stands."""
    found = re.fullmatch(r"(\d{1,2})(st|nd|rd|th)", code)
    if not found:
        return Two(code, code)
    tens, ones = divmod(int(found[1]), 10)
    number = ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
    return phrase("regionpage.plan", plan=Two(number, code))
