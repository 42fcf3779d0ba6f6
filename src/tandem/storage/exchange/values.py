"""One cell's text -> one typed value, or a coded reason why not: dates, numbers, money, choices, cities."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tandem.domain import cities, credit_code, services
from tandem.domain.tables import INTEGER_LIMIT, Column
from tandem.storage.exchange import choices, names

_SHORT = 12  # digits of an amount that needs no further look
MONEY_LIMIT = 10**17  # minor units; far above any budget, far below 64 bits
_YEARS = (1900, 2200)
_SERIALS = (20_000, 110_000)  # Excel days 1954 to 2201; smaller numbers are more likely something else
_SERIAL_START = date(1899, 12, 30)
_LISTED = re.compile(r"[;；、\n|]|(?<=[\u4e00-\u9fff])[,，]|[,，](?=[\u4e00-\u9fff])")

_NUMBER = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+|(?=\.\d))(?:\.\d+)?(?:e[+-]?\d{1,3})?", re.I
)
_COUNTED = re.compile(r"\s*(家|个|项|名|人|次|单|件|级|分)$")
_SCALE: Mapping[str, int] = {
    "": 1, "千": 10**3, "k": 10**3,
    "万": 10**4, "萬": 10**4, "十万": 10**5, "百万": 10**6, "million": 10**6, "m": 10**6,
    "mn": 10**6, "千万": 10**7, "亿": 10**8, "億": 10**8, "billion": 10**9, "bn": 10**9, "thousand": 10**3,
}  # fmt: skip
_SCALE_WORDS = sorted(_SCALE, key=len, reverse=True)
_MARKS: Mapping[str, str] = {
    "cny": "CNY", "rmb": "CNY", "¥": "CNY", "cn¥": "CNY", "人民币": "CNY", "yuan": "CNY", "hkd": "HKD", "hk$": "HKD",
    "港元": "HKD", "港币": "HKD", "港幣": "HKD", "mop": "MOP", "mop$": "MOP", "澳门元": "MOP", "澳門元": "MOP",
    "usd": "USD",
    "us$": "USD", "美元": "USD", "eur": "EUR", "€": "EUR", "欧元": "EUR", "歐元": "EUR", "元": "", "圆": "", "元整": "",
}  # fmt: skip
_BEFORE = re.compile(
    r"^(人民币|cn¥|cny|rmb|¥|hk\$|hkd|港元|港币|港幣|mop\$|mop|us\$|usd|美元|€|eur)\s*", re.I
)
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -](?P<m>[a-z]{3,9})\.?,?[ -](?P<y>\d{4})"),
    re.compile(r"(?P<m>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})"),
)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_TIME = re.compile(r"[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(z|[+-]\d{2}:?\d{2})?$")


class Bad(Exception):
    """Why a text is not a value of its column; a warning keeps the row without the value."""

    def __init__(self, code: str, *, warning: bool = False, keep: Any = None, **params: Any) -> None:
        super().__init__(code)
        self.code, self.warning, self.keep, self.params = code, warning, keep, params


def parse_date(text: str) -> date:
    """A day as ISO 8601, with / or ., in Chinese, as 20260301, with an English month, or as Excel's number.

    Day and month as 03/04/2026 are refused: which is which cannot be known.

    >>> [parse_date(text).isoformat() for text in ("2026年3月1日", "2026/3/1", "20260301", "46082", "1 March 2026")]
    ['2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01']
    """
    plain = _TIME.sub("", _folded(text)).strip()
    for form in _DATES:
        if match := form.fullmatch(plain):
            return _day(match["y"], match["m"], match["d"])
    if re.fullmatch(r"\d{5,6}(\.\d+)?", plain) and _SERIALS[0] <= float(plain) < _SERIALS[1]:
        return _SERIAL_START + timedelta(days=int(float(plain)))
    raise Bad("date.unread")


def _day(year: str, month: str, day: str) -> date:
    number = _month(month) if month.isalpha() else int(month)
    if not _YEARS[0] <= int(year) <= _YEARS[1]:
        raise Bad("date.year", first=_YEARS[0], last=_YEARS[1])
    try:
        return date(int(year), number, int(day))
    except ValueError:
        raise Bad("date.impossible") from None


def _month(name: str) -> int:
    found = [i for i, month in enumerate(_MONTHS, 1) if month.startswith(name) or (name == "sept" and i == 9)]
    if len(found) != 1:
        raise Bad("date.unread")
    return found[0]


def parse_decimal(text: str) -> Decimal:
    """A finite number with or without thousands separators; full-width digits are welcome.

    >>> parse_decimal("1,234,567.5"), parse_decimal("１２")
    (Decimal('1234567.5'), Decimal('12'))
    """
    plain = _folded(text).replace("−", "-")
    if len(plain) > 60 or not _NUMBER.fullmatch(plain):
        raise Bad("number.unread")
    number = Decimal(plain.replace(",", "").replace(" ", ""))
    if number and number.adjusted() > 30:
        raise Bad("number.large", limit=f"{10**30:.0e}")
    return number


def parse_integer(text: str, minimum: int | None = None) -> int:
    """A whole number (3, 3.0, 1,000, 3家) from `minimum` to the limit of the exchange tables."""
    number = parse_decimal(_COUNTED.sub("", _folded(text)))
    if number != number.to_integral_value():
        raise Bad("number.whole")
    if minimum is not None and number < minimum:
        raise Bad("number.minimum", minimum=minimum)
    if abs(number) > INTEGER_LIMIT:
        raise Bad("number.large", limit=INTEGER_LIMIT)
    return int(number)


def parse_ratio(text: str) -> float:
    """A number from 0 to 1, or a percentage.

    >>> parse_ratio("0.85"), parse_ratio("85%")
    (0.85, 0.85)
    """
    plain = _folded(text)
    number = parse_decimal(plain[:-1].strip()) / 100 if plain.endswith("%") else parse_decimal(plain)
    if not 0 <= number <= 1:
        raise Bad("ratio.range")
    return float(number)


def parse_number(text: str) -> float:
    """Any finite number."""
    return float(parse_decimal(text))


def parse_flag(text: str) -> bool:
    """Yes or no."""
    plain = _folded(text)
    if plain in ("true", "1", "yes", "y", "是", "已", "✓", "√"):
        return True
    if plain in ("false", "0", "no", "n", "否", "未", "✗", "×"):
        return False
    raise Bad("flag.unread")


def parse_money(text: str, unit: str = "") -> tuple[int, str]:
    """An amount in minor units, and the currency it names ('' where it names none).

    unit  what the header says in brackets (万元, HKD); a unit in the cell itself wins
    Bad   more than two decimals once scaled: money is never rounded

    >>> parse_money("250万"), parse_money("HK$ 1,234.50"), parse_money("2.5", "亿元")
    ((250000000, ''), (123450, 'HKD'), (25000000000, ''))
    """
    if not unit and len(text) < _SHORT and text.isascii() and text.isdecimal():
        return int(text) * 100, ""
    plain = _folded(text).replace("−", "-")
    before = _BEFORE.match(plain)
    rest = plain[before.end() :] if before else plain
    match = _NUMBER.match(rest)
    if not match:
        raise Bad("money.unread")
    scale, mark = money_unit(rest[match.end() :])
    header_scale, header_mark = money_unit(unit)
    if scale == 1 and not mark and "元" not in rest and not before:
        scale = header_scale
    named = mark or (_MARKS[before[1]] if before else "") or header_mark
    minor = parse_decimal(match[0]) * scale * 100
    if minor != minor.to_integral_value():
        raise Bad("money.decimals")
    if minor < 0:
        raise Bad("number.minimum", minimum=0)
    if minor > MONEY_LIMIT:
        raise Bad("number.large", limit=MONEY_LIMIT // 100)
    return int(minor), named


@lru_cache(maxsize=4096)
def money_unit(text: str) -> tuple[int, str]:
    """The scale and currency of a unit such as 万元, 亿, HKD or 万港元; Bad where it is none we know."""
    plain = _folded(text).replace(" ", "")
    for word in _SCALE_WORDS:
        if plain.startswith(word) and (rest := plain[len(word) :]) in {"", *_MARKS}:
            return _SCALE[word], _MARKS.get(rest, "")
    raise Bad("money.unread")


def parse_choice(text: str, column: Column) -> str:
    """The choice that a word means, zh or en."""
    if found := choices.meant(column, text):
        return found
    allowed: dict[str, Any] = {
        "allowed": list(column.choices),
        "allowed_zh": [choices.word(column, each) for each in column.choices],
    }
    if (near := choices.nearest(column, text)) is None:
        raise Bad("choice.unknown", **allowed)
    raise Bad("choice.close", suggestion=near, suggestion_zh=choices.word(column, near), **allowed)


def parse_city(text: str) -> str:
    """The GB/T 2260 code of a city given by code or name; unknown ones are a warning."""
    if found := cities.find(names.simplified(text)):
        return found.code
    raise Bad("city.unknown", warning=True)


def parse_service(text: str) -> str:
    """The code of a producer service given by code or name; unknown ones are a warning."""
    if found := services.find(names.simplified(text)):
        return found.code
    raise Bad("service.unknown", warning=True)


def parse_cities(text: str) -> list[str] | None:
    """Codes of several cities, provinces or regions; None for everywhere."""
    codes: dict[str, None] = {}
    unknown: list[str] = []
    everywhere = False
    for part in split_list(text):
        found = cities.area(names.simplified(part))
        if found is None:
            unknown.append(part)
        codes.update(dict.fromkeys(found or ()))
        everywhere |= found == ()
    kept = None if everywhere or not codes else list(codes)
    if unknown:
        raise Bad("cities.unknown", warning=True, keep=kept, unknown=unknown)
    return kept


def parse_registration(text: str) -> str:
    """A register's number without blanks; a wrong check character is a warning and the number is kept."""
    number = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if credit_code.looks_like(number) and not credit_code.valid(number):
        raise Bad("registration.check", warning=True, keep=number)
    return number


def split_list(text: str) -> list[str]:
    """The parts of a cell that lists several things; a whole name with a comma stays whole.

    >>> split_list("广州、深圳；Hong Kong")
    ['广州', '深圳', 'Hong Kong']
    """
    parts = [part.strip() for part in _LISTED.split(text)]
    if len(parts) == 1 and cities.area(text) is None and "," in text:
        parts = [part.strip() for part in text.split(",")]
    return [part for part in parts if part]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower().strip()
    return unicodedata.normalize("NFKC", text).casefold().strip()
