"""What the actions on a region's register give: plain records that any interface can show or send as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tandem.hub.answers import Reading


@dataclass(frozen=True, slots=True)
class Register:
    """Which register was read: its folder (None: the one that ships with the project) and rows by table."""

    folder: Path | None
    rows: Mapping[str, int]
    imports: int


@dataclass(frozen=True, slots=True)
class RegionImported:
    """The answer of `region.import`.

    register  rows are those of all imports, every vintage
    added     rows by table that the register did not hold; unchanged: rows that it held already, as they are
    vintages  figures added by the vintage that they came in ("" where none is named); rules: rule files added
    """

    reading: Reading
    register: Register
    added: Mapping[str, int]
    unchanged: Mapping[str, int]
    vintages: tuple[tuple[str, int], ...]
    rules: int = 0


@dataclass(frozen=True, slots=True)
class RegionShown:
    """The answer of `region.show`: one view as plain rows, what they come to, and words that they point to.

    rows   of figures at most 10,000, counts["figures"] says of how many; of all else, all
    names  ids of figures, indicators, places and the like -> their words in Chinese and English
    """

    what: str
    register: Register
    as_of: date
    rows: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, Any]
    names: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class RegionExported:
    """The answer of `region.export`: rows by table, and the files in the order of the tables."""

    register: Register
    rows: Mapping[str, int]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class RegionReported:
    """The answer of `region.report`: what the page holds, and its file.

    reading   of the exchange tables that say who could close a gap; None where none were read
    illustrative  whether these were the sample world's
    """

    reading: Reading | None
    register: Register
    as_of: date
    counts: Mapping[str, Any]
    illustrative: bool
    files: tuple[Path, ...]
