"""Cells of a schematic map: one hexagon a place, by column and row; it claims no boundary.

The table is map_cells.tsv beside this file: the 21 cities of Guangdong, Hong Kong and Macao, from the coordinates of
their centres; no two that lie far apart changed their order, east to west or north to south.
Another region has a table of its own in the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tandem.base.errors import Invalid
from tandem.domain.cities import cities

_TABLE = Path(__file__).with_name("map_cells.tsv")
_HEADER = ("code", "column", "row", "zh", "en")
_WIDEST, _HIGHEST, _MOST, _LONGEST = 40, 40, 400, 12  # columns, rows, places, letters of a short name


@dataclass(frozen=True, slots=True)
class Cell:
    """One place: its code, column from the west, row from the north (odd rows stand half a cell to the right).

    zh, en  short names that fit into a hexagon: two or three letters
    """

    code: str
    column: int
    row: int
    zh: str
    en: str


@cache
def cells() -> Mapping[str, Cell]:
    """The cells of Guangdong, Hong Kong and Macao by code."""
    return read(_TABLE.read_text("utf-8"), _TABLE.name)


def read(text: str, file: str) -> Mapping[str, Cell]:
    """The cells of a table by code: tab-separated, with the header `code column row zh en`.

    Raises  Invalid map.header, map.row (with file and line) where a line cannot be one, two share a place or code, or
            there are too many

    >>> read("code\\tcolumn\\trow\\tzh\\ten\\n110000\\t0\\t0\\t北京\\tBJ\\n", "map.tsv")["110000"].en
    'BJ'
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or tuple(lines[0].strip().split("\t")) != _HEADER:
        raise Invalid("map.header", file=file, header=" ".join(_HEADER))
    found: dict[str, Cell] = {}
    places: set[tuple[int, int]] = set()
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cell = _cell(line.rstrip().split("\t"))
        if cell is None or cell.code in found or (cell.column, cell.row) in places or len(found) == _MOST:
            raise Invalid("map.row", file=file, line=number)
        found[cell.code] = cell
        places.add((cell.column, cell.row))
    if not found:
        raise Invalid("map.row", file=file, line=2)
    return found


def _cell(parts: list[str]) -> Cell | None:
    """One line; None where it is none."""
    if len(parts) != len(_HEADER):
        return None
    code, column, row, zh, en = (part.strip() for part in parts)
    known = code in cities() and all(0 < len(name) <= _LONGEST for name in (zh, en))
    placed = all(text.isdecimal() and text.isascii() and len(text) < 4 for text in (column, row))
    if not known or not placed or int(column) >= _WIDEST or int(row) >= _HIGHEST:
        return None
    return Cell(code, int(column), int(row), zh, en)
