"""Which quantities of a register a phrase names: a share's numerator, its whole, its wider total."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tandem.engine.doubts.levels import comparable, unit
from tandem.engine.doubts.numbering import Ints
from tandem.engine.doubts.panel import Panel
from tandem.engine.figures.subjects import Phrase, Subject

_SPENT = frozenset(("expenditure", "investment", "consumption"))
_MEMBERS = frozenset(("enterpris", "household", "popul", "personnel", "cluster", "product"))
_VALUE_ADDED_OF = frozenset(("gdp",))


@dataclass(frozen=True)
class Index:
    """Level quantities by their words; every answer is a list of quantity codes, the most exact reading first."""

    panel: Panel

    @cached_property
    def levels(self) -> list[int]:
        """Quantities that are levels of something and have baselines."""
        return [q for q in self.panel.baselines if self.panel.identities[q].quantity == "level"]

    @cached_property
    def by_words(self) -> dict[frozenset[str], list[int]]:
        """Stems of the words -> levels that have just these, of no wider or other place and not at constant prices."""
        found: dict[frozenset[str], list[int]] = {}
        for q in self.levels:
            one = self.panel.identities[q]
            if not (one.what.wider or one.what.places or one.basis == "real" or one.aside):
                found.setdefault(one.what.keys, []).append(q)
        return found

    @cached_property
    def by_id(self) -> dict[str, list[int]]:
        """Id of a declared indicator -> its levels."""
        found: dict[str, list[int]] = {}
        for text, q in self._texts_of_quantities():
            if self.panel.identities[q].quantity == "level":
                found.setdefault(self.panel.texts[text].indicator_id, []).append(q)
        return found

    def _texts_of_quantities(self) -> list[tuple[int, int]]:
        """Which texts tell which quantities, looked at only where a table declares anything."""
        if not self.panel.declared:
            return []
        width = len(self.panel.identities)
        there = np.zeros(len(self.panel.texts) * width, np.bool_)
        there[self.panel.text.astype(np.int64) * width + self.panel.quantity] = True
        return [(int(one) // width, int(one) % width) for one in np.flatnonzero(there)]

    def same(self, keys: frozenset[str], measure: str | None) -> list[int]:
        """Levels of just these words and this measure."""
        if not keys and measure is None:
            return []
        return [q for q in self.by_words.get(keys, ()) if self.panel.identities[q].what.measure == measure]

    def numerators(self, share: Subject) -> list[int]:
        """Levels that a share can be the share of: its own words, with or without those of the whole."""
        whole = share.whole or Phrase()
        own, scope = share.what.keys, frozenset(word.key for word in whole.words if word.role == "scope")
        measure = share.what.measure or whole.measure
        if measure is None and whole.keys & _VALUE_ADDED_OF and not share.marks & {"intensity"}:
            found = self.same(own, "value added")
            if found:
                return found
        for keys in _distinct([own, own | scope, own | whole.keys]) if own else ():
            if found := self.same(keys, measure):
                return found
        if share.what.measure is None:
            spent = (
                [q for q in self.by_words.get(own, ()) if self.panel.identities[q].what.measure in _SPENT]
                if own
                else []
            )
            if len(spent) == 1:
                return spent
        return self._of_people(share, whole) if own else []

    def _of_people(self, share: Subject, whole: Phrase) -> list[int]:
        """The share of a population that is so: 'urban' of 'population' is 'urban population', 'female employment'."""
        return self.same(share.what.keys | whole.keys, whole.measure)

    def wholes(self, share: Subject, numerators: Iterable[int]) -> list[int]:
        """Levels that are a share's whole, at whatever place; for 'national' alone the numerator's own quantity."""
        whole = share.whole
        if whole is None:
            return []
        named = whole.keys - {"total"}
        if not named and whole.measure is None:
            return list(numerators)
        if not named and whole.wider:  # 'national output': of the same thing
            return self.same(share.what.keys, whole.measure)
        found = self.same(named, whole.measure)
        if not found and whole.measure is None and not whole.keys & _VALUE_ADDED_OF:
            of_words = self.by_words.get(named, [])
            found = of_words if len(of_words) == 1 else []
        return found

    def near_wholes(self, share: Subject) -> list[int]:
        """Levels that name the whole and more: where one is on record the base cannot be said to be missing."""
        whole = share.whole or Phrase()
        if whole.measure is None and whole.words and whole.words[-1].key in _MEMBERS:
            return []  # 'enterprises' are named by many a count of some of them
        return [
            q
            for keys, found in self.by_words.items()
            if keys >= whole.keys and not keys >= share.what.keys and (keys or whole.measure)
            for q in found
            if self.panel.identities[q].what.measure == whole.measure
        ]

    def units_meet(self, first: int, second: int) -> bool:
        """Whether two quantities are told in comparable units, judged by a text of each."""
        texts = self.panel.first_text[[first, second]]
        return comparable(unit(self.panel, int(texts[0])), unit(self.panel, int(texts[1])))


def _distinct(keys: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    return list(dict.fromkeys(keys))


def places_of_whole(panel: Panel, share: Subject, at: Ints) -> Ints:
    """The place of each share's whole: its own, or the wider or other one that the whole names; -1 for none."""
    whole = share.whole or Phrase()
    to = np.arange(len(panel.places), dtype=np.int64)
    other = next((name for name in whole.places if name in panel.places), None)
    if other is not None:
        to[:] = panel.places.index(other)
    elif whole.wider:
        for place in range(len(to)):
            to[place] = _up(panel, place, whole.wider)
    made: Ints = to[panel.place[at]]
    return made


def _up(panel: Panel, place: int, adjective: str) -> int:
    """The place itself or the nearest wider one of that level; -1 where the register has none."""
    for one in (place, *panel.tree.wider[place]):
        if panel.tree.adjectives[one] == adjective:
            return one
    return -1
