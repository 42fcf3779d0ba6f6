"""What each form of a day means: the first and the last day of the stretch that is meant, read as of a day.

Every function takes the match of its form (day_forms) and the day of writing; None where there is no such day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from tandem.domain.region import numerals

_YEARS = range(2000, 2100)
_TABLE = Path(__file__).with_name("holidays.tsv")
_WEEKDAYS = [name.lower() for name in calendar.day_abbr]
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if number}
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
_PARTS = {"上旬": 10, "初": 10, "头": 10, "中旬": 20, "中": 15, "early": 10, "mid": 15, "first half of": 15, "first week of": 7, "second week of": 14, "third week of": 21, "上半": 15, "middle of": 15, "beginning of": 10,
          "start of": 10}  # fmt: skip


Span = tuple[date, date] | None  # first and last day meant


def full(m: re.Match[str], as_of: date) -> Span:
    """2027/2/28, 28.2.2027."""
    day = date(int(m["y"]), int(m["m"]), int(m["d"]))
    return day, day


def month_day(m: re.Match[str], as_of: date) -> Span:
    """明年12月15日, 12月8日, 12/15 beside a cue."""
    month, day = _number(m["m"]), _number(m["d"])
    year = _year(m, as_of)
    made = date(year or as_of.year, month, day)
    if year is None and made < as_of:
        made = date(as_of.year + 1, month, day)
    return made, made


def month(m: re.Match[str], as_of: date) -> Span:
    """2027年3月底, 5月中旬, 12月."""
    return _part_of_month(_year(m, as_of), _number(m["m"]), m["part"] or "", as_of)


def _part_of_month(year: int | None, month: int, part: str, as_of: date) -> Span:
    if not 1 <= month <= 12:
        return None
    if year is None:
        year = as_of.year + (month < as_of.month)
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return first, date(year, month, _PARTS[part]) if part in _PARTS else last


def near_month(m: re.Match[str], as_of: date) -> Span:
    """下个月20号, 本月底, next month."""
    later = 1 if m["which"].startswith(("下", "next")) else 0
    year, month = _later(as_of, later)
    day = m["d"] if "d" in m.re.groupindex else None
    if day:
        made = date(year, month, _number(day))
        return made, made
    part = (m["part"] if "part" in m.re.groupindex else None) or ""
    return _part_of_month(year, month, part, as_of)


def english_day(m: re.Match[str], as_of: date) -> Span:
    """31 March 2027, March 5."""
    month = _MONTHS[m["mon"][:3].capitalize()]
    made = date(int(m["y"]) if m["y"] else as_of.year, month, int(m["d"]))
    if not m["y"] and made < as_of:
        made = date(as_of.year + 1, month, int(m["d"]))
    return made, made


def english_month(m: re.Match[str], as_of: date) -> Span:
    """March 2027, mid-April, end of June."""
    part = re.sub(r"^the |-$", "", (m["part"] or "").strip()).replace("the ", "")
    year = int(m["y"]) if m["y"] else None
    return _part_of_month(year, _MONTHS[m["mon"][:3].capitalize()], part, as_of)


def quarter(m: re.Match[str], as_of: date) -> Span:
    """二季度, Q2 2027, the third quarter."""
    number = _ORDINALS.get(m["q"]) or _number(m["q"])
    return _third(_year(m, as_of) or _year_behind(m), number, 3, as_of)


def half(m: re.Match[str], as_of: date) -> Span:
    """上半年."""
    number = {"上": 1, "first": 1, "1": 1, "下": 2, "second": 2, "2": 2}[m["h"]]
    return _third(_year(m, as_of) or _year_behind(m), number, 6, as_of)


def _third(year: int | None, number: int, months: int, as_of: date) -> Span:
    if not 1 <= number <= 12 // months:
        return None
    last = number * months
    if year is None:
        year = as_of.year + (last < as_of.month)
    return date(year, last - months + 1, 1), date(year, last, calendar.monthrange(year, last)[1])


def year_end(m: re.Match[str], as_of: date) -> Span:
    """年底, year-end, 年内."""
    year = _year(m, as_of) or _year_behind(m) or as_of.year
    return date(year, 1, 1), date(year, 12, 31)


def english_year_end(m: re.Match[str], as_of: date) -> Span:
    """Year-end; "end of" alone is none."""
    return None if m[0].rstrip().endswith("end of") else year_end(m, as_of)


def english_half(m: re.Match[str], as_of: date) -> Span:
    """H1 2027, the first half of 2027."""
    return _third(int(m["y"]), int(m["h"] or (1 if m["h_"] == "first" else 2)), 6, as_of)


def this_month(m: re.Match[str], as_of: date) -> Span:
    """月底, 月中, month-end: of this month, or of the next where it is over."""
    found = _part_of_month(as_of.year, as_of.month, m["part"], as_of)
    if found is not None and found[1] < as_of:
        year, month = _later(as_of, 1)
        found = _part_of_month(year, month, m["part"], as_of)
    return found


def near(m: re.Match[str], as_of: date) -> Span:
    """今天, 明日, the day after tomorrow."""
    told = m["near"]
    days = (
        3
        if told[0] == "大"
        else 2
        if told[0] in "后d"
        else 1
        if told[0] in "明听" or told[:3] in ("tom", "tmr")
        else 0
    )
    made = as_of + timedelta(days=days)
    return made, made


def ordinal(m: re.Match[str], as_of: date) -> Span:
    """The 24th, 25号: of this month, or of the next where it is over or said so."""
    following = "which" in m.re.groupindex and m["which"] == "next"
    year, month = _later(as_of, 1 if following or int(m["d"]) < as_of.day else 0)
    made = date(year, month, int(m["d"]))
    return made, made


def whole_week(m: re.Match[str], as_of: date) -> Span:
    """下周内, 本周末: until Sunday; end of next week: until Friday."""
    which = m["which"]
    later = 7 * (which.startswith(("下", "next")) + which.startswith("下下"))
    monday = as_of - timedelta(days=as_of.weekday() - later)
    return monday, monday + timedelta(days=4 if m["part"] in ("end of", "late") else 6)


def some(m: re.Match[str], as_of: date) -> Span:
    """A fortnight, a couple of weeks: two of them."""
    weeks = 4 if m["n"] == "two" else 2
    made = as_of + timedelta(weeks=weeks) if m["unit"] else _after(as_of, 2, m["unit_"])
    return (made, made) if made else None


def season(m: re.Match[str], as_of: date) -> Span:
    """明年初, next spring: until the end of the season's last month."""
    name = m["s"] or m["s2"]
    year = _year(m, as_of) or as_of.year
    month = {"初": 1, "春": 4, "夏": 8, "秋": 10, "冬": 12, "sp": 5, "su": 8, "au": 11, "fa": 11, "wi": 12}[
        name[:2] if name.isascii() else name[0]
    ]
    if m["s2"] and (month < as_of.month or (m["turn2"] == "next" and month <= as_of.month + 1)):
        year += 1
    return _part_of_month(year, month, "", as_of)


def week(m: re.Match[str], as_of: date) -> Span:
    """下周三, 本周五, by Friday: weeks begin on Monday."""
    which = m["which"] or ""
    name = m["w"]
    number = "一二三四五六日天".find(name) if len(name) == 1 else -1
    number = min(number, 6) if number >= 0 else _WEEKDAYS.index(name[:3])
    monday = as_of - timedelta(days=as_of.weekday())
    made = monday + timedelta(days=number + 7 * (which.startswith(("下", "next")) + which.startswith("下下")))
    if made < as_of or (which == "next" and made - as_of < timedelta(days=1)):
        made += timedelta(days=7)
    return made, made


def length(m: re.Match[str], as_of: date) -> Span:
    """两周, six weeks: so long from the day of writing."""
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
    if unit in ("周", "个星期", "星期", "礼拜", "个礼拜") or unit.startswith(("week", "wk")):
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


def holiday(m: re.Match[str], as_of: date) -> Span:
    """The day before a holiday."""
    name = m["name"]
    for year in range(_year(m, as_of) or as_of.year, as_of.year + 12):
        given = _holidays()[name].get(year)
        if given is None:
            return None
        made = date(year, *given) - timedelta(days=1)
        if made >= as_of:
            return made, made
    return None


@cache
def _holidays() -> Mapping[str, Mapping[int, tuple[int, int]]]:
    """Month and day of each holiday in each year, by its names."""
    known: dict[str, Mapping[int, tuple[int, int]]] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        names, given = line.split("\t")
        days = [[int(part) for part in day.split("-")] for day in given.split(";")]
        fixed = dict.fromkeys(_YEARS, (days[0][0], days[0][1]))
        by_year = fixed if len(days[0]) == 2 else {year: (month, day) for year, month, day in days}
        known.update(dict.fromkeys(names.split(";"), by_year))
    return known


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


def length_zh(m: re.Match[str], as_of: date) -> Span:
    """两个月; 两月 alone is none."""
    if m["unit"] == "月" and "个" not in m[0]:
        return None
    return length(m, as_of)
