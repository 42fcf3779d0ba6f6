"""A schematic map: the 21 cities of Guangdong, Hong Kong and Macao, one hexagon each.

Drawn by ourselves from a grid and nothing else; it claims no boundary and holds no surveyed geometry.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from tandem.domain.map_cells import Cell, cells
from tandem.storage.report.drawing import WIDTH, svg, text
from tandem.storage.report.two import Two

_RISE, _EDGE = (
    27.0,
    18.5,
)  # from row to row; length of the upright sides: taller than regular, to hold two lines
_SHADES = 5


def cartogram(counts: Mapping[str, int]) -> Markup:
    """The map with one count a city; the darker a cell, the more (five steps of the largest count)."""
    most = max((counts.get(code, 0) for code in cells()), default=0)
    step = WIDTH / max(cell.column + cell.row % 2 / 2 + 1 for cell in cells().values())
    body = [_cell(cell, counts.get(cell.code, 0), most, step) for cell in cells().values()]
    return svg(9 * _RISE + _EDGE + 2 * (_RISE - _EDGE) + 2, body, "map")


def _cell(cell: Cell, count: int, most: int, step: float) -> Markup:
    x = (cell.column + 0.5 + cell.row % 2 / 2) * step
    y = cell.row * _RISE + _RISE - _EDGE + _EDGE / 2 + 1
    shade = f"h{-(-count * (_SHADES - 1) // most) if most else 0}"
    half, side, tip = step / 2 - 0.5, _EDGE / 2 - 0.3, _EDGE / 2 + _RISE - _EDGE - 0.6
    corners = [(0, -tip), (half, -side), (half, side), (0, tip), (-half, side), (-half, -side)]
    path = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return (
        Markup('<polygon class="{}" points="{}"/>').format(shade, path)
        + text(x, y - 0.5, Two(cell.zh, cell.en), f"city {shade}", "middle")
        + text(x, y + 9.5, f"{count:,}" if count else "·", f"count {shade}", "middle")
    )
