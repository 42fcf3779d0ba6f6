"""What has grown old: figures without a newer one for years, targets whose year is over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, doubt
from tandem.engine.doubts.numbering import Ints
from tandem.engine.doubts.panel import BASELINE, TARGET, THRESHOLD, Panel

_CURRENT = (
    "current",
    "in force",
    "latest",
    "present",
    "effective",
    "applicable",
    "applies",
    "valid",
    "today",
    "施行",
    "有效",
    "执行",
    "现行",
    "目前",
    "当前",
    "最新",
    "现有",
)
_DATED = ("level", "growth", "share", "per", "rank")


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Doubts about age."""
    newest = settings.as_of or _newest(panel)
    if newest is None:
        return
    yield from _stale(panel, newest, settings)
    yield from _called_current(panel, newest, settings)
    yield from _passed(panel, newest, settings)


def _newest(panel: Panel) -> int | None:
    """The last year of which anything is reported."""
    there = np.unique(panel.period[panel.kind == BASELINE])
    return int(panel.last_years[there].max(initial=0)) or None


def _stale(panel: Panel, newest: int, settings: DoubtSettings) -> Iterator[Doubt]:
    """Quantities of a place whose newest figure is too old; one doubt for a quantity and year, whatever the places."""
    for at in panel.blocks():
        old = at.start + _old(panel, at, newest - settings.stale_years)
        groups: dict[tuple[int, int], list[int]] = {}
        for n in old.tolist():
            year = int(panel.last_years[panel.period[n]])
            groups.setdefault((int(panel.quantity[n]), year), []).append(n)
        for (_, last), found in groups.items():
            others = len({int(panel.place[one]) for one in found}) - 1
            yield doubt(
                panel,
                "figure_stale",
                found[: settings.most],
                years=newest - last,
                newest=newest,
                others=others,
            )


def _old(panel: Panel, block: slice, before: int) -> Ints:
    """Which figures of a block are the newest of their series, and yet of an earlier year."""
    first, last = panel.quantity[block.start], panel.quantity[block.stop - 1]
    dated = np.array([one.quantity in _DATED for one in panel.identities[first : last + 1]])
    year = panel.last_years[panel.period[block]]
    counts = (panel.kind[block] == BASELINE) & (year > 0) & dated[panel.quantity[block] - first]
    series = panel.series(block) - int(first) * len(panel.places)
    latest = np.zeros((int(last - first) + 1) * len(panel.places), np.int64)
    latest[series[counts]] = year[
        counts
    ]  # they stand in the order of their years: the last one assigned stays
    return np.flatnonzero(counts & (year == latest[series]) & (year < before))


def _called_current(panel: Panel, newest: int, settings: DoubtSettings) -> Iterator[Doubt]:
    """Thresholds and rules that call themselves current, yet are old; baselines are looked at as all others."""
    calling = [
        n for n, one in enumerate(panel.texts) if any(word in one.indicator.lower() for word in _CURRENT)
    ]
    at = np.flatnonzero(panel.kind == THRESHOLD)
    year = panel.last_years[panel.period[at]]
    old = np.isin(panel.text[at], calling) & (year > 0) & (year < newest - settings.stale_years)
    for n in np.flatnonzero(old)[: settings.most].tolist():
        yield doubt(panel, "figure_stale", [int(at[n])], years=newest - int(year[n]), newest=newest, others=0)


def _passed(panel: Panel, newest: int, settings: DoubtSettings) -> Iterator[Doubt]:
    at = np.flatnonzero(panel.kind == TARGET)
    year = panel.last_years[panel.period[at]]
    closed = np.array([span.last != 0 for span in panel.spans])[panel.period[at]]
    told: dict[int, int] = {}
    for one in at[(year > 0) & (year < newest) & closed].tolist():
        quantity = int(panel.quantity[one])
        told[quantity] = told.get(quantity, 0) + 1
        if told[quantity] <= settings.most:
            yield doubt(panel, "target_passed", [one], newest=newest)
