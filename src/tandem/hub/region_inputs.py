"""What the actions on a region's register take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tandem.base.settings import setting
from tandem.domain.region.tables import FIGURE_KINDS, REGISTER_TABLES
from tandem.hub.inputs import Tables

VIEWS = ("overview", "figures", "targets", "clusters", "chains", "doubts", "quality", "ladder", "measures")
FORMATS = ("csv", "parquet", "jsonl")
HERE = Path("tandem-region")  # the register of the folder that somebody works in


@dataclass(frozen=True, kw_only=True)
class RegionImportInput:
    """Register tables to read: a workbook, folder or file, single files, or both (single files win)."""

    book: Path | None = setting("path", None, positional=True)
    figures: Path | None = setting("path", None)
    indicators: Path | None = setting("path", None)
    geographies: Path | None = setting("path", None)
    clusters: Path | None = setting("path", None)
    links: Path | None = setting("path", None)
    measures: Path | None = setting("path", None)
    facts: Path | None = setting("path", None)
    vintage: str | None = setting("text", None)
    register: Path = setting("path", HERE)
    strict: bool = setting("flag", False)
    out: Path = setting("path", Path("tandem-out"))

    def files(self) -> dict[str, Path]:
        """The single files, by table."""
        named = {table.name: getattr(self, table.name) for table in REGISTER_TABLES}
        return {name: path for name, path in named.items() if path is not None}


@dataclass(frozen=True, kw_only=True)
class RegionShowInput:
    """One view of a register, as a list that filters narrow."""

    what: str = setting("choice", "overview", choices=VIEWS, positional=True)
    indicator: str | None = setting("text", None)
    geography: str | None = setting("text", None)
    kind: str | None = setting("choice", None, choices=FIGURE_KINDS)
    id: str | None = setting("text", None)
    vintages: bool = setting("flag", False)
    register: Path | None = setting("path", None)
    as_of: date | None = setting("date", None)
    organisations: Path | None = setting("path", None)
    offers: Path | None = setting("path", None)
    deliveries: Path | None = setting("path", None)
    needs: Path | None = setting("path", None)


@dataclass(frozen=True, kw_only=True)
class RegionExportInput:
    """The register's tables as files that an import reads again."""

    register: Path | None = setting("path", None)
    format: str = setting("choice", "csv", choices=FORMATS)
    out: Path = setting("path", Path("tandem-out"))


@dataclass(frozen=True, kw_only=True)
class RegionReportInput(Tables):
    """One page about the region; the exchange tables say who could close a chain's gaps."""

    register: Path | None = setting("path", None)
    as_of: date | None = setting("date", None)
    out: Path = setting("path", Path("tandem-out"))
