"""Values as they are printed, zh and en: "> 44,000", "about 60 %", "1/3", "2-3", "9000亿", "faster than 3.2"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from tandem.domain.region.numerals import DIGITS, POWER, WORDS_EN, chinese, decimal, folded, power
from tandem.domain.region.periods import read_period
from tandem.domain.region.units import read_unit

Form = Literal["point", "bound", "range", "about", "fraction", "words", "none"]
"""How a value is printed; 'words' has no number, 'none' is an empty cell."""

INFINITY = float("inf")
ABOUT = 0.05  # "about x" is read as x within 5 %, unless its digits say less
_TEXT_LIMIT = 200

_CN = "零〇一二两三四五六七八九十百千万亿点"
_WORD = "|".join(sorted(WORDS_EN, key=len, reverse=True))
_AMOUNT = (
    rf"(?:(?P<lead>(?:us|hk|mop)?\$|[¥€£]|rmb|cny|hkd|usd|mop|人民币)\s*)?(?P<sign>[+-]?)\s*"
    rf"(?:(?P<digits>(?:{DIGITS})(?:e[+-]?\d+)?)(?P<more>余|多)?\s*(?P<power>{POWER})?"
    rf"|(?P<han>[{_CN}]+)|(?P<word>(?:{_WORD})\b|\ban?(?=\s+(?:hundred|thousand|million|billion|trillion)))\s*(?P<word_power>{POWER})?)"
    r"(?P<after>余|多|\+)?"
)
_DECIMAL = re.compile(DIGITS)
_TENTHS_ZH = re.compile(r"([一二三四五六七八九1-9])成(?:([一二三四五六七八九半])|多|余)?")
_SINGLE = re.compile(rf"{_AMOUNT}(?P<gap>\s*)(?P<tail>[^\d]*)")
_BETWEEN = re.compile(r"(.+?)(?:\s*(?:-|~|至|到|\bto\b|\band\b)\s*|\s+/\s+)([^\s].*)")
_MORE = re.compile(
    r"(?:>=|=>|>|≥|⩾|\b(?:over|above|exceed(?:s|ing|ed)?|at least|(?:more|greater|faster|higher|better|larger) than|"
    r"(?:no|not) (?:less|fewer) than|upwards of|minimum)\b"
    r"|超过|超出|超|突破|高于|大于|多于|快于|不低于|不少于|不小于|至少|逾)\s*"
)
_LESS = re.compile(
    r"(?:<=|=<|<|≤|⩽|\b(?:under|below|within|up to|at most|(?:less|fewer|lower|slower|smaller) than|"
    r"(?:no|not) (?:more|greater) than|maximum)\b|不超过|不高于|不大于|不多于|低于|少于|小于|不足|不到|至多|最多)\s*"
)
_NEAR = re.compile(
    r"(?:~|≈|\b(?:about|around|approximately|approx\.?|roughly|circa|some|nearly|almost|close to|c\.|ca\.)(?=\s|\d|$)|"
    r"大约为?|约为?|大概|将近|接近|近)\s*"
)
_MORE_AFTER = re.compile(r"\s*(?:及?以上|or more|or above|and above|plus)\s*$")
_LESS_AFTER = re.compile(r"\s*(?:及?以下|以内|之内|or less|or below|and below)\s*$")
_NEAR_AFTER = re.compile(r"\s*(?:左右|上下|or so|approx\.?)\s*$")
_RATIO = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})")
_OF = re.compile(rf"(\d{{1,9}}|(?:{_WORD}))\s+(?:in|of|out of)\s+(?:every\s+)?(\d{{1,9}}|(?:{_WORD}))")
_PARTS_ZH = re.compile(rf"([{_CN}\d.]+)分之([{_CN}\d.]+)")
_PART_EN = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_PARTS_EN = re.compile(rf"(?:(an?|{_WORD})[\s-]+)?({'|'.join(_PART_EN)})s?")
_MAGNITUDE = {
    "tens": 10.0, "dozens": 12.0, "hundreds": 1e2, "thousands": 1e3, "tens of thousands": 1e4,
    "hundreds of thousands": 1e5, "millions": 1e6, "billions": 1e9, "trillions": 1e12,
    "数十": 10.0, "数百": 1e2, "数千": 1e3, "数万": 1e4, "数十万": 1e5, "数百万": 1e6, "数千万": 1e7, "数亿": 1e8,
    "数万亿": 1e12, "上百": 1e2, "上千": 1e3, "上万": 1e4, "上亿": 1e8, "成千上万": 1e3,
    "几十": 10.0, "几百": 1e2, "几千": 1e3, "几万": 1e4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """What a print says: lower and upper in printed units times the print's own multiplier, half a last digit beside.

    has_power  the print carries its own multiplier (万, billion), so the unit's counts no more
    unit       the unit standing inside the print ('%', '元', 'people'; 'share' for 1/3); None where there is none
    day        ISO date or month, where the print is one; lower and upper are then None
    """

    form: Form
    lower: float | None = None
    upper: float | None = None
    half: float | None = None
    has_power: bool = False
    unit: str | None = None
    day: str | None = None


_WORDS = Printed("words")


def read_value(text: str) -> Printed:
    """What a printed value says; form 'words' where no number is understood, 'none' where there is no text.

    >>> [(p.form, p.lower, p.upper) for p in map(read_value, ("> 44,000", "about 60 %", "1/3", "2-3", "14. 58"))]
    [('bound', 44000.0, inf), ('about', 60.0, 60.0), ('fraction', 0.3333333333333333, 0.3333333333333333), \
('range', 2.0, 3.0), ('point', 14.58, 14.58)]
    """
    if len(text) > _TEXT_LIMIT:
        return _WORDS
    plain = folded(text).lower()
    if not plain:
        return Printed("none")
    if not _DECIMAL.fullmatch(plain) and (day := read_period(plain).day) is not None:
        return Printed("point", day=day)
    plain, bound = _stripped(plain)
    read = _fraction(plain) or _single(plain) or _range(plain) or _magnitude(plain)
    return _WORDS if read is None else _bounded(read, bound)


def _stripped(text: str) -> tuple[str, str]:
    """The text without the words that make it a bound or an approximation, and which: '>', '<', '~' or ''."""
    bound = ""
    for mark, patterns in (
        ("<", (_LESS, _LESS_AFTER)),
        (">", (_MORE, _MORE_AFTER)),
        ("~", (_NEAR, _NEAR_AFTER)),
    ):
        before, after = patterns[0].match(text), patterns[1].search(text)
        if before or after:
            bound = bound or mark
            text = text[: after.start()] if after else text
            text = text[before.end() :] if before else text
    return text.removeprefix("between ").strip(), bound


def _bounded(read: Printed, bound: str) -> Printed:
    if read.lower is None or read.upper is None or read.half is None:
        return read
    if bound == ">" or read.form == "bound":
        return replace(read, form="bound", upper=INFINITY)
    if bound == "<":
        return replace(read, form="bound", lower=-INFINITY)
    if bound == "~":
        middle = abs(read.lower + read.upper) / 2
        return replace(read, form="about", half=max(read.half, ABOUT * middle))
    return read


def _fraction(text: str) -> Printed | None:
    """1/3, 三分之一, one in three, two thirds, 过半, 六成; 百分之六十 is 60 with the unit %."""
    if text == "过半":
        return Printed("bound", 0.5, INFINITY, 0.0, unit="share")
    if found := _TENTHS_ZH.fullmatch(text):
        tenths = (_plain_number(found[1]) or 0.0) + (
            0.5 if found[2] == "半" else (_plain_number(found[2] or "零") or 0.0) / 10
        )
        form: Form = "bound" if text[-1] in "多余" else "point"
        return Printed(form, 10 * tenths, 10 * tenths, 0.5 if found[2] else 5.0, unit="%")
    top: float | None
    bottom: float | None
    if found := _RATIO.fullmatch(text) or _OF.fullmatch(text):
        top, bottom = _plain_number(found[1]), _plain_number(found[2])
    elif found := _PARTS_ZH.fullmatch(text):
        if found[1] in ("百", "千"):
            read = _plain_number(found[2])
            return (
                None
                if read is None
                else Printed("point", read, read, 0.5, unit="%" if found[1] == "百" else "‰")
            )
        top, bottom = _plain_number(found[2]), _plain_number(found[1])
    elif found := _PARTS_EN.fullmatch(text):
        top, bottom = WORDS_EN.get(found[1] or "one", 1.0), float(_PART_EN[found[2]])
    elif text in ("一半", "半数"):
        top, bottom = 1.0, 2.0
    else:
        return None
    if top is None or not bottom:
        return None
    return Printed("fraction", top / bottom, top / bottom, 0.0, unit="share")


def _plain_number(text: str) -> float | None:
    if text in WORDS_EN:
        return WORDS_EN[text]
    try:
        return float(text)
    except ValueError:
        return chinese(text)


def _single(text: str) -> Printed | None:
    found = _SINGLE.fullmatch(text)
    return None if found is None else _amount(found)


def _amount(found: re.Match[str]) -> Printed | None:
    """One number with its multiplier and, behind it, its unit; None where the tail says that it is no number."""
    tail = found["tail"].strip().strip("()").strip()
    if (found["han"] or "").startswith(("万", "亿", "点")):
        return None
    if found["digits"]:
        read = decimal(found["digits"])
        times = power(found["power"] or "")
    else:
        value = chinese(found["han"]) if found["han"] else WORDS_EN.get(found["word"], 1.0)
        read = None if value is None else (value, _last_word(found["han"] or "", value))
        times = power(found["word_power"] or "")
    if read is None or not _is_unit(found, tail):
        return None
    sign = -1.0 if found["sign"] == "-" else 1.0
    value, half = sign * read[0] * times, read[1] * times
    form: Form = "bound" if found["more"] or found["after"] else "point"
    unit = tail or found["lead"]
    has_power = times != 1.0 or bool(found["han"] and re.search("[万亿]", found["han"]))
    return Printed(form, value, value, half, has_power, unit or None) if abs(value) < INFINITY else None


def _last_word(han: str, value: float) -> float:
    """Half a unit of the last thing said: 九千亿 is exact to a hundred billions' half, 一百二十 to five."""
    last = 1.0
    for char in reversed(han):
        if (size := power(char)) == 1.0:
            break
        last *= size
    return last / 2 if value else 0.5


def _is_unit(found: re.Match[str], tail: str) -> bool:
    """Whether what stands behind the number may be its unit: '5G', '16nm', 一体化 are words, '44 products' a count."""
    if not tail:
        return True
    if tail.startswith(("+", "-", "/", "*", "=", "~")):
        return False
    unit = read_unit(tail)
    if unit.dimension == "words":
        return False
    known = unit.dimension != "count" or unit.thing in _KNOWN or unit.thing is None
    if not found["digits"]:
        return known and not (found["han"] and unit.dimension == "date")
    return known or not (tail[0].isascii() and tail[0].isalpha() and not found["gap"] and not found["power"])


_KNOWN = frozenset(("person", "enterprise", "employee", "vehicle", "unit", "piece", "item", "cluster", "tonne",
                    "kilometre", "professional", "product", "times"))  # fmt: skip


def _range(text: str) -> Printed | None:
    """2-3, 2至3, 3-5万, 100 bn / 1 trn: the second multiplier is the first one's too, where that has none."""
    for found in _BETWEEN.finditer(text) if len(text) < 80 else ():
        first, last = _single(found[1].strip()), _single(found[2].strip())
        if first is None or last is None:
            return None
        ends = (first.lower, last.lower, first.half, last.half)
        low, high, half_low, half_high = (0.0 if end is None else end for end in ends)
        if last.has_power and not first.has_power and (tail := _SINGLE.fullmatch(found[2].strip())):
            times = power(tail["power"] or "")
            low, half_low = low * times, half_low * times
        if not abs(low) < INFINITY > abs(high):
            return None
        has_power = first.has_power or last.has_power
        return Printed(
            "range",
            min(low, high),
            max(low, high),
            max(half_low, half_high),
            has_power,
            last.unit or first.unit,
        )
    return None


def _magnitude(text: str) -> Printed | None:
    """'thousands', 数万家: at least that many, no more is said."""
    found = re.fullmatch(r"([a-z ]+?|[数上几成千百十万亿]+)(家|户|人|个|名|辆|台)?", text)
    size = _MAGNITUDE.get(found[1]) if found else None
    if found is None or size is None:
        return None
    return Printed("bound", size, INFINITY, size / 2, True, found[2])
