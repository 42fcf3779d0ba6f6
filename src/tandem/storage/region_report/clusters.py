"""Clusters: each on one scale of revenue with the tiers on it, its distance to the next and the odds of reaching it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from tandem.base.words import has
from tandem.storage.region_report.cites import Cites, named
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.numbers import Grain, amount, grain, percent, probability, published
from tandem.storage.region_report.phrases import said
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.drawing import WIDTH, rect, shorten, svg, text
from tandem.storage.report.two import Piece, Two, html, listed, phrase, weave

if TYPE_CHECKING:
    from tandem.engine.region.clusters import ClusterState

SHOWN = 60  # clusters drawn and told one by one
_CITIES = 5  # named one by one up to here, counted beyond
_ROW, _TOP = 36, 18
_BEYOND = 1.15  # the scale goes this far beyond the highest tier; what is larger still is cut with a mark
Row = tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class ClustersPart:
    """The drawing, the table, and the clusters that nothing can be said of."""

    chart: Markup
    rows: tuple[Row, ...]
    unmeasured: tuple[tuple[Markup, Markup], ...]
    csv: Markup


def clusters(view: RegionView, cites: Cites) -> ClustersPart:
    """The part on clusters: the largest first."""
    told = sorted(
        (one for one in view.clusters if one.value is not None), key=lambda one: -(one.value or 0.0)
    )
    return ClustersPart(
        chart=_scale(told[:SHOWN], cites),
        rows=tuple(_row(one, view, cites) for one in told[:SHOWN]),
        unmeasured=tuple(
            (named(cites.name("clusters", one.cluster_id)), html(_reasons(one)))
            for one in view.clusters if one.value is None
        ),
        csv=_csv(view.clusters),
    )  # fmt: skip


def _reasons(one: ClusterState) -> Two:
    return listed(said(code, "region.missing", {}) for code in one.missing)


def _tiers(cites: Cites) -> list[tuple[str, float]]:
    """The register's thresholds in money, lowest first: (figure id, base units)."""
    known = [
        (row["figure_id"], row["lower"]) for row in cites.rows()
        if row["kind"] == "threshold" and row["dimension"] == "money" and row["lower"] is not None
    ]  # fmt: skip
    return sorted(known, key=lambda one: one[1])


def _scale(told: Sequence[ClusterState], cites: Cites) -> Markup:
    """Revenue as bars on one linear scale; an open value ends in an arrow, because it is at least that much."""
    tiers = _tiers(cites)
    largest = max((one.value or 0.0 for one in told), default=0.0)
    if not told or not largest:
        return Markup()
    end = tiers[-1][1] * _BEYOND if tiers else largest
    per_yuan, height = WIDTH / end, _TOP + len(told) * _ROW
    body = []
    for figure_id, level in tiers:
        row = cites.row(figure_id)
        x = level * per_yuan
        label = amount(level, grain(row)) if row else Two("", "")
        body += [
            Markup('<line class="tier" x1="{0:g}" y1="14" x2="{0:g}" y2="{1}"/>').format(round(x, 1), height),
            text(x, 10, label, "note", "end" if x > 60 else "start"),
        ]
    for i, one in enumerate(told):
        body += _bar(one, _TOP + i * _ROW, per_yuan, end, cites)
    return svg(height, body, "scale")


def _bar(one: ClusterState, y: float, per_yuan: float, end: float, cites: Cites) -> list[Markup]:
    name, value = cites.name("clusters", one.cluster_id), one.value or 0.0
    cut = value > end
    length = WIDTH - 16 if cut else value * per_yuan
    row = cites.row(one.figure_id)
    return [
        text(0, y + 13, Two(shorten(name.zh, 22), shorten(name.en, 26)), "name"),
        text(WIDTH, y + 13, published(row) if row else "", "note", "end"),
        rect(0, y + 19, length, 11, "room"),
        *(_tip(length + 2 + 6 * i, y + 19) for i in range(2 if cut else 1) if one.open or cut),
    ]


def _tip(x: float, y: float) -> Markup:
    """An arrow at the end of a bar: at least this; two of them: beyond the scale."""
    return Markup('<path class="open" d="M{:g} {:g}l5 5.5l-5 5.5"/>').format(round(x, 1), y)


def _row(one: ClusterState, view: RegionView, cites: Cites) -> Row:
    name = cites.name("clusters", one.cluster_id)
    year = cites.figure(one.figure_id, str(one.year)) if one.figure_id and one.year else Markup()
    return (
        named(name) + _members(one, view, cites),
        Markup("{} <small>{}</small>").format(cites.figure(one.figure_id), year),
        _tier(one, cites),
        cites.figure(one.next_tier) if one.next_tier else html(phrase("regionpage.tier.top")),
        _distance(one, name, cites),
        _years(one, name, cites),
        _odds(one, name, cites),
    )


def _members(one: ClusterState, view: RegionView, cites: Cites) -> Markup:
    """The industries and cities that define a cluster, where the register says so."""
    frame = view.tables.get("clusters")
    if frame is None or "cluster_id" not in frame.columns:
        return Markup()
    for row in frame.iter_rows(named=True):
        if row["cluster_id"] == one.cluster_id:
            found = _several(row.get("cities"))
            cities = listed(cites.name("geographies", city) for city in found)
            if len(found) > _CITIES:
                cities = phrase("regionpage.cluster.cities", n=len(found))
            industries = listed(_several(row.get("industries")))
            both = [piece for piece in (industries, cities) if piece.zh]
            return Markup("").join(
                Markup(' <small class="nm">{}</small>').format(html(piece)) for piece in both
            )
    return Markup()


def _several(value: str | Sequence[str] | None) -> list[str]:
    parts = value.replace("；", ";").split(";") if isinstance(value, str) else list(value or [])
    return [part.strip() for part in parts if part.strip()]


def _tier(one: ClusterState, cites: Cites) -> Markup:
    code = f"regionpage.tier.{one.tier}"
    if one.tier and not has(code):
        return cites.figure(one.tier)
    return named(phrase(code) if one.tier else phrase("regionpage.tier.none"))


def _like(one: ClusterState, cites: Cites) -> Grain:
    row = cites.row(one.figure_id)
    return grain(row) if row is not None else Grain("money", "CNY", 0.0, "")


def _distance(one: ClusterState, name: Two, cites: Cites) -> Markup:
    if one.distance is None or one.distance <= 0 or one.next_tier is None:
        return html("—")
    far = amount(one.distance, _like(one, cites))
    shown = Two(f"< {far.zh}", f"< {far.en}") if one.open else far
    return cites.compute(
        f"{one.cluster_id}-distance",
        shown,
        subject=name,
        how="distance",
        inputs=(one.figure_id, one.next_tier),
    )


def _years(one: ClusterState, name: Two, cites: Cites) -> Markup:
    """When the next tier is reached, one line for each mean growth."""
    lines = []
    for i, scenario in enumerate(one.scenarios):
        key = f"{one.cluster_id}-scenario-{i + 1}"
        mean = cites.compute(
            key, percent(scenario.mean), subject=name, how="years", inputs=(one.figure_id, one.next_tier)
        )
        when: Markup | Two = phrase("regionpage.never")
        if scenario.reached is not None and math.isfinite(scenario.reached):
            when = cites.again(key, f"{scenario.reached:.1f}")
        lines.append(weave("regionpage.years.at", mean=mean, when=html(when)))
    return Markup("<br>").join(lines) or html("—")


def _odds(one: ClusterState, name: Two, cites: Cites) -> Markup:
    """The odds by year and the growth that would be needed; at least and at most where the value is open upwards."""
    lines, needed, growth = [], dict(one.required), one.growth
    told: dict[str, Piece] = {"mean": "—", "sd": "—", "phi": "—", "basis": "—"}
    if growth is not None:
        told = {"mean": percent(growth.mean), "sd": percent(growth.sd), "phi": f"{growth.phi:.2f}",
                "basis": phrase(f"regionpage.basis.{growth.basis}.full")}  # fmt: skip
    for year, reach in one.reach:
        key = f"{one.cluster_id}-reach-{year}"
        odds = probability(reach.probability, reach.error)
        shown = cites.compute(
            key, f"≥ {odds}" if one.open and odds[0] not in "<>" else odds, subject=name, how="reach.cluster",
            inputs=(one.figure_id, one.next_tier, *(growth.figures if growth else ())), year=str(year), **told,
        )  # fmt: skip
        line = weave("regionpage.reach.by", year=cites.again(key, str(year)), p=shown)
        if year in needed:
            line += Markup(" <small>{}</small>").format(
                weave("regionpage.reach.needs", mean=_needs(one, year, needed[year], name, cites))
            )
        lines.append(line)
    return Markup("<br>").join(lines) or html("—")


def _needs(one: ClusterState, year: int, mean: float, name: Two, cites: Cites) -> Markup:
    shown = f"≤ {percent(mean)}" if one.open else percent(mean)
    return cites.compute(
        f"{one.cluster_id}-needs-{year}", shown, subject=name, how="needs.cluster",
        inputs=(one.figure_id, one.next_tier), year=str(year),
    )  # fmt: skip


_COLUMNS = ("cluster_id", "figure_id", "value", "open", "year", "tier", "next_tier", "next_value", "distance",
            "reach", "missing")  # fmt: skip


def _csv(states: Sequence[ClusterState]) -> Markup:
    rows = [
        (one.cluster_id, one.figure_id, one.value, one.open, one.year, one.tier, one.next_tier, one.next_value,
         one.distance, [f"{year}:{reach.probability:.6g}" for year, reach in one.reach], one.missing)
        for one in states
    ]  # fmt: skip
    return download("clusters", _COLUMNS, rows)
