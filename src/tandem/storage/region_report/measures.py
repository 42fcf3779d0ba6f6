"""Measures and recommendations: by pillar, how many have an owner, a clause, a budget line, evidence; what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from tandem.engine.region.measures import ANSWERS
from tandem.storage.region_report.cites import Cites, named
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import Two, html, phrase, weave

if TYPE_CHECKING:
    from tandem.engine.region.measures import Group, Item, Progress

SHOWN = 60  # items told one by one; all of them are in the CSV
Row = tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class MeasuresPart:
    """A sentence, a row for each pillar, a row for each item."""

    told: tuple[Markup, ...]
    pillars: tuple[Row, ...]
    items: tuple[Row, ...]
    more: Markup | None
    csv: Markup


def measures(view: RegionView, cites: Cites) -> MeasuresPart | None:
    """The part on measures; None where the register holds none."""
    found = view.measures
    if found is None or not found.items:
        return None
    left = len(found.items) - SHOWN
    return MeasuresPart(
        told=tuple(_told(found, cites)),
        pillars=tuple(_pillar(one, found, cites) for one in found.pillars),
        items=tuple(_item(one, cites) for one in found.items[:SHOWN]),
        more=weave("regionpage.more", n=_link(left, cites)) if left > 0 else None,
        csv=_csv(found),
    )


def _link(n: int, cites: Cites) -> Markup:
    return cites.to("s-measures-csv", f"{n:,}")


def _of(n: int, base: int, cites: Cites) -> Markup:
    return weave("regionpage.of", n=_link(n, cites), base=_link(base, cites))


def _told(found: Progress, cites: Cites) -> list[Markup]:
    told = [weave("regionpage.measures.targets", owned=_of(found.targets_owned, found.targets, cites))]
    if found.expected is not None:
        told.append(weave("regionpage.measures.loaded", n=_of(found.recommendations, found.expected, cites)))
    return told


def _pillar(group: Group, found: Progress, cites: Cites) -> Row:
    own = [one for one in found.items if one.pillar == group.name]
    name = Two(group.name, group.name) if group.name else phrase("regionpage.measures.nowhere")
    states = Markup("<br>").join(
        weave(f"regionpage.item.{status}", n=_link(n, cites)) for status, n in group.statuses if n
    )
    answers = (_of(sum(code not in one.absent for one in own), len(own), cites) for code in ANSWERS)
    return (
        named(name), _link(group.items, cites), states, *answers,
        _link(group.overdue, cites),
    )  # fmt: skip


def _item(one: Item, cites: Cites) -> Row:
    """What one item promises beside what was delivered, as stated; nothing is shown as a bare percentage."""
    unit = one.unit or ""
    promised = f"{one.promised} {unit}".strip() if one.promised else "—"
    delivered = f"{one.delivered} {unit}".strip() if one.delivered else phrase("regionpage.item.undelivered")
    absent = phrase("regionpage.none")
    if one.absent:
        lacking = [phrase(f"regionpage.absent.{code}") for code in one.absent]
        absent = Two("、".join(word.zh for word in lacking), ", ".join(word.en for word in lacking))
    return (
        named(Two(one.title_zh, one.title_en)),
        html(phrase(f"regionpage.item.status.{one.status}")),
        _stated(promised, cites), _stated(delivered, cites), html(absent),
    )  # fmt: skip


def _stated(text: str | Two, cites: Cites) -> Markup:
    """What the table of measures states, leading to its rows."""
    return html(text) if isinstance(text, Two) or text == "—" else cites.to("s-measures-csv", text)


_COLUMNS = ("item_id", "title_zh", "title_en", "type", "pillar", "owner", "status", "promised", "delivered", "unit",
            "budget_minor", "spent_minor", "due_on", "overdue_days", "absent")  # fmt: skip


def _csv(found: Progress) -> Markup:
    rows = [
        (one.item_id, one.title_zh, one.title_en, one.type, one.pillar, one.owner, one.status, one.promised,
         one.delivered, one.unit, one.budget, one.spent, one.due_on, one.overdue, one.absent)
        for one in found.items
    ]  # fmt: skip
    return download("measures", _COLUMNS, rows)
