"""A growth rate and the two levels that it should lead from and to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, doubt, percent
from tandem.engine.doubts.levels import comparable, unit
from tandem.engine.doubts.numbering import Ints
from tandem.engine.doubts.panel import Floats, Panel
from tandem.engine.doubts.quantities import Index

_BASIS_UNSURE = frozenset(("value added", "output value", "consumption", "investment", "income", "wage"))


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Doubts about growth beside levels."""
    index = Index(panel)
    for quantity in (q for q in panel.baselines if panel.identities[q].quantity == "growth"):
        if not panel.identities[quantity].marks & {"contribution"}:
            for level in _levels(panel, index, quantity):
                yield from _beside(panel, quantity, level, settings)


def _levels(panel: Panel, index: Index, growth: int) -> list[int]:
    """Levels of what grows: as the table says, else of the same words and measure."""
    one = panel.identities[growth]
    about = panel.declared.get(panel.texts[int(panel.first_text[growth])].indicator_id, {})
    if about.get("growth_of"):
        return index.by_id.get(about["growth_of"], [])
    if one.what.is_joint or one.what.places or one.what.wider or one.aside:
        return []
    return index.same(one.what.keys, one.what.measure)


def _beside(panel: Panel, growth: int, level: int, settings: DoubtSettings) -> Iterator[Doubt]:
    at = panel.of(growth)
    start, end, years = _years(panel, growth, at)
    before, after = (panel.find(panel.keys(level, at, period=period)) for period in (start, end))
    there = np.flatnonzero((before >= 0) & (after >= 0))
    there = there[(panel.low[before[there]] > 0) & np.isfinite(panel.high[before[there]])]
    at, before, after, years = at[there], before[there], after[there], years[there]
    low, high = _implied(panel, before, after, years)
    gap = np.maximum(low - panel.high[at], panel.low[at] - high)
    told = 0
    for n in np.flatnonzero(gap > 0):
        a, b, c = int(at[n]), int(before[n]), int(after[n])
        unsure = _bases_may_differ(panel, a, b, c)
        if (
            told >= settings.most
            or gap[n] <= (settings.price_gap if unsure else 0)
            or not _one_unit(panel, b, c)
        ):
            continue
        if years[n] > 1 and _fits_in_all(panel, a, b, c):
            continue
        told += 1
        middle = float((panel.lower[c] / panel.lower[b]) ** (1 / years[n]) - 1)
        yield doubt(
            panel, "growth_gap" if unsure else "growth_differs", [a, b, c],
            computed=percent(middle), low=percent(float(low[n])), high=percent(float(high[n])),
            gap=percent(float(gap[n]), 2),
        )  # fmt: skip


def _years(panel: Panel, growth: int, at: Ints) -> tuple[Ints, Ints, Ints]:
    """The periods (codes, -1 for none) that a rate leads from and to, and how many years lie between."""
    first, last = panel.first_years[panel.period[at]], panel.last_years[panel.period[at]]
    annual = np.array([span.is_year for span in panel.spans])[panel.period[at]]
    several = ~annual & (first > 0) & (last > first)
    start = np.where(annual, first - 1, np.where(several, first, -1))
    codes = panel.year_codes
    find = np.vectorize(lambda year: codes.get(int(year), -1), otypes=[np.int64])
    if not len(at):
        return at, at, at
    return find(start), find(np.where(annual | several, last, -1)), np.maximum(last - start, 1)


def _implied(panel: Panel, before: Ints, after: Ints, years: Ints) -> tuple[Floats, Floats]:
    with np.errstate(over="ignore", invalid="ignore"):
        low = np.maximum(panel.low[after], 0) / panel.high[before]
        high = panel.high[after] / panel.low[before]
    return low ** (1 / years) - 1, high ** (1 / years) - 1


def _fits_in_all(panel: Panel, a: int, b: int, c: int) -> bool:
    """A rate over several years may be meant over all of them and not a year, unless it says so."""
    low, high = _implied(panel, np.array([b]), np.array([c]), np.array([1]))
    return bool(low[0] <= panel.high[a] and high[0] >= panel.low[a])


def _bases_may_differ(panel: Panel, growth: int, before: int, after: int) -> bool:
    """Real growth beside nominal or undefined levels, or a sum of values of which nobody said which it is."""
    one = panel.texts[int(panel.text[growth])]
    bases = {panel.texts[int(panel.text[at])].basis for at in (before, after)}
    if one.dimension == "count" or unit(panel, int(panel.text[before]))[0] == "count":
        return False
    if one.basis == "nominal" and bases <= {"", "nominal"}:
        return False
    if one.basis:
        return bases != {one.basis}
    return "gdp" in one.subject.what.keys or one.subject.what.measure in _BASIS_UNSURE


def _one_unit(panel: Panel, before: int, after: int) -> bool:
    first, second = unit(panel, int(panel.text[before])), unit(panel, int(panel.text[after]))
    return comparable(first, second) and first[3] == second[3]
