"""Quality before quantity: what each employee, each yuan and each outcome yields first, counts of firms last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from tandem.engine.figures import runs
from tandem.engine.region.quality import ROLES, with_roles
from tandem.storage.region_report.cites import WHOLE, Cites, named
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.numbers import Grain, amount
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import html, phrase

_ROWS, _LINES = 60, 1_000  # lines of one role on the page and in its CSV
_MEASURED = ("baseline", "context")
_OF = ("indicator_id", "dimension", "thing")  # what a role is read from
Row = tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class QualityPart:
    """The lines of each role, those that matter most first; `more` lines of a role are left to the CSV."""

    groups: tuple[tuple[str, tuple[Row, ...], int], ...]
    csv: Markup


def quality(view: RegionView, cites: Cites) -> QualityPart:
    """The part on quality: for each role what was derived, what was published, and what nobody has measured."""
    indicators = view.tables.get("indicators")
    if indicators is None or "role" not in indicators.columns:
        return QualityPart((), Markup())
    measured = _measured(cites.figures)
    known = with_roles(measured.select("figure_id", *_OF), indicators)
    roles = dict(indicators.select("indicator_id", "role").iter_rows())
    derived = [] if view.derived is None else list(view.derived.iter_rows(named=True))
    groups, lines = [], []
    for role in ROLES:
        made = [row for row in derived if (roles.get(row["indicator_id"]) or "quality") == role]
        own = known.filter(pl.col("role") == role)
        ids = own["figure_id"].unique(maintain_order=True).to_list()
        cites.load(ids[:_LINES], measured)
        cites.load(row[side] for row in made[:_ROWS] for side in ("numerator", "denominator"))
        rows = [_derived(row, cites) for row in made[:_ROWS]] + [
            _published(one, cites) for one in ids[:_ROWS]
        ]
        seen = {*own["indicator_id"], *(row["indicator_id"] for row in made)}
        lacking = [one for one, stated in roles.items() if stated == role and one not in seen]
        if role == "quality":
            rows += [_unmeasured(one, cites) for one in lacking[:_ROWS]]
        lines += _lines(role, ids[:_LINES], made[:_LINES], lacking, cites)
        if rows:
            groups.append((role, tuple(rows[:_ROWS]), max(0, len(made) + len(ids) - _ROWS)))
    return QualityPart(tuple(groups), download("quality", _COLUMNS, lines))


def _measured(figures: pl.DataFrame) -> pl.DataFrame:
    """What was measured; of a large register the newest figure of each indicator alone."""
    measured = pl.any_horizontal(pl.col("kind") == kind for kind in _MEASURED)
    if figures.height <= WHOLE:
        return figures.filter(measured)
    begun = runs.starts(figures, (*_OF, "kind", "first_year"))  # the last row of each run stands for it
    last = begun + runs.lengths(begun, figures.height) - 1
    own = figures[last].filter(measured)
    return own.group_by(_OF, maintain_order=True).agg(pl.all().sort_by("first_year").last())


def _published(figure_id: str, cites: Cites) -> Row:
    row = cites.row(figure_id)
    period = cites.figure(figure_id, row["period"]) if row is not None and row["period"] else html("—")
    where = named(cites.geography(row)) if row is not None else html("—")
    return named(cites.indicator(figure_id)), cites.figure(figure_id), period, where


def _derived(row: dict[str, Any], cites: Cites) -> Row:
    """One derived value, with the digits that its parts allow, beside what was published for it."""
    key = f"{row['numerator']}-{row['denominator']}-{row['indicator_id']}"
    name = cites.name("indicators", row["indicator_id"])
    inputs = (row["numerator"], row["denominator"], *(row["published"] or ()))
    year = f"{row['first_year']}" if row["first_year"] is not None else "—"
    if row["value"] is None:
        shown = phrase("regionpage.derived.open")
    else:
        per = "/person" if row["dimension"] == "ratio" and row["currency"] else ""
        dimension = "money" if row["currency"] and row["dimension"] != "share" else row["dimension"]
        slack = max((row["high"] or 0.0) - (row["low"] or 0.0), 0.0) / 2
        shown = amount(row["value"], Grain(dimension, row["currency"], slack, per))
    value = cites.compute(key, shown, subject=name, how="derived", inputs=inputs)
    beside = [figure for figure in row["published"] or () if cites.row(figure) is not None]
    if beside:
        value += Markup(" <small>{} {}</small>").format(
            html(phrase("regionpage.derived.published")),
            Markup(" · ").join(cites.figure(one) for one in beside),
        )
    return named(name), value, cites.again(key, year), named(cites.name("geographies", row["geo_id"]))


def _unmeasured(indicator_id: str, cites: Cites) -> Row:
    lacking = Markup('<span class="dim">{}</span>').format(html(phrase("regionpage.unmeasured")))
    return named(cites.name("indicators", indicator_id)), lacking, html("—"), html("—")


_COLUMNS = ("role", "indicator", "geography", "period", "value", "unit", "figure", "numerator", "denominator")


def _lines(
    role: str, ids: list[str], made: list[dict[str, Any]], lacking: list[str], cites: Cites
) -> list[tuple[Any, ...]]:
    rows = [row for one in ids if (row := cites.row(one)) is not None]
    names = ("indicator_id", "geo_id", "period", "value", "unit", "figure_id")
    return [
        *((role, row["indicator_id"], row["geo_id"], row["first_year"], row["value"], row["currency"], None,
           row["numerator"], row["denominator"]) for row in made),
        *((role, *(row[name] for name in names), None, None) for row in rows),
        *((role, one, *[None] * 7) for one in lacking),
    ]  # fmt: skip
