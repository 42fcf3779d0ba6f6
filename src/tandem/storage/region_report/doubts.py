"""Doubts: what the figures say together, by class, with every side and its source, and how to settle it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from tandem.base.words import LANGUAGES, Lang, catalogue, has
from tandem.engine.figures.frame import frame
from tandem.storage.region_report.cites import DOUBTS, Cites, named
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.numbers import published
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import Two, html, weave

if TYPE_CHECKING:
    from tandem.engine.doubts.find import Doubt

KINDS = ("conflict", "unit_mismatch", "denominator_missing", "base_implied", "classes_overlap", "stale")
_DIGIT = re.compile(r"\d")
_AMOUNT = re.compile(r"([\d,]+(?:\.\d+)?) (\D.*)")


@dataclass(frozen=True, slots=True)
class DoubtCard:
    """One doubt: its sentence and each figure with where it stands."""

    anchor: str
    sentence: Markup
    sides: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class DoubtsPart:
    """The doubts by class; `more` says how many are not told."""

    groups: tuple[tuple[str, Markup, tuple[DoubtCard, ...]], ...]
    more: Markup | None
    csv: Markup


def doubts(view: RegionView, cites: Cites) -> DoubtsPart:
    """The part on doubts: those of the gravest class first."""
    order = {kind: i for i, kind in enumerate(KINDS)}
    ranked = sorted(view.doubts, key=lambda one: order.get(one.kind, len(KINDS)))
    told, groups = ranked[:DOUBTS], []
    known = prints(told)
    for kind in dict.fromkeys(one.kind for one in told):
        mine = [(i, one) for i, one in enumerate(told) if one.kind == kind]
        n = sum(one.kind == kind for one in ranked)
        groups.append(
            (kind, cites.to("s-doubts-csv", f"{n:,}"), tuple(_card(i, one, known, cites) for i, one in mine))
        )
    left = len(ranked) - len(told)
    return DoubtsPart(
        groups=tuple(groups),
        more=weave("regionpage.more", n=cites.to("s-doubts-csv", f"{left:,}")) if left else None,
        csv=_csv(ranked),
    )


def _card(i: int, one: Doubt, prints: Mapping[str, Two], cites: Cites) -> DoubtCard:
    key = f"doubt-{i + 1}"
    subject = cites.indicator(one.figures[0]) if one.figures else Two(one.rule, one.rule)
    told = weave(f"regionpage.kind.{one.kind}")
    cites.compute(key, told, subject=subject, how="doubt", inputs=one.figures, rule=one.rule)
    code = f"doubt.{one.rule}"
    if has(code):
        sentence = html(Two(*(_sentence(code, lang, one, key, prints, cites) for lang in LANGUAGES)))
    else:
        sentence = cites.numbers(Two(one.rule, one.rule), one.figures, key)
    return DoubtCard(f"d-{i + 1}", sentence, tuple(_side(figure_id, cites) for figure_id in one.figures))


def _sentence(code: str, lang: Lang, one: Doubt, key: str, prints: Mapping[str, Two], cites: Cites) -> Markup:
    """The sentence in one language, each figure in that language's words and every number a link."""
    shown = {name: _part(name, value, lang, one, key, prints, cites) for name, value in one.params.items()}
    return escape(catalogue()[code][lang]).format(**shown)


def _part(
    name: str, value: Any, lang: Lang, one: Doubt, key: str, prints: Mapping[str, Two], cites: Cites
) -> Markup:
    """One piece of a sentence: `a_name`, `a_value` and the like speak of a figure, anything else was computed."""
    letter, _, what = name.partition("_")
    figure_id = one.params.get(f"{letter}_id") if what else None
    row = cites.row(figure_id)
    if row is not None and what in ("name", "place"):
        return named((cites.indicator(str(figure_id)) if what == "name" else cites.geography(row)).get(lang))
    if row is not None and what in ("id", "value", "period"):
        return cites.figure(figure_id, published(row).get(lang) if what == "value" else str(value))
    if isinstance(value, (tuple, list)):
        parts = [_listed(str(item), lang, cites) for item in value]
        return escape("、" if lang == "zh" else ", ").join(parts) if parts else escape("—")
    text = prints[str(value)].get(lang) if str(value) in prints else str(value)
    return cites.again(key, text) if _DIGIT.search(text) and what != "source" else named(text)


def _listed(text: str, lang: Lang, cites: Cites) -> Markup:
    """A figure that a list names by its indicator and print, as a link; any other text as a name."""
    figure_id = cites.printed_as(text)
    row = cites.row(figure_id)
    if row is None or figure_id is None:
        return named(text)
    gap = "" if lang == "zh" else " "
    return (
        named(cites.indicator(figure_id).get(lang)) + gap + cites.figure(figure_id, published(row).get(lang))
    )


def prints(told: Sequence[Doubt]) -> dict[str, Two]:
    """What was computed, in words of both languages: '73,000 enterprises' is 7.3 万家企业."""
    texts = {
        str(value)
        for one in told
        for name, value in one.params.items()
        if isinstance(value, str) and name[1:2] != "_" and _AMOUNT.fullmatch(value)
    }
    rows = [found.groups() for text in sorted(texts) if (found := _AMOUNT.fullmatch(text))]
    parsed = frame({"indicator": "", "value": value.replace(",", ""), "unit": unit} for value, unit in rows)
    return {
        f"{value} {unit}": published(row)
        for (value, unit), row in zip(rows, parsed.iter_rows(named=True), strict=True)
    }


def _side(figure_id: str, cites: Cites) -> Markup:
    """One side of a doubt: what, how much, when and where, and who says so."""
    row = cites.row(figure_id)
    if row is None:
        return html(figure_id)
    source = " · ".join(part for part in (row["source"], row["vintage"]) if part) or "—"
    side = '{} <span class="what">{} · {} · <span class="nm">{}</span></span> <b>{}</b> <small class="nm">{}</small>'
    return Markup(side).format(  # noqa: S704 - our own text
        cites.figure(figure_id, figure_id), named(cites.indicator(figure_id)), named(cites.geography(row)),
        row["period"] or "—", cites.figure(figure_id), source,
    )  # fmt: skip


def _csv(ranked: Sequence[Doubt]) -> Markup:
    rows = [
        (one.kind, one.rule, one.figures, [f"{name}={value}" for name, value in one.params.items()])
        for one in ranked
    ]
    return download("doubts", ("class", "rule", "figures", "params"), rows)
