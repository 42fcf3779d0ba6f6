"""One quantity, one place, one period, two values: a conflict, or two units, or two price bases."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, doubt
from tandem.engine.doubts.numbering import Ints
from tandem.engine.doubts.panel import BASELINE, TARGET, THRESHOLD, Panel

POWERS = (1, 2, 3, 4, 5, 6, 7, 8, 12)
GENERIC = frozenset(("", "unit", "piece", "item", "set", "number", "count", "time"))
# What is counted, by sort: two sorts are never one quantity; GWh and TWh are one in two sizes, and are not compared.
_SORTS = {
    sort: re.compile(pattern)
    for sort, pattern in {
        "people": r"persons?|people|employees?|passengers?|visitors?|students?|workers?|人",
        "enterprise": r"enterprises?|firms?|企业|家",
        "household": r"households?|户家庭|住户",
        "vehicle": r"vehicles?|cars?|辆",
        "container": r"teus?|twenty-?foot equivalent units?|(?:国际)?标准?箱",
        "mass": r"tonnes?|tons?|mt|kt|标准煤|tce",
        "energy": r"watt-hour|joules?|焦",
        "power": r"watt",
        "length": r"metre",
        "area": r"square .*",
        "volume": r"cubic .*|m3|lit(?:re|er)s?|立方米|升",
    }.items()
}
_COMPARED = ("level", "growth", "share", "per", "rank")


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Doubts about figures of one key."""
    told: Counter[int] = Counter()
    for group in _suspicious(panel):
        quantity = int(panel.quantity[group[0]])
        if panel.identities[quantity].quantity in _COMPARED and told[quantity] < settings.most:
            for one in _between(panel, group):
                told[quantity] += 1
                yield one
    if len(panel.key) > 1 and bool((panel.kind == TARGET).any()):
        yield from _targets(panel, settings)


def _targets(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """A target in another sort of unit than what it is a target of: loans in yuan, their target in households."""
    told: Counter[int] = Counter()
    units = [unit(panel, number) for number in range(len(panel.texts))]
    for (quantity, kind), aims in (texts := _texts_of_levels(panel)).items():
        now = texts.get((quantity, BASELINE), [])
        for text, first in aims if kind == TARGET and now else ():
            apart = all(irreconcilable(units[text], units[other]) for other, _ in now)
            if apart and told[quantity] < settings.most:
                here = [at for _, at in now if panel.place[at] == panel.place[first]]
                told[quantity] += 1
                yield doubt(panel, "dimensions_differ", [first, (here or [now[0][1]])[0]])


def _texts_of_levels(panel: Panel) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """(quantity, kind) of a level -> its texts, each with where its first figure stands."""
    is_aimed_at = np.zeros(len(panel.identities), np.bool_)
    is_aimed_at[panel.quantity[panel.kind == TARGET]] = True
    is_aimed_at &= np.array([one.quantity == "level" for one in panel.identities])
    at = np.flatnonzero(is_aimed_at[panel.quantity] & (panel.kind <= TARGET))
    names = ["quantity", "kind", "text"]
    frame = pl.DataFrame({"at": at, **{name: getattr(panel, name)[at] for name in names}})
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for quantity, kind, text, first in frame.group_by(names).agg(pl.col("at").min()).sort("at").iter_rows():
        found.setdefault((quantity, kind), []).append((text, first))
    return found


def _suspicious(panel: Panel) -> Iterator[Ints]:
    """Groups of one key whose intervals do not all meet, or whose units differ."""
    if len(panel.key) < 2:
        return
    again = (panel.key[1:] == panel.key[:-1]) & (panel.kind[1:] != THRESHOLD)
    if not again.any():
        return
    member = np.zeros(len(panel.key), np.bool_)
    member[1:] |= again
    member[:-1] |= again
    at = np.flatnonzero(member)
    starts = np.flatnonzero(np.r_[True, panel.key[at[1:]] != panel.key[at[:-1]]])
    unit = unit_codes(panel)[panel.text[at]]
    apart = np.maximum.reduceat(panel.low[at], starts) > np.minimum.reduceat(panel.high[at], starts)
    apart |= np.maximum.reduceat(unit, starts) != np.minimum.reduceat(unit, starts)
    ends = np.r_[starts[1:], len(at)]
    for number in np.flatnonzero(apart):
        yield at[starts[number] : ends[number]]


def unit_codes(panel: Panel) -> Ints:
    """(texts,) equal for texts whose numbers can be compared: dimension, currency, thing, price basis."""
    known: dict[tuple[str, ...], int] = {}
    return np.array(
        [known.setdefault(unit(panel, number), len(known)) for number in range(len(panel.texts))], np.int64
    )


def unit(panel: Panel, text: int) -> tuple[str, ...]:
    """What makes the numbers of a text comparable with others."""
    one = panel.texts[text]
    dimension = "count" if one.dimension in ("none", "words") else one.dimension
    thing = one.thing.removesuffix("/year") if dimension == "count" else ""
    return dimension, one.currency, "" if thing in GENERIC else thing, one.basis


def comparable(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two units measure one dimension; what is counted may go unnamed in one of them."""
    return first[:2] == second[:2] and (
        first[2] == second[2] or not first[2] or not second[2] or first[0] != "count"
    )


def irreconcilable(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two units certainly measure different things."""
    sorts = {sort_of(first[2]), sort_of(second[2])}
    return first[0] != second[0] or (len(sorts) == 2 and "" not in sorts)


def sort_of(thing: str) -> str:
    """The sort of what is counted: people, length, mass ...; empty where it is not known."""
    bare = re.split(r"/| per |每", thing)[0].strip()
    return next((sort for sort, pattern in _SORTS.items() if pattern.fullmatch(bare)), "")


def _between(panel: Panel, group: Ints) -> Iterator[Doubt]:
    """The doubts of one group, at most one for each reason: the two figures farthest apart stand for all."""
    group = np.array(sorted(group.tolist(), key=lambda at: panel.figures["figure_id"][int(panel.row[at])]))
    units = [unit(panel, int(panel.text[at])) for at in group]
    first = units[0]
    other = next((n for n, one in enumerate(units) if not comparable(one, first)), None)
    if other is not None and units[other][:2] == first[:2]:
        if irreconcilable(units[other], first):
            yield doubt(panel, "dimensions_differ", [group[0], group[other]])
        return
    if other is not None and units[other][0] != first[0]:
        names = {
            " ".join(panel.texts[int(panel.text[at])].indicator.lower().split())
            for at in (group[0], group[other])
        }
        if len(names) == 1:
            yield doubt(panel, "dimensions_differ", [group[0], group[other]])
        return
    if other is not None:
        if panel.lower[group[0]] == panel.lower[group[other]]:
            yield doubt(panel, "currencies_differ", [group[0], group[other]])
        return
    low, high = group[np.argmax(panel.low[group])], group[np.argmin(panel.high[group])]
    if (
        panel.low[low] <= panel.high[high]
        or panel.figures["figure_id"][int(panel.row[low])] == panel.figures["figure_id"][int(panel.row[high])]
    ):
        return
    if unit(panel, int(panel.text[low]))[3] != unit(panel, int(panel.text[high]))[3]:
        yield doubt(panel, "basis_mixed", [low, high])
    elif (power := power_between(panel, int(low), int(high))) is not None:
        yield doubt(panel, "power_of_ten", [low, high], factor=f"{10**power:,}")
    elif not _of_unstated_whole(panel, int(low)):
        yield doubt(panel, "same_figure", [low, high])


def _of_unstated_whole(panel: Panel, at: int) -> bool:
    """Two shares of nobody knows what are a matter of their wholes first."""
    one = panel.identities[int(panel.quantity[at])]
    return one.quantity == "share" and one.whole is None and not one.marks & {"rate", "intensity", "ratio"}


def power_between(panel: Panel, large: int, small: int) -> int | None:
    """k where the larger print is 10^k times the smaller one, k of the usual slips; None otherwise."""
    a, b = panel.lower[large], panel.lower[small]
    if not (a > 0 and b > 0 and math.isfinite(a / b)):
        return None
    power = round(math.log10(a / b))
    if power not in POWERS or math.isfinite(panel.upper[large]) != math.isfinite(panel.upper[small]):
        return None
    factor = 10.0**power
    meets = panel.low[small] * factor <= panel.high[large] and panel.low[large] <= panel.high[small] * factor
    return power if meets and abs(a / (b * factor) - 1) < 0.02 else None
