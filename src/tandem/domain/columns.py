"""What a column and a table of the exchange formats are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal[
    "id",  # short text naming a row
    "reference",  # an organisation or need, by id, registration number or name
    "references",  # several organisations, ';' between
    "text",  # one line
    "long_text",  # a description
    "choice",  # one of `choices`
    "service",  # code or name of the producer-service taxonomy
    "city",  # GB/T 2260 code or a city's name
    "cities",  # several cities, ';' between
    "date",  # ISO 8601
    "integer",
    "money",  # decimal amount in major units; kept as integer minor units
    "ratio",  # number from 0 to 1
    "number",  # any finite number
    "flag",  # yes or no
    "registration",  # unified social credit code (GB 32100) or another register's number
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in code and API, its type, what is allowed, and other headers that mean it."""

    name: str
    type: ColumnType
    zh: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    default: int | str | None = None
    minimum: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One exchange table.

    key    its id column, made from content where it is missing
    meant  (header, column) as somebody has said of one file, which wins over names and aliases; "" for no column
    """

    name: str
    zh: str
    columns: tuple[Column, ...]
    key: str | None = None
    sheet_aliases: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")
