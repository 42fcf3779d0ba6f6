"""Numbers told in other units than their own: ten-thousands for hundred-millions, money for pieces, no unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, doubt, percent
from tandem.engine.doubts.levels import irreconcilable, unit
from tandem.engine.doubts.numbering import Ints, order_of
from tandem.engine.doubts.panel import BASELINE, Floats, Panel
from tandem.engine.doubts.shares import is_share

_SLIP = (3, 4, 8)  # powers that a series does not jump by on its own
_NEAR = 0.12  # log10: how near to the power a jump lies
_LEAST_SPREAD = 7.0
_SPIKE = (1, 2)  # powers that a single figure may be away from both its neighbours
_UNITLESS = ("index", "coefficient", "ratio", "score", "rank", "number of", "count", "指数", "系数", "数量", "个数",
             "家数", "率", "rate", "排名", "gini", "multiple", "倍")  # fmt: skip
_HAS_NO_CEILING = frozenset(
    ("trade", "foreign trade", "export", "import", "debt", "loan", "deposit", "credit", "stock")
)


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Doubts about units."""
    if not len(panel.key):
        return
    yield from _over_one(panel, settings)
    yield from _without_unit(panel, settings)
    yield from _of_two_dimensions(panel, settings)
    yield from _jumps(panel, settings)


def _over_one(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """A part above 100 %; what may pass it (trade to GDP, a completion rate) is no part."""
    for quantity in range(len(panel.identities)):
        if _is_part(panel, quantity):
            at = np.arange(*panel.starts[quantity : quantity + 2])
            for one in at[panel.low[at] > 1][: settings.most].tolist():
                yield doubt(panel, "share_over_one", [one], share=percent(float(panel.lower[one])))


def _is_part(panel: Panel, quantity: int) -> bool:
    one = panel.identities[quantity]
    if one.quantity != "share" or one.marks & {"rate", "ratio", "intensity", "contribution"}:
        return False
    if (
        one.whole is not None
        and "gdp" in one.whole.keys
        and {word.shown for word in one.what.words} & _HAS_NO_CEILING
    ):
        return False
    return is_share(panel, quantity) or one.whole is not None


def _without_unit(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """A number without a unit, the first of each text and place; names that say their unit need none."""
    bare = [
        n
        for n, one in enumerate(panel.texts)
        if not one.unit.strip() and one.dimension == "none" and not _says_its_unit(one.indicator)
    ]
    told: Counter[int] = Counter()
    seen: set[tuple[int, int]] = set()
    for at in np.flatnonzero(np.isin(panel.text, bare)).tolist():
        text, place = int(panel.text[at]), int(panel.place[at])
        if (text, place) not in seen and told[text] < settings.most and not _printed_with_unit(panel, at):
            seen.add((text, place))
            told[text] += 1
            yield doubt(panel, "unit_missing", [at])


def _says_its_unit(indicator: str) -> bool:
    low = indicator.lower()
    return any(word in low for word in _UNITLESS) or any(mark in low for mark in ("(", "（", "%"))


def _printed_with_unit(panel: Panel, at: int) -> bool:
    row = panel.cited.row(int(panel.row[at]), named=True)
    return (
        row["dimension"] not in (None, "none")
        or row["form"] in ("fraction", "words")
        or "%" in (row["value"] or "")
    )


def _of_two_dimensions(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """One name at one place in money and in pieces, in yuan and in dollars, or nominal and real over time."""
    names: dict[str, list[int]] = {}
    for number, one in enumerate(panel.texts):
        if one.subject.quantity in ("level", "share", "per") and one.dimension not in (
            "none",
            "words",
            "growth",
        ):
            names.setdefault(" ".join((one.indicator_id or one.indicator).lower().split()), []).append(number)
    for texts in names.values():
        if len({(unit(panel, n), panel.texts[n].subject.quantity) for n in texts}) > 1:
            yield from _of_one_name(panel, texts, settings)


def _of_one_name(panel: Panel, texts: list[int], settings: DoubtSettings) -> Iterator[Doubt]:
    at = np.flatnonzero(np.isin(panel.text, texts) & (panel.kind == BASELINE))
    order = np.lexsort((panel.last_years[panel.period[at]], panel.place[at]))
    at = at[order]
    told = 0
    for place in np.unique(panel.place[at]):
        here = at[panel.place[at] == place]
        first = int(here[-1])
        for rule, other in _odd(panel, first, here[:-1].tolist()):
            if told < settings.most:
                told += 1
                yield doubt(panel, rule, [other, first] if rule != "dimensions_differ" else [first, other])
            break


def _odd(panel: Panel, first: int, others: list[int]) -> Iterator[tuple[str, int]]:
    """The nearest figure in time whose unit does not fit that of the latest one."""
    mine = unit(panel, int(panel.text[first]))
    for other in reversed(others):
        its = unit(panel, int(panel.text[other]))
        apart = panel.period[other] != panel.period[first]
        if irreconcilable(its, mine):
            if not _whole_is_stated(panel, first) and not _whole_is_stated(panel, other):
                yield "dimensions_differ", other
        elif its[1] != mine[1] and apart and its[1] and mine[1]:
            yield "currencies_differ", other
        elif its[3] != mine[3] and apart and its[3] and mine[3]:
            yield "basis_mixed", other


def _whole_is_stated(panel: Panel, at: int) -> bool:
    """'Tertiary value added' in yuan and in '% of GDP' are two honest figures."""
    one = panel.texts[int(panel.text[at])].subject
    return one.quantity == "share" and one.whole is not None


def _jumps(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Figures a power of ten away from their neighbours in a series of years."""
    told: Counter[int] = Counter()
    seen: set[int] = set()
    units = _units(panel)
    for block in panel.blocks():
        at, group = _series(panel, block, units)
        if len(at) < 2:
            continue
        level = panel.lower[at]
        with np.errstate(divide="ignore"):
            step = np.log10(level[1:] / level[:-1])
        same = (group[1:] == group[:-1]) & (panel.period[at[1:]] != panel.period[at[:-1]])
        power = np.abs(np.round(step))
        near = same & (np.abs(np.abs(step) - power) < _NEAR) & np.isin(power, (*_SLIP, *_SPIKE))
        sure = near & np.isin(power, _SLIP)
        back = np.r_[near[1:] & near[:-1] & (step[1:] * step[:-1] < 0) & (power[1:] == power[:-1]), False]
        for n in np.flatnonzero(sure | back).tolist():
            odd, beside = _odd_one(at, step, same, n)
            quantity = int(panel.quantity[odd])
            if odd in seen or told[quantity] >= settings.most:
                continue
            seen |= {odd, *((int(at[n + 1]),) if back[n] else ())}
            told[quantity] += 1
            yield doubt(panel, "series_jump", [odd, beside], factor=f"{10 ** int(power[n]):,}")


def _odd_one(at: Ints, step: Ints, same: Ints, n: int) -> tuple[int, int]:
    """Of two neighbours the one that also differs from its other neighbour; the later one where nothing tells."""
    after = n + 1 < len(step) and bool(same[n + 1])
    before = n > 0 and bool(same[n - 1])
    if before and abs(step[n - 1]) > 0.9 and not (after and abs(step[n + 1]) > 0.9):
        return int(at[n]), int(at[n + 1])
    if after and abs(step[n + 1]) < 0.9 and not before:
        return int(at[n]), int(at[n + 1])
    return int(at[n + 1]), int(at[n])


def _varies(series: Ints, value: Floats) -> NDArray[np.bool_]:
    """Whether a figure's series varies by nearly a power of ten."""
    least = np.full(int(series.max()) + 1, np.inf)
    most = np.zeros(len(least))
    np.minimum.at(least, series, value)
    np.maximum.at(most, series, value)
    wide: NDArray[np.bool_] = (most >= _LEAST_SPREAD * least)[series]
    return wide


def _series(panel: Panel, block: slice, units: Ints) -> tuple[Ints, Ints]:
    """Annual baselines of levels that vary by at least a power of ten, by series and year; one figure a year."""
    level = np.array([one.quantity in ("level", "per") for one in panel.identities])
    year = np.array([span.is_year for span in panel.spans])
    fits = level[panel.quantity[block]] & year[panel.period[block]] & (panel.kind[block] == BASELINE)
    at = block.start + np.flatnonzero(fits & (panel.lower[block] > 0) & np.isfinite(panel.upper[block]))
    if not len(at):
        return at, at
    series = panel.series(at) - int(panel.quantity[block.start]) * len(panel.places)
    wide = _varies(series, panel.lower[at])
    at, series = at[wide], series[wide]
    if not len(at):
        return at, at
    order = order_of(series * len(panel.spans) + panel.period[at])  # periods go by their years
    ordered, group = at[order], series[order]
    own = units[panel.text[ordered]]
    broken = np.r_[True, (group[1:] != group[:-1]) | (own[1:] != own[:-1])]
    return ordered, np.cumsum(broken)


def _units(panel: Panel) -> Ints:
    """(texts,) equal for texts of one dimension, currency and thing."""
    known: dict[tuple[str, ...], int] = {}
    codes = [known.setdefault(unit(panel, n)[:3], len(known)) for n in range(len(panel.texts))]
    return np.array(codes, np.int64)
