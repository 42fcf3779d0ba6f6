"""Numbers of a register as a line of a terminal has room for them: money scaled, shares and growth in per cent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.base.words import Lang, has, say

# Powers of ten that have a word, the largest first, and from how many of them on it is used; words under
# `number.scale.<power>`.
_SCALES: Mapping[Lang, tuple[tuple[int, int], ...]] = {
    "zh": ((12, 1), (8, 1), (4, 100)),
    "en": ((12, 1), (9, 1), (6, 100)),
}
NOTHING = "-"


def level(value: float | None, like: Mapping[str, Any], lang: Lang) -> str:
    """A quantity in base units; `like` holds dimension, currency and thing of the figure that it is compared with.

    >>> level(1.458e13, {"dimension": "money", "currency": "CNY"}, "en"), level(0.6, {"dimension": "share"}, "en")
    ('14.58 trillion CNY', '60.0 %')
    """
    if value is None:
        return NOTHING
    if like.get("dimension") in ("share", "growth"):
        return percent(value)
    text = scaled(value, lang)
    if like.get("dimension") == "money":
        return text + currency(like.get("currency"), lang)
    return text


def scaled(value: float, lang: Lang) -> str:
    """Four significant digits with a word for the power of ten; small numbers as they are.

    >>> scaled(44000.0, "en"), scaled(9e11, "zh"), scaled(1000.0, "en"), scaled(3.25, "en")
    ('44,000', '9,000亿', '1,000', '3.25')
    """
    for power, least in _SCALES[lang]:
        if abs(value) >= least * 10.0**power:
            return say(f"number.scale.{power}", lang, value=_short(value / 10.0**power))
    return _short(value)


def percent(value: float | None) -> str:
    """A share of 1 or a growth rate in per cent."""
    return NOTHING if value is None else f"{value * 100:.1f} %"


def pace(value: float | None) -> str:
    """A growth rate a year, in per cent with the digits that tell two rates apart."""
    return NOTHING if value is None else f"{value * 100:.2f} %"


def chance(reach: Mapping[str, Any] | None) -> str:
    """A probability with its Monte-Carlo error; never certain, because paths are counted.

    >>> chance({"probability": 0.188, "error": 0.0012}), chance({"probability": 0.0, "error": 0.0})
    ('18.8 % ± 0.1', '< 0.1 %')
    """
    if reach is None:
        return NOTHING
    probability = reach["probability"]
    if probability < 0.0005 or probability > 0.9995:
        return "< 0.1 %" if probability < 0.5 else "> 99.9 %"
    return f"{probability * 100:.1f} % ± {max(reach['error'] * 100, 0.1):.1f}"


def currency(code: str | None, lang: Lang) -> str:
    """A currency behind a number: CNY in English, 元 in Chinese."""
    if code is None:
        return ""
    if lang == "en":
        return f" {code}"
    return say(f"regionpage.currency.{code}", lang) if has(f"regionpage.currency.{code}") else f" {code}"


def printed(row: Mapping[str, Any]) -> str:
    """A figure as it was published: value and unit."""
    return " ".join(str(part) for part in (row.get("value"), row.get("unit")) if part)


def _short(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
