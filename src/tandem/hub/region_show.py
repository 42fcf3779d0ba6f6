"""Show: one view of a register as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from tandem.engine.figures import census
from tandem.engine.ladder import standings as climbing
from tandem.engine.region import quality as qualities
from tandem.hub import reading, region_judging, region_rows
from tandem.hub import register as registers
from tandem.hub.actions import Asker
from tandem.hub.inputs import Tables
from tandem.hub.region_answers import RegionShown
from tandem.hub.region_inputs import RegionShowInput
from tandem.hub.region_judging import Supply
from tandem.hub.region_rows import Names, Row
from tandem.hub.register import Opened

MOST = 10_000  # figures listed at once; an export has all of them


class View(NamedTuple):
    """What one view shows."""

    rows: Sequence[Row]
    counts: Mapping[str, Any]
    names: Names


def region_show(given: RegionShowInput, asker: Asker) -> RegionShown:
    """The view asked for; filters narrow it by id, and figures also by what is printed."""
    opened = registers.opened(given.register, asker, history=given.vintages and given.what == "figures")
    day = registers.as_of(opened, given.as_of)
    if given.what != "figures":
        asker.progress("progress.region.judging")
    view = _VIEWS[given.what](given, opened, day, asker)
    rows = (
        tuple(row for row in view.rows if _kept(row, given)) if given.what != "figures" else tuple(view.rows)
    )
    return RegionShown(given.what, registers.told(opened), day, rows, view.counts, view.names)


def _overview(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    counted = census.count(opened.register.figures)
    return View((), {**asdict(counted), "roles": _roles(opened)}, {})


def _figures(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    found = region_rows.filtered(opened.register.figures, given)
    rows = region_rows.of_frame(found.head(MOST))
    return View(rows, {"figures": found.height}, region_rows.names(opened.register))


def _targets(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    states, cascades = region_judging.judged_targets(opened, day)
    printed = region_rows.prints(opened.register, (one.figure_id for one in states))
    rows = [
        {**{name: value for name, value in region_rows.plain(one).items() if name != "fan"},
         "printed": printed[one.figure_id], "like": region_rows.like(printed[one.figure_id])}
        for one in states
    ]  # fmt: skip
    totals = [
        {**region_rows.plain(one), "like": region_rows.like(printed.get(one.target))} for one in cascades
    ]
    counts = {"statuses": dict(Counter(one.status for one in states)), "cascades": totals}
    places = (id_ for one in cascades for id_ in one.missing)
    names = region_rows.with_places(region_rows.names(opened.register), places)
    return View(rows, counts, region_rows.with_figures(names, printed))


def _clusters(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    states = region_judging.judged_clusters(opened)
    ids = [id_ for one in states for id_ in (one.figure_id, one.tier, one.next_tier) if id_ is not None]
    printed = region_rows.prints(opened.register, ids)
    rows = [
        {**region_rows.plain(one), "like": region_rows.like(printed.get(one.figure_id or ""))}
        for one in states
    ]
    counts = {"tiers": dict(Counter(one.tier or "-" for one in states))}
    return View(rows, counts, region_rows.with_figures(region_rows.names(opened.register), printed))


def _chains(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    supply = read_supply(Tables(needs=given.needs, organisations=given.organisations, offers=given.offers,
                                deliveries=given.deliveries), opened, asker)  # fmt: skip
    states = region_judging.judged_links(opened, supply)
    gaps: dict[str, dict[str, int]] = {}
    for one in states:
        gaps.setdefault(one.chain, {}).setdefault(one.gap, 0)
        gaps[one.chain][one.gap] += 1
    counts = {
        "chains": gaps,
        "organisations": supply.organisations.height,
        "illustrative": supply.illustrative,
    }
    return View([region_rows.plain(one) for one in states], counts, region_rows.names(opened.register))


def _doubts(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    found = region_judging.doubts(opened, day)
    printed = region_rows.prints(opened.register, (id_ for one in found for id_ in one.figures))
    rows = [
        {**region_rows.plain(one),
         "sources": [printed[id_] for id_ in one.figures if id_ in printed],
         "indicator_id": next((printed[id_]["indicator_id"] for id_ in one.figures if id_ in printed), None)}
        for one in found
    ]  # fmt: skip
    return View(rows, {"kinds": dict(Counter(one.kind for one in found))}, region_rows.names(opened.register))


def _quality(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    derived = region_judging.derived(opened)
    rows = [
        {**row, "published": row["published"] or []}
        for row in map(region_rows.plain, derived.iter_rows(named=True))
    ]
    return View(rows, {"roles": _roles(opened)}, region_rows.names(opened.register))


def _ladder(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    registered = _registered(given, asker)
    names: Names = {}
    rows, ladders = [], []
    for one, found in region_judging.rungs(opened, day):
        names |= region_rows.of_ladder(one)
        rows += [region_rows.of_standing(standing, one) for standing in found]
        counted = climbing.counts(found, one)
        words = {
            "-": {"zh": "", "en": ""},
            **{rung.rung_id: {"zh": rung.zh, "en": rung.en} for rung in one.rungs},
        }
        ladders.append(
            {"ladder_id": one.ladder_id, "version": one.version, "zh": one.zh, "en": one.en, "official": one.official,
             "source": one.source, "note_zh": one.note[0], "note_en": one.note[1], "stated": len(found),
             "registered": registered,
             "rungs": [{"rung_id": rung, "n": n, **words[rung]} for rung, n in counted.items()]}
        )  # fmt: skip
    return View(rows, {"ladders": ladders, "maturity": _maturity(opened, day, registered)}, names)


def _maturity(opened: Opened, day: date, registered: int | None) -> list[Row]:
    told: list[Row] = []
    for one, found, count in region_judging.maturity(opened, day, registered):
        words = {
            dimension.dimension_id: {"zh": dimension.zh, "en": dimension.en} for dimension in one.dimensions
        }
        people = [
            {**region_rows.plain(each), "dimensions": [{**region_rows.plain(part), **words[part.dimension_id]}
                                                       for part in each.dimensions]}
            for each in found
        ]  # fmt: skip
        capped = sum(len(part.capped) for each in found for part in each.dimensions)
        told.append(
            {"questionnaire_id": one.questionnaire_id, "version": one.version, "zh": one.zh, "en": one.en,
             "official": one.official, "unproven_level": one.unproven_level, "capped": capped,
             "names": [{"zh": zh, "en": en} for zh, en in one.levels], **asdict(count), "organisations": people}
        )  # fmt: skip
    return told


def _measures(given: RegionShowInput, opened: Opened, day: date, asker: Asker) -> View:
    found = region_judging.progress(opened, day)
    groups = {name: [{**region_rows.plain(one), "statuses": dict(one.statuses)} for one in getattr(found, name)]
              for name in ("pillars", "owners")}  # fmt: skip
    counts = {**groups, "items": len(found.items), "absent": dict(found.absent), "overdue": len(found.overdue),
              **{name: getattr(found, name)
                 for name in ("recommendations", "expected", "targets", "targets_owned")}}  # fmt: skip
    return View([region_rows.plain(one) for one in found.items], counts, {})


def read_supply(given: Tables, opened: Opened, asker: Asker) -> Supply:
    """The exchange tables named, else the sample world's where the register is the shipped one."""
    if given.book is None and not given.files():
        return region_judging.sample(opened)
    return Supply(reading.read(given, asker))


def _registered(given: RegionShowInput, asker: Asker) -> int | None:
    """How many organisations the hub knows; None where no table of them was given."""
    if given.organisations is None:
        return None
    return reading.read(Tables(organisations=given.organisations), asker).organisations.height


def _roles(opened: Opened) -> list[Row]:
    """Indicators and figures by role, quality first."""
    one = opened.register
    with_roles = qualities.with_roles(one.figures, one.indicators)
    derived = qualities.derive(one.figures, one.indicators)
    return [asdict(role) for role in qualities.by_role(with_roles, derived, one.indicators)]


def _kept(row: Row, given: RegionShowInput) -> bool:
    """Whether the filters leave a row of a view: by its own id, its indicator's, its place's."""
    ids = [
        row.get(name)
        for name in ("figure_id", "cluster_id", "link_id", "item_id", "organisation", "chain", "rule")
    ]
    ids += row.get("figures") or []
    return (
        (given.id is None or given.id in ids)
        and (given.indicator is None or given.indicator == row.get("indicator_id"))
        and (given.geography is None or given.geography == row.get("geo_id"))
        and (given.kind is None or given.kind == row.get("kind"))
    )


_VIEWS: Mapping[str, Callable[[RegionShowInput, Opened, date, Asker], View]] = {
    "overview": _overview,
    "figures": _figures,
    "targets": _targets,
    "clusters": _clusters,
    "chains": _chains,
    "doubts": _doubts,
    "quality": _quality,
    "ladder": _ladder,
    "measures": _measures,
}
