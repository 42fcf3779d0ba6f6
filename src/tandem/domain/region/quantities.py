"""A printed value and its printed unit together: what was published, in base units."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass, replace
from datetime import date

from tandem.domain.region.printed import ABOUT, INFINITY, Form, Printed
from tandem.domain.region.units import Dimension, Unit, read_unit

FIRST_YEAR, LAST_YEAR = 1800, 2299  # a whole number between these beside the unit 'year' is a calendar year
_FROM_ZERO = frozenset(("count", "time", "share", "ratio"))


@dataclass(frozen=True, slots=True)
class Quantity:
    """lower <= upper and half a last digit in base units (None where no number), and what they measure.

    Base units: the currency's unit, persons, pieces, share 1 = 100 %, growth 0.039; durations in years, days or hours
    (thing says which); dates in decimal years from first to last day, without a half.
    """

    form: Form
    lower: float | None
    upper: float | None
    half: float | None
    dimension: Dimension
    currency: str | None
    thing: str | None
    whole: str | None


def measure(printed: Printed, unit: Unit) -> Quantity:
    """What a print says under its unit. A multiplier or unit standing in the print itself wins over the unit's.

    >>> from tandem.domain.region.printed import read_value
    >>> q = measure(read_value("> 8"), read_unit("trillion CNY")); (q.lower, q.upper, q.currency)
    (8000000000000.0, inf, 'CNY')
    """
    unit = _own_unit(printed, unit)
    if printed.day is not None:
        first, last = _days(printed.day)
        return Quantity("point", first, last, 0.0, "date", None, None, None)
    if printed.lower is None or printed.upper is None or printed.half is None:
        return Quantity(printed.form, None, None, None, unit.dimension, unit.currency, unit.thing, unit.whole)
    if unit.dimension == "date" or (unit.thing == "year" and unit.dimension == "time" and _is_year(printed)):
        return _calendar(printed)
    lower, upper, half = (based(number, unit) for number in (printed.lower, printed.upper, printed.half))
    if not all(math.isfinite(end) or abs(end) == INFINITY for end in (lower, upper)) or not math.isfinite(
        half
    ):
        return Quantity("words", None, None, None, unit.dimension, unit.currency, unit.thing, unit.whole)
    form = printed.form
    if unit.about and form in ("point", "fraction"):
        form, half = "about", max(half, ABOUT * abs(lower))
    if (
        lower == -INFINITY
        and upper >= 0
        and unit.dimension in _FROM_ZERO
        and unit.thing != "percentage point"
    ):
        lower = 0.0
    return Quantity(form, lower, upper, half, unit.dimension, unit.currency, unit.thing, unit.whole)


def based(number: float, unit: Unit) -> float:
    """A printed number in base units; scales below one divide, so that 3.9 % is the float 0.039."""
    made = number * unit.multiplier
    return made * unit.scale if unit.scale >= 1 else made / round(1 / unit.scale)


def _own_unit(printed: Printed, unit: Unit) -> Unit:
    """The unit after what the print itself says of it."""
    own = read_unit(printed.unit) if printed.unit else Unit("none")
    if own.dimension not in ("none", "words"):
        if own.dimension == "share" and unit.dimension == "growth":
            unit = replace(unit, scale=own.scale, multiplier=1.0)
        elif own.dimension == "share" and unit.dimension == "count":
            unit = replace(own, whole=unit.thing)
        elif own.dimension == unit.dimension:
            unit = replace(unit, scale=own.scale, multiplier=own.multiplier, currency=own.currency or unit.currency,
                           thing=unit.thing or own.thing, whole=unit.whole or own.whole)  # fmt: skip
        elif unit.dimension != "ratio":
            unit = own
    return replace(unit, multiplier=1.0) if printed.has_power and unit.dimension != "ratio" else unit


def _is_year(printed: Printed) -> bool:
    return all(end is not None and end.is_integer() and FIRST_YEAR <= end <= LAST_YEAR
               for end in (printed.lower, printed.upper))  # fmt: skip


def _calendar(printed: Printed) -> Quantity:
    """2026, 2026-2030 -> from the first day to the last; another number beside the unit 'date' is no date."""
    lower, upper = printed.lower or 0.0, printed.upper or 0.0
    first = _days(f"{int(lower):04d}")[0] if _within(lower) else -INFINITY
    last = _days(f"{int(upper):04d}")[1] if _within(upper) else INFINITY
    if first == -INFINITY and last == INFINITY:
        return Quantity("words", None, None, None, "date", None, None, None)
    return Quantity(printed.form, first, last, 0.0, "date", None, None, None)


def _within(year: float) -> bool:
    return FIRST_YEAR <= year < LAST_YEAR + 1


def _days(text: str) -> tuple[float, float]:
    """First and last day of '2026', '2025-10' or '2026-02-24' as decimal years."""
    year, *rest = (int(part) for part in text.split("-"))
    first = date(year, rest[0] if rest else 1, rest[1] if len(rest) > 1 else 1)
    last_month = rest[0] if rest else 12
    last = date(year, last_month, rest[1] if len(rest) > 1 else calendar.monthrange(year, last_month)[1])
    return _decimal_year(first), _decimal_year(last)


def _decimal_year(day: date) -> float:
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (366 if calendar.isleap(day.year) else 365)
