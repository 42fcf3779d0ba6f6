"""Outlooks: the fan of each target that can be judged, its way-points, scenarios and what would have to be true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from markupsafe import Markup

from tandem.engine.region.growth import stated
from tandem.storage.region_report.cites import Cites, named
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.fans import fan_chart, required_path
from tandem.storage.region_report.numbers import Grain, Scale, grain, probability, scale
from tandem.storage.region_report.phrases import pace, plan, said
from tandem.storage.report.two import Piece, Two, html, phrase, weave

if TYPE_CHECKING:
    from tandem.engine.region.targets import TargetState

SHOWN = 24  # outlooks told; further targets stand in the table and its CSV
_OF = ("indicator_id", "geo_id", "dimension")  # what is of one series
Row = tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class FanPart:
    """What stands under one fan; tables are rows of cells."""

    key: str
    title: Markup
    unit: Markup
    chart: Markup
    method: Markup
    ways: tuple[Row, ...]
    scenarios: tuple[Row, ...]
    needed: tuple[Markup, ...]
    warnings: tuple[Markup, ...]
    years: tuple[Row, ...]
    csv: Markup


def outlooks(states: Sequence[TargetState], cites: Cites) -> tuple[tuple[FanPart, ...], int]:
    """The outlooks in the order of the targets, and how many more there would be."""
    known = _drawn(states)
    past = _past([same[0] for same in known[:SHOWN]], cites)
    return tuple(_fan(same, past, cites) for same in known[:SHOWN]), max(0, len(known) - SHOWN)


def _drawn(states: Sequence[TargetState]) -> list[list[TargetState]]:
    """The targets with a fan or scenarios, those that say the same (one base, value and year) together."""
    groups: dict[tuple[Any, ...], list[TargetState]] = {}
    for state in states:
        if state.base is not None and (state.fan is not None or state.scenarios):
            groups.setdefault((state.base.figure_id, state.value, state.year), []).append(state)
    return list(groups.values())


def _fan(states: Sequence[TargetState], past: pl.DataFrame, cites: Cites) -> FanPart:
    state = states[0]
    like, name = _like(state, cites), cites.subject(state.figure_id)
    key = f"{state.figure_id}-fan"
    levels = scale(max(abs(state.value or 0.0), *(map(abs, state.fan.p95) if state.fan else (0.0,))), like)
    title = Markup(" ").join(
        [named(name), *(cites.figure(one.figure_id) for one in states[:1]),
         *(Markup("<small>{}</small>").format(cites.figure(one.figure_id, one.figure_id)) for one in states)]
    )  # fmt: skip
    method = _method(state, name, cites, key)
    return FanPart(
        key=cites.anchor(state.figure_id),
        title=title,
        unit=html(levels.unit),
        chart=fan_chart(state, history(state, past, cites), levels),
        method=method,
        ways=tuple(_way(state, one, levels, name, cites) for one in state.waypoints),
        scenarios=tuple(_scenario(state, i, levels, name, cites) for i in range(len(state.scenarios))),
        needed=tuple(_needed(state, key_, mean, name, cites) for key_, mean in sorted_needed(state.needed)),
        warnings=tuple(_said(code, params, state, cites, key) for code, params in state.warnings),
        years=tuple(
            _year(state, i, levels, cites, key) for i in range(len(state.fan.years) if state.fan else 0)
        ),
        csv=_fan_csv(state),
    )


def sorted_needed(needed: Mapping[Any, float]) -> list[tuple[Any, float]]:
    """Shares first, in order, then the named conditions."""
    return sorted(needed.items(), key=lambda one: (not isinstance(one[0], float), str(one[0])))


def _past(states: Sequence[TargetState], cites: Cites) -> pl.DataFrame:
    """Plain baselines of one year that could stand before these targets: a large register is asked once for all."""
    rows = [
        row for one in states if one.base is not None and (row := cites.row(one.base.figure_id)) is not None
    ]
    wanted = {
        name: pl.Series(sorted({row[name] for row in rows}), dtype=pl.String)
        .cast(cites.figures.schema[name])
        .implode()
        for name in _OF
    }
    found = cites.figures
    for name, texts in wanted.items():  # one after the other: each leaves few rows for the next
        found = found.filter(pl.col(name).is_in(texts))
    found = found.filter(
        pl.col("kind") == "baseline",
        pl.col("form").cast(pl.String).is_in(["point", "about"]),
        pl.col("first_year") == pl.col("last_year"),
    )
    return found.select(pl.col(*_OF, "vintage").cast(pl.String), "first_year", "lower")


def history(state: TargetState, past: pl.DataFrame, cites: Cites) -> list[tuple[int, float]]:
    """Published levels of a target's base indicator up to its base year, one a year: (year, base units)."""
    base = state.base
    row = cites.row(base.figure_id if base else None)
    if row is None or base is None:
        return []
    same = past.filter(*(pl.col(name) == row[name] for name in _OF), pl.col("first_year") <= base.year)
    known = dict(same.sort("vintage", maintain_order=True).select("first_year", "lower").iter_rows())
    return [
        *sorted((year, level) for year, level in known.items() if year != base.year),
        (base.year, base.value),
    ]


def _method(state: TargetState, name: Two, cites: Cites, key: str) -> Markup:
    growth, fan, base = state.recent, state.fan, state.base
    if growth is None or fan is None or base is None:
        return Markup()
    shown: dict[str, Piece] = {
        "mean": pace(growth.mean, growth),
        "sd": pace(growth.sd, growth),
        "phi": f"{growth.phi:.2f}",
        "paths": f"{fan.paths:,}",
        "seed": str(fan.seed),
    }
    cites.compute(
        key,
        weave("regionpage.fan.result"),
        subject=name,
        how="fan",
        inputs=(base.figure_id, *growth.figures),
        **shown,
    )
    links = {code: cites.again(key, value) for code, value in shown.items()}
    return weave("regionpage.fan.method", **links, basis=phrase(f"regionpage.basis.{growth.basis}.full"))


def _way(state: TargetState, one: Any, levels: Scale, name: Two, cites: Cites) -> Row:
    key = f"{state.figure_id}-way-{one.year}"
    level = cites.compute(
        key, levels.number(one.value), subject=name, how="way",
        inputs=(state.figure_id, state.base.figure_id if state.base else None), year=str(one.year),
    )  # fmt: skip
    if one.figure_id is not None:
        level = cites.figure(one.figure_id, levels.number(one.value))
    row = [named(plan(one.plan)), cites.again(key, str(one.year)), level]
    fan = state.fan
    if fan is not None and one.year in fan.years:
        at = fan.years.index(one.year)
        fan_key = f"{state.figure_id}-fan"
        row += [cites.again(fan_key, levels.number(line[at])) for line in (fan.p10, fan.p50, fan.p90)]
    else:
        row += [html("—")] * 3
    return tuple(row)


def _scenario(state: TargetState, i: int, levels: Scale, name: Two, cites: Cites) -> Row:
    one, key = state.scenarios[i], f"{state.figure_id}-scenario-{i + 1}"
    reach, growth = one.reach, state.recent or stated(one.mean, basis="assumed")
    mean = cites.compute(
        key, pace(one.mean, state.recent), subject=name, how="scenario",
        inputs=(state.figure_id, state.base.figure_id if state.base else None, *growth.figures),
        sd=pace(growth.sd, growth), phi=f"{growth.phi:.2f}",
    )  # fmt: skip
    return (
        mean,
        cites.again(key, levels.number(one.level)),
        cites.again(key, f"{one.reached:.1f}")
        if one.reached is not None
        else html(phrase("regionpage.never")),
        cites.again(key, probability(reach.probability, reach.error)),
        *(cites.again(key, levels.number(at)) for at in (reach.level_p5, reach.level_p50, reach.level_p95)),
    )


def _needed(state: TargetState, share: Any, mean: float, name: Two, cites: Cites) -> Markup:
    key = f"{state.figure_id}-needed-{share}"
    code = "needed.share" if isinstance(share, float) else f"needed.{share}"
    shown: dict[str, Piece] = {
        "mean": cites.compute(
            key, pace(mean, state.recent), subject=name, how=code,
            inputs=(state.figure_id, state.base.figure_id if state.base else None),
            **({"share": f"{share * 100:.0f} %"} if isinstance(share, float) else {}),
        )
    }  # fmt: skip
    if isinstance(share, float):
        shown["share"] = cites.again(key, f"{share * 100:.0f} %")
    return weave(f"regionpage.{code}", **shown)


def _said(code: str, params: Mapping[str, Any], state: TargetState, cites: Cites, key: str) -> Markup:
    """An early warning; its numbers lead to the target, its base, or what was computed of them."""
    base = (state.base.figure_id,) if state.base else ()
    sentence = said(code, "region.warning", params)
    key = key if cites.has(key) else f"{state.figure_id}-required"
    return cites.numbers(sentence, (state.figure_id, *base), key)


def _year(state: TargetState, i: int, levels: Scale, cites: Cites, key: str) -> Row:
    fan = state.fan
    if fan is None:
        return ()
    year: Piece = str(fan.years[i])
    lines = [levels.number(line[i]) for line in (fan.p5, fan.p10, fan.p50, fan.p90, fan.p95)]
    needed = dict(required_path(state)).get(fan.years[i])
    cells = [cites.again(key, piece) for piece in (year, *lines)]
    return (*cells, cites.again(key, levels.number(needed)) if needed is not None else html("—"))


def _fan_csv(state: TargetState) -> Markup:
    fan, needed = state.fan, dict(required_path(state))
    if fan is None:
        return Markup()
    rows = [
        (year, *levels, needed.get(year))
        for year, *levels in zip(fan.years, fan.p5, fan.p10, fan.p50, fan.p90, fan.p95, strict=True)
    ]
    return download(f"fan-{state.figure_id}", ("year", "p5", "p10", "p50", "p90", "p95", "required"), rows)


def _like(state: TargetState, cites: Cites) -> Grain:
    """The finest digits that computed levels of a target may show: those of its base, else its own."""
    row = cites.row(state.base.figure_id if state.base else None) or cites.row(state.figure_id)
    return grain(row) if row is not None else Grain("none", None, 0.0, "")
