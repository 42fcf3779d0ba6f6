"""Targets as answers: where each stands, its fan, its way-points, what would have to be true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from tandem.engine.region.growth import stated
from tandem.engine.region.targets import TargetState
from tandem.hub.regional import answers
from tandem.hub.regional.answers import Number, Sentence, Target, Text
from tandem.hub.regional.kept import State
from tandem.hub.regional.telling import Said, Teller, text
from tandem.storage.region_report.fans import required_path
from tandem.storage.region_report.numbers import Grain, Scale, amount, grain, probability, scale
from tandem.storage.region_report.outlooks import sorted_needed
from tandem.storage.region_report.phrases import pace, plan
from tandem.storage.report.two import phrase

_BARE = Grain("none", None, 0.0, "")
_OF = ("indicator_id", "geo_id", "dimension")
# What warnings speak of: the base's figure, or a computation; else the target's own figure.
_OF_BASE = ("region.warning.base_old", "region.warning.base_open")
_OF_FAN = ("region.warning.low_odds", "region.warning.spread_assumed", "region.warning.short_series",
           "region.warning.real_growth.undefined", "region.warning.real_growth.nominal")  # fmt: skip


def targets(state: State) -> tuple[answers.Targets, Mapping[str, answers.Outlook]]:
    """All targets, and the outlook of each by its id."""
    teller = Teller(state.view)
    outlooks: dict[str, answers.Outlook] = {}
    items = []
    for same in _grouped(state.view.targets):
        made = _outlook(same, state, teller)
        items.append(made.target)
        for one in same:
            own = replace(
                made.target, id=one.figure_id, same=tuple(x.figure_id for x in same if x is not one)
            )
            outlooks[one.figure_id] = replace(made, target=own)
    cascades = tuple(_cascade(one, teller) for one in state.view.cascades)
    return answers.Targets(state.about, tuple(items), cascades, teller.told()), outlooks


def _grouped(states: Sequence[TargetState]) -> list[list[TargetState]]:
    """Targets that say the same - one indicator, place, base, value and year - together."""
    groups: dict[tuple[Any, ...], list[TargetState]] = {}
    for one in states:
        base = one.base.figure_id if one.base else None
        key = (
            (one.indicator_id, one.geo_id, base, one.value, one.year)
            if one.value is not None
            else (one.figure_id,)
        )
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _outlook(same: Sequence[TargetState], state: State, teller: Teller) -> answers.Outlook:
    one = same[0]
    like = _like(one, teller)
    tops = map(abs, one.fan.p95) if one.fan else (0.0,)
    levels = scale(max(abs(one.value or 0.0), *tops), like)
    fan_key = f"{one.figure_id}-fan"
    method = _method(one, teller, fan_key)
    target = _target(same, state, levels, teller)
    scenarios = tuple(_scenario(one, i, levels, teller) for i in range(len(one.scenarios)))
    needed = tuple(_needed(one, share, mean, teller) for share, mean in sorted_needed(one.needed))
    return answers.Outlook(
        about=state.about,
        target=target,
        unit=text(levels.unit) if one.base is not None else None,
        method=method,
        scenarios=scenarios,
        needed=needed,
        years=tuple(_year(one, i, levels, teller, fan_key) for i in range(len(one.fan.years) if one.fan else 0)),
        computed=teller.told(f"{one.figure_id}-"),
    )  # fmt: skip


def _like(one: TargetState, teller: Teller) -> Grain:
    """The finest digits that computed levels may show: those of the base, else the target's own."""
    return teller.grain(one.base.figure_id if one.base else None, teller.grain(one.figure_id, _BARE))


def _target(same: Sequence[TargetState], state: State, levels: Scale, teller: Teller) -> Target:
    one, base = same[0], same[0].base
    fan_key = f"{one.figure_id}-fan"
    required, recent, reach = _required(one, teller), _recent(one, teller), _reach(one, teller)
    return Target(
        id=one.figure_id,
        name=teller.indicator(one.figure_id),
        place=teller.place(one.figure_id),
        value=teller.certain(one.figure_id),
        year=teller.figure(one.figure_id, str(one.year)) if one.year else None,
        base=teller.figure(base.figure_id) if base else None,
        base_year=teller.figure(base.figure_id, str(base.year)) if base else None,
        required=required,
        recent=recent,
        basis=one.recent.basis if one.recent else None,
        status=one.status,
        reach=reach,
        same=tuple(other.figure_id for other in same[1:]),
        ways=tuple(_way(one, way, levels, teller) for way in one.waypoints),
        warnings=tuple(
            answers.Warned(code, dict(params), *_rests_on(code, one, teller, fan_key)) for code, params in one.warnings
        ),
        missing=one.missing,
        fan=_fan(one, state, levels, teller),
    )  # fmt: skip


def _rests_on(code: str, one: TargetState, teller: Teller, fan_key: str) -> tuple[str | None, str | None]:
    if code in _OF_BASE and one.base is not None:
        return one.base.figure_id, None
    if code in _OF_FAN and fan_key in teller.computed:
        return None, fan_key
    return one.figure_id, None


def _required(one: TargetState, teller: Teller) -> Number | None:
    if one.required is None or one.base is None or one.year is None:
        return None
    return teller.compute(
        f"{one.figure_id}-required", pace(one.required, one.recent), subject=teller.subject(one.figure_id),
        how="required", inputs=(one.figure_id, one.base.figure_id), years=str(one.year - one.base.year),
        exact=f"{one.required * 100:.2f} %",
    )  # fmt: skip


def _recent(one: TargetState, teller: Teller) -> Number | None:
    growth = one.recent
    if growth is None:
        return None
    if growth.basis == "published" and growth.figures:
        return teller.figure(growth.figures[0])
    return teller.compute(
        f"{one.figure_id}-recent", pace(growth.mean, growth), subject=teller.subject(one.figure_id),
        how=f"recent.{growth.basis}", inputs=growth.figures, n=str(growth.n), sd=pace(growth.sd, growth),
        phi=f"{growth.phi:.2f}",
    )  # fmt: skip


def _drawn(one: TargetState) -> dict[str, Said]:
    """How the paths of a target were drawn."""
    growth, fan = one.recent, one.fan
    if growth is None or fan is None:
        return {"mean": "-", "sd": "-", "phi": "-", "paths": "-", "seed": "-"}
    return {"mean": pace(growth.mean, growth), "sd": pace(growth.sd, growth), "phi": f"{growth.phi:.2f}",
            "paths": f"{fan.paths:,}", "seed": str(fan.seed)}  # fmt: skip


def _rests(one: TargetState) -> tuple[str | None, ...]:
    base, growth = one.base, one.recent
    return one.figure_id, base.figure_id if base else None, *(growth.figures if growth else ())


def _reach(one: TargetState, teller: Teller) -> Number | None:
    if one.reach is None:
        return None
    return teller.compute(
        f"{one.figure_id}-reach", probability(one.reach.probability, one.reach.error),
        subject=teller.subject(one.figure_id), how="reach", inputs=_rests(one), **_drawn(one),
    )  # fmt: skip


def _method(one: TargetState, teller: Teller, key: str) -> Sentence | None:
    if one.recent is None or one.fan is None or one.base is None:
        return None
    shown = _drawn(one)
    teller.compute(key, phrase("regionpage.fan.result"), subject=teller.subject(one.figure_id), how="fan",
                   inputs=_rests(one)[1:], **shown)  # fmt: skip
    links = {code: teller.again(key, value) for code, value in shown.items()}
    basis = phrase(f"regionpage.basis.{one.recent.basis}.full")
    return Sentence("regionpage.fan.method", {**links, "basis": Number(text(basis))})


def _way(one: TargetState, way: Any, levels: Scale, teller: Teller) -> answers.Way:
    key, fan_key = f"{one.figure_id}-way-{way.year}", f"{one.figure_id}-fan"
    level = teller.compute(key, _united(levels, way.value), subject=teller.subject(one.figure_id), how="way",
                           inputs=_rests(one)[:2], year=str(way.year))  # fmt: skip
    if way.figure_id is not None:
        level = teller.certain(way.figure_id, _united(levels, way.value))
    spread: tuple[Number | None, ...] = (None, None, None)
    if one.fan is not None and way.year in one.fan.years:
        at = one.fan.years.index(way.year)
        spread = tuple(
            teller.again(fan_key, levels.number(line[at])) for line in (one.fan.p10, one.fan.p50, one.fan.p90)
        )
    return answers.Way(text(plan(way.plan)), teller.again(key, str(way.year)), level, *spread)


def _united(levels: Scale, value: float) -> Text:
    """A level with its unit."""
    number = levels.number(value)
    gap = "" if levels.unit.en == "%" else " "
    return Text(f"{number.zh}{gap}{levels.unit.zh}".strip(), f"{number.en} {levels.unit.en}".strip())


def _scenario(one: TargetState, i: int, levels: Scale, teller: Teller) -> answers.Scenario:
    made, key = one.scenarios[i], f"{one.figure_id}-scenario-{i + 1}"
    reach, growth = made.reach, one.recent or stated(made.mean, basis="assumed")
    mean = teller.compute(key, pace(made.mean, one.recent), subject=teller.subject(one.figure_id), how="scenario",
                          inputs=_rests(one), sd=pace(growth.sd, growth), phi=f"{growth.phi:.2f}")  # fmt: skip
    low, median, high = (
        teller.again(key, levels.number(level))
        for level in (reach.level_p5, reach.level_p50, reach.level_p95)
    )
    return answers.Scenario(
        mean=mean,
        level=teller.again(key, levels.number(made.level)),
        reached=None if made.reached is None else teller.again(key, f"{made.reached:.1f}"),
        reach=teller.again(key, probability(reach.probability, reach.error)),
        low=low,
        median=median,
        high=high,
    )


def _needed(one: TargetState, share: Any, mean: float, teller: Teller) -> Sentence:
    key = f"{one.figure_id}-needed-{share}"
    code = "needed.share" if isinstance(share, float) else f"needed.{share}"
    told: dict[str, Said] = {"share": f"{share * 100:.0f} %"} if isinstance(share, float) else {}
    number = teller.compute(key, pace(mean, one.recent), subject=teller.subject(one.figure_id), how=code,
                            inputs=_rests(one)[:2], **told)  # fmt: skip
    shares = {name: teller.again(key, value) for name, value in told.items()}
    return Sentence(f"regionpage.{code}", {"mean": number, **shares})


def _year(one: TargetState, i: int, levels: Scale, teller: Teller, key: str) -> answers.Year:
    assert one.fan is not None
    fan = one.fan

    def at(line: Sequence[float]) -> Number:
        return teller.again(key, levels.number(line[i]))

    needed = dict(required_path(one)).get(fan.years[i])
    required = None if needed is None else teller.again(key, levels.number(needed))
    return answers.Year(teller.again(key, str(fan.years[i])), at(fan.p5), at(fan.p10), at(fan.p50), at(fan.p90),
                        at(fan.p95), required)  # fmt: skip


def _fan(one: TargetState, state: State, levels: Scale, teller: Teller) -> answers.Fan | None:
    fan = one.fan
    if fan is None or one.value is None or one.year is None:
        return None
    return answers.Fan(
        unit=text(levels.unit),
        zh_unit=levels.zh,
        en_unit=levels.en,
        years=tuple(map(int, fan.years)),
        p5=_plain(fan.p5),
        p10=_plain(fan.p10),
        p50=_plain(fan.p50),
        p90=_plain(fan.p90),
        p95=_plain(fan.p95),
        required=tuple((int(year), float(level)) for year, level in required_path(one)),
        history=_history(one, state.view.figures, teller),
        value=float(one.value),
        year=int(one.year),
    )


def _plain(line: Sequence[float]) -> tuple[float, ...]:
    return tuple(map(float, line))


def _history(one: TargetState, figures: pl.DataFrame, teller: Teller) -> tuple[tuple[int, float], ...]:
    """Published levels of the base's indicator up to its year."""
    base = one.base
    row = teller.cites.row(base.figure_id if base else None)
    if base is None or row is None:
        return ()
    same = figures.filter(
        *(pl.col(name).cast(pl.String) == row[name] for name in _OF),
        pl.col("kind").cast(pl.String) == "baseline",
        pl.col("form").cast(pl.String).is_in(["point", "about"]),
        pl.col("first_year") == pl.col("last_year"),
        pl.col("first_year") < base.year,
    )
    known = dict(same.select("first_year", "lower").iter_rows())
    return (*sorted((int(year), float(level)) for year, level in known.items()), (base.year, base.value))


def _cascade(one: Any, teller: Teller) -> answers.Cascade:
    row = teller.cites.row(one.target)
    like = _BARE if row is None else grain(row)
    key, inputs = f"{one.target}-cascade", (one.target, *(figure for _, figure, _ in one.parts))
    total = teller.compute(
        key, amount(one.total, like), subject=teller.subject(one.target), how="cascade", inputs=inputs
    )
    return answers.Cascade(
        name=teller.subject(one.target),
        value=teller.certain(one.target),
        parts=tuple(
            (teller.name("geographies", geo), teller.certain(figure)) for geo, figure, _ in one.parts
        ),
        total=total,
        residual=teller.again(key, amount(one.residual, like)),
        missing=tuple(teller.name("geographies", geo) for geo in one.missing),
    )
