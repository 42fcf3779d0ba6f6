"""How days are written: every form with the last day that it means, read as of a day.

12月15日, 2027/2/28, 31 March 2027, 明年3月底, mid-April, Q2 2027, 上半年, 下个月20号, 下周三, 两周内, within 6 weeks, 春节前,
年底. A month alone means its last day, 上旬 the tenth, 中旬 the twentieth; a form without a year means its next
occurrence; before a holiday means the day before it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tandem.domain.region import numerals

# Lunar New Year, month and day, from the published calendar.
_NEW_YEARS = {
    2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3),
    2031: (1, 23), 2032: (2, 11), 2033: (1, 31), 2034: (2, 19), 2035: (2, 8), 2036: (1, 28), 2037: (2, 15),
    2038: (2, 4), 2039: (1, 24), 2040: (2, 12),
}  # fmt: skip
_HOLIDAYS = {"国庆": (10, 1), "十一": (10, 1), "元旦": (1, 1), "五一": (5, 1), "劳动": (5, 1), "圣诞": (12, 25),
             "christmas": (12, 25), "xmas": (12, 25), "national day": (10, 1), "labour day": (5, 1),
             "new year's day": (1, 1)}  # fmt: skip
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if number}
_N = r"[\d一二两三四五六七八九十半]{1,4}"
_EN_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
_YEAR = r"(?:(?P<year>20\d\d)年?|(?P<turn>明年|后年|今年|本年度?|next year|this year))"
_EN_N = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half a|a half)"
_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "last": 4,
}
_PARTS = {"上旬": 10, "初": 10, "头": 10, "中旬": 20, "中": 15, "early": 10, "mid": 15, "middle of": 15, "beginning of": 10,
          "start of": 10}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A day that a stretch of text means.

    day    the last day meant
    first  the first day of the stretch meant
    sort   day, slash (10/31), week, month, quarter, half, year, length or holiday: how it is told
    """

    day: date
    first: date
    sort: str
    begin: int
    end: int


def read(text: str, as_of: date) -> Iterator[Read]:
    """All days that a folded text tells, in their order; longer forms take their parts with them.  O(length)."""
    reached = 0
    for start in _STARTS.finditer(text):
        if start.start() < reached:
            continue
        if (one := _longest(text, start.start(), as_of, _BEGIN[start.lastgroup or "han"])) is not None:
            reached = one.end
            yield one


def _longest(text: str, place: int, as_of: date, forms: _Forms) -> Read | None:
    """The longest form that begins at a place; the first of those of one length."""
    best = None
    for sort, match, meaning in forms:
        found = match(text, place)
        if found is None or (best is not None and found.end() <= best.end):
            continue
        try:
            span = meaning(found, as_of)
        except (ValueError, OverflowError):
            continue
        if span is not None:
            best = Read(span[1], span[0], sort, place, found.end())
    return best


Span = tuple[date, date] | None  # first and last day meant
# How a day is told, what matches it at a place, what it means.
_Forms = tuple[
    tuple[str, Callable[[str, int], re.Match[str] | None], Callable[[re.Match[str], date], Span]], ...
]


def _full(m: re.Match[str], as_of: date) -> Span:
    day = date(int(m["y"]), int(m["m"]), int(m["d"]))
    return day, day


def _month_day(m: re.Match[str], as_of: date) -> Span:
    """明年12月15日, 12月8日, 12/15 beside a cue."""
    month, day = _number(m["m"]), _number(m["d"])
    year = _year(m, as_of)
    made = date(year or as_of.year, month, day)
    if year is None and made < as_of:
        made = date(as_of.year + 1, month, day)
    return made, made


def _month(m: re.Match[str], as_of: date) -> Span:
    """2027年3月底, 5月中旬, 12月."""
    return _part_of_month(_year(m, as_of), _number(m["m"]), m["part"] or "", as_of)


def _part_of_month(year: int | None, month: int, part: str, as_of: date) -> Span:
    if not 1 <= month <= 12:
        return None
    if year is None:
        year = as_of.year + (month < as_of.month)
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return first, date(year, month, _PARTS[part]) if part in _PARTS else last


def _near_month(m: re.Match[str], as_of: date) -> Span:
    """下个月20号, 本月底, next month."""
    later = 1 if m["which"].startswith(("下", "next")) else 0
    year, month = _later(as_of, later)
    day = m["d"] if "d" in m.re.groupindex else None
    if day:
        made = date(year, month, _number(day))
        return made, made
    part = (m["part"] if "part" in m.re.groupindex else None) or ""
    return _part_of_month(year, month, part, as_of)


def _english_day(m: re.Match[str], as_of: date) -> Span:
    month = _MONTHS[m["mon"][:3].capitalize()]
    made = date(int(m["y"]) if m["y"] else as_of.year, month, int(m["d"]))
    if not m["y"] and made < as_of:
        made = date(as_of.year + 1, month, int(m["d"]))
    return made, made


def _english_month(m: re.Match[str], as_of: date) -> Span:
    part = re.sub(r"^the |-$", "", (m["part"] or "").strip()).replace("the ", "")
    year = int(m["y"]) if m["y"] else None
    return _part_of_month(year, _MONTHS[m["mon"][:3].capitalize()], part, as_of)


def _quarter(m: re.Match[str], as_of: date) -> Span:
    number = _ORDINALS.get(m["q"]) or _number(m["q"])
    return _third(_year(m, as_of) or _year_behind(m), number, 3, as_of)


def _half(m: re.Match[str], as_of: date) -> Span:
    number = {"上": 1, "first": 1, "1": 1, "下": 2, "second": 2, "2": 2}[m["h"]]
    return _third(_year(m, as_of) or _year_behind(m), number, 6, as_of)


def _third(year: int | None, number: int, months: int, as_of: date) -> Span:
    if not 1 <= number <= 12 // months:
        return None
    last = number * months
    if year is None:
        year = as_of.year + (last < as_of.month)
    return date(year, last - months + 1, 1), date(year, last, calendar.monthrange(year, last)[1])


def _year_end(m: re.Match[str], as_of: date) -> Span:
    year = _year(m, as_of) or _year_behind(m) or as_of.year
    return date(year, 1, 1), date(year, 12, 31)


def _english_year_end(m: re.Match[str], as_of: date) -> Span:
    return None if m[0].rstrip().endswith("end of") else _year_end(m, as_of)


def _english_half(m: re.Match[str], as_of: date) -> Span:
    return _third(int(m["y"]), int(m["h"] or (1 if m["h_"] == "first" else 2)), 6, as_of)


def _week(m: re.Match[str], as_of: date) -> Span:
    """下周三, 本周五, by Friday: weeks begin on Monday."""
    which = m["which"] or ""
    name = m["w"]
    number = "一二三四五六日天".find(name) if len(name) == 1 else -1
    number = min(number, 6) if number >= 0 else [d.lower() for d in calendar.day_name].index(name)
    monday = as_of - timedelta(days=as_of.weekday())
    made = monday + timedelta(days=number + 7 * (which.startswith(("下", "next")) + which.startswith("下下")))
    if made < as_of or (which == "next" and made - as_of < timedelta(days=1)):
        made += timedelta(days=7)
    return made, made


def _length(m: re.Match[str], as_of: date) -> Span:
    count, half = _count(m["n"]), bool(m["half"]) if "half" in m.re.groupindex else False
    made = _after(as_of, count + (0.5 if half else 0), m["unit"])
    return (made, made) if made else None


def _count(text: str) -> float:
    if text in ("半", "half a", "a half"):
        return 0.5
    if text in ("a", "an"):
        return 1
    return float(text) if text.isdigit() else numerals.WORDS_EN.get(text) or _number(text)


def _after(as_of: date, count: float, unit: str) -> date | None:
    if count > 1200:
        return None
    if "工作日" in unit or unit.startswith(("working", "business")):
        return _working(as_of, int(count))
    if unit in ("天", "日", "个自然日", "自然日") or unit.startswith(("day", "calendar")):
        return as_of + timedelta(days=int(count))
    if unit in ("周", "个星期", "星期", "礼拜", "个礼拜") or unit.startswith("week"):
        return as_of + timedelta(days=round(7 * count))
    months = count * (12 if unit == "年" or unit.startswith("year") else 1)
    year, month = _later(as_of, int(months))
    day = date(year, month, min(as_of.day, calendar.monthrange(year, month)[1]))
    return day + timedelta(days=15 if months % 1 else 0)


def _working(as_of: date, count: int) -> date:
    """So many days from Monday to Friday later; holidays are not known."""
    weeks, rest = divmod(count, 5)
    day = as_of + timedelta(weeks=weeks)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    while rest:
        day += timedelta(days=1)
        rest -= day.weekday() < 5
    return day


def _holiday(m: re.Match[str], as_of: date) -> Span:
    """The day before a holiday."""
    name = m["name"]
    for year in range(_year(m, as_of) or as_of.year, as_of.year + 12):
        given = _NEW_YEARS.get(year) if name not in _HOLIDAYS else _HOLIDAYS[name]
        if given is None:
            return None
        made = date(year, *given) - timedelta(days=1)
        if made >= as_of:
            return made, made
    return None


def _later(as_of: date, months: int) -> tuple[int, int]:
    whole = as_of.year * 12 + as_of.month - 1 + months
    return whole // 12, whole % 12 + 1


def _year(m: re.Match[str], as_of: date) -> int | None:
    known = m.re.groupindex
    if "year" in known and m["year"]:
        return int(m["year"])
    if "turn" not in known or not m["turn"]:
        return None
    return as_of.year + (
        1 if m["turn"].startswith(("明", "next")) else 2 if m["turn"].startswith("后") else 0
    )


def _year_behind(m: re.Match[str]) -> int | None:
    return int(m["y"]) if "y" in m.re.groupindex and m["y"] else None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    value = numerals.chinese(text)
    if value is None:
        raise ValueError(text)
    return int(value)


def _length_zh(m: re.Match[str], as_of: date) -> Span:
    if m["unit"] == "月" and "个" not in m[0]:
        return None
    return _length(m, as_of)


_WHICH = r"(?P<which>下下?个?|本|这个?|当)月"
_MORE = r"(?:\s?(?P<part>上旬|中旬|下旬|初|头|中|底|末))?"
_WEEKDAY = "(?P<w>" + "|".join(day.lower() for day in calendar.day_name) + ")"
_FORMS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str], date], Span]]] = {
    "day1": (re.compile(r"(?<!\d)(?P<y>20\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)\s?[日号]?"), _full),
    "day2": (re.compile(r"(?<!\d)(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>20\d\d)(?!\d)"), _full),
    "slash": (re.compile(r"(?<![\d/.])(?P<m>1[0-2]|0?[1-9])/(?P<d>\d{1,2})(?![\d/.])"), _month_day),
    "day3": (re.compile(rf"(?:{_YEAR}\s?)?(?<![\d])(?P<m>\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s?月\s?(?P<d>\d{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s?[日号]"), _month_day),
    "month1": (re.compile(rf"(?:{_YEAR}\s?)?(?<![\d个])(?P<m>\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s?月(?!\s?\d{{1,2}}\s?[日号])份?{_MORE}"), _month),
    "month2": (re.compile(r"(?<!\d)(?P<year>20\d\d)[-/.](?P<m>0?[1-9]|1[0-2])(?![\d-])(?P<part>)"), _month),
    "day4": (re.compile(rf"{_WHICH}\s?(?P<d>\d{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s?[日号]"), _near_month),
    "month3": (re.compile(rf"{_WHICH}{_MORE}"), _near_month),
    "month4": (re.compile(r"(?:(?P<part>end of|middle of|early|mid|late)\s)?(?P<which>next|this) month\b"), _near_month),
    "day5": (re.compile(rf"(?<![\d.])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -](?P<mon>{_EN_MONTH})\.?(?:,?[ -](?P<y>20\d\d))?"), _english_day),
    "day6": (re.compile(rf"\b(?P<mon>{_EN_MONTH})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)(?:,?\s?(?P<y>20\d\d))?"), _english_day),
    "month5": (re.compile(rf"(?:\b(?:the )?(?P<part>end of|early|late|mid|middle of|beginning of|start of)[ -])?\b(?P<mon>{_EN_MONTH})\.?(?:,?\s?(?P<y>20\d\d))?"), _english_month),
    "quarter1": (re.compile(rf"(?:{_YEAR}\s?)?(?:第?(?P<q>[一二三四1234])\s?季度?)"), _quarter),
    "quarter2": (re.compile(rf"(?:{_YEAR}\s?)?(?<![a-z])q(?P<q>[1-4])\b(?: of)?(?:\s?/?(?P<y>20\d\d))?"), _quarter),
    "quarter3": (re.compile(r"\b(?P<q>first|second|third|fourth|last|1st|2nd|3rd|4th) quarter(?: of)?(?:\s(?P<y>20\d\d))?"), _quarter),
    "half1": (re.compile(rf"(?:{_YEAR}\s?)?(?P<h>[上下])半年"), _half),
    "half2": (re.compile(r"\b(?:h(?P<h>[12])|(?P<h_>first|second) half)(?: of)?(?:\s(?P<y>20\d\d))\b"), _english_half),
    "year1": (re.compile(r"(?:(?P<year>20\d\d)|(?P<turn>明年?|后年?|今年?|本))?\s?的?(?<![\d一二两三四五六七八九十几半多](?<!20\d\d))年年?\s?(?:底|末|终|内|之内|以内)"), _year_end),
    "year2": (re.compile(r"\b(?:the )?(?:year[- ]end|end of (?:the |this )?year|end of)(?!\s\d{1,2}\b)\s?(?P<y>20\d\d)?\b"), _english_year_end),
    "week1": (re.compile(r"(?P<which>下下?个?|本|这个?)?(?<!每)(?:周|星期|礼拜)(?P<w>[一二三四五六日天])(?!个|次|期)"), _week),
    "week2": (re.compile(rf"\b(?:(?P<which>next|this|coming)\s)?{_WEEKDAY}\b"), _week),
    "length1": (re.compile(rf"(?P<n>{_N})\s?个?(?P<half>半)?(?P<unit>工作日|自然日|天|日(?=\s?(?:内|以内|之内))|周(?!年|[一二三四五六日])|星期|礼拜|月(?!薪|份)|年(?!代|度|产|薪|级|化|利|费|租|底|检|报))(?P<rest>\s?(?:内|以内|之内)?)"), _length_zh),
    "length2": (re.compile(rf"\b(?P<n>{_EN_N})[\s-]?(?P<unit>working days?|business days?|calendar days?|days?|weeks?|months?|years?)\b"), _length),
    "holiday": (re.compile(rf"(?:{_YEAR}\s?)?(?P<name>春节|新春|农历新年|农历年|过年|(?<![\d一二两三四五六七八九十几多半去])年(?=前)|国庆|十一(?=前|之前|黄金周)|元旦|五一|劳动|圣诞|chinese new year|lunar new year|spring festival|new year's day|christmas|xmas|national day|labour day)节?"), _holiday),
}  # fmt: skip
# Which forms may begin with a Latin letter, a digit, a Chinese character: to try no others saves most of the time.
_BEGIN_WITH = {
    "latin": frozenset(("month4", "day6", "month5", "quarter2", "quarter3", "half2", "year2", "week2", "length2", "holiday",
                        "day3", "month1", "half1", "year1", "quarter1")),
    "digit": frozenset(("slash", "day1", "day2", "day3", "month1", "month2", "quarter1", "quarter2", "half1", "year1", "day5", "length1",
                        "length2", "holiday")),
    "han": frozenset(("day3", "month1", "day4", "month3", "quarter1", "quarter2", "half1", "year1", "week1", "length1", "holiday")),
}  # fmt: skip
_BEGIN: dict[str, _Forms] = {
    begin: tuple((name.rstrip("0123456789"), pattern.match, meaning)
                 for name, (pattern, meaning) in _FORMS.items() if name in names)
    for begin, names in _BEGIN_WITH.items()
}  # fmt: skip
_STARTS = re.compile(
    r"(?P<digit>(?<!\d)\d(?=[\d\s]{0,6}[年月日号天周季星礼个工自半/.\-a-z]))|[一二两三四五六七八九十半](?=[一二三四五六七八九十半]{0,3}\s?[月日号天周年季星礼个工自半节前之黄])"
    r"|[明后今本下这当上第周星礼年春新农过国元劳圣]"
    r"|(?<![a-z])(?P<latin>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|end|early|mid|late|beginning|start|the |next|this|coming|q[1-4]"
    r"|first|second|third|fourth|last|h[12]|year|mon|tue|wed|thu|fri|sat|sun|an?[ -]|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|twelve|half|chinese|lunar|spring|new|christ|xmas|national|labour)"
)
