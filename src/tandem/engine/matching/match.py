"""Needs in, ranked organisations with reasons out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tandem.base.errors import Invalid
from tandem.engine.matching import calibrate, constraints, corpus, dense, explain, expose, query, rank, views
from tandem.engine.matching.constraints import Terms
from tandem.engine.matching.corpus import Corpus
from tandem.engine.matching.dense import DenseState, Vectors
from tandem.engine.matching.explain import Case
from tandem.engine.matching.expose import Exposure
from tandem.engine.matching.rerank import rerank
from tandem.engine.matching.settings import MatchSettings

_EXAMPLES = 5  # organisations named beside a count of the excluded

MATCH_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "need_id": pl.String,
    "rank": pl.Int64,
    "org_id": pl.String,
    "offer_id": pl.String,
    "score": pl.Float64,
    "probability": pl.Float64,
    "reasons": pl.String,
}
EXCLUDED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "need_id": pl.String,
    "code": pl.String,
    "organisations": pl.Int64,
    "offers": pl.Int64,
    "examples": pl.List(pl.String),
}
SUPPLY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "need_id": pl.String,
    "candidates": pl.Int64,
    "coverage": pl.Float64,
    "state": pl.String,
}


@dataclass(frozen=True)
class MatchResult:
    """What matching found.

    as_of     the day as which history was read
    matches   one row a match, by need (in the order of the needs) and rank; `reasons` is JSON: domain.reasons
    excluded  who was left out by which hard constraint: need_id, code, organisations, offers, examples (org ids)
    supply    one row a need: candidates, coverage of the need's subject by the nearest evidence (0..1),
              state 'served', 'weak' or 'none'
    dense     how far the vectors were and whether they were used; None where none were asked for
    exposure  whom the first places show, with and without the exposure floor
    """

    as_of: date
    matches: pl.DataFrame
    excluded: pl.DataFrame
    supply: pl.DataFrame
    dense: DenseState | None = None
    exposure: Exposure = field(default_factory=Exposure)


def match(
    needs: pl.DataFrame,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    settings: MatchSettings = MatchSettings(),
    vectors: Vectors | None = None,
) -> MatchResult:
    """Rank organisations for every need by what they have delivered and what they offer.

    The frames are the canonical exchange tables. Nothing delivered on the day of a need's posting or later, nor
    after the as-of day, is used for it. Deterministic: the same tables and settings
    give the same result, ties are broken by org_id.
    vectors, where the `dense` extra is used, add nearness in meaning (see dense.py); the result says whether they did.
    Raises Invalid("match.no_supply") where there is neither an offer nor a delivery, Invalid("dense.documents") for
    the vectors of another book.
    """
    return match_corpus(needs, corpus.read(organisations, offers, deliveries), offers, settings, vectors)


def match_corpus(
    needs: pl.DataFrame,
    supply: Corpus,
    offers: pl.DataFrame,
    settings: MatchSettings,
    vectors: Vectors | None = None,
    carried: Exposure = expose.NOTHING_SHOWN,
    terms: Terms | None = None,
) -> MatchResult:
    """The same for a corpus that is already built or was loaded from an index.

    terms    the conditions of these offers, where they are at hand: making them takes longer than matching one need
    carried  the exposure of earlier answers, where needs are asked one by one and the floor holds over all of them
    """
    if not supply.doc_ids:
        raise Invalid("match.no_supply")
    if vectors is not None:
        dense.check(vectors, supply)
    as_of = settings.as_of or newest(needs, supply)
    terms = constraints.terms_of(offers, supply) if terms is None else terms

    def case_of(need: Mapping[str, Any]) -> Case:
        return consider(need, supply, terms, as_of, settings, vectors)

    answers, heads = [], []
    for need in needs.iter_rows(named=True):
        case = case_of(need)
        heads.append(expose.head(case))
        answers.append(_answer(need, case))
    counts, exposure = expose.lifts(heads, settings.exposure_floor, carried)
    for place, need in enumerate(needs.iter_rows(named=True)):
        if counts[place]:  # cases are too large to be kept for all needs
            answers[place] = _answer(need, expose.lifted(case_of(need), counts[place]))
    return MatchResult(
        as_of,
        pl.DataFrame([row for a in answers for row in a.matches], MATCH_SCHEMA, orient="row"),
        pl.DataFrame([row for a in answers for row in a.excluded], EXCLUDED_SCHEMA, orient="row"),
        pl.DataFrame([a.supply for a in answers], SUPPLY_SCHEMA, orient="row"),
        None if vectors is None else vectors.state(),
        exposure,
    )


def newest(needs: pl.DataFrame, supply: Corpus) -> date:
    """The newest day on which a need was posted; where none is dated, that of the newest delivery."""
    posted = needs["posted_on"].max()
    if isinstance(posted, date):
        return posted
    known = supply.day[supply.dated]
    return (
        date.fromordinal(date(1970, 1, 1).toordinal() + int(known.max())) if len(known) else date(1970, 1, 1)
    )


@dataclass(frozen=True)
class _Answer:
    matches: list[tuple[Any, ...]]
    excluded: list[tuple[Any, ...]]
    supply: tuple[Any, ...]


def _answer(need: Mapping[str, Any], case: Case) -> _Answer:
    supply, settings = case.supply, case.settings
    chances = _chances(case)
    rows = []
    for place, (org, found) in enumerate(
        zip(case.ranked.organisations.tolist(), explain.reasons(case), strict=True)
    ):
        offer = explain.chosen_offer(case, org)
        offer_id = None if offer is None else case.terms.ids[offer]
        score = explain.total(found)
        told = (offer_id, score, chances[place], explain.as_json(found))
        rows.append((need["need_id"], place + 1, supply.org_ids[org], *told))
    ranked = case.ranked
    state = "none" if not rows else "weak" if ranked.coverage < settings.weak_below else "served"
    supplied = (need["need_id"], ranked.candidates, round(ranked.coverage, 4), state)
    return _Answer(rows, list(_excluded(need["need_id"], case)), supplied)


def _chances(case: Case) -> list[float]:
    """The probability of success of each listed organisation, by what it reached itself, not by where it was lifted."""
    listed, every = case.ranked.organisations, case.ranked.every
    if case.settings.ranker is not None:
        standing = calibrate.standing(every[listed], calibrate.spread(every))
        chances = case.settings.ranker.calibration.at(standing)
    else:
        chances = calibrate.by_rank(rank.places(every, listed))
    return [round(chance, 6) for chance in chances.tolist()]


def consider(
    need: Mapping[str, Any],
    supply: Corpus,
    terms: Terms,
    as_of: date,
    settings: MatchSettings,
    vectors: Vectors | None = None,
) -> Case:
    """Everything that decides one need's list."""
    day = corpus.day_of(min(need["posted_on"] or as_of, as_of))
    due = None if need["due_on"] is None else corpus.day_of(need["due_on"])
    wanted = constraints.wanted_of(need, day, due)
    ruling = constraints.rule(terms, wanted, settings.constraints)
    queries = query.of(need["title"], need["text"], supply, settings)
    asked = sorted({term for one in queries for term in one.terms()})
    # a need without a date is asked at the end of the as-of day, so that the newest delivery still counts
    seen = corpus.before(supply, day if need["posted_on"] else day + 1, asked)
    voting = views.voting(seen.members, ruling.eligible)
    found = [views.look(supply, seen, one, ruling.eligible, voting, day, settings) for one in queries]
    ranked = rank.rank(seen, queries, found, settings.top)
    case = Case(supply, seen, queries, found, ranked, ruling, terms, wanted, settings)
    if vectors is not None:
        case = dense.joined(case, need, day, vectors)
    return case if settings.ranker is None else rerank(case, settings.ranker)


def _excluded(need_id: str, case: Case) -> Iterator[tuple[Any, ...]]:
    """Who was left out by each constraint: how many organisations and offers, the nearest organisations first."""
    terms, ruling = case.terms, case.ruling
    out = ~ruling.eligible[terms.org]
    nearness = case.found[0].nearest[case.supply.deliveries :]
    for index, code in enumerate(ruling.codes):
        offers = np.flatnonzero(out & (ruling.failed == index))
        if len(offers):
            nearest = terms.org[offers[np.lexsort((offers, -nearness[offers]))]]
            organisations = list(dict.fromkeys(case.supply.org_ids[org] for org in nearest.tolist()))
            yield need_id, code, len(organisations), len(offers), organisations[:_EXAMPLES]
