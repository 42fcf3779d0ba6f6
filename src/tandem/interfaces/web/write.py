"""Values as a page writes them for its reader: days, instants, money, numbers, names of codes; each by language."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from tandem.base.clock import DAY, HOUR
from tandem.base.words import Lang, has, say
from tandem.domain import cities, services

ZONE = 8 * HOUR  # pages show China Standard Time, which knows no summer time; records hold UTC
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "-"


def day(iso: str | None, lang: Lang) -> str:
    """A day.

    >>> day("2026-11-02", "zh"), day("2026-11-02", "en"), day(None, "en")
    ('2026年11月2日', '2 Nov 2026', '-')
    """
    if not iso:
        return NOTHING
    year, month, number = (int(part) for part in iso.split("-"))
    return f"{year}年{month}月{number}日" if lang == "zh" else f"{number} {_MONTHS[month - 1]} {year}"


def instant(seconds: int | None, lang: Lang) -> str:
    """An instant to the minute, as the clocks of the hub's region show it.

    >>> instant(0, "zh"), instant(0, "en")
    ('1970年1月1日 08:00', '1 Jan 1970, 08:00')
    """
    if seconds is None:
        return NOTHING
    parts = time.gmtime(seconds + ZONE)
    shown = day(time.strftime("%Y-%m-%d", parts), lang)
    return f"{shown}{' ' if lang == 'zh' else ', '}{time.strftime('%H:%M', parts)}"


def away(seconds: int, now: int, lang: Lang) -> str:
    """How far an instant is away, roughly, in days or hours.

    >>> away(86_400 * 3, 0, "en"), away(0, 7_200, "zh")
    ('in 3 days', '2 小时前')
    """
    apart = abs(seconds - now)
    unit, size = ("days", DAY) if apart >= 2 * DAY else ("hours", HOUR)
    n = max(1, apart // size)
    return say(f"web.in.{unit}" if seconds >= now else f"web.ago.{unit}", lang, n=n)


def lasting(seconds: float | None, lang: Lang) -> str:
    """How long something lasts, in days, in hours below two days, in minutes below an hour.

    >>> lasting(3 * 86_400, "en"), lasting(5_400, "zh"), lasting(72, "en"), lasting(None, "en")
    ('3 days', '1.5 小时', '1 min', '-')
    """
    if seconds is None:
        return NOTHING
    if seconds < HOUR:
        return say("web.lasts.minutes", lang, n=max(1, round(seconds / 60)))
    unit, size = ("days", DAY) if seconds >= 2 * DAY else ("hours", HOUR)
    return say(f"web.lasts.{unit}", lang, n=number(round(seconds / size, 1), lang))


def number(value: float | None, lang: Lang) -> str:
    """A number with its thousands grouped; a fraction with at most two digits.

    >>> number(12345, "en"), number(0.5, "zh")
    ('12,345', '0.5')
    """
    if value is None:
        return NOTHING
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def brief(value: float, lang: Lang) -> str:
    """A number in few letters, for a map or an axis, in the steps that its reader counts in.

    >>> brief(9_960, "en"), brief(9_960, "zh"), brief(45_678, "zh"), brief(120_000_000, "zh"), brief(0.5, "en")
    ('10k', '9960', '4.6万', '1.2亿', '0.5')
    """
    steps = ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, "G"), (1e6, "M"), (1e3, "k"))
    for size, sign in steps:
        if abs(value) >= 0.9995 * size:  # what rounds to it is written in it
            return f"{_two_digits(value / size)}{sign}"
    return f"{value:g}"


def _two_digits(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")


def share(value: float | None, lang: Lang) -> str:
    """A share of one in per cent.

    >>> share(0.125, "en")
    '12.5%'
    """
    return NOTHING if value is None else f"{value:.1%}"


def money(minor: int | None, currency: str | None, lang: Lang) -> str:
    """An amount of minor units in major ones, with its currency; no fraction where there is none.

    >>> money(1234500, "CNY", "zh"), money(1234567, "HKD", "en")
    ('12,345 元', 'HKD 12,345.67')
    """
    if minor is None:
        return NOTHING
    sign, cents = "-" if minor < 0 else "", abs(minor) % 100
    amount = f"{sign}{abs(minor) // 100:,}" + (f".{cents:02d}" if cents else "")
    if lang == "zh":
        return f"{amount} {say(f'web.currency.{currency}', 'zh')}" if currency else amount
    return f"{currency} {amount}" if currency else amount


def major(minor: int) -> str:
    """An amount of minor units as somebody types it, in major ones.

    >>> major(1234500), major(1234567)
    ('12345', '12345.67')
    """
    return f"{minor // 100}.{minor % 100:02d}" if minor % 100 else str(minor // 100)


def band(text: str | None, currency: str | None, lang: Lang) -> str:
    """A budget's band, in words of its reader: "<100000", "100000-1000000" or ">=10000000" of major units.

    >>> band("<100000", "CNY", "en"), band("100000-1000000", "CNY", "zh")
    ('below CNY 100,000', '100,000 - 1,000,000 元')
    """
    if not text:
        return NOTHING
    if text[0] in "<>":
        amount = money(int(text.lstrip("<>=")) * 100, currency, lang)
        return say("web.below" if text[0] == "<" else "web.above", lang, amount=amount)
    low, _, high = text.partition("-")
    unit = say(f"web.currency.{currency}", lang) if currency else ""
    shown = f"{int(low):,} - {int(high):,}"
    return (f"{shown} {unit}" if lang == "zh" else f"{unit} {shown}").strip()


def choice(field: str, value: str | None, lang: Lang) -> str:
    """One of a few values by its name; `field` is what the catalogue knows them under (`choice.<field>.<value>`)."""
    if not value:
        return NOTHING
    for code in (f"choice.{field}.{value}", f"introduction.{field}.{value}"):
        if has(code):
            return say(code, lang)
    return value


def city(code: str | None, lang: Lang) -> str:
    """A city's short name; what is no known code, as it stands."""
    known = cities.cities().get(str(code))
    return (code or NOTHING) if known is None else known.short if lang == "zh" else known.en


def service(code: str | None, lang: Lang) -> str:
    """A service by its name."""
    known = services.services().get(code or "")
    return (code or NOTHING) if known is None else known.name(lang)


def listed(texts: Sequence[str], lang: Lang) -> str:
    """Several texts as one."""
    return ("、" if lang == "zh" else ", ").join(texts) or NOTHING


def coded(told: Mapping[str, Any], lang: Lang, prefix: str = "") -> str:
    """A code with its figures as its sentence; the bare code where it has no words."""
    code = f"{prefix}{told['code']}"
    try:
        return say(code, lang, **dict(told.get("params") or {}))
    except (KeyError, IndexError, ValueError):
        return str(told["code"])
