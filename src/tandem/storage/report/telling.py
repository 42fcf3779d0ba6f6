"""From codes and figures to what a manager reads: the story's sentences, names, and a reason as a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from tandem.domain import reason_words
from tandem.storage.report.two import Piece, Two, counted, percent, phrase
from tandem.storage.report.view import ReportView

GROUPS = {"delivery": "d", "deliveries_more": "m", "offer": "o", "profile": "p", "translated": "t"}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence not yet in a language: its code and the pieces it needs."""

    code: str
    params: Mapping[str, Piece]


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason of a match as it is shown: `share` of the score, ids that can be looked up."""

    code: str
    weight: float
    share: float
    params: Mapping[str, Any]
    evidence: tuple[str, ...]

    @property
    def group(self) -> str:
        """The colour of its part of the bar."""
        return GROUPS.get(self.code, "x")


def headline(view: ReportView) -> Told:
    """The one sentence that the result comes to."""
    story = view.story
    if not story.needs:
        return Told("report.headline.empty", {})
    needs = counted("needs", story.crowd.needs)
    if story.crowd.org_ids:
        return Told(
            "report.headline.crowd", {"needs": needs, "same": counted("same", len(story.crowd.org_ids))}
        )
    if not story.proposed:
        return Told("report.headline.bare", {"needs": counted("needs", story.needs)})
    return Told("report.headline.calm", {"served": counted("needs", story.served + story.weak)})


def sentences(view: ReportView) -> list[Told]:
    """The three to six sentences under the headline."""
    story, crowd = view.story, view.story.crowd
    told = [
        Told(
            "report.told.scope",
            {
                "as_of": view.as_of.isoformat(),
                "needs": counted("needs", story.needs),
                "organisations": counted("organisations", story.organisations),
                "offers": counted("offers", story.offers),
                "deliveries": counted("deliveries", story.deliveries),
            },
        )
    ]
    if crowd.org_ids:
        they, these = counted("they", len(crowd.org_ids)), counted("these", crowd.relieved)
        told.append(Told("report.told.crowd", {"they": they, "capacity": crowd.capacity, "these": these}))
    if len(story.contested) > len(crowd.org_ids):
        told.append(
            Told("report.told.contested", {"organisations": counted("organisations", len(story.contested))})
        )
    served = counted("needs", story.served)
    told.append(
        Told(
            "report.told.supply",
            {"served": served, "weak": story.weak, "none": story.none, "single": story.single},
        )
    )
    if story.proposed:
        told.append(_told_small(view))
    if story.cross_city is not None:
        told.append(Told("report.told.cities", {"share": percent(story.cross_city)}))
    return told


def _told_small(view: ReportView) -> Told:
    story = view.story
    return Told(
        "report.told.small",
        {
            "all": percent(story.small.all),
            "top3": percent(story.small.top3),
            "newcomers": counted("organisations", len(story.newcomers_proposed)),
            "never": counted("organisations", len(story.never)),
        },
    )


def tiles(view: ReportView) -> list[tuple[str, str, str]]:
    """The figures beside the story: (value, code of its label, tone)."""
    story = view.story
    rows: list[tuple[str, str, int]] = [
        ("report.tile.needs", "", story.needs),
        ("report.tile.served", "good", story.served),
        ("report.tile.weak", "care", story.weak),
        ("report.tile.none", "bad", story.none),
        ("report.tile.contested", "bad", len(story.contested)),
        ("report.tile.never", "", len(story.never)),
    ]
    return [(f"{value:,}", code, tone if value else "") for code, tone, value in rows]


def organisation_names(organisations: pl.DataFrame) -> dict[str, Two]:
    """Each organisation's name in both languages, the main name where one is not given."""
    columns = [
        organisations.get_column(name, default=None) for name in ("org_id", "name", "name_zh", "name_en")
    ]
    filled = [column if column is not None else [None] * organisations.height for column in columns]
    return {
        org_id: Two(zh or name or org_id, en or name or org_id)
        for org_id, name, zh, en in zip(*filled, strict=True)
    }


def city_name(code: str | None) -> Two:
    """A city's name; its code where it is not known."""
    return Two(reason_words.city(code, "zh"), reason_words.city(code, "en"))


def kind_name(kind: str | None) -> Two:
    """A kind's name."""
    return Two(reason_words.kind(kind, "zh"), reason_words.kind(kind, "en"))


def score_text(score: float) -> str:
    """A score with three decimals below ten, and never an exponent."""
    return f"{score:,.{3 if abs(score) < 10 else 1}f}"


def grounds(reasons: str, score: float) -> list[Ground]:
    """The reasons of one match, heaviest first, those that only were looked at (weight 0) last."""
    rows = json.loads(reasons or "[]")
    rows.sort(key=lambda row: -abs(row["weight"]))
    return [
        Ground(
            row["code"],
            row["weight"],
            row["weight"] / score if score else 0.0,
            row.get("params") or {},
            tuple(row.get("evidence") or ()),
        )
        for row in rows
    ]


def ground_sentence(ground: Ground) -> Two:
    """A reason as a plain sentence."""
    return phrase(ground_code(ground), **ground_params(ground))


def ground_code(ground: Ground) -> str:
    """The code of a reason's sentence."""
    return reason_words.words_of(ground.code, ground.params)


def ground_params(ground: Ground) -> dict[str, Piece]:
    """What the sentence of a reason asks for, names and dates in both languages."""
    return {name: _param(name, ground.params.get(name)) for name in reason_words.fields(ground_code(ground))}


def _param(name: str, value: Any) -> Piece:
    """One figure of a reason: a number as it is, anything else as each language writes it."""
    if isinstance(value, int):
        return value
    return Two(reason_words.shown(name, value, "zh"), reason_words.shown(name, value, "en"))
