"""Targets: one table of where each stands, and what those lack that cannot be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from tandem.storage.region_report.cites import Cites, named
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.numbers import probability
from tandem.storage.region_report.phrases import pace, said, status
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import Two, html, weave

if TYPE_CHECKING:
    from tandem.engine.region.bases import Base
    from tandem.engine.region.fan import Reach
    from tandem.engine.region.targets import TargetState

Row = tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class TargetsPart:
    """The rows of the table, each target that cannot be judged with why, the table's CSV."""

    rows: tuple[Row, ...]
    unjudged: tuple[tuple[Markup, tuple[Markup, ...]], ...]
    csv: Markup


def targets(view: RegionView, cites: Cites) -> TargetsPart:
    """The part on targets: in the table stands whatever has a base and a due year."""
    return TargetsPart(
        rows=tuple(_row(state, cites) for state in view.targets if not _is_bare(state)),
        unjudged=tuple(_unjudged(s, cites) for s in view.targets if s.status == "not_available"),
        csv=_csv(view.targets),
    )


def _is_bare(state: TargetState) -> bool:
    return state.status == "not_available" and state.required is None


def _row(state: TargetState, cites: Cites) -> Row:
    base = state.base
    name = cites.subject(state.figure_id)
    return (
        named(name) + Markup(" <small>{}</small>").format(cites.figure(state.figure_id, state.figure_id)),
        cites.figure(state.figure_id),
        cites.figure(state.figure_id, str(state.year)) if state.year else html("—"),
        _base(base, cites),
        _required(state, name, cites),
        _recent(state, name, cites),
        status(state.status),
        _probability(f"{state.figure_id}-reach", state.reach, state, name, cites),
    )  # fmt: skip


def _base(base: Base | None, cites: Cites) -> Markup:
    if base is None:
        return html("—")
    year = cites.figure(base.figure_id, str(base.year))
    return Markup("{} <small>{}</small>").format(cites.figure(base.figure_id), year)


def _required(state: TargetState, name: Two, cites: Cites) -> Markup:
    if state.required is None or state.base is None or state.year is None:
        return html("—")
    return cites.compute(
        f"{state.figure_id}-required", pace(state.required, state.recent), subject=name, how="required",
        inputs=(state.figure_id, state.base.figure_id), years=str(state.year - state.base.year),
        exact=f"{state.required * 100:.2f} %",
    )  # fmt: skip


def _recent(state: TargetState, name: Two, cites: Cites) -> Markup:
    growth = state.recent
    if growth is None:
        return html("—")
    shown = pace(growth.mean, growth)
    if growth.basis == "published" and growth.figures:
        value = cites.figure(growth.figures[0])
    else:
        value = cites.compute(
            f"{state.figure_id}-recent", shown, subject=name, how=f"recent.{growth.basis}",
            inputs=growth.figures, n=str(growth.n), sd=pace(growth.sd, growth), phi=f"{growth.phi:.2f}",
        )  # fmt: skip
    return value + Markup(" <small>{}</small>").format(weave(f"regionpage.basis.{growth.basis}"))


def _probability(key: str, reach: Reach | None, state: TargetState, name: Two, cites: Cites) -> Markup:
    if reach is None:
        return html("—")
    growth, fan, base = state.recent, state.fan, state.base
    return cites.compute(
        key, probability(reach.probability, reach.error), subject=name, how="reach",
        inputs=(state.figure_id, base.figure_id if base else None, *(growth.figures if growth else ())),
        mean=pace(growth.mean, growth) if growth else "—", sd=pace(growth.sd, growth) if growth else "—",
        phi=f"{growth.phi:.2f}" if growth else "—",
        paths=f"{fan.paths:,}" if fan else "—", seed=str(fan.seed) if fan else "—",
    )  # fmt: skip


def _unjudged(state: TargetState, cites: Cites) -> tuple[Markup, tuple[Markup, ...]]:
    title = Markup("{} {}").format(named(cites.subject(state.figure_id)), cites.figure(state.figure_id))
    return title, tuple(html(said(code, "region.missing", {})) for code in state.missing)


_COLUMNS = (
    *(
        "figure_id",
        "indicator_id",
        "geo_id",
        "value",
        "year",
        "base_figure",
        "base_value",
        "base_year",
        "required",
    ),
    *("recent_mean", "recent_sd", "recent_phi", "basis", "status", "probability", "error", "missing"),
)


def _csv(states: Sequence[TargetState]) -> Markup:
    rows = []
    for state in states:
        base, recent, reach = state.base, state.recent, state.reach
        rows.append(
            (state.figure_id, state.indicator_id, state.geo_id, state.value, state.year,
             base and base.figure_id, base and base.value, base and base.year, state.required,
             recent and recent.mean, recent and recent.sd, recent and recent.phi, recent and recent.basis,
             state.status, reach and reach.probability, reach and reach.error, state.missing)
        )  # fmt: skip
    return download("targets", _COLUMNS, rows)
