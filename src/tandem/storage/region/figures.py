"""Figures of any number: read in parts, each judged as every exchange table is, held with each distinct text once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from tandem.base.errors import Finding
from tandem.domain.region.periods import read_period
from tandem.domain.region.tables import FIGURES
from tandem.engine.figures import frame as reading
from tandem.storage.exchange import accept, columnar, headers, limits
from tandem.storage.exchange.accept import ROW
from tandem.storage.exchange.book import Counts
from tandem.storage.exchange.columns import Problem
from tandem.storage.exchange.raw import RawTable
from tandem.storage.exchange.stream import Source

_LONG = ("figure_id", "value")  # texts of which nearly every row has its own
_REPEATED = 0.3  # distinct texts to rows below which a column is held with each text once
_SMALL = 1_000
_BROKEN = r"^\s*\d[\d.,' ]*([A-Za-z][\d.,']*\d)?\s*$"  # digits and separators, perhaps a letter among them


@dataclass
class Figures:
    """Accepted figures with their bounds (columns without any value left out) and ROW; what was wrong with others."""

    source: Source
    parts: list[pl.DataFrame] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    read: int = 0
    rejected: int = 0
    unlisted: int = 0  # findings beyond those that are told one by one

    @property
    def counts(self) -> Counts:
        """Rows read, accepted and rejected."""
        return Counts(self.read, self.read - self.rejected, self.rejected)

    def frame(self) -> pl.DataFrame:
        """All accepted figures; empty with the table's text columns where there are none."""
        if not self.parts:
            return pl.DataFrame(schema={**dict.fromkeys(reading.TEXTS, pl.String), ROW: pl.Int64})
        mixed = {
            name
            for name in {name for part in self.parts for name in part.columns}
            if len({part.schema[name] for part in self.parts if name in part.columns}) > 1
        }
        plain = [part.cast(dict.fromkeys(mixed & set(part.columns), pl.String)) for part in self.parts]
        return pl.concat(plain, how="diagonal")

    def tell(self, findings: Sequence[Finding]) -> None:
        """Findings more; only the first of a table's rows are kept one by one."""
        room = max(0, limits.FINDINGS_LISTED - len(self.findings))
        self.findings += findings[:room]
        self.unlisted += max(0, len(findings) - room)


def read(source: Source, vintage: str | None) -> Figures:
    """Reads and judges all figures of a source; `vintage` is that of rows without one."""
    made = Figures(source)
    texts = {heading.position for heading in headers.understand(source.header, FIGURES).known
             if heading.column.name not in _LONG}  # fmt: skip
    for part in source.parts(range(len(source.header))):
        first = not made.read
        _take(made, _held(part, texts), first=first, vintage=vintage)
    if not made.read:
        _take(made, _nothing(source), first=True, vintage=vintage)
    made.read += len({fault.row for fault in source.faults if fault.rejects})
    made.rejected += len({fault.row for fault in source.faults if fault.rejects})
    return made


def _held(part: pl.DataFrame, texts: set[int]) -> pl.DataFrame:
    """A part as text; texts that stand in many rows are held once."""
    return part.with_columns(
        _text(part[name], int(name) in texts) for name in part.columns if name != ROW
    )  # fmt: skip


def _text(column: pl.Series, repeated: bool) -> pl.Series:
    text = column if column.dtype == pl.String else columnar.as_text(column)
    if text is None:  # no cell can hold such values
        return pl.repeat(None, len(column), dtype=pl.String, eager=True).alias(column.name)
    distinct = text.to_frame("text").select(pl.col("text").approx_n_unique()).item()
    few = repeated and (len(text) < _SMALL or distinct < _REPEATED * len(text))
    return text.cast(pl.Categorical) if few else text


def _nothing(source: Source) -> pl.DataFrame:
    names = [str(position) for position in range(len(source.header))]
    return pl.DataFrame(schema={**dict.fromkeys(names, pl.String), ROW: pl.Int64})


def _take(made: Figures, part: pl.DataFrame, *, first: bool, vintage: str | None) -> None:
    """One part: accepted as any exchange table, its prints understood, what is empty left out."""
    source = made.source
    raw = RawTable(
        source.file, source.sheet, source.header, part.drop(ROW), part[ROW], source.faults if first else ()
    )
    typed = accept.accept(raw, FIGURES)
    accepted = typed.frame
    made.read += part.height
    made.rejected += part.height - accepted.height
    if vintage is not None:
        accepted = accepted.with_columns(pl.col("vintage").fill_null(vintage))
    read = reading.understand(accepted.drop(ROW))
    typed.report([*_unread_periods(accepted), *_unread_values(read)])
    findings = typed.findings if first else [finding for finding in typed.findings if finding.row is not None]
    made.tell(sorted(findings, key=lambda finding: finding.row or 0))
    if not accepted.height:
        return
    kept = read.drop("indicator_id", "geo_id").with_columns(accepted[ROW])
    made.parts.append(
        kept.select(column for column in kept.iter_columns() if column.null_count() < kept.height)
    )


def _unread_periods(frame: pl.DataFrame) -> list[Problem]:
    """Periods in which no year was found: kept as printed, and told."""
    if not frame.height:
        return []
    texts = frame["period"].unique().drop_nulls()
    odd = [text for text in texts.cast(pl.String).to_list() if read_period(text).first is None]
    if not odd:
        return []
    at = frame["period"].cast(pl.String).is_in(odd).arg_true()
    return [Problem(i, "period", "figure.period", frame["period"][i], warning=True) for i in at]


def _unread_values(read: pl.DataFrame) -> list[Problem]:
    """Values that look like a number and are none ("12x4", "1,23.4"): kept as printed, and told."""
    wordy = read.select("value", "lower", "upper").with_row_index("at")
    wordy = wordy.filter(pl.col("lower").is_null(), pl.col("upper").is_null())
    broken = wordy.filter(pl.col("value").str.contains(_BROKEN)).select("at", "value")
    return [Problem(at, "value", "figure.value", value, warning=True) for at, value in broken.iter_rows()]


def finding(code: str, source: Source, row: int, column: str, value: str | None, **params: object) -> Finding:
    """A faulty row of figures, told like every other."""
    heading = headers.understand(source.header, FIGURES).of(FIGURES.column(column))
    shown = source.header[heading[0].position] if heading else column
    made = Finding(code, "error", FIGURES.name, source.file, source.sheet, row, shown, value, dict(params))
    return replace(made, value=value[: limits.VALUE_SHOWN]) if value else made
