"""Headers and sheet names as people write them -> our columns and tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tandem.domain.tables import INPUT_TABLES, Column, Table

_UNIT = re.compile(r"[\[(【{]([^\[\](){}【】]*)[\])】}]$")
_REFERENCES = ("reference", "references")
_IDS = re.compile(r"(_id|id|编号|代码)$")


@dataclass(frozen=True)
class Heading:
    """One header that means a column; `unit` is what stood in brackets; several may mean one reference."""

    position: int
    column: Column
    unit: str = ""
    is_id: bool = False


@dataclass(frozen=True)
class Headings:
    """A header row understood: headings that are ours, the rest by position and name, and what stood twice."""

    known: tuple[Heading, ...]
    unknown: Mapping[int, str]
    twice: tuple[int, ...] = ()

    def of(self, column: Column) -> tuple[Heading, ...]:
        """The headings that mean a column, ids before names."""
        found = [heading for heading in self.known if heading.column is column]
        return tuple(sorted(found, key=lambda heading: not heading.is_id))


def normal(header: str) -> str:
    """A header without case, width, spaces, joining marks and the star of required columns."""
    folded = unicodedata.normalize("NFKC", header).casefold().strip().strip("*").strip()
    return re.sub(r"[\s_\-\u200b\ufeff]+", "", folded)


def split_unit(header: str) -> tuple[str, str]:
    """A header and the unit in brackets at its end: '预算上限（万元）*' -> ('预算上限', '万元')."""
    folded = unicodedata.normalize("NFKC", header).strip().strip("*").strip()
    match = _UNIT.search(folded)
    return (folded[: match.start()].strip().strip("*"), match[1].strip()) if match else (folded, "")


_Known = Mapping[str, tuple[int, Column] | None]


@lru_cache(maxsize=256)  # bounded: what is said of a file makes tables of its own
def _known(table: Table) -> _Known:
    """Normal header -> (preference, column); the lower preference wins where two headers mean one column.

    None for a header of which it is said that it means none.
    """
    known: dict[str, tuple[int, Column] | None] = {}
    for column in table.columns:
        for preference, header in enumerate((column.name, column.zh, *column.aliases)):
            known.setdefault(normal(header), (preference, column))
    for header, name in table.meant:
        known[normal(header)] = (-1, table.column(name)) if name else None
    return known


def recognised(header: str, table: Table) -> tuple[int, Column] | None:
    """Which column of the table a header means, with how good a name it is (0 best)."""
    return _meant(header, _known(table))


def _meant(header: str, known: _Known) -> tuple[int, Column] | None:
    whole = normal(header)
    return known[whole] if whole in known else known.get(normal(split_unit(header)[0]))


def score(row: Sequence[str | None], table: Table) -> int:
    """How many cells of a row are headers of the table."""
    known = _known(table)
    return sum(1 for cell in row if cell and len(cell) < 100 and _meant(cell, known))


def find_header(rows: Sequence[Sequence[str | None]], table: Table) -> int:
    """Which of the first rows is the header: the first with most of our columns, else the first with anything.

    Titles and notes above the header are common in spreadsheets made by people.
    """
    scores = [score(row, table) for row in rows]
    if scores and max(scores) > 0:
        return scores.index(max(scores))
    return next((i for i, row in enumerate(rows) if any(cell and cell.strip() for cell in row)), 0)


def understand(header: Sequence[str], table: Table) -> Headings:
    """Each header of a row as one of our columns or as an unknown one that is kept."""
    found: dict[str, list[tuple[int, Heading]]] = {}
    ours = _known(table)
    for position, text in enumerate(header):
        if match := _meant(text, ours):
            preference, column = match
            name, unit = split_unit(text)
            heading = Heading(position, column, unit, bool(_IDS.search(name.casefold())))
            found.setdefault(column.name, []).append((preference, heading))
    known: list[Heading] = []
    twice: list[int] = []
    for choices in found.values():
        best = min(choices, key=lambda choice: choice[0])[1]
        if best.column.type in _REFERENCES:
            known += [heading for _, heading in choices]
        else:
            known.append(best)
            twice += [heading.position for _, heading in choices if heading is not best]
    taken = {heading.position for heading in known}
    rest = {position: text for position, text in enumerate(header) if position not in taken}
    return Headings(tuple(known), rest, tuple(twice))


def table_named(name: str, among: tuple[Table, ...] = INPUT_TABLES) -> Table | None:
    """The table that a sheet or file name means, zh or en; None where it means none of them."""
    return _tables(among).get(normal(name))


def names(table: Table, name: str) -> bool:
    """Whether a sheet of that name holds this table."""
    return normal(name) in map(normal, (table.name, table.zh, *table.sheet_aliases))


@lru_cache(maxsize=64)
def _tables(among: tuple[Table, ...]) -> Mapping[str, Table]:
    return {
        normal(name): table
        for table in reversed(among)
        for name in (*table.sheet_aliases, table.zh, table.name)
    }
