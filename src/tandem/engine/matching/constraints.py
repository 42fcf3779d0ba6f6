"""Hard constraints: which organisations may be proposed for a need at all, and what excluded the others.

An organisation may be proposed when one of its offers meets every constraint; one without offers has an implied
offer of which nothing is known. Unknown is never a reason to exclude: it is reported as unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tandem.domain import services
from tandem.engine.matching.corpus import Corpus, days
from tandem.engine.search.postings import BoolArray, IntArray

_EVER = 2**31


@dataclass(frozen=True)
class Terms:
    """The conditions of all offers as arrays, in the order of the corpus' offers.

    org       (offers,) organisation numbers
    kind      (offers,) number of the kind, -1 unknown
    services  service code -> (offers,) bool, whether the offer states it; `unstated`: offers that state none
    cities    city that some offer names -> (offers,) bool, whether the offer serves it; `everywhere`: any other city
    opens, closes  (offers,) days
    capacity  (offers,); has_offer (organisations,); number: org_id -> organisation number
    grouped   (offers,) offers by organisation, those of o at starts[o]:starts[o + 1]
    """

    ids: tuple[str, ...]
    org: IntArray
    kinds: Mapping[str, int]
    kind: IntArray
    services: Mapping[str, BoolArray]
    unstated: BoolArray
    cities: Mapping[str, BoolArray]
    everywhere: BoolArray
    opens: IntArray
    closes: IntArray
    capacity: IntArray
    has_offer: BoolArray
    number: Mapping[str, int]
    grouped: IntArray
    starts: IntArray

    def of_org(self, org: int) -> IntArray:
        """An organisation's offers, ascending."""
        return self.grouped[self.starts[org] : self.starts[org + 1]]


@dataclass(frozen=True)
class Wanted:
    """What a need asks for: kind, service and city (None: anything), and the days between which it must be served."""

    kind: str | None
    service: str | None
    city: str | None
    from_day: int
    to_day: int
    poser: str | None


@dataclass(frozen=True)
class Ruling:
    """For one need: who may be proposed, which offers meet everything, what each offer failed on first.

    eligible  (organisations,) bool
    meets     (offers,) bool
    failed    (offers,) int64, index into `codes` of the first constraint failed, -1 where all are met
    """

    eligible: BoolArray
    meets: BoolArray
    failed: IntArray
    codes: tuple[str, ...]


def terms_of(offers: pl.DataFrame, corpus: Corpus) -> Terms:
    """The offers' conditions as arrays."""
    offers = offers.sort("offer_id")
    number = {org: i for i, org in enumerate(corpus.org_ids)}
    kinds = {kind: i for i, kind in enumerate(sorted(set(offers["kind"].drop_nulls())))}
    stated = offers["service_code"].to_list() if "service_code" in offers.columns else [None] * offers.height
    served = offers["cities_served"].to_list()
    named = sorted({city for cities in served for city in cities or ()})
    org = np.array([number[one] for one in offers["org_id"]], np.int64)
    has_offer = np.zeros(len(corpus.org_ids), np.bool_)
    has_offer[org] = True
    return Terms(
        ids=tuple(offers["offer_id"]),
        org=org,
        kinds=kinds,
        kind=np.array([kinds.get(kind, -1) for kind in offers["kind"]], np.int64),
        services={
            code: np.array([one == code for one in stated], np.bool_)
            for code in sorted(set(filter(None, stated)))
        },
        unstated=np.array([code is None for code in stated], np.bool_),
        cities={city: np.array([city_met(cities, city) for cities in served], np.bool_) for city in named},
        everywhere=np.array([not cities for cities in served], np.bool_),
        opens=days(offers["available_from"], -_EVER),
        closes=days(offers["available_to"], _EVER),
        capacity=np.asarray(offers["capacity"].fill_null(1).to_numpy(), np.int64),
        has_offer=has_offer,
        number=number,
        grouped=np.argsort(org, kind="stable"),
        starts=np.searchsorted(np.sort(org), np.arange(len(corpus.org_ids) + 1)).astype(np.int64),
    )


def rule(terms: Terms, wanted: Wanted, constraints: Sequence[str]) -> Ruling:
    """Who may be proposed for a need, and why others may not."""
    checks = _checks(terms, wanted)
    codes = tuple(code for code in checks if code in constraints)
    failed = np.full(len(terms.org), -1, np.int64)
    for index in reversed(range(len(codes))):
        failed[~checks[codes[index]]] = index
    meets = failed < 0
    eligible = ~terms.has_offer
    eligible[terms.org[meets]] = True
    if wanted.poser is not None and wanted.poser in terms.number:
        eligible[terms.number[wanted.poser]] = False
    return Ruling(eligible, meets, failed, codes)


def kind_met(offered: str | None, wanted: str | None) -> bool:
    """Whether an offer of a kind may answer a need of a kind; unknown is no reason against it."""
    return None in (offered, wanted) or offered == wanted


def city_met(served: Collection[str] | None, wanted: str | None) -> bool:
    """Whether an offer reaches the city of a need; one that names no cities reaches all."""
    return wanted is None or not served or wanted in served


def _checks(terms: Terms, wanted: Wanted) -> dict[str, BoolArray]:
    """Each constraint as (offers,) bool: met or unknown."""
    yes = np.ones(len(terms.org), np.bool_)
    kind = np.array([kind_met(one, wanted.kind) for one in (*terms.kinds, None)], np.bool_)[terms.kind]
    service = yes
    if wanted.service is not None:
        service = terms.unstated.copy()
        for code, offering in terms.services.items():
            if services.compatible(wanted.service, code):
                service |= offering
    city = yes
    if wanted.city is not None:
        city = terms.cities.get(wanted.city, terms.everywhere)
    dates = (terms.closes >= wanted.from_day) & (terms.opens <= wanted.to_day)
    return {"kind": kind, "service": service, "city": city, "dates": dates, "capacity": terms.capacity > 0}


def wanted_of(need: Mapping[str, object], from_day: int, to_day: int | None) -> Wanted:
    """What one row of the needs table asks for."""
    kind, service, city, poser = (need.get(name) for name in ("kind", "service_code", "city", "org_id"))
    return Wanted(
        None if kind is None else str(kind),
        None if service is None else str(service),
        None if city is None else str(city),
        from_day,
        _EVER if to_day is None else to_day,
        None if poser is None else str(poser),
    )
