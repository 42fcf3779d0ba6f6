"""The fan of one target as a drawing: bands, median, required path, way-points, what was measured so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from tandem.storage.region_report.numbers import Scale
from tandem.storage.report.drawing import WIDTH, legend, svg, text
from tandem.storage.report.two import phrase

if TYPE_CHECKING:
    from tandem.engine.region.targets import TargetState

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 200, 40, 26, 22, 24
Point = tuple[float, float]


def fan_chart(state: TargetState, history: Sequence[tuple[int, float]], scale: Scale) -> Markup:
    """The drawing; `history` is year and level in base units, `scale` the unit of its axis."""
    fan, base = state.fan, state.base
    if fan is None or base is None or state.year is None or state.value is None:
        return Markup()
    start = [] if fan.years[0] <= base.year else [(base.year, base.value)]

    def path(levels: Sequence[float]) -> list[Point]:
        return [*start, *zip(fan.years, levels, strict=True)]

    needed = required_path(state)
    everything = [*path(fan.p5), *path(fan.p95), *needed, *history, (state.year, state.value)]
    place = _Scale(everything)
    body = [
        *_grid(place, scale),
        _area(place, path(fan.p5), path(fan.p95), "b90"),
        _area(place, path(fan.p10), path(fan.p90), "b80"),
        _line(place, path(fan.p50), "median"),
        _line(place, needed, "required"),
        _line(place, list(history), "history"),
        *(_dot(place, one, "history", 2.6) for one in history),
        *(_dot(place, (one.year, one.value), "way", 3.2) for one in state.waypoints),
        _diamond(place, (state.year, state.value)),
        *_ends(place, [("P90", fan.p90[-1]), ("P50", fan.p50[-1]), ("P10", fan.p10[-1])], fan.years[-1]),
    ]
    return svg(_HEIGHT, body, "fan")


def fan_legend() -> Markup:
    """What the lines and areas of a fan mean; the same marks as in the drawing."""
    tones = ("b80", "b90", "median", "required", "way", "target", "history")
    return legend((tone, phrase(f"regionpage.fan.{tone}")) for tone in tones)


def required_path(state: TargetState) -> list[Point]:
    """Year by year from the base to the target: x (X*/x)^(i/n), straight where growth is in points."""
    base, last, goal = state.base, state.year, state.value
    if base is None or last is None or goal is None or last <= base.year:
        return []
    years = range(base.year, last + 1)
    straight = base.value <= 0 or goal <= 0 or (state.recent is not None and state.recent.additive)
    shares = [(year - base.year) / (last - base.year) for year in years]
    if straight:
        levels = [base.value + (goal - base.value) * share for share in shares]
    else:
        levels = [base.value * (goal / base.value) ** share for share in shares]
    return list(zip(years, levels, strict=True))


class _Scale:
    """Where a year and a level stand in the drawing."""

    def __init__(self, points: Sequence[Point]) -> None:
        levels = [level for _, level in points]
        self.first, self.last = min(x for x, _ in points), max(x for x, _ in points)
        self.ticks = _ticks(min(levels), max(levels))
        self.low, self.high = min(self.ticks[0], *levels), max(self.ticks[-1], *levels)

    def __call__(self, point: Point) -> Point:
        year, level = point
        x = _LEFT + (year - self.first) / max(1, self.last - self.first) * (WIDTH - _LEFT - _RIGHT)
        y = (
            _HEIGHT
            - _BOTTOM
            - (level - self.low) / ((self.high - self.low) or 1) * (_HEIGHT - _BOTTOM - _TOP)
        )
        return round(x, 1), round(y, 1)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round levels that hold the range between them."""
    if high <= low:
        low, high = low - abs(low) * 0.1 - 1e-9, high + abs(high) * 0.1 + 1e-9
    raw = (high - low) / 4
    step = 10.0 ** math.floor(math.log10(raw))
    step *= next(one for one in (1, 2, 2.5, 5, 10) if one * step >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [i * step for i in range(first, last + 1)]


def _grid(place: _Scale, scale: Scale) -> list[Markup]:
    line = Markup('<line class="grid" x1="{}" y1="{:g}" x2="{}" y2="{:g}"/>')
    body, half = [text(0, 9, scale.unit, "tiny")], (place.ticks[1] - place.ticks[0]) / 20
    for level in place.ticks:
        _, y = place((place.first, level))
        body += [
            line.format(_LEFT, y, WIDTH - _RIGHT, y),
            text(_LEFT - 4, y + 3.5, scale.number(level, half), "note", "end"),
        ]
    first, last = int(place.first), int(place.last)
    every = max(1, math.ceil((last - first) / 5))
    for year in range(last, first - 1, -every):
        x, _ = place((year, place.low))
        body.append(text(x, _HEIGHT - 7, str(year), "note", "middle"))
    return body


def _points(place: _Scale, points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in map(place, points))


def _area(place: _Scale, low: Sequence[Point], high: Sequence[Point], tone: str) -> Markup:
    return Markup('<polygon class="{}" points="{}"/>').format(tone, _points(place, [*low, *reversed(high)]))


def _line(place: _Scale, points: Sequence[Point], tone: str) -> Markup:
    if len(points) < 2:
        return Markup()
    return Markup('<polyline class="{}" points="{}"/>').format(tone, _points(place, points))


def _dot(place: _Scale, point: Point, tone: str, radius: float) -> Markup:
    x, y = place(point)
    return Markup('<circle class="{}" cx="{:g}" cy="{:g}" r="{:g}"/>').format(tone, x, y, radius)


def _diamond(place: _Scale, point: Point) -> Markup:
    x, y = place(point)
    corners = f"{x:g},{y - 6:g} {x + 6:g},{y:g} {x:g},{y + 6:g} {x - 6:g},{y:g}"
    return Markup('<polygon class="target" points="{}"/>').format(corners)


def _ends(place: _Scale, ends: Sequence[tuple[str, float]], year: float) -> list[Markup]:
    """Names of the lines at the right edge, as far as they do not stand on each other."""
    body, above = [], -99.0
    for name, level in ends:
        x, y = place((year, level))
        if y - above < 10:
            continue
        above = y
        body.append(text(x + 5, y + 3.5, name, "tiny"))
    return body
