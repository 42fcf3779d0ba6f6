"""The schematic map of a region: a hexagon a city, shaded by a number, with the flows between cities as curved lines.

It claims no boundary. Each city leads somewhere; the same numbers and links stand in a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tandem.base.words import Lang
from tandem.domain.map_cells import Cell
from tandem.interfaces.web import drawing

WIDTH = 360
SHADES = 5
_RISE, _EDGE = (
    29.0,
    20.0,
)  # from row to row, length of the upright sides: taller than regular, for two lines of text
_TIP = _RISE - _EDGE
_THICKEST, _THINNEST, _SEVERAL = 4.5, 0.9, 8  # where all flows are small, none is drawn as a large one


@dataclass(frozen=True, slots=True)
class City:
    """What the map shows of a city: how much, how it is written, what is read out, where it leads."""

    amount: int
    shown: str
    title: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Something that goes from a city to another, by code: how much, and what is read out."""

    origin: str
    to: str
    amount: int
    title: str


def shade(amount: int, most: int) -> int:
    """0 for nothing, else 1 to 4 by the share of the largest.

    >>> [shade(n, 100) for n in (0, 1, 25, 26, 100)]
    [0, 1, 1, 2, 4]
    """
    return -(-amount * (SHADES - 1) // most) if most > 0 else 0


def cartogram(
    cells: Mapping[str, Cell], cities: Mapping[str, City], title: str, lang: Lang, flows: Sequence[Flow] = ()
) -> Markup:
    """The map: cities without a number stay plain. Flows with an end outside the map are left to the table.

    cells  code -> place, as hub/overview/cells.py gives them
    """
    most = max((one.amount for code, one in cities.items() if code in cells), default=0)
    grid = _Grid.of(cells)
    body = [_cell(grid, cell, cities.get(cell.code), most) for cell in cells.values()]
    body += _lines(grid, flows)
    body += [_name(grid, cell, cities.get(cell.code), most, lang) for cell in cells.values()]
    head = Markup('<svg class="chart map{}" viewBox="0 0 {} {:.0f}" role="group" aria-label="{}">')
    return (
        head.format(" flowing" if flows else "", WIDTH, grid.height, title)
        + Markup("").join(body)
        + Markup("</svg>")
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where cells stand: the westernmost at the left edge, the northernmost at the top."""

    cells: Mapping[str, Cell]
    step: float
    west: float
    north: int
    height: float

    @classmethod
    def of(cls, cells: Mapping[str, Cell]) -> _Grid:
        places = [cell.column + cell.row % 2 / 2 for cell in cells.values()]
        rows = [cell.row for cell in cells.values()]
        step = min(WIDTH / (max(places) - min(places) + 1), 44.0)
        return cls(
            cells, step, min(places), min(rows), (max(rows) - min(rows)) * _RISE + _EDGE + 2 * _TIP + 4
        )

    def at(self, cell: Cell) -> tuple[float, float]:
        """The middle of a cell."""
        x = (cell.column + cell.row % 2 / 2 - self.west + 0.5) * self.step
        return x, (cell.row - self.north) * _RISE + _TIP + _EDGE / 2 + 2


def _cell(grid: _Grid, cell: Cell, city: City | None, most: int) -> Markup:
    x, y = grid.at(cell)
    half, side, tip = grid.step / 2 - 0.6, _EDGE / 2 - 0.3, _EDGE / 2 + _TIP - 0.7
    corners = [(0, -tip), (half, -side), (half, side), (0, tip), (-half, side), (-half, -side)]
    path = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    tone = f"h{shade(city.amount, most) if city else 0}"
    if city is None:
        return Markup('<polygon class="{}" points="{}"/>').format(tone, path)
    drawn = Markup('<polygon class="{}" points="{}"><title>{}</title></polygon>').format(
        tone, path, city.title
    )
    return (
        Markup('<a href="{}" aria-label="{}">{}</a>').format(city.link, city.title, drawn)
        if city.link
        else drawn
    )


def _name(grid: _Grid, cell: Cell, city: City | None, most: int, lang: Lang) -> Markup:
    x, y = grid.at(cell)
    tone = f"on{shade(city.amount, most) if city else 0}"
    name = drawing.words(x, y - 0.5, cell.zh if lang == "zh" else cell.en, f"city {tone}", "middle")
    return name + drawing.words(x, y + 10.5, city.shown, f"count {tone}", "middle") if city else name


def _lines(grid: _Grid, flows: Sequence[Flow]) -> list[Markup]:
    """The flows, the thickest first, so that thin ones stay seen."""
    inside = [one for one in flows if one.origin in grid.cells and one.to in grid.cells and one.amount > 0]
    most = max((one.amount for one in inside), default=1)
    return [
        _line(grid, one, most) for one in sorted(inside, key=lambda one: (-one.amount, one.origin, one.to))
    ]


def _line(grid: _Grid, flow: Flow, most: int) -> Markup:
    """A curve that bends to its right and ends in an arrow; within one city a ring."""
    thick = max(_THICKEST * math.sqrt(flow.amount / max(most, _SEVERAL)), _THINNEST)
    (x, y), (u, v) = grid.at(grid.cells[flow.origin]), grid.at(grid.cells[flow.to])
    if flow.origin == flow.to:
        ring = Markup(
            '<circle class="flow" cx="{:.1f}" cy="{:.1f}" r="{:.1f}" stroke-width="{:.1f}"><title>{}</title></circle>'
        )
        return ring.format(x, y, grid.step / 2 - 2, thick, flow.title)
    length = math.hypot(u - x, v - y)
    bend = min(0.22 * length, 34)
    cx, cy = (x + u) / 2 - (v - y) / length * bend, (y + v) / 2 + (u - x) / length * bend
    # the arrow ends short of the name in the middle of the cell
    away = math.hypot(u - cx, v - cy)
    dx, dy = (u - cx) / away, (v - cy) / away
    tip, size = (u - dx * 9, v - dy * 9), 4 + thick * 0.9
    back = tip[0] - dx * size, tip[1] - dy * size
    wing = size * 0.55
    sides = [(back[0] - dy * wing, back[1] + dx * wing), (back[0] + dy * wing, back[1] - dx * wing)]
    head = " ".join(f"{a:.1f},{b:.1f}" for a, b in (tip, *sides))
    curve = f"M{x:.1f},{y:.1f} Q{cx:.1f},{cy:.1f} {back[0]:.1f},{back[1]:.1f}"
    drawn = Markup(
        '<g><title>{}</title><path class="flow" d="{}" stroke-width="{:.1f}"/><polygon class="arrow" points="{}"/></g>'
    )
    return drawn.format(flow.title, curve, thick, head)
