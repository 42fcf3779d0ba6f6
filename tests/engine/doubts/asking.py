"""Small registers written in a test, and what the finder says of them."""

from __future__ import annotations

from tandem.base import words
from tandem.engine.doubts.find import find_doubts
from tandem.engine.figures.frame import frame


def register(*rows):
    """Figures (indicator, value, unit, period, geography[, kind]) named X0, X1 ... of sources s0, s1 ..."""
    names = ("indicator", "value", "unit", "period", "geography", "kind")
    return frame(
        {"id": f"X{n}", "source": f"s{n}", **dict(zip(names, row, strict=False))}
        for n, row in enumerate(rows)
    )


def told(figures, *tables):
    """Rule and figures of each doubt; every sentence names all sources."""
    found = find_doubts(figures, *tables)
    for one in found:
        for lang in ("en", "zh"):
            assert all(
                f"s{id_[1:]}" in words.say(f"doubt.{one.rule}", lang, **one.params) for id_ in one.figures[:2]
            )
    return [(one.rule, one.figures) for one in found]
