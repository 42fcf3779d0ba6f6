"""What the actions on the hub's register take."""

from __future__ import annotations

from dataclasses import dataclass

from tandem.base.settings import Upload, setting
from tandem.domain.region.tables import FIGURE_KINDS, REGISTER_TABLES

FORMATS = ("xlsx", "csv", "jsonl", "parquet")
TABLES = tuple(table.name for table in REGISTER_TABLES)
GAPS = ("missing", "single", "few", "covered")
DOUBTS = ("conflict", "unit_mismatch", "denominator_missing", "base_implied", "classes_overlap", "stale")


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Nothing to say."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """One figure of the register, by its id."""

    id: str = setting("id", positional=True)


@dataclass(frozen=True, kw_only=True)
class ChainQuery:
    """The links of one chain, or those with one kind of gap."""

    chain: str | None = setting("text", None)
    gap: str | None = setting("choice", None, choices=GAPS)


@dataclass(frozen=True, kw_only=True)
class DoubtQuery:
    """Doubts of one class."""

    sort: str | None = setting("choice", None, choices=DOUBTS, words="doubt")


@dataclass(frozen=True, kw_only=True)
class FigureQuery:
    """Figures that the filters leave, in the order of the register; `text` is looked for in names, sources and ids."""

    text: str | None = setting("text", None, positional=True)
    sort: str | None = setting("choice", None, choices=FIGURE_KINDS, words="kind")
    indicator: str | None = setting("text", None)
    geography: str | None = setting("text", None)
    source: str | None = setting("text", None)
    limit: int = setting("integer", 50, minimum=1, maximum=200)
    after: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class ExportQuery:
    """The register as a workbook, or one table of it in a format of its own; every vintage."""

    format: str = setting("choice", "xlsx", choices=FORMATS)
    table: str | None = setting("choice", None, choices=TABLES, words="register_table")


@dataclass(frozen=True, kw_only=True)
class ProblemsQuery:
    """A file of register tables whose faulty rows shall be marked in a copy of it."""

    file: Upload = setting("upload", positional=True)
    table: str | None = setting("choice", None, choices=TABLES, words="register_table")
    vintage: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class ImportInput:
    """A file of register tables.

    table    which table a single file is whose name does not tell it
    vintage  of figures that name none
    """

    file: Upload = setting("upload", positional=True)
    table: str | None = setting("choice", None, choices=TABLES, words="register_table")
    vintage: str | None = setting("text", None)
    preview: bool = setting("flag", False)
    strict: bool = setting("flag", False)
