"""The report's part on clearing: three ways of assigning compared, prices as the worth of one more place, proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from tandem.domain import rule_words
from tandem.domain.map_cells import cells
from tandem.engine.assignment.compare import Plan
from tandem.engine.assignment.matches import Cleared
from tandem.storage.report import charts, drawing
from tandem.storage.report.assigned import PLANS
from tandem.storage.report.cartogram import cartogram
from tandem.storage.report.figures import Figure, figure, legend
from tandem.storage.report.telling import Told, city_name, kind_name, organisation_names
from tandem.storage.report.two import Piece, Two, counted, html, percent, phrase, weave
from tandem.storage.report.view import ReportView

_BARS = 8  # bars of one picture
_NAME = 27  # letters of a name beside its bar's note
_OFFERS = 40  # rows of the table of offers
_CARDS = 60  # needs without an assignment shown one by one
_CHOICES = 4  # the last group of choices is this one and beyond


@dataclass(frozen=True, slots=True)
class ClearingPart:
    """What the template shows: sentences, the plans as a table, figures, and what would change the result."""

    sentences: tuple[Markup, ...]
    rules: tuple[Markup, ...]
    plans: tuple[tuple[Markup, ...], ...]
    figures: tuple[Figure, ...]
    left: tuple[tuple[str, str, Markup], ...]  # need id, title, why
    sensitivity: tuple[tuple[Markup, ...], ...]


def clearing(view: ReportView) -> ClearingPart | None:
    """The part on clearing; None where the lists were not cleared."""
    if view.cleared is None or not view.cleared.pairs.height:
        return None
    cleared = view.cleared
    return ClearingPart(
        tuple(weave(told.code, **told.params) for told in sentences(view)),
        tuple(html(told) for told in rules(view)),
        tuple(_plan(one, cleared.plan("joint")) for one in cleared.plans),
        tuple(_figures(view, cleared)),
        tuple(_left(view, cleared)),
        tuple(
            (weave(f"clearing.mapping.{one.mapping}"), html(percent(one.kept)), html(share(one.lost)))
            for one in cleared.sensitivity
        ),
    )


def sentences(view: ReportView) -> list[Told]:
    """What clearing came to, whether it was worth it here, and what is proven; nothing without a clearing."""
    cleared = view.cleared
    if cleared is None:
        return []
    joint, codes = cleared.plan("joint"), cleared.needs["code"].to_list()
    told = [
        Told(
            "clearing.told.joint",
            {"pairs": joint.pairs, "served": joint.served, "needs": len(codes), "firsts": joint.firsts},
        ),
        Told(f"clearing.verdict.{cleared.verdict}", {"share": share(abs(cleared.gain))}),
        Told(f"clearing.proof.{cleared.proof}", {"gap": f"{cleared.certificate.gap:.3%}"}),
    ]
    for code, some in (("left", ("outbid", "closed")), ("short", ("short",)), ("none", ("none",))):
        n = sum(one in some for one in codes)
        if n:
            told.append(Told(f"clearing.told.{code}", {"needs": counted("needs", n)}))
    weak = view.supply.filter(pl.col("state") == "weak")["need_id"]
    if n := cleared.needs.filter(pl.col("need_id").is_in(weak.to_list()), pl.col("got") > 0).height:
        told.append(Told("clearing.told.weak", {"needs": counted("needs", n)}))
    return told


def rules(view: ReportView) -> list[Two]:
    """What became of each rule."""
    if view.cleared is None:
        return []
    value = view.cleared.plan("joint").value
    return [
        Two(rule_words.sentence(one, value, "zh"), rule_words.sentence(one, value, "en"))
        for one in view.rules
    ]


def share(part: float) -> str:
    """A small share with one decimal; what is above nothing never reads as 0 %."""
    return "<0.1%" if 0 < part < 0.0005 else f"{part:.1%}"


def _plan(one: Plan, joint: Plan) -> tuple[Markup, ...]:
    of_joint = share(one.value / joint.value) if joint.value else "—"
    cells: Sequence[Piece] = (one.served, one.firsts, one.pairs, percent(one.small_share),
                              percent(one.sized_share), one.value, of_joint)  # fmt: skip
    return (weave(f"clearing.plan.{one.name}"), *(html(cell) for cell in cells))


def _figures(view: ReportView, cleared: Cleared) -> Iterable[Figure]:
    yield _choices(cleared)
    if (cleared.offers["price"] > 0).any():
        yield _offers(view, cleared)
        yield _worth(cleared)
    if any(city in cells() for city in cleared.offers["city"].drop_nulls()):
        yield _seats(cleared)


def _either(drawings: Mapping[str, Markup]) -> list[tuple[Markup, Markup]]:
    """One drawing for each plan of the switch, each with its name, of which the switch shows one."""
    both = Markup('<div class="{}"><p class="label">{}</p>{}</div>')
    shown = (
        both.format(PLANS[plan], weave(f"clearing.plan.{plan}"), drawing)
        for plan, drawing in drawings.items()
    )
    return [(Markup(), Markup("").join(shown))]


def _choices(cleared: Cleared) -> Figure:
    """How many needs got which of their choices at best."""
    tones = ("g1", "g2", "g3", "g4", "beyond")
    labels = [phrase(f"report.choices.{n}") for n in range(1, _CHOICES + 1)] + [phrase("report.choices.none")]
    counts = {plan: _best(cleared, plan) for plan in PLANS}
    drawings = {
        plan: charts.strips_chart([(phrase("clearing.column.needs"), [
            charts.Part(tone, label, n) for tone, label, n in zip(tones, labels, found, strict=True)
        ])])
        for plan, found in counts.items()
    }  # fmt: skip
    return figure(
        "choices",
        weave("report.choices.caption"),
        _either(drawings),
        drawing.legend(zip(tones, labels, strict=True)),
        ("choices.got", *(f"choices.by.{plan}" for plan in PLANS)),
        [(label, *(counts[plan][i] for plan in PLANS)) for i, label in enumerate(labels)],
    )


def _best(cleared: Cleared, plan: str) -> list[int]:
    """Needs by the best choice they got, 1 to _CHOICES and beyond; then those that want somebody and got nobody."""
    got = cleared.pairs.filter(plan).group_by("need_id").agg(pl.col("choice").min())
    counts = [int((got["choice"] == n).sum()) for n in range(1, _CHOICES)]
    wanting = int((cleared.needs["slots"] > 0).sum())
    return [*counts, got.height - sum(counts), wanting - got.height]


def _offers(view: ReportView, cleared: Cleared) -> Figure:
    names = organisation_names(view.book.organisations)
    titles = dict(view.book.offers.select("offer_id", "title").iter_rows())
    rows = cleared.offers.filter(pl.col("price") > 0).sort("price", "wanted", descending=True)
    shown = list(rows.head(_OFFERS).iter_rows(named=True))

    def name(row: Mapping[str, Any]) -> Two:
        return names.get(row["org_id"], Two(row["org_id"], row["org_id"]))

    bars = [
        (
            name(row),
            row["price"],
            None,
            phrase(
                "report.dear.note", price=round(row["price"]), wanted=row["wanted"], capacity=row["capacity"]
            ),
        )
        for row in shown[: _BARS + 4]
    ]
    return figure(
        "dear",
        weave("report.dear.caption", n=rows.height),
        [(Markup(), charts.worth_chart(bars, _NAME))],
        Markup(),
        ("column.organisation", "column.offer", "dear.wanted", "dear.capacity", "dear.price", "dear.lowest"),
        [
            (name(row), titles.get(row["offer_id"]) or phrase("report.dear.implied"), row["wanted"],
             row["capacity"], round(row["price"]), round(row["lowest"] or 0))
            for row in shown
        ],
    )  # fmt: skip


def _worth(cleared: Cleared) -> Figure:
    """By city and by kind: the dearest place, and the mean over all places."""
    known = {"city": city_name, "kind": kind_name}
    rows = [row for row in cleared.worth.iter_rows(named=True) if row["most"] > 0]
    drawings = []
    for side, name in known.items():
        own = [row for row in rows if row["side"] == side][:_BARS]
        notes = [
            phrase("report.worth.note", most=round(row["most"]), mean=round(row["mean"] or 0)) for row in own
        ]
        bars = [
            (name(row["name"]), row["most"], row["mean"] or 0.0, note)
            for row, note in zip(own, notes, strict=True)
        ]
        drawings.append((weave(f"report.worth.{side}"), charts.worth_chart(bars)))
    return figure(
        "worth",
        weave("report.worth.caption"),
        drawings,
        legend(("later", "worth.most"), ("room", "worth.mean")),
        ("worth.group", "worth.offers", "dear.capacity", "dear.wanted", "worth.taken", "worth.most", "worth.mean"),
        [
            (known[row["side"]](row["name"]), row["offers"], row["capacity"], row["wanted"], row["taken"],
             round(row["most"]), round(row["mean"] or 0))
            for row in rows
        ],
    )  # fmt: skip


def _seats(cleared: Cleared) -> Figure:
    """The cities of the organisations that were assigned."""
    seats = cleared.pairs.join(
        cleared.offers.select("org_id", "city").unique("org_id"), on="org_id", how="left"
    )
    counts = {
        plan: dict(seats.filter(plan).drop_nulls("city").group_by("city").len().iter_rows()) for plan in PLANS
    }
    cities = sorted(
        {*counts["joint"], *counts["greedy"]}, key=lambda city: (-counts["joint"].get(city, 0), city)
    )
    return figure(
        "seats",
        weave("report.seats.caption"),
        _either({plan: cartogram(found) for plan, found in counts.items()}),
        Markup(),
        ("map.city", *(f"choices.by.{plan}" for plan in PLANS)),
        [(city_name(city), *(counts[plan].get(city, 0) for plan in PLANS)) for city in cities],
    )


def _left(view: ReportView, cleared: Cleared) -> Iterable[tuple[str, str, Markup]]:
    """Needs that have a list and got nobody."""
    titles = dict(view.book.needs.select("need_id", "title").iter_rows())
    rows = cleared.needs.filter(pl.col("code").is_in(["outbid", "closed"])).head(_CARDS)
    for need_id, code in rows.select("need_id", "code").iter_rows():
        yield need_id, titles.get(need_id) or need_id, weave(f"clearing.need.{code}")
