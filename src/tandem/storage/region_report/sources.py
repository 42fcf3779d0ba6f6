"""Figures and computations: the row behind each number of the page, as printed, with its source, and its CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from tandem.base.words import has
from tandem.engine.figures import runs
from tandem.storage.region_report.cites import Cites, Computed
from tandem.storage.region_report.downloads import download
from tandem.storage.report.two import Two, html, phrase

ALL = 500  # registers up to this size show every figure, larger ones those that the page uses
_CHINESE = re.compile(r"<i class=z[^>]*>.*?</i>")
_SOURCES = 100  # sources listed
COLUMNS = ("figure_id", "indicator", "value", "unit", "period", "geography", "kind", "vintage", "source",
           "definition", "denominator", "price_basis", "direction", "owner", "measure", "clause", "budget_line",
           "quality", "note")  # fmt: skip
_TOLD = (
    "definition",
    "denominator",
    "price_basis",
    "quality",
    "owner",
    "measure",
    "clause",
    "budget_line",
    "note",
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One published figure: everything the register holds of it."""

    anchor: str
    figure_id: str
    name: Markup
    printed: str | None
    value: str
    unit: str
    period: str
    geography: Markup
    kind: Markup
    vintage: str
    source: str
    told: tuple[tuple[Markup, Markup], ...]
    csv: Markup


@dataclass(frozen=True, slots=True)
class ComputedRow:
    """One computed number: what of, how, from which figures, what came out."""

    anchor: str
    subject: Markup
    how: Markup
    inputs: tuple[Markup, ...]
    result: Markup


@dataclass(frozen=True, slots=True)
class SourcesPart:
    """Figures, computations, and how many figures the register holds beyond those shown."""

    figures: tuple[FigureRow, ...]
    computed: tuple[ComputedRow, ...]
    sources: tuple[tuple[str, int], ...]
    more: int
    csv: Markup
    how_csv: Markup


def sources(cites: Cites) -> SourcesPart:
    """The part on figures; call it last, when the page has named all it uses."""
    total = cites.figures.height
    rows = [row for row in cites.rows() if total <= ALL or row["figure_id"] in cites.used]
    computed = tuple(
        ComputedRow(one.anchor, one.subject, one.how, tuple(map(cites.by_id, one.inputs)), one.result)
        for one in cites.computed.values()
    )
    return SourcesPart(
        figures=tuple(_row(row, cites) for row in rows),
        computed=computed,
        sources=_counted(cites),
        more=total - len(rows),
        csv=download(
            "figures", COLUMNS, ([row.get(name) for name in COLUMNS] for row in rows), "csv.figures"
        ),
        how_csv=download(
            "computed", ("id", "subject", "how", "inputs", "result"), map(_told, cites.computed.values())
        ),
    )


def _worded(column: str, said: Two) -> Two:
    """A choice in words; any other text as it stands."""
    code = f"regionpage.{column}.{said.en}"
    return phrase(code) if has(code) else said


def _counted(cites: Cites) -> tuple[tuple[str, int], ...]:
    """Each source with how many figures it gives, those that give most first where they are many."""
    found = runs.counted(cites.figures, ("source",)).drop_nulls().cast({"source": pl.String})
    most = found.sort(["len", "source"], descending=[True, False]).head(_SOURCES)
    return tuple(most.sort("source").iter_rows())


def _row(row: Mapping[str, Any], cites: Cites) -> FigureRow:
    known = [name for name in COLUMNS if row.get(name) not in (None, "")]
    kind = f"regionpage.figure.{row['kind']}"
    figure_id, printed = row["figure_id"], row["indicator"]
    name = cites.indicator(figure_id)
    return FigureRow(
        anchor=cites.anchor(figure_id),
        figure_id=figure_id,
        name=html(name),
        printed=printed if printed not in name else None,
        value=row["value"] or "—",
        unit=row["unit"] or "",
        period=row["period"] or "—",
        geography=html(cites.geography(row)),
        kind=html(phrase(kind) if has(kind) else row["kind"] or "—"),
        vintage=row["vintage"] or "",
        source=row["source"] or "",
        told=tuple(
            (html(phrase(f"regionpage.column.{name}")), html(_worded(name, said)))
            for name in _TOLD
            if (said := cites.stated(row, name)) is not None
        ),
        csv=download(f"figure-{cites.anchor(figure_id)}", known, [[row[name] for name in known]]),
    )


def _told(one: Computed) -> tuple[str, ...]:
    """A computation as plain English text."""
    return (one.anchor, _plain(one.subject), _plain(one.how), ";".join(one.inputs), _plain(one.result))


def _plain(piece: Markup) -> str:
    """What a reader of English sees of a piece."""
    return re.sub(r"\s+", " ", Markup(_CHINESE.sub("", piece)).striptags())  # noqa: S704 - escaped when it was made
