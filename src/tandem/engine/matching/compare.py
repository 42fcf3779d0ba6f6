"""Why one organisation stands before another for a need, or why it does not stand in the list at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tandem.base.errors import Invalid
from tandem.domain.reasons import Reason
from tandem.engine.matching import constraints, corpus, dense, explain
from tandem.engine.matching.dense import Vectors
from tandem.engine.matching.explain import Case
from tandem.engine.matching.match import consider, newest
from tandem.engine.matching.settings import MatchSettings


@dataclass(frozen=True)
class Standing:
    """Where one organisation stands for a need.

    rank      1.. among all candidates; None when it is not one
    score     the sum of the reasons' weights; 0 when it is not a candidate
    excluded  the hard constraint that keeps it out, 'self' for the poser, 'evidence' where nothing speaks for it
    """

    org_id: str
    rank: int | None
    score: float
    reasons: tuple[Reason, ...] = ()
    excluded: str | None = None


@dataclass(frozen=True)
class Comparison:
    """The standings of organisations for one need, in rank order, those not listed last.

    candidates   how many organisations could be ranked
    differences  code -> weight in the first standing minus weight in the second, largest first; empty for one
    """

    need_id: str
    as_of: date
    candidates: int
    standings: tuple[Standing, ...]
    differences: Mapping[str, float]


def compare(
    need_id: str,
    org_ids: tuple[str, ...],
    needs: pl.DataFrame,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    settings: MatchSettings = MatchSettings(),
    *,
    vectors: Vectors | None = None,
) -> Comparison:
    """Where one or two organisations stand for a need, and what makes the difference.

    vectors  as for match()
    Raises Invalid("explain.need") or Invalid("explain.organisation") for an id that is in no table.
    """
    supply = corpus.read(organisations, offers, deliveries)
    rows = needs.filter(pl.col("need_id") == need_id)
    if rows.is_empty():
        raise Invalid("explain.need", need=need_id)
    for org in org_ids:
        if org not in supply.org_ids:
            raise Invalid("explain.organisation", organisation=org)
    as_of = settings.as_of or newest(needs, supply)
    need: Mapping[str, Any] = rows.row(0, named=True)
    terms = constraints.terms_of(offers, supply)
    everyone = replace(settings, top=len(supply.org_ids))
    if vectors is not None:
        dense.check(vectors, supply)
    case = consider(need, supply, terms, as_of, everyone, vectors)
    standings = sorted(
        (standing(case, need, org) for org in org_ids), key=lambda one: one.rank or len(supply.org_ids)
    )
    return Comparison(need_id, as_of, case.ranked.candidates, tuple(standings), _differences(standings))


def standing(case: Case, need: Mapping[str, Any], org_id: str, told: int | None = None) -> Standing:
    """Where one organisation of the supply stands in a case that ranks all of them.

    told  the last place whose reasons are wanted; beyond it the rank alone is told, with the score 0
    """
    org = case.supply.org_ids.index(org_id)
    place = np.flatnonzero(case.ranked.organisations == org)
    if len(place) == 0:
        return Standing(org_id, None, 0.0, excluded=_keeps_out(case, need, org))
    if told is not None and place[0] >= told:
        return Standing(org_id, int(place[0]) + 1, 0.0)
    ranked = replace(
        case.ranked, organisations=case.ranked.organisations[place], scores=case.ranked.scores[place]
    )
    found = explain.reasons(replace(case, ranked=ranked))[0]
    return Standing(org_id, int(place[0]) + 1, explain.total(found), tuple(found))


def _keeps_out(case: Case, need: Mapping[str, Any], org: int) -> str:
    if case.supply.org_ids[org] == need["org_id"]:
        return "self"
    if case.ruling.eligible[org]:
        return "evidence"
    failed = case.ruling.failed[case.terms.of_org(org)]
    return case.ruling.codes[int(failed.max())]


def _differences(standings: list[Standing]) -> dict[str, float]:
    if len(standings) != 2:
        return {}
    sums: dict[str, float] = {}
    for sign, one in zip((1, -1), standings, strict=True):
        for reason in one.reasons:
            sums[reason.code] = sums.get(reason.code, 0.0) + sign * reason.weight
    weighing = ((code, round(weight, 6)) for code, weight in sums.items())
    return dict(sorted(((c, w) for c, w in weighing if w), key=lambda item: -abs(item[1])))
