"""The schematic map of a hub's region: the operator's own `map.tsv` in the data directory, else the built-in one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from tandem.base.errors import Invalid
from tandem.domain import map_cells
from tandem.domain.map_cells import Cell
from tandem.hub.installation import Hub

FILE = "map.tsv"
_LARGEST = 64_000  # bytes


def of(hub: Hub) -> Mapping[str, Cell]:
    """The cells by code of city; a changed file shows at once. Raises Invalid map.header, map.row, map.file."""
    path = hub.folder / FILE
    try:
        found = path.stat()
    except OSError:
        return map_cells.cells()
    if found.st_size > _LARGEST:
        raise Invalid("map.file", file=FILE)
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Mapping[str, Cell]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Invalid("map.file", file=FILE) from None
    return map_cells.read(text, FILE)
