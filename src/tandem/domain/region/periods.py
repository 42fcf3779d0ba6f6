"""Periods as they are printed: years, ranges, open ends, months, days and five-year plans, in zh and en."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from tandem.domain.region.numerals import chinese, folded

_YEAR = r"(?:18|19|20|21|22)\d\d"
_DAY = re.compile(rf"({_YEAR})\s*[-/.年]\s*(\d{{1,2}})(?:\s*[-/.月]\s*(\d{{1,2}})\s*日?|\s*月)?")
_PACKED = re.compile(rf"({_YEAR})(0[1-9]|1[0-2])(\d\d)?")
_SPAN = re.compile(
    rf"({_YEAR})\s*年?\s*(?:-|~|/|至|到|to|until|and)\s*({_YEAR}|\d\d)\s*年?(?:底|末)?", re.IGNORECASE
)
_OPEN = re.compile(
    rf"(?:since|from|自|从)?\s*({_YEAR})\s*年?\s*(?:-|~|\+|起|以来|以后|onwards?|and later|至今|-\s*至今)"
    rf"|(?:since|from)\s+({_YEAR})",
    re.IGNORECASE,
)
_YEARS = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_PLAN_EN = re.compile(r"(\d{1,2})(?:st|nd|rd|th)\s+five[- ]year(?:\s+plan)?", re.IGNORECASE)
_PLAN_ZH = re.compile(r"第([一二三四五六七八九十]{1,3})个五年(?:规划|计划)?")
_PLAN_SHORT = re.compile(
    r"[“\"']?([一二三四五六七八九]|十[一二三四五六七八九]?|二十[一二三四五六七八九]?)五[”\"']?(?:规划|计划|时期|期间|期末|末)*"
)
_PLAN_END = re.compile(r"(?:末|end of|by the end)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last year of a period; last None where it is open, both None where none was understood.

    day is the ISO date or month ('2026-02-24', '2025-10') where the print is that exact; is_plan for five-year plans.
    """

    first: int | None = None
    last: int | None = None
    day: str | None = None
    is_plan: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the period has a start and no end: '2026-'."""
        return self.first is not None and self.last is None


def read_period(text: str) -> Period:
    """What a printed period says; Period() where it says nothing that is understood, never an error.

    >>> [(p.first, p.last) for p in map(read_period, ("2025", "2026-", "2026-2030", "2025-10", "十五五", "2025年"))]
    [(2025, 2025), (2026, None), (2026, 2030), (2025, 2025), (2026, 2030), (2025, 2025)]
    """
    plain = folded(text[:200]).strip("“”\"'()[] ")
    if (plan := _plan(plain)) is not None:
        return plan
    if (span := _SPAN.fullmatch(plain)) and (read := _span(span[1], span[2])) is not None:
        return read
    if (day := _day(plain)) is not None:
        return Period(int(day[:4]), int(day[:4]), day)
    if found := _OPEN.fullmatch(plain):
        return Period(int(found[1] or found[2]), None)
    years = sorted({int(year) for year in _YEARS.findall(plain)})
    return Period(years[0], years[-1]) if years else Period()


def _span(first: str, last: str) -> Period | None:
    """A span of years; two digits after the dash are a year only where they cannot be a month: 2026-30."""
    end = int(last) if len(last) == 4 else int(first[:2] + last)
    if len(last) == 2 and int(last) <= 12:
        return None
    return Period(min(int(first), end), max(int(first), end))


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text) or _PACKED.fullmatch(text)
    if not found:
        return None
    try:
        exact = date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return None
    return exact.isoformat() if found[3] else exact.isoformat()[:7]


def _plan(text: str) -> Period | None:
    number: float | None = None
    if found := _PLAN_EN.search(text):
        number = float(found[1])
    elif (found := _PLAN_ZH.search(text)) or (found := _PLAN_SHORT.fullmatch(text)):
        number = chinese(found[1])
    if number is None or not 1 <= number <= 40:
        return None
    first = int(1953 + 5 * (number - 1) if number < 3 else 1966 + 5 * (number - 3))  # 1963-65 was in no plan
    return Period(first + 4 if _PLAN_END.search(text) else first, first + 4, is_plan=True)
