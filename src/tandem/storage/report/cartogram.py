"""A schematic map: the 21 cities of Guangdong, Hong Kong and Macao, one hexagon each.

Drawn by ourselves from a grid and nothing else; it claims no boundary and holds no surveyed geometry.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from tandem.domain.cities import cities
from tandem.storage.report.drawing import WIDTH, svg, text
from tandem.storage.report.two import Two

# code: (column from the west, row from the north, letters in English); odd rows stand half a cell to the right
CELLS: Mapping[str, tuple[int, int, str]] = {
    "440100": (7, 4, "GZ"), "440200": (8, 0, "SG"), "440300": (9, 6, "SZ"), "440400": (8, 7, "ZH"),
    "440500": (15, 4, "ST"), "440600": (6, 5, "FS"), "440700": (7, 6, "JM"), "440800": (0, 9, "ZJ"),
    "440900": (2, 8, "MM"), "441200": (5, 5, "ZQ"), "441300": (10, 4, "HZ"), "441400": (13, 1, "MZ"),
    "441500": (12, 5, "SW"), "441600": (10, 3, "HY"), "441700": (4, 8, "YJ"), "441800": (6, 3, "QY"),
    "441900": (8, 5, "DG"), "442000": (8, 6, "ZS"), "445100": (15, 3, "CZ"), "445200": (14, 3, "JY"),
    "445300": (4, 5, "YF"), "810000": (9, 7, "HK"), "820000": (7, 7, "MO"),
}  # fmt: skip
_STEP = WIDTH / 16.5
_RISE, _EDGE = (
    27.0,
    18.5,
)  # from row to row; length of the upright sides: taller than regular, to hold two lines
_SHADES = 5


def cartogram(counts: Mapping[str, int]) -> Markup:
    """The map with one count a city; the darker a cell, the more (five steps of the largest count)."""
    most = max((counts.get(code, 0) for code in CELLS), default=0)
    body = [_cell(code, counts.get(code, 0), most) for code in CELLS]
    return svg(9 * _RISE + _EDGE + 2 * (_RISE - _EDGE) + 2, body, "map")


def _cell(code: str, count: int, most: int) -> Markup:
    column, row, letters = CELLS[code]
    x = (column + 0.5 + row % 2 / 2) * _STEP
    y = row * _RISE + _RISE - _EDGE + _EDGE / 2 + 1
    shade = f"h{-(-count * (_SHADES - 1) // most) if most else 0}"
    half, side, tip = _STEP / 2 - 0.5, _EDGE / 2 - 0.3, _EDGE / 2 + _RISE - _EDGE - 0.6
    corners = [(0, -tip), (half, -side), (half, side), (0, tip), (-half, side), (-half, -side)]
    path = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return (
        Markup('<polygon class="{}" points="{}"/>').format(shade, path)
        + text(x, y - 0.5, Two(cities()[code].short, letters), f"city {shade}", "middle")
        + text(x, y + 9.5, f"{count:,}" if count else "·", f"count {shade}", "middle")
    )
