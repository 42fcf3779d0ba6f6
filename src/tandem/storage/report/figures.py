"""The report's figures: each a drawing, a caption that says what it shows, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tandem.domain.map_cells import cells
from tandem.engine.matching.story import SMALL_HISTORY, Story
from tandem.storage.report import charts, drawing
from tandem.storage.report.cartogram import cartogram
from tandem.storage.report.telling import city_name, kind_name, organisation_names
from tandem.storage.report.two import Piece, Two, counted, html, percent, phrase, weave
from tandem.storage.report.view import ReportView

_WANTED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; drawings carry a label each where there are several."""

    key: str
    caption: Markup
    drawings: tuple[tuple[Markup, Markup], ...]
    legend: Markup
    header: tuple[Markup, ...]
    rows: tuple[tuple[Markup, ...], ...]


def figures(view: ReportView) -> list[Figure]:
    """All figures that have something to show, in the order of the story."""
    story = view.story
    known: list[Figure] = []
    if story.wanted:
        known += [_wanted(view), _places(story), _small(story)]
    if story.kinds:
        known.append(_kinds(story))
    if any(row.city in cells() for row in story.cities):
        known.append(_map(story))
    return known


def figure(
    key: str,
    caption: Markup,
    drawings: Sequence[tuple[Markup, Markup]],
    legend: Markup,
    header: Sequence[str],
    rows: Sequence[Sequence[Piece]],
) -> Figure:
    """A figure from its drawings and the same numbers as a table; header codes without `report.`."""
    return Figure(
        key,
        caption,
        tuple(drawings),
        legend,
        tuple(weave(f"report.{code}") for code in header),
        tuple(tuple(html(cell) for cell in row) for row in rows),
    )


def legend(*parts: tuple[str, str]) -> Markup:
    """What the colours of a figure mean: (tone, code without `report.`)."""
    return drawing.legend((tone, phrase(f"report.{code}")) for tone, code in parts)


def _wanted(view: ReportView) -> Figure:
    names = organisation_names(view.book.organisations)
    rows = view.story.wanted[:_WANTED_SHOWN]
    return figure(
        "wanted",
        weave("report.wanted.caption"),
        [(Markup(), charts.wanted_chart(rows, names))],
        legend(("room", "wanted.room"), ("beyond", "wanted.beyond"), ("later", "wanted.later")),
        ("wanted.org", "wanted.first", "wanted.top3", "wanted.capacity"),
        [
            (names.get(row.org_id, Two(row.org_id, row.org_id)), row.first, row.top3, row.capacity)
            for row in rows
        ],
    )


def _places(story: Story) -> Figure:
    firsts = [one.first for one in story.wanted]
    groups = [
        ("g1", "places.top", len(firsts[:5]), sum(firsts[:5])),
        ("g2", "places.others", len(firsts[5:]), sum(firsts[5:])),
        ("g3", "places.proposed", story.proposed - len(firsts), 0),
        ("g4", "places.never", len(story.never), 0),
    ]
    parts = [(tone, phrase(f"report.{code}"), seats, places) for tone, code, seats, places in groups]
    strips = [
        (phrase("report.places.organisations"), [charts.Part(t, label, n) for t, label, n, _ in parts]),
        (phrase("report.places.firsts"), [charts.Part(t, label, n) for t, label, _, n in parts]),
    ]
    half = counted("organisations", story.half_held_by)
    return figure(
        "places",
        weave("report.places.caption", share=percent(story.top5_share), half=half, gini=story.gini),
        [(Markup(), charts.strips_chart(strips))],
        legend(*((tone, code) for tone, code, _, _ in groups)),
        ("places.group", "places.organisations", "places.firsts"),
        [(label, seats, places) for _, label, seats, places in parts],
    )


def _small(story: Story) -> Figure:
    rows = [
        (phrase("report.small.all"), story.small.all),
        (phrase("report.small.proposed"), story.small.proposed),
        (phrase("report.small.top3"), story.small.top3),
    ]
    return figure(
        "small",
        weave("report.small.caption", n=SMALL_HISTORY),
        [(Markup(), charts.shares_chart(rows))],
        Markup(),
        ("places.group", "small.share"),
        [(label, percent(share)) for label, share in rows],
    )


def _kinds(story: Story) -> Figure:
    rows = [(row, kind_name(row.kind)) for row in story.kinds]
    return figure(
        "kinds",
        weave("report.kinds.caption"),
        [(Markup(), charts.kinds_chart(rows))],
        legend(("room", "kinds.needs"), ("beyond", "kinds.unserved"), ("later", "kinds.offers")),
        ("kinds.kind", "kinds.needs", "kinds.unserved", "kinds.slots", "kinds.offers", "kinds.capacity"),
        [(name, row.needs, row.unserved, row.slots, row.offers, row.capacity) for row, name in rows],
    )


def _map(story: Story) -> Figure:
    elsewhere = [row for row in story.cities if row.city not in cells()]
    caption = weave("report.map.caption")
    if elsewhere:
        needs = counted("needs", sum(row.needs for row in elsewhere))
        proposals = sum(row.proposals for row in elsewhere)
        caption += Markup(" ") + weave("report.map.elsewhere", needs=needs, proposals=proposals)
    return figure(
        "map",
        caption,
        [
            (weave("report.map.needs"), cartogram({row.city: row.needs for row in story.cities})),
            (weave("report.map.proposals"), cartogram({row.city: row.proposals for row in story.cities})),
        ],
        Markup(),
        ("map.city", "map.short", "kinds.needs", "map.organisations", "map.proposals.short"),
        [
            (city_name(row.city), cells()[row.city].en if row.city in cells() else "", row.needs, row.organisations,
             row.proposals)
            for row in story.cities
        ],
    )  # fmt: skip
