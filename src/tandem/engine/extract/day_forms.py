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
from datetime import date

from tandem.engine.extract import day_meanings
from tandem.engine.extract.day_meanings import Span

_N = r"[\d一二两三四五六七八九十半]{1,4}"
_EN_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
_YEAR = r"(?:(?P<year>20\d\d)年?|(?P<turn>明年|后年|今年|本年度?|next year|this year))"
_EN_N = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|sixty|ninety|half a|a half)"


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


# How a day is told, what matches it at a place, what it means.
_Forms = tuple[
    tuple[str, Callable[[str, int], re.Match[str] | None], Callable[[re.Match[str], date], Span]], ...
]


_WHICH = r"(?P<which>下下?个?|本|这个?|今个?|当)月"
_MORE = r"(?:\s?(?P<part>上旬|中旬|下旬|上半|下半|初|头|中|底|末|尾))?"
_WEEKDAY = "(?P<w>" + "|".join(day.lower() for day in calendar.day_name) + ")"
_SHORT_DAY = r"(?P<w>mon|tues?|wed|thur?s?|fri|sat|sun)"
_FORMS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str], date], Span]]] = {
    "day1": (re.compile(r"(?<!\d)(?P<y>20\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)\s?[日号]?"), day_meanings.full),
    "day2": (re.compile(r"(?<!\d)(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>20\d\d)(?!\d)"), day_meanings.full),
    "slash": (re.compile(r"(?<![\d/.])(?P<m>1[0-2]|0?[1-9])/(?P<d>\d{1,2})(?![\d/.])"), day_meanings.month_day),
    "slash2": (re.compile(r"(?<![\d/.])(?P<d>1[3-9]|2\d|3[01])/(?P<m>1[0-2]|0?[1-9])(?![\d/.])"), day_meanings.month_day),
    "day3": (re.compile(rf"(?:{_YEAR}\s?)?(?<![\d])(?P<m>\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s?月\s?(?P<d>\d{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s?(?:[日号]|(?<=\d)(?=\s?(?:之前|以前|前|截|交|到|要|晚|完|出|[,。;)]|$))(?!\d)|(?=(?:之前|以前|前)))"), day_meanings.month_day),
    "month1": (re.compile(rf"(?:{_YEAR}\s?)?(?<![\d个])(?P<m>\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s?月(?!\s?\d{{1,2}}\s?[日号])份?{_MORE}(?!\s?\d{{1,2}}(?:之前|以前|前))"), day_meanings.month),
    "month2": (re.compile(r"(?<!\d)(?P<year>20\d\d)[-/.](?P<m>0?[1-9]|1[0-2])(?![\d-])(?P<part>)"), day_meanings.month),
    "day4": (re.compile(rf"{_WHICH}\s?(?P<d>\d{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s?[日号]"), day_meanings.near_month),
    "month3": (re.compile(rf"{_WHICH}{_MORE}"), day_meanings.near_month),
    "month4": (re.compile(r"(?:(?P<part>end of|end|middle of|early|mid|late)\s)?(?P<which>next|this|the) month\b"), day_meanings.near_month),
    "month6": (re.compile(r"(?<![个\d一二三四五六七八九十本下上每这当今])月(?P<part>底|末|尾|初|头|中(?!旬))"), day_meanings.this_month),
    "month7": (re.compile(r"(?P<part>)\b(?:month[- ]end|end of month|eom)\b"), day_meanings.this_month),
    "near": (re.compile(r"(?P<near>大后天|后天|后日|明天|明日|听日|明晚|今天|今日|今晚|聽日|day after tomorrow|tomorrow|tmr|today|tonight)"), day_meanings.near),
    "ordinal": (re.compile(r"(?<![\d/.:-])(?P<d>[12]?\d|3[01])(?:st|nd|rd|th)\b(?: of (?P<which>this|next|the) month)?"), day_meanings.ordinal),
    "ordinal2": (re.compile(r"(?<![\d/.:#月年-])(?P<d>[12]?\d|3[01])\s?[号日](?!\s?\d|楼|线|机|炉|窑|店|仓|库|厂|车间|门|均|产|语|本|用|系|元)"), day_meanings.ordinal),
    "weeks": (re.compile(r"(?P<which>下下?个?|本|这个?|今个?)(?:周|星期|礼拜)(?P<part>末|内|之内|底)?(?![一二三四五六日天])"), day_meanings.whole_week),
    "weeks2": (re.compile(r"(?:(?P<part>end of|late)\s)?\b(?P<which>next|this|the) week\b"), day_meanings.whole_week),
    "fortnight": (re.compile(r"\b(?P<n>a|one|two)?\s?(?P<unit>fortnight)\b|\b(?:a )?(?P<n_>couple of|few) (?P<unit_>days|weeks|months)\b"), day_meanings.some),
    "season": (re.compile(rf"(?:{_YEAR})\s?(?P<s>春节?天|夏天|秋天|冬天|初)(?!节)|\b(?P<turn2>next|this) (?P<s2>spring|summer|autumn|fall|winter)\b"), day_meanings.season),
    "day5": (re.compile(rf"(?<![\d.])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -](?P<mon>{_EN_MONTH})\.?(?:,?[ -](?P<y>20\d\d))?"), day_meanings.english_day),
    "day6": (re.compile(rf"\b(?P<mon>{_EN_MONTH})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)(?:,?\s?(?P<y>20\d\d))?"), day_meanings.english_day),
    "month5": (re.compile(rf"(?:\b(?:the )?(?P<part>the end of|end of|end|early|late|mid|middle of|first half of|first week of|second week of|third week of|last week of|beginning of|start of)[ -])?\b(?P<mon>{_EN_MONTH})\.?(?:,?\s?(?P<y>20\d\d))?"), day_meanings.english_month),
    "quarter1": (re.compile(rf"(?:{_YEAR}\s?)?(?:第?(?P<q>[一二三四1234])\s?季度?)"), day_meanings.quarter),
    "quarter2": (re.compile(rf"(?:{_YEAR}\s?)?(?<![a-z])q(?P<q>[1-4])\b(?: of)?(?:\s?/?(?P<y>20\d\d))?"), day_meanings.quarter),
    "quarter3": (re.compile(r"\b(?P<q>first|second|third|fourth|last|1st|2nd|3rd|4th) quarter(?: of)?(?:\s(?P<y>20\d\d))?"), day_meanings.quarter),
    "half1": (re.compile(rf"(?:{_YEAR}\s?)?(?P<h>[上下])半年"), day_meanings.half),
    "half2": (re.compile(r"\b(?:h(?P<h>[12])|(?P<h_>first|second) half)(?: of)?(?:\s(?P<y>20\d\d))\b"), day_meanings.english_half),
    "year1": (re.compile(r"(?:(?P<year>20\d\d)|(?P<turn>明年?|后年?|今年?|本))?\s?的?(?<![\d一二两三四五六七八九十几半多](?<!20\d\d))年年?\s?(?:底|末|终|尾|内|之内|以内)"), day_meanings.year_end),
    "year3": (re.compile(r"\bend of (?P<turn>next year)\b"), day_meanings.year_end),
    "year2": (re.compile(r"\b(?:the )?(?:year[- ]end|end of (?:the |this |the calendar )?year|eoy|end of)(?!\s\d{1,2}\b)\s?(?P<y>20\d\d)?\b"), day_meanings.english_year_end),
    "week1": (re.compile(r"(?P<which>下下?个?|本|这个?)?(?<!每)(?:周|星期|礼拜)(?P<w>[一二三四五六日天])(?!个|次|期)"), day_meanings.week),
    "week2": (re.compile(rf"\b(?:(?P<which>next|this|coming)\s)?{_WEEKDAY}\b"), day_meanings.week),
    "week3": (re.compile(rf"\b(?P<which>next|this|coming)\s{_SHORT_DAY}\b"), day_meanings.week),
    "week4": (re.compile(rf"(?P<which>)(?:(?<=\bby )|(?<=before )|(?<=until )){_SHORT_DAY}\b"), day_meanings.week),
    "length1": (re.compile(rf"(?P<n>{_N})\s?个?(?P<half>半)?(?P<unit>工作日|自然日|天|日(?=\s?(?:内|以内|之内))|周(?!年|[一二三四五六日])|星期|礼拜|月(?!薪|份)|年(?!代|度|产|薪|级|化|利|费|租|底|检|报))(?P<rest>\s?(?:内|以内|之内)?)"), day_meanings.length_zh),
    "length2": (re.compile(rf"\b(?P<n>{_EN_N})[\s-]?(?P<unit>working days?|business days?|calendar days?|days?|weeks?|wks?|months?|years?)\b"), day_meanings.length),
    "holiday": (re.compile(rf"(?:{_YEAR}\s?)?(?P<name>春节|新春|农历新年|农历年|过年|(?<![\d一二两三四五六七八九十几多半去])年(?=前)|国庆|双十[一二]|双1[12]|618|十一(?=前|之前|黄金周)|六一(?=儿童|前|之前|节)|元旦|五一|劳动(?=节)|圣诞|复活(?=节)|中秋|端午|清明|chinese new year|lunar new year|lunar year|cny(?!\s?\d)|spring festival|new year's day|christmas|xmas|x-mas|national day|golden week|labou?r day|may day|double (?:11|eleven)|singles'? day|mid-autumn|dragon boat|easter|halloween|valentine's)节?"), day_meanings.holiday),
}  # fmt: skip
# Which forms may begin with a Latin letter, a digit, a Chinese character: to try no others saves most of the time.
_BEGIN_WITH = {
    "latin": frozenset(("month7", "near", "weeks2", "fortnight", "season", "week3", "week4", "year3", "month4", "day6", "month5", "quarter2", "quarter3", "half2", "year2", "week2", "length2", "holiday",
                        "day3", "month1", "half1", "year1", "quarter1")),
    "digit": frozenset(("ordinal", "ordinal2", "season", "slash", "slash2", "day1", "day2", "day3", "month1", "month2", "quarter1", "quarter2", "half1", "year1", "day5", "length1",
                        "length2", "holiday")),
    "han": frozenset(("month6", "near", "weeks", "season", "day3", "month1", "day4", "month3", "quarter1", "quarter2", "half1", "year1", "week1", "length1", "holiday")),
}  # fmt: skip
_BEGIN: dict[str, _Forms] = {
    begin: tuple((name.rstrip("0123456789"), pattern.match, meaning)
                 for name, (pattern, meaning) in _FORMS.items() if name in names)
    for begin, names in _BEGIN_WITH.items()
}  # fmt: skip
_STARTS = re.compile(
    r"(?P<digit>(?<!\d)\d(?=[\d\s]{0,6}[年月日号天周季星礼个工自半/.\-a-z])|618(?!\d))|[一二两三四五六七八九十半](?=[一二三四五六七八九十半]{0,3}\s?[月日号天周年季星礼个工自半节前之黄])"
    r"|[明后今大听本下这当上第周星礼年月春新农过国元劳圣双中端清复]"
    r"|(?<![a-z])(?P<latin>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|end|early|mid|late|beginning|start|the |next|this|coming|q[1-4]"
    r"|first|second|third|fourth|last|h[12]|year|mon|tue|wed|thu|fri|sat|sun|an?[ -]|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|fifteen|twenty|thirty|sixty|ninety|half|chinese|lunar|spring|new|christ|xmas|x-mas|national|labou?r|golden|may day|double|singles|mid-a|dragon|easter|halloween"
    r"|valentine|cny|eom|eoy|month|day after|tomorrow|tmr|today|tonight|couple|fortnight)"
)
