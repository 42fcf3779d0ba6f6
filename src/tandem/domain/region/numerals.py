"""Numbers as people print them: digits with stray spaces, Chinese numerals, English number words, multipliers."""

from __future__ import annotations

import math
import re
import unicodedata

_DASHES = str.maketrans(
    {**dict.fromkeys("–—―−‐‑‒﹘⁻", "-"), "〜": "~", "∼": "~", "⁄": "/", "∕": "/", "÷": "/"}
)
_GAP_IN_NUMBER = re.compile(r"(?<=\d)\s*\.\s+(?=\d)|(?<=\d)\s+\.\s*(?=\d)")
_GROUPS = re.compile(r"(?<![\d.])\d{1,3}(?: \d{3})+(?![\d])")

DIGITS_ZH = {char: value for value, chars in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
             for char in chars}  # fmt: skip
POWERS_ZH = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
POWERS_EN = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "mln": 1e6, "m": 1e6,
    "billion": 1e9, "bn": 1e9, "bln": 1e9, "b": 1e9, "trillion": 1e12, "trn": 1e12, "tn": 1e12,
}  # fmt: skip
_UP_TO_TWENTY = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
WORDS_EN = {word: float(value) for value, word in enumerate(_UP_TO_TWENTY)}
WORDS_EN |= {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0,
             "ninety": 90.0}  # fmt: skip

DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
POWER = (
    r"[十百千万亿]+"
    r"|(?:(?:hundred|thousand)\s+)?(?:trillion|billion|million|thousand|hundred|trn|tn|bln|bn|mln|mn|k|m|b)s?\b"
)


def folded(text: str) -> str:
    """The text in plain signs: full-width forms, dashes, stray spaces inside and between digits; case kept.

    >>> folded("＞１４. ５８"), folded("44 000"), folded("2—3")
    ('>14.58', '44000', '2-3')
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    plain = " ".join(plain.split())
    return _GROUPS.sub(lambda found: found[0].replace(" ", ""), _GAP_IN_NUMBER.sub(".", plain))


def decimal(digits: str) -> tuple[float, float] | None:
    """A number written in digits, and half a unit of its last digit; None where a float cannot hold it.

    >>> decimal("14.58"), decimal("44,000"), decimal("5.35e11")
    ((14.58, 0.005), (44000.0, 0.5), (535000000000.0, 500000000.0))
    """
    mantissa, _, exponent = digits.replace(",", "").lower().partition("e")
    places = len(mantissa.partition(".")[2])
    if len(exponent) > 4:
        return None
    value, half = float(f"{mantissa}e{exponent or 0}"), float(f"5e{int(exponent or 0) - places - 1}")
    return (value, half) if math.isfinite(value) and math.isfinite(half) else None


def power(text: str) -> float:
    """What a multiplier stands for: "万亿" -> 1e12, "hundred million" -> 1e8, "" -> 1."""
    made = 1.0
    for word in re.findall(r"[十百千万亿]|[a-z]+", text.lower()):
        made *= POWERS_ZH.get(word) or POWERS_EN.get(word) or POWERS_EN.get(word.removesuffix("s"), 1.0)
    return made


def chinese(text: str) -> float | None:
    """A number in Chinese numerals; None where the text is not one.

    >>> [chinese(text) for text in ("九千亿", "十五", "一百二十", "两万", "三点五", "集群")]
    [900000000000.0, 15.0, 120.0, 20000.0, 3.5, None]
    """
    whole, point, places = text.partition("点")
    if not whole or any(char not in DIGITS_ZH and char not in POWERS_ZH for char in whole):
        return None
    if point and (not places or any(char not in DIGITS_ZH for char in places)):
        return None
    value = _whole(whole)
    if point:
        value += float("0." + "".join(str(DIGITS_ZH[char]) for char in places))
    return value if math.isfinite(value) else None


def _whole(text: str) -> float:
    """Sum over the sections that 万 and 亿 close; 二〇二五 reads digit by digit."""
    if all(char in DIGITS_ZH for char in text):
        return float("".join(str(DIGITS_ZH[char]) for char in text))
    total, section, digit = 0.0, 0.0, 0.0
    seen = False
    for char in text:
        if char in DIGITS_ZH:
            digit, seen = float(DIGITS_ZH[char]), True
        elif char in "十百千":
            section += (digit if seen else 1.0) * POWERS_ZH[char]
            digit, seen = 0.0, False
        else:
            so_far = total + section + digit
            total, section = (so_far or 1.0) * POWERS_ZH[char], 0.0
            digit, seen = 0.0, False
    return total + section + digit
