"""What the figures of a register say together: contradictions, and what needs a definition before it can be one.

Reads free texts unaided, in Chinese and English; a table of indicators makes it sharper and can settle a doubt. What
publishers wrote into `note` is never evidence. Each family of rules has a file of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import polars as pl

from tandem.engine.doubts import growth, levels, panel, ratios, shares, sorts, time, units, wholes
from tandem.engine.doubts.evidence import RULES, Doubt, DoubtSettings
from tandem.engine.doubts.panel import Panel

__all__ = ["RULES", "Doubt", "DoubtSettings", "find_doubts"]

_FAMILIES: tuple[Callable[[Panel, DoubtSettings], Iterator[Doubt]], ...] = (
    ratios.find,
    levels.find,
    wholes.find,
    shares.find,
    growth.find,
    units.find,
    sorts.find,
    time.find,
)


def find_doubts(
    figures: pl.DataFrame,
    indicators: pl.DataFrame | None = None,
    geographies: pl.DataFrame | None = None,
    settings: DoubtSettings | None = None,
) -> tuple[Doubt, ...]:
    """All doubts about a register, the weightiest first, then by figure id.

    figures      parsed frame (engine/figures/frame.SCHEMA); prints are intervals: half a unit of the last digit aside
    indicators   may declare part_of, classes, numerator, denominator_id, growth_of, denominator; may be None
    geographies  may declare which place lies in which; GB/T 2260 codes say it themselves; may be None
    Guarantees   order of rows does not matter; targets are compared with targets only, thresholds with nothing;
                 earlier vintages of a figure are no evidence; O(n log n) over figures, text work once per distinct text
    """
    if figures.is_empty():
        return ()
    rows = panel.build(figures, indicators, geographies)
    asked = settings or DoubtSettings()
    found = {(one.rule, frozenset(one.figures)): one for family in _FAMILIES for one in family(rows, asked)}
    return tuple(sorted(_without_echoes(list(found.values())), key=lambda one: one.order))


def _without_echoes(found: list[Doubt]) -> Iterator[Doubt]:
    """A share of which a pair is doubted is not doubted once more alone."""
    paired = Counter(id_ for one in found if one.rule == "wholes_differ" for id_ in one.figures)
    for one in found:
        if one.rule != "whole_unstated" or not any(paired[id_] for id_ in one.figures):
            yield one
