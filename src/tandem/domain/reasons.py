"""Why an organisation stands where it stands: coded reasons whose weights add up to the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution to a match's score, or one constraint that was looked at (weight 0).

    code      stands in the catalogue as `reason.<code>` with zh and en words
    weight    its part of the score; the weights of a match's reasons add up to its score
    params    the figures and terms that the words need
    evidence  ids of the deliveries or offers that a person can look up
    """

    code: str
    weight: float = 0.0
    params: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The reason as plain JSON values, as the `reasons` column carries it."""
        return {
            "code": self.code,
            "weight": round(self.weight, 6),
            "params": dict(self.params),
            "evidence": list(self.evidence),
        }


# Every code an engine may give, so that a test can ask for its words.
CODES = (
    "delivery",  # a past delivery near the need: delivery_id, terms in common, date
    "deliveries_more",  # what further, weaker deliveries add together: n
    "offer",  # a stated offer near the need ("stated, not yet delivered"): offer_id, terms
    "profile",  # all it has said and delivered, taken together: terms
    "dense",  # near in meaning, whatever the words: title, likeness (cosine) of the nearest document
    "translated",  # terms of the need met in the other language: pairs
    "weak",  # little of the need is covered by any evidence: coverage
    "record",  # how much and how recently it has delivered, as a learned ranker weighs it: n, last
    "learned",  # what a ranker learned from past outcomes beyond evidence, profile and record
    "floor",  # stands here by the exposure floor for organisations with few deliveries: place without it
    "newcomer",  # has no past delivery on record
    "kind_met",
    "kind_unknown",
    "service_met",
    "city_met",
    "city_unknown",
    "dates_met",
    "dates_unknown",
    "capacity_met",
    "capacity_unknown",
)

# Why an organisation was left out of a need's list altogether: hard constraints, each with how it is counted.
EXCLUSIONS = (
    "kind",  # no offer of the kind that the need asks for
    "service",  # need and offers state service codes, and none fits
    "city",  # serves other cities only
    "dates",  # not available between posting and due date
    "capacity",  # every fitting offer has capacity 0
    "self",  # the organisation that posed the need
)
