"""How published and computed numbers read in both languages: never more digits than were published."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tandem.base.words import has, say
from tandem.storage.report.two import Two

_SCALES_ZH = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
_SCALES_EN = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_INTEGER = re.compile(r"(?<![\d.\-/])\d{4,}(?![\d.\-/])")
_SPACED = re.compile(r"(?<=\d)\.\s+(?=\d)")  # a print's stray space, as in "14. 58"
_DIGIT = re.compile(r"\d")
_WORDY = re.compile(r"[A-Za-z ]+ ([\d,.]+)")  # a bound in words: "faster than 3.2"
_SIGNS = {">": "> ", "<": "< ", ">=": "≥ ", "<=": "≤ "}
_DIGITS = 6  # decimals at most


class Grain(NamedTuple):
    """How a quantity is written: dimension, currency, half a unit of the last digit that was published, unit."""

    dimension: str
    currency: str | None
    half: float
    unit: str


def grain(row: Mapping[str, Any]) -> Grain:
    """The grain of a figure of the register."""
    return Grain(row["dimension"], row["currency"], row["half"] or 0.0, row["unit"] or "")


def published(row: Mapping[str, Any]) -> Two:
    """A figure's value and unit as they are read aloud in each language; words in quotes."""
    low, high = row["lower"], row["upper"]
    if row["dimension"] == "money" and low is not None and row["form"] in ("point", "bound", "about"):
        return _signed(row, amount(low if math.isfinite(low) else high, grain(row)))
    if (
        row["dimension"] == "money"
        and row["form"] == "range"
        and low is not None
        and math.isfinite(low + high)
    ):
        ends = amount(low, grain(row)), amount(high, grain(row))
        return Two(f"{ends[0].zh} – {ends[1].zh}", f"{ends[0].en} – {ends[1].en}")
    if row["value"] and not _DIGIT.search(row["value"]):
        return Two(f"“{row['value']}”", f"“{row['value']}”")
    value = _SPACED.sub(".", (row["value"] or "").strip())
    shown = value
    if row["dimension"] != "date":  # 2,026 is no year
        shown = _INTEGER.sub(lambda found: f"{int(found[0]):,}", value)
    for sign in (">=", "<=", ">", "<"):
        shown = re.sub(rf"^{sign}\s*(?=\d)", _SIGNS[sign], shown)
    zh = _ten_thousands(value, shown)
    if row["form"] == "bound" and (found := _WORDY.fullmatch(shown)):
        zh = f"{'<' if math.isfinite(high) else '>'} {found[1]}"
    plural = low != 1 or row["form"] != "point"
    return _united(Two(zh, shown), row["unit"] or "", plural)


def amount(value: float, like: Grain) -> Two:
    """A quantity in base units, with the digits and the unit of a published one."""
    if like.dimension == "money":
        return _money(value, like)
    if like.dimension in ("share", "growth"):
        return _united(both(f"{value * 100:.1f}"), like.unit if "%" in like.unit else "%")
    text = _fixed(value, like.half)
    return _united(Two(_ten_thousands(text.replace(",", ""), text), text), like.unit)


class Scale(NamedTuple):
    """One unit for a whole table or axis: what to divide by in each language, and the unit to name once."""

    zh: float
    en: float
    unit: Two
    half: float

    def number(self, value: float, half: float | None = None) -> Two:
        """A level without its unit; `half` of its last digit, the published one where none is given."""
        grain = self.half if half is None else half
        return Two(_fixed(value / self.zh, grain / self.zh), _fixed(value / self.en, grain / self.en))


def scale(largest: float, like: Grain) -> Scale:
    """The scale in which levels up to `largest` read best."""
    if like.dimension == "money":
        (zh, zh_word), (en, en_word) = _step(largest, _SCALES_ZH), _step(largest, _SCALES_EN)
        name = _currency(like.currency)
        return Scale(zh, en, Two(f"{zh_word}{name.zh}", f"{en_word} {name.en}".strip()), like.half)
    if like.dimension in ("share", "growth"):
        return Scale(0.01, 0.01, both("%"), 0.0005)
    unit = _united(both(""), like.unit)
    return Scale(1.0, 1.0, Two(unit.zh.strip(), unit.en.strip()), like.half)


def _step(value: float, scales: tuple[tuple[float, str], ...]) -> tuple[float, str]:
    return next((one for one in scales if abs(value) >= one[0] * 0.9995), (1.0, ""))


def both(text: str) -> Two:
    """The same text in both languages."""
    return Two(text, text)


def percent(share: float | None) -> str:
    """A computed share or growth (1 = 100 %) with one digit after the point, a true minus before a loss."""
    if share is None:
        return "—"
    return f"{share * 100:.1f} %".replace("-", "−").replace("−0.0 %", "0.0 %")


def probability(share: float, error: float) -> str:
    """A simulated probability with its Monte-Carlo error, rounded up: 2.3 % ± 0.1."""
    if share < 0.0005:
        return "< 0.1 %"
    if share > 0.9995:
        return "> 99.9 %"
    return f"{share * 100:.1f} % ± {max(0.1, math.ceil(error * 1000 - 1e-9) / 10):.1f}"


def _signed(row: Mapping[str, Any], amount: Two) -> Two:
    if row["form"] == "about":
        return Two(f"约 {amount.zh}", f"about {amount.en}")
    if row["form"] == "bound":
        sign = ">" if math.isinf(row["upper"]) else "<"
        return Two(f"{sign} {amount.zh}", f"{sign} {amount.en}")
    return amount


def _money(value: float, like: Grain) -> Two:
    zh, en = _currency(like.currency)
    per = Two("", "")
    if "/" in like.unit and like.unit.rsplit("/", 1)[1].strip().lower() in ("person", "employee", "人"):
        per = Two("/人", " per person")
    return Two(
        _scaled(value, like.half, _SCALES_ZH, " ") + zh + per.zh,
        f"{_scaled(value, like.half, _SCALES_EN, ' ')} {en}{per.en}".rstrip(),
    )


def _currency(currency: str | None) -> Two:
    code = f"regionpage.currency.{currency}"
    return Two(say(code, "zh"), say(code, "en")) if has(code) else both(currency or "")


def _scaled(value: float, half: float, scales: tuple[tuple[float, str], ...], gap: str) -> str:
    divisor, word = _step(value, scales)
    gap = gap if word or scales is _SCALES_ZH else ""
    return f"{_fixed(value / divisor, half / divisor)}{gap}{word}"


def _fixed(value: float, half: float) -> str:
    decimals = 0 if half <= 0 else max(0, min(_DIGITS, math.ceil(-math.log10(2 * half) - 1e-9)))
    if half <= 0 and value != int(value):
        decimals = 1
    return f"{value:,.{decimals}f}".replace("-", "−")


def _ten_thousands(value: str, shown: str) -> str:
    """Large round counts as Chinese writes them: 1000000 is 100 万."""
    found = re.fullmatch(r"([<>]?)\s*(\d+)", value)
    if not found or int(found[2]) < 10_000 or int(found[2]) % 1_000:
        return shown
    return f"{found[1]} {int(found[2]) / 10_000:,g} 万".strip()


def _united(value: Two, unit: str, plural: bool = True) -> Two:
    slug = re.sub(r"[^a-z0-9]+", "_", unit.lower().replace("%", "pct")).strip("_")
    code = f"regionpage.unit.{slug}"
    if not plural and has(f"{code}.one"):
        code = f"{code}.one"
    if has(code):
        return Two(_joined(say(code, "zh", v=value.zh)), say(code, "en", v=value.en))
    return Two(f"{value.zh} {unit}".strip(), f"{value.en} {unit}".strip())


def _joined(text: str) -> str:
    """Chinese without the space between a count's 万 and its measure word: 100 万人."""
    return re.sub(r"(?<=[万亿]) (?=[\u4e00-\u9fff])", "", text)
