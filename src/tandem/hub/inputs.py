"""What each action takes, as frozen records; every field is a setting with words in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tandem.base.settings import setting


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Exchange tables to read: a workbook or folder, single files, or both (single files win)."""

    book: Path | None = setting("path", None, positional=True)
    needs: Path | None = setting("path", None)
    organisations: Path | None = setting("path", None)
    offers: Path | None = setting("path", None)
    deliveries: Path | None = setting("path", None)

    def files(self) -> dict[str, Path]:
        """The single files, by table."""
        named = {name: getattr(self, name) for name in ("needs", "organisations", "offers", "deliveries", "truth")
                 if hasattr(self, name)}  # fmt: skip
        return {name: path for name, path in named.items() if path is not None}


@dataclass(frozen=True, kw_only=True)
class CheckInput(Tables):
    """Read and report only; `out` is where an annotated copy goes when there is something to mend."""

    truth: Path | None = setting("path", None)
    out: Path | None = setting("path", None)


@dataclass(frozen=True, kw_only=True)
class MatchInput(Tables):
    """Rank organisations for every need; see engine/matching/settings.py for what is not asked here."""

    as_of: date | None = setting("date", None)
    top: int = setting("integer", 10, minimum=1)
    strict: bool = setting("flag", False)
    merge: Path | None = setting("path", None)
    index: Path | None = setting("path", None)
    dense: Path | None = setting("path", None)
    ranker: Path | None = setting("path", None)
    exposure_floor: float = setting("share", 0.05)
    rules: Path | None = setting("path", None)
    no_clear: bool = setting("flag", False)
    explain: tuple[str, ...] = setting("texts", (), at_least=2, at_most=3)
    out: Path | None = setting("path", None)


@dataclass(frozen=True, kw_only=True)
class ClearInput:
    """Edges cleared on their own; workers or a scheduler: where, if not here."""

    edges: Path = setting("path")
    needs: Path = setting("path")
    offers: Path = setting("path")
    rules: Path | None = setting("path", None)
    gap: float = setting("percent", 0.1)
    start: Path | None = setting("path", None)
    workers: int = setting("integer", 0, minimum=0)
    scheduler: str | None = setting("text", None)
    on_disk: bool = setting("flag", False)
    check: bool = setting("flag", False)
    out: Path = setting("path", Path("tandem-out"))


@dataclass(frozen=True, kw_only=True)
class LearnInput(Tables):
    """A ranker from past needs with known outcomes, written to one file."""

    truth: Path | None = setting("path", None)
    as_of: date | None = setting("date", None)
    merge: Path | None = setting("path", None)
    out: Path = setting("path", Path("ranker.json"))


@dataclass(frozen=True, kw_only=True)
class DuplicatesInput(Tables):
    """Probable duplicates among organisations and needs; nothing is merged by it."""

    out: Path = setting("path", Path("tandem-out"))


@dataclass(frozen=True, kw_only=True)
class DemoInput:
    """The main job on the sample world."""

    out: Path = setting("path", Path("tandem-out"))


@dataclass(frozen=True, kw_only=True)
class TemplateInput:
    """An empty workbook with guidance."""

    out: Path = setting("path", Path("book.xlsx"))


@dataclass(frozen=True, kw_only=True)
class EvaluateInput:
    """A match list against known outcomes."""

    matches: Path = setting("path")
    truth: Path = setting("path")
    organisations: Path | None = setting("path", None)
    deliveries: Path | None = setting("path", None)
    merge: Path | None = setting("path", None)
    small: int = setting("integer", 3, minimum=0)
    resamples: int = setting("integer", 1000, minimum=0)


@dataclass(frozen=True, kw_only=True)
class ServeInput:
    """Which data directory is served, and where it listens.

    url    a PostgreSQL database instead of the directory's own file
    proxy  a program on this machine stands in front of it and tells whence and how requests came (X-Forwarded-*)
    """

    data: Path = setting("path", Path("tandem-data"))
    host: str = setting("text", "127.0.0.1")
    port: int = setting("integer", 8000, minimum=0, maximum=65_535)
    url: str | None = setting("text", None)
    proxy: bool = setting("flag", False)
    sample: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class McpInput:
    """Which data directory an agent's program speaks with; who it acts for is told by TANDEM_TOKEN."""

    data: Path = setting("path", Path("tandem-data"))
    url: str | None = setting("text", None)
