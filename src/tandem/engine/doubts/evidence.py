"""What a doubt is: figures that together need a decision or a definition, with everything its sentence says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tandem.engine.doubts.panel import Panel

Kind = Literal["conflict", "denominator_missing", "classes_overlap", "base_implied", "stale", "unit_mismatch"]

# Every rule with its class, the weightiest first; its sentence stands in the catalogue under `doubt.<rule>`.
RULES: Mapping[str, Kind] = {
    "ratio_differs": "conflict",  # a / b against a printed share, beyond rounding
    "ratio_cut_off": "conflict",  # the same, explained by a print cut off instead of rounded
    "per_differs": "conflict",  # a / b against a printed quantity per something
    "same_figure": "conflict",  # one quantity, place and period, two values
    "classes_over_whole": "conflict",  # classes that exclude each other sum above 100 %
    "places_over_whole": "conflict",  # places' shares of one whole sum above 100 %
    "part_over_whole": "conflict",  # a part larger than what it is a part of
    "parts_differ": "conflict",  # the classes that make up a whole sum to something else
    "place_over_place": "conflict",  # a place larger than the one it lies in
    "places_over_place": "conflict",  # places together larger than the one they lie in
    "growth_differs": "conflict",  # a growth rate and two levels
    "growth_gap": "conflict",  # the same across price bases, where only a gross gap says anything
    "wholes_differ": "denominator_missing",  # two shares of one subject, at least one of an unstated whole
    "whole_unstated": "denominator_missing",  # a share of nobody knows what
    "classes_overlap": "classes_overlap",  # classes that nobody declared exclusive sum above 100 %
    "base_implied": "base_implied",  # a number and its share imply a base that stands nowhere
    "power_of_ten": "unit_mismatch",  # equal but for a power of ten
    "series_jump": "unit_mismatch",  # a power of ten away from its neighbours in time
    "dimensions_differ": "unit_mismatch",  # money, pieces, shares under one name
    "currencies_differ": "unit_mismatch",  # the same number in two currencies, or a series that changes currency
    "basis_mixed": "unit_mismatch",  # nominal and real under one name
    "share_over_one": "unit_mismatch",  # a part above 100 %
    "unit_missing": "unit_mismatch",  # a number without a unit
    "unit_of_other_sort": "unit_mismatch",  # a length in passengers
    "target_passed": "stale",  # a target whose year is over
    "figure_stale": "stale",  # nothing newer for years
}
_WEIGHT = {rule: number for number, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class DoubtSettings:
    """as_of: the year from which age is counted, None for the newest baseline of the register.

    stale_years   years that a newest figure may be older
    price_gap     growth and levels of different price bases differ grossly from here on (0.06 = 6 points a year)
    stock_slack   relative slack of what is divided by a stock: heads are counted at year's end or as a mean
    most          doubts told of one rule about one quantity; a register full of one slip needs no more
    """

    as_of: int | None = None
    stale_years: int = 3
    price_gap: float = 0.06
    stock_slack: float = 0.03
    most: int = 20


@dataclass(frozen=True, slots=True)
class Doubt:
    """Figures that together need a decision or a definition; the sentence is `doubt.<rule>` with params.

    kind      its class; rule the reason; figures ids, the most telling first; params plain JSON values
    """

    kind: str
    rule: str
    figures: tuple[str, ...]
    params: Mapping[str, Any]

    @property
    def order(self) -> tuple[int, tuple[str, ...]]:
        """Weightier rules first, then by figure id."""
        return _WEIGHT[self.rule], self.figures


def doubt(panel: Panel, rule: str, at: Sequence[int], **params: Any) -> Doubt:
    """A doubt about the figures at these places of the panel; they are cited as a, b, c ... in their order."""
    return doubt_of_rows(panel, rule, [int(panel.row[where]) for where in at], **params)


def doubt_of_rows(panel: Panel, rule: str, rows: Sequence[int], **params: Any) -> Doubt:
    """The same about rows of the register's frame, which need have no number."""
    cited: dict[str, Any] = {}
    for letter, row in zip("abcd", rows, strict=False):
        cited |= _cite(letter, panel.cited.row(row, named=True))
    ids = [str(panel.figures["figure_id"][row]) for row in rows]
    return Doubt(RULES[rule], rule, tuple(dict.fromkeys(ids)), {**cited, **params})


def names(panel: Panel, at: Iterable[int]) -> tuple[str, ...]:
    """Figures in short, for lists: 'Tertiary share of GDP 57 %'."""
    rows = (panel.cited.row(int(panel.row[where]), named=True) for where in at)
    return tuple(f"{row['indicator'] or row['indicator_id']} {printed(row)}" for row in rows)


def printed(row: Mapping[str, Any]) -> str:
    """A value as it was published, with its unit."""
    return " ".join(part for part in (row["value"] or "", row["unit"] or "") if part)


def _cite(letter: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a sentence says about one figure; missing texts show as a dash."""
    return {
        f"{letter}_id": row["figure_id"] or "–",
        f"{letter}_name": row["indicator"] or row["indicator_id"] or "–",
        f"{letter}_value": printed(row) or "–",
        f"{letter}_period": row["period"] or "–",
        f"{letter}_place": row["geography"] or row["geo_id"] or "–",
        f"{letter}_source": row["source"] or "–",
    }


def digits(value: float, significant: int = 3) -> str:
    """A number with so many significant digits and thousands apart: 73333.3 -> '73,300'."""
    if not math.isfinite(value) or value == 0:
        return "∞" if value > 0 else "0"
    places = significant - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, places):,.{max(places, 0)}f}"


def percent(value: float, significant: int = 3) -> str:
    """A share or growth rate in per cent: 0.036694 -> '3.67 %'."""
    return f"{digits(value * 100, significant)} %"


def in_unit_of(panel: Panel, at: int, value: float, significant: int = 3) -> str:
    """A number in base units told in the unit in which a figure is printed: 1.46e13 beside '14.58 trillion CNY'."""
    row = panel.cited.row(int(panel.row[at]), named=True)
    found = re.search(r"\d[\d,]*(?:\.\d+)?", row["value"] or "")
    shown = float(found[0].replace(",", "")) if found else 0.0
    if shown <= 0 or not math.isfinite(value):
        return digits(value, significant)
    return f"{digits(value * shown / panel.lower[at], significant)} {row['unit'] or ''}".strip()
