"""Which past deliveries speak of what an offer states: how much of the one's words the other says, in either language.

support(o, d) = max over (a, b) in {(o, d), (d, o)} of   sum of idf(w) s(w, b) over words w of a / sum of idf(w)

where s(w, b) is 1 where b holds the word, else the best share of a translation that b holds. An offer is often a title
and a delivery a long report, or the other way round: what the shorter says must stand in the longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tandem.engine.finding import question
from tandem.engine.finding.question import Slot
from tandem.engine.finding.ranking import Statistics
from tandem.engine.language import text

LEAST = 0.18  # support from which a delivery is told beside an offer
_WORDS = 3  # words from which a text tells something by itself


def supports(
    offers: Sequence[str], deliveries: Sequence[str], known: Statistics
) -> Sequence[Sequence[tuple[int, float]]]:
    """For each offer the deliveries that speak of the same: (place, support), the most first.

    offers, deliveries  their texts, titles first
    known               how rare words are, counted over public documents alone
    Returns             places of deliveries with their support in LEAST..1; equal ones in the order given
    """
    stated, made = [_read(one) for one in offers], [_read(one) for one in deliveries]
    rarity: dict[str, float] = {}
    for slots, _ in (*stated, *made):
        for slot in slots:
            if slot.own not in rarity:
                rarity[slot.own] = known.rarity(known.holding(slot.own))
    return [_of(offer, made, rarity) for offer in stated]


def _of(
    offer: tuple[tuple[Slot, ...], frozenset[str]],
    made: Sequence[tuple[tuple[Slot, ...], frozenset[str]]],
    rarity: Mapping[str, float],
) -> list[tuple[int, float]]:
    found = []
    for place, delivery in enumerate(made):
        support = max(_said(offer[0], delivery[1], rarity), _said(delivery[0], offer[1], rarity))
        if support >= LEAST:
            found.append((place, round(support, 4)))
    return sorted(found, key=lambda one: -one[1])


def _said(slots: Sequence[Slot], words: frozenset[str], rarity: Mapping[str, float]) -> float:
    """How much of what a text says another says too, by weight; 0 for a text of hardly any words."""
    whole = sum(rarity[slot.own] for slot in slots)
    if len(slots) < _WORDS or whole <= 0:
        return 0.0
    return sum(rarity[slot.own] * _share(slot, words) for slot in slots) / whole


def _share(slot: Slot, words: frozenset[str]) -> float:
    if slot.own in words:
        return 1.0
    return max((min(1.0, share) for word, share in sorted(slot.other.items()) if word in words), default=0.0)


def _read(said: str) -> tuple[tuple[Slot, ...], frozenset[str]]:
    return question.read(said), frozenset(text.tokens(said))
