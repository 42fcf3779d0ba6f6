"""What has grown old: figures without a newer one for years, targets whose year is over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, doubt
from tandem.engine.doubts.panel import BASELINE, TARGET, THRESHOLD, Ints, Panel

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
    baseline = (
        np.flatnonzero((panel.kind == BASELINE) & (panel.last_years[panel.period] > 0))
        if len(panel.key)
        else np.zeros(0, np.int64)
    )
    newest = settings.as_of or (
        int(panel.last_years[panel.period[baseline]].max()) if len(baseline) else None
    )
    if newest is None:
        return
    yield from _stale(panel, baseline, newest, settings)
    yield from _called_current(panel, newest, settings)
    yield from _passed(panel, newest, settings)


def _stale(panel: Panel, at: Ints, newest: int, settings: DoubtSettings) -> Iterator[Doubt]:
    """Quantities of a place whose newest figure is too old; one doubt for a quantity and year, whatever the places."""
    dated = np.array([one.quantity in _DATED for one in panel.identities])
    at = at[dated[panel.quantity[at]]]
    if not len(at):
        return
    year = panel.last_years[panel.period[at]]
    series = panel.quantity[at] * len(panel.places) + panel.place[at]
    latest = np.zeros(int(series.max()) + 1, np.int64)
    latest[series] = (
        year  # figures of a quantity stand in the order of their years, and the last one assigned stays
    )
    old = np.flatnonzero((year == latest[series]) & (year < newest - settings.stale_years))
    groups: dict[tuple[int, int], list[int]] = {}
    for n in old.tolist():
        groups.setdefault((int(panel.quantity[at[n]]), int(year[n])), []).append(int(at[n]))
    for (_, last), found in groups.items():
        others = len({int(panel.place[one]) for one in found}) - 1
        yield doubt(
            panel, "figure_stale", found[: settings.most], years=newest - last, newest=newest, others=others
        )


def _called_current(panel: Panel, newest: int, settings: DoubtSettings) -> Iterator[Doubt]:
    """Thresholds and rules that call themselves current, yet are old; baselines are looked at as all others."""
    calling = [
        n for n, one in enumerate(panel.texts) if any(word in one.indicator.lower() for word in _CURRENT)
    ]
    year = panel.last_years[panel.period]
    old = (
        np.isin(panel.text, calling)
        & (panel.kind == THRESHOLD)
        & (year > 0)
        & (year < newest - settings.stale_years)
    )
    for at in np.flatnonzero(old)[: settings.most].tolist():
        yield doubt(panel, "figure_stale", [at], years=newest - int(year[at]), newest=newest, others=0)


def _passed(panel: Panel, newest: int, settings: DoubtSettings) -> Iterator[Doubt]:
    year = panel.last_years[panel.period]
    open_ended = np.array([span.last == 0 for span in panel.spans])[panel.period]
    old = np.flatnonzero((panel.kind == TARGET) & (year > 0) & (year < newest) & ~open_ended)
    told: dict[int, int] = {}
    for at in old.tolist():
        quantity = int(panel.quantity[at])
        told[quantity] = told.get(quantity, 0) + 1
        if told[quantity] <= settings.most:
            yield doubt(panel, "target_passed", [at], newest=newest)
