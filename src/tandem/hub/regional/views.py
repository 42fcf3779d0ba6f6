"""The views of the hub's register: each is made once for each import, and then given as it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tandem.base.errors import Absent
from tandem.engine.figures import census
from tandem.engine.figures.frame import frame
from tandem.hub.call import Call
from tandem.hub.regional import answers, kept
from tandem.hub.regional import clusters as clustered
from tandem.hub.regional import doubts as doubted
from tandem.hub.regional import targets as targeted
from tandem.hub.regional.answers import Text
from tandem.hub.regional.inputs import DoubtQuery, Named, Nothing
from tandem.hub.regional.kept import NOTHING, State
from tandem.hub.regional.telling import text
from tandem.storage.region.parts import Import
from tandem.storage.region_report.numbers import published


def show(call: Call, given: Nothing) -> answers.Holding:
    """What the register holds, and what it comes to."""
    held = kept.state(call)
    if held is None:
        return answers.Holding(NOTHING, 0, 0, None, None, {}, {}, {}, 0, 0, 0, ())
    return held.once("show", _holding)


def targets(call: Call, given: Nothing) -> answers.Targets:
    """Every target, and what the parts' targets add up to."""
    held = kept.state(call)
    return answers.Targets(NOTHING, (), (), ()) if held is None else held.once("targets", targeted.targets)[0]


def target(call: Call, given: Named) -> answers.Outlook:
    """One target with all that was computed of it. Raises Absent register.absent"""
    held = kept.state(call)
    found = None if held is None else held.once("targets", targeted.targets)[1].get(given.id)
    if found is None:
        raise Absent("register.absent", id=given.id)
    return found


def clusters(call: Call, given: Nothing) -> answers.Clusters:
    """Every cluster against the tiers."""
    held = kept.state(call)
    return (
        answers.Clusters(NOTHING, (), (), ()) if held is None else held.once("clusters", clustered.clusters)
    )


def doubts(call: Call, given: DoubtQuery) -> answers.Doubts:
    """What the figures say together that needs a decision or a definition."""
    held = kept.state(call)
    if held is None:
        return answers.Doubts(NOTHING, {}, ())
    found = held.once("doubts", doubted.doubts)
    if given.sort is None:
        return found
    return replace(found, items=tuple(one for one in found.items if one.sort == given.sort))


def measures(call: Call, given: Nothing) -> answers.Measures:
    """Measures and recommendations: promised beside delivered, and what nobody owns."""
    held = kept.state(call)
    return (
        answers.Measures(NOTHING, {}, {}, 0, 0, 0, None, ())
        if held is None
        else held.once("measures", _measures)
    )


def _holding(held: State) -> answers.Holding:
    counted = census.count(held.view.figures)
    return answers.Holding(
        about=held.about,
        sources=counted.sources,
        places=counted.places,
        first_year=counted.first,
        last_year=counted.last,
        sorts=counted.kinds,
        statuses=dict(Counter(one.status for one in held.view.targets)),
        doubts=dict(Counter(one.kind for one in held.view.doubts)),
        clusters=len(held.view.clusters),
        links=len(held.view.links),
        measures=len(held.view.measures.items) if held.view.measures else 0,
        imports=tuple(_import(one) for one in reversed(held.whole.imports)),
    )


def _import(one: Import) -> answers.Import:
    stored = {name: counts["stored"] for name, counts in one.counts.items() if counts["stored"]}
    return answers.Import(one.number, one.imported_on, tuple(str(file["name"]) for file in one.files), stored)


def _measures(held: State) -> answers.Measures:
    found = held.view.measures
    if found is None:
        return answers.Measures(held.about, {}, {}, 0, 0, 0, None, ())
    rows = held.opened.register.tables["measures"].select("item_id", "source").iter_rows()
    sources = dict(rows)
    items = tuple(
        answers.Item(
            id=one.item_id,
            title=Text(one.title_zh, one.title_en),
            sort=one.type,
            pillar=one.pillar,
            owner=one.owner,
            status=one.status,
            promised=_amount(one.promised, one.unit),
            delivered=_amount(one.delivered, one.unit),
            budget=one.budget,
            spent=one.spent,
            due_on=one.due_on.isoformat() if one.due_on else None,
            overdue_days=one.overdue,
            absent=one.absent,
            source=sources.get(one.item_id) or "",
        )
        for one in found.items
    )
    return answers.Measures(
        about=held.about,
        statuses=dict(Counter(one.status for one in found.items)),
        absent=dict(found.absent),
        targets=found.targets,
        targets_owned=found.targets_owned,
        recommendations=found.recommendations,
        expected=found.expected,
        items=items,
    )


def _amount(value: float | None, unit: str | None) -> Text | None:
    """A promised or delivered amount with its unit."""
    if value is None:
        return None
    row = {
        "value": f"{value:g}" if abs(value) >= 1e15 or value != int(value) else str(int(value)),
        "unit": unit,
    }
    return text(published(frame([{"indicator": "", **row}]).row(0, named=True)))
