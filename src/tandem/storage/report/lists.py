"""The report's shorter lists, ready for the template: gaps, the never proposed, what was left out, settings."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl
from markupsafe import Markup, escape

from tandem.base.words import has
from tandem.engine.matching.story import Excluded
from tandem.storage.report.telling import city_name, kind_name, organisation_names
from tandem.storage.report.two import Two, html, listed, percent, phrase, tongue, weave
from tandem.storage.report.view import ReportView

_WEAK = 60  # weakly supplied needs shown as cards
_NEVER = 400  # organisations listed by name in one group


def left_out(row: Excluded) -> Markup:
    """What one hard constraint kept out, with its counts."""
    reason = phrase(f"exclusion.{row.code}")
    if not row.offers and row.organisations <= 1:
        return html(reason)
    return weave("report.excluded.line", reason=reason, offers=row.offers, organisations=row.organisations)


def unserved(view: ReportView) -> list[dict[str, Any]]:
    """The needs that nobody is proposed for, and why."""
    known = _need_cards(view)
    return [
        {
            **known[gap.need_id],
            "why": [left_out(row) for row in gap.excluded if row.code != "self"]
            or [weave("report.unserved.nothing")],
        }
        for gap in view.story.unserved
        if gap.need_id in known
    ]


def weakly(view: ReportView) -> list[dict[str, Any]]:
    """The needs of which little is covered, least first, with whom the list proposes all the same."""
    known, names = _need_cards(view), organisation_names(view.book.organisations)
    first = dict(view.matches.filter(pl.col("rank") == 1).select("need_id", "org_id").iter_rows())
    rows = view.supply.filter(pl.col("state") == "weak").sort("coverage", "need_id").head(_WEAK)
    cards = []
    for need_id, coverage in rows.select("need_id", "coverage").iter_rows():
        why = [weave("report.weakly.covered", coverage=percent(coverage or 0.0))]
        if org_id := first.get(need_id):
            why.append(weave("report.need.first", name=names.get(org_id, Two(org_id, org_id))))
        cards.append({**known[need_id], "why": why})
    return cards


def _need_cards(view: ReportView) -> dict[str, dict[str, Any]]:
    needs = view.book.needs.select("need_id", "title", "kind", "city")
    return {
        need_id: {"need_id": need_id, "title": title, "lang": tongue(title), "kind": html(kind_name(kind)),
                  "city": html(city_name(city))}
        for need_id, title, kind, city in needs.iter_rows()
    }  # fmt: skip


def never(view: ReportView) -> list[dict[str, Any]]:
    """The organisations that no need proposes, by what they lack."""
    names = organisation_names(view.book.organisations)
    groups: dict[str, list[Markup]] = defaultdict(list)
    for one in view.story.never:
        groups[one.why].append(html(names[one.org_id]))
    return [
        {"why": weave(f"report.never.{why}"), "names": groups[why][:_NEVER], "count": len(groups[why]),
         "cut": max(0, len(groups[why]) - _NEVER)}
        for why in ("far", "silent", "full")
        if groups[why]
    ]  # fmt: skip


def excluded(view: ReportView) -> list[dict[str, Any]]:
    """What each hard constraint kept out over all needs, with examples."""
    names = organisation_names(view.book.organisations)
    examples: dict[str, dict[str, None]] = defaultdict(dict)
    for code, some in view.excluded.select("code", "examples").iter_rows():
        examples[code].update(dict.fromkeys((some or [])[: 4 - len(examples[code])]))
    return [
        {"why": weave(f"exclusion.{row.code}"), "row": row,
         "examples": html(listed(names.get(org_id, Two(org_id, org_id)) for org_id in list(examples[row.code])[:3]))}
        for row in view.story.excluded
    ]  # fmt: skip


def settings(view: ReportView) -> list[tuple[Markup, str]]:
    """What the run was asked for; a setting's own words where the catalogue has them."""
    return [
        (
            weave(f"setting.{name}") if has(f"setting.{name}") else escape(name),
            "—" if value is None else str(value),
        )
        for name, value in view.settings.items()
    ]
