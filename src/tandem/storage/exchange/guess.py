"""Which column a header may mean that no list knows: by its likeness to known headers, and by what stands beneath it.

A guess is proposed, never taken by itself: reading knows names alone, and what somebody has said.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tandem.domain.tables import TEXT_LIMIT, Column, Table
from tandem.storage.exchange import columns, headers, names, values
from tandem.storage.exchange.values import Bad

LOOKED_AT = 60  # cells of a column that are read to see what they are
_LIKE = 0.72  # a header this much like a known one is taken for it
_HELPED = 0.45  # so is one of less likeness, where its cells are of the column's kind
_FIT = 0.8  # share of cells that must be of a kind
_TELLING = ("date", "city", "cities", "choice", "service", "registration", "money")
_TEXTS = ("id", "text", "reference", "references")
_MOST = {"text": TEXT_LIMIT, "id": 60}
_WORDY = 40  # characters of a description at least, on average
_FIRM = re.compile(
    r"(公司|厂|集团|研究院|研究所|大学|学院|中心|协会|银行|实验室|合作社|"
    r"\b(ltd|limited|inc|gmbh|co|llc|corp|university|institute|laborator(y|ies)|bank)\.?)$", re.I
)  # fmt: skip
_PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a header is taken for.

    column  None where nothing suits
    by      name, said (it was told), likeness (of the header), values (of what stands beneath it); "" for none
    """

    position: int
    column: Column | None
    by: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """A header that nobody knows and a column that is still free, and how well they suit."""

    position: int
    column: Column
    worth: float
    by: str


def guesses(header: Sequence[str], cells: Mapping[int, Sequence[str]], table: Table) -> tuple[Guess, ...]:
    """What each header of a table is taken for, each column once at most.

    cells  position -> what stands beneath the header, without empty cells
    """
    understood = headers.understand(header, table)
    said = {headers.normal(name) for name, _ in table.meant}
    made = {one.position: Guess(one.position, one.column, "said" if headers.normal(header[one.position]) in said
                                else "name") for one in understood.known}  # fmt: skip
    free = [column for column in table.columns if not understood.of(column)]
    open_ = [i for i in understood.unknown if headers.normal(header[i]) not in said]
    pairs = sorted(_pairs(open_, free, header, cells), key=lambda pair: -pair.worth)
    taken: set[str] = set()
    for pair in pairs:
        if pair.position not in made and pair.column.name not in taken:
            made[pair.position] = Guess(pair.position, pair.column, pair.by)
            taken.add(pair.column.name)
    return tuple(made.get(i, Guess(i, None, "")) for i in range(len(header)))


def worth(header: Sequence[str], table: Table) -> float:
    """How much a header row looks like a table: a column known by name counts one, one that is alike a half."""
    understood = headers.understand(header, table)
    missing = [one for one in table.columns if one.required and not understood.of(one)]
    alike = sum(1 for i in understood.unknown if header[i] and any(likeness(header[i], one) >= _LIKE
                for one in table.columns if not understood.of(one)))  # fmt: skip
    own = {heading.column.name for heading in understood.known}
    return len(own) + alike / 2 - len(missing)


def _pairs(
    open_: Sequence[int], free: Sequence[Column], header: Sequence[str], cells: Mapping[int, Sequence[str]]
) -> Iterator[_Pair]:
    for position in open_:
        text, shown = header[position], list(cells.get(position, ()))[:LOOKED_AT]
        for order, column in enumerate(free):
            alike, fit = likeness(text, column), fits(shown, column, headers.split_unit(text)[1])
            by = _by(alike, fit, column, shown)
            if by:
                yield _Pair(position, column, alike + fit * 0.5 + (by == "likeness") - order * 1e-3, by)


def _by(alike: float, fit: float, column: Column, shown: Sequence[str]) -> str:
    """Why a header may mean a column; nothing where it may not."""
    if shown and column.type in (*_TELLING, "ratio", "integer", "flag", "number") and fit < 0.5:
        return ""  # whatever it is called, its cells are something else
    if alike >= _LIKE or (alike >= _HELPED and shown and fit >= _FIT and column.type != "long_text"):
        return "likeness"
    if len(shown) > 1 and fit >= _FIT and (column.type in _TELLING or _speaks(column)):
        return "values"
    return ""


def _speaks(column: Column) -> bool:
    """Whether the cells of a column say what it is, though they are text: firms, titles, descriptions."""
    return (
        column.type in ("reference", "references", "long_text") and column.name in ("organisation", "text")
    ) or (column.type == "text" and column.required)


@lru_cache(maxsize=20_000)
def likeness(header: str, column: Column) -> float:
    """How much a header is like the names of a column: 0 to 1; nearly 1 where one holds the other."""
    text = headers.normal(names.simplified(headers.split_unit(header)[0]))
    if not text or len(text) > 60:
        return 0.0
    known = [headers.normal(one) for one in (column.name, column.zh, *column.aliases)]
    return max(_alike(text, one) for one in known)


def _alike(text: str, known: str) -> float:
    ratio = difflib.SequenceMatcher(None, text, known).ratio()
    shorter, longer = sorted((text, known), key=len)
    whole = len(shorter) >= (4 if shorter.isascii() else 2)
    if whole and (longer.endswith(shorter) or longer.startswith(shorter)):
        return max(ratio, 0.75 + 0.2 * len(shorter) / len(longer))
    return ratio


def fits(shown: Sequence[str], column: Column, unit: str = "") -> float:
    """The share of cells that are of a column's kind, where its kind can be seen; 0.5 for other text."""
    if not shown:
        return 0.0
    if column.type == "money":
        return _money(shown, unit)
    if column.type == "long_text":
        return 1.0 if sum(map(len, shown)) / len(shown) > _WORDY else 0.3
    if column.type == "text" and column.required:
        return _titles(shown)
    if column.type in _TEXTS and column.name != "organisation":
        most = _MOST.get(column.type, TEXT_LIMIT)
        return 0.5 if all(len(text) <= most for text in shown) else 0.0
    return sum(1 for text in shown if _is_one(text, column)) / len(shown)


def _is_one(text: str, column: Column) -> bool:
    if column.type in ("reference", "references"):
        return _FIRM.search(text.strip()) is not None
    if column.type == "registration":
        return re.fullmatch(r"[0-9A-Z]{18}", text.strip()) is not None
    return _reads(text, column)


def _titles(shown: Sequence[str]) -> float:
    """Lines of some length that are words and hardly ever the same."""
    lines = [text for text in shown if 4 <= len(text) <= 120 and not _FIRM.search(text) and _worded(text)]
    return len(set(lines)) / len(shown)


def _worded(text: str) -> bool:
    """Whether most of it is letters, and it is neither a day nor a place."""
    letters = sum(map(str.isalpha, text))
    return letters > len(text) / 2 and not any(
        _parsed(text, parse) for parse in (values.parse_date, values.parse_city)
    )


def _money(shown: Sequence[str], unit: str) -> float:
    """Amounts that name a unit or a currency, in their cells or in their header; plain numbers may be anything."""
    if not all(any(char.isdigit() for char in text) for text in shown):
        return 0.0
    read = [text for text in shown if _parsed(text, lambda one: values.parse_money(one, unit))]
    marked = bool(unit) or sum(
        1 for text in read if not text.replace(",", "").replace(".", "").isdigit()
    ) * 2 >= len(read)
    return len(read) / len(shown) * (1.0 if marked else 0.6)


def _reads(text: str, column: Column) -> bool:
    if text in columns.EMPTY_MARKS:
        return False
    if column.type == "date" and text.isdigit() and len(text) != 8:
        return False  # a spreadsheet's number of a day is as well any other number
    return _parsed(text, columns.parser(column, ""))


def _parsed(text: str, parse: object) -> bool:
    assert callable(parse)
    try:
        parse(text)
    except Bad:
        return False
    return True
