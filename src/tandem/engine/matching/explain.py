"""Reasons: the parts of a score, each with the evidence that a person can look up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from tandem.domain.reasons import Reason
from tandem.engine.matching import translate
from tandem.engine.matching.constraints import Ruling, Terms, Wanted
from tandem.engine.matching.corpus import Corpus, Visible
from tandem.engine.matching.query import Query
from tandem.engine.matching.rank import Ranked
from tandem.engine.matching.settings import MatchSettings
from tandem.engine.matching.views import View
from tandem.engine.search.postings import BoolArray, FloatArray

CITED = 3  # documents cited one by one; the others are added up
_TERMS = 6  # terms in common shown with a document
_PRECISION = 6  # decimals of a weight


@dataclass(frozen=True, slots=True)
class Share:
    """How a learned score is told (see rerank.py): what each document's part is multiplied by, and what the rest adds.

    evidence  factor on the parts of all documents; profile, record, learned: weights of these reasons
    """

    evidence: float
    profile: float
    record: float
    learned: float


@dataclass(frozen=True)
class Meaning:
    """Nearness in meaning (see dense.py).

    vote, cosine  (documents,) what each document says; its cosine with the need
    evidence      (organisations,) the vote of its nearest document; unit: what one unit of it adds to a score
    proposed      (organisations,) bool, those near enough in meaning to be candidates by it alone
    """

    vote: FloatArray
    cosine: FloatArray
    evidence: FloatArray
    unit: float
    proposed: BoolArray


@dataclass(frozen=True)
class Case:
    """Everything that was known when a need's list was made.

    shares  by organisation number, where a ranker was at work
    lifted  organisation number -> the place it would have without the exposure floor
    meaning  nearness in meaning, where there were vectors
    """

    supply: Corpus
    seen: Visible
    queries: Sequence[Query]
    found: Sequence[View]
    ranked: Ranked
    ruling: Ruling
    terms: Terms
    wanted: Wanted
    settings: MatchSettings
    shares: Mapping[int, Share] = field(default_factory=dict)
    lifted: Mapping[int, int] = field(default_factory=dict)
    meaning: Meaning | None = None


def reasons(case: Case) -> list[list[Reason]]:
    """The reasons of each listed organisation, in list order; the weights of each add up to its score."""
    parts = _document_parts(case)
    cited = _cited(parts, case.settings.explained)
    common = _Common.of(case, sorted({doc for docs in cited for doc, _ in docs}))
    subjects = _subjects(case)
    delivered = _deliveries(case)
    lists = []
    for place, org in enumerate(case.ranked.organisations.tolist()):
        found = [*_evidence(case, parts[place], cited[place], common), *_profile(case, org, subjects[place])]
        found += _meant(case, org)
        found += _learned(case, org, delivered.get(org, []))
        if place < case.settings.explained:
            newcomer = not delivered.get(org)
            found += [*_notes(case, newcomer, cited[place], common), *_constraints(case, org)]
        lists.append(found)
    return lists


def as_json(found: Sequence[Reason]) -> str:
    """Reasons as the `reasons` column carries them."""
    return json.dumps([reason.as_dict() for reason in found], ensure_ascii=False, separators=(",", ":"))


def total(found: Sequence[Reason]) -> float:
    """The score that these reasons add up to."""
    return round(sum(reason.weight for reason in found), _PRECISION)


def _document_parts(case: Case) -> list[dict[int, float]]:
    """For each listed organisation: what each of its documents adds to its score, largest first."""
    place_of = np.full(len(case.supply.org_ids), -1, np.int64)
    place_of[case.ranked.organisations] = np.arange(len(case.ranked.organisations))
    parts: list[dict[int, float]] = [{} for _ in case.ranked.organisations]
    factor = np.array(
        [case.shares[org].evidence if case.shares else 1.0 for org in case.ranked.organisations.tolist()]
    )
    for unit, view in zip(case.ranked.evidence, case.found, strict=True):
        entry, group = case.seen.members.of(view.documents)
        places = place_of[group]
        listed = places >= 0
        docs = view.documents[entry[listed]]
        votes = view.vote[entry[listed]] * unit * factor[places[listed]]
        for place, doc, vote in zip(places[listed].tolist(), docs.tolist(), votes.tolist(), strict=True):
            parts[place][doc] = parts[place].get(doc, 0.0) + vote
    return [dict(sorted(own.items(), key=lambda item: (-item[1], item[0]))) for own in parts]


def _cited(parts: Sequence[dict[int, float]], explained: int) -> list[list[tuple[int, float]]]:
    return [
        [(doc, part) for doc, part in list(own.items())[:CITED] if round(part, _PRECISION) > 0]
        if place < explained
        else []
        for place, own in enumerate(parts)
    ]


@dataclass(frozen=True)
class _Common:
    """What cited documents share with the need.

    row       document -> row
    words     for each query, for each row: (the need's word, the word that met it), heaviest first
    coverage  (rows,) how much of the need's subject the document speaks of, in the better of the languages
    """

    row: Mapping[int, int]
    words: Sequence[Sequence[Sequence[tuple[str, str]]]]
    coverage: FloatArray

    @classmethod
    def of(cls, case: Case, docs: Sequence[int]) -> _Common:
        numbers, seen, how = np.array(docs, np.int64), case.seen.documents, case.settings.deliveries
        words = [asked.common(seen, numbers, how, _TERMS) for asked in case.queries]
        covered = [asked.coverage(seen, numbers) for asked in case.queries]
        return cls({doc: i for i, doc in enumerate(docs)}, words, np.max(covered, axis=0))

    def own(self, doc: int) -> list[str]:
        """The need's own words that stand in the document, heaviest first."""
        return [word for word, _ in self.words[0][self.row[doc]]]

    def translated(self, doc: int) -> list[tuple[str, str]]:
        """Words of the need met in the other language, heaviest first."""
        return [pair for words in self.words[1:] for pair in words[self.row[doc]] if pair[0] != pair[1]]


def _evidence(
    case: Case, parts: Mapping[int, float], cited: Sequence[tuple[int, float]], common: _Common
) -> Iterator[Reason]:
    for doc, part in cited:
        supply = case.supply
        params: dict[str, Any] = {"title": supply.titles[doc], "terms": common.own(doc)}
        if doc < supply.deliveries:
            delivered = _day(int(supply.day[doc])) if supply.dated[doc] else None
            params = {"delivery_id": supply.doc_ids[doc], "delivered_on": delivered, **params}
        else:
            params = {"offer_id": supply.doc_ids[doc], **params}
        code = "delivery" if doc < supply.deliveries else "offer"
        yield Reason(code, round(part, _PRECISION), params, (supply.doc_ids[doc],))
    named = {doc for doc, _ in cited}
    others = [part for doc, part in parts.items() if doc not in named]
    if rest := round(sum(others), _PRECISION):
        yield Reason("deliveries_more", rest, {"n": len(others)})


def _subjects(case: Case) -> list[list[str]]:
    """The need's words that stand in each listed organisation's profile, heaviest first."""
    asked = case.queries[0]
    listed = case.ranked.organisations[: case.settings.explained]
    words = asked.common(case.seen.profiles, listed, case.settings.profiles, _TERMS)
    rest = len(case.ranked.organisations) - len(listed)
    return [[word for word, _ in own] for own in words] + [[]] * rest


def _profile(case: Case, org: int, terms: Sequence[str]) -> Iterator[Reason]:
    parts = zip(case.ranked.profile, case.found, strict=True)
    own = sum(unit * float(view.profile[org]) for unit, view in parts)
    weight = round(case.shares[org].profile if case.shares else own, _PRECISION)
    if weight > 0:
        yield Reason("profile", weight, {"terms": list(terms)})


def _meant(case: Case, org: int) -> Iterator[Reason]:
    """How near in meaning its nearest document is, whatever the words."""
    meaning = case.meaning
    if meaning is None:
        return
    # a learned ranker keeps only a share of the untrained score
    kept = 1 - case.settings.ranker.blend if case.shares and case.settings.ranker else 1.0
    weight = round(kept * meaning.unit * float(meaning.evidence[org]), _PRECISION)
    if weight > 0:
        own = case.seen.members.doc[case.seen.members.group == org]
        doc = int(own[np.argmax(meaning.vote[own])])
        likeness = round(float(meaning.cosine[doc]), 3)
        params = {"title": case.supply.titles[doc], "likeness": likeness}
        yield Reason("dense", weight, params, (case.supply.doc_ids[doc],))


def _deliveries(case: Case) -> dict[int, list[int]]:
    """What each listed organisation had delivered before the need's day: numbers of documents."""
    members = case.seen.members
    listed = np.zeros(members.groups, np.bool_)
    listed[case.ranked.organisations] = True
    own = np.flatnonzero(listed[members.group])
    own = own[members.doc[own] < case.supply.deliveries]
    found: dict[int, list[int]] = {}
    for doc, org in zip(members.doc[own].tolist(), members.group[own].tolist(), strict=True):
        found.setdefault(org, []).append(doc)
    return found


def _learned(case: Case, org: int, delivered: Sequence[int]) -> Iterator[Reason]:
    """What only a ranker weighs: the record of deliveries, and what it learned from outcomes beyond that."""
    share = case.shares.get(org)
    if share is not None:
        last = max((int(case.supply.day[doc]) for doc in delivered if case.supply.dated[doc]), default=None)
        record = round(share.record, _PRECISION)
        if record > 0:
            params = {"n": len(delivered), "last": None if last is None else _day(last)}
            yield Reason("record", record, params)
        if learned := round(share.learned, _PRECISION):
            yield Reason("learned", learned)
    if org in case.lifted:
        yield Reason("floor", 0.0, {"place": case.lifted[org]})


def _notes(
    case: Case, newcomer: bool, cited: Sequence[tuple[int, float]], common: _Common
) -> Iterator[Reason]:
    """What weighs nothing and should be known: words met by translation, thin evidence, no history."""
    pairs = {pair: doc for doc, _ in reversed(cited) for pair in reversed(common.translated(doc))}
    told = dict.fromkeys(read for pair in reversed(pairs) if (read := translate.readable(*pair)))
    if told:
        shown = [list(pair) for pair in told][:_TERMS]
        yield Reason("translated", 0.0, {"pairs": shown})
    covered = max((float(common.coverage[common.row[doc]]) for doc, _ in cited), default=0.0)
    if covered < case.settings.weak_below:
        yield Reason("weak", 0.0, {"coverage": round(covered, 3)})
    if newcomer:
        yield Reason("newcomer")


def _constraints(case: Case, org: int) -> Iterator[Reason]:
    """Each hard constraint as met or unknown, by the offer that would be taken up."""
    offer = chosen_offer(case, org)
    terms, wanted = case.terms, case.wanted
    if wanted.kind is not None:
        known = offer is not None and terms.kind[offer] >= 0
        yield Reason("kind_met" if known else "kind_unknown", 0.0, {"kind": wanted.kind})
    if wanted.service is not None and offer is not None and not terms.unstated[offer]:
        yield Reason("service_met", 0.0, {"service": wanted.service})
    if wanted.city is not None:
        known = offer is not None and not terms.everywhere[offer]
        yield Reason("city_met" if known else "city_unknown", 0.0, {"city": wanted.city})
    if offer is None:
        yield Reason("dates_unknown")
        yield Reason("capacity_unknown")
        return
    opens, closes = (_bounded(int(days[offer])) for days in (terms.opens, terms.closes))
    known = opens is not None or closes is not None
    yield Reason(
        "dates_met" if known else "dates_unknown", 0.0, {"from": opens, "to": closes} if known else {}
    )
    yield Reason("capacity_met", 0.0, {"capacity": int(terms.capacity[offer])})


def chosen_offer(case: Case, org: int) -> int | None:
    """Among the organisation's offers that meet every constraint the nearest to the need; None without any."""
    own = case.terms.of_org(org)
    own = own[case.ruling.meets[own]]
    if len(own) == 0:
        return None
    nearness = sum(
        unit * view.nearest[case.supply.deliveries + own]
        for unit, view in zip(case.ranked.profile, case.found, strict=True)
    )
    return int(own[np.lexsort((own, -np.asarray(nearness)))][0])


def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _bounded(number: int) -> str | None:
    return _day(number) if abs(number) < 2**31 else None
