"""What organisations delivered and with whom, as evidence on whether two of them are one."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tandem.engine.identity.likeness import Likeness
from tandem.engine.language import text

_SUBJECT, _PARTNERS = 0.2, 0.3  # largest shares of the remaining doubt that a like history removes
_ALIKE = 0.2  # similarity of subject from which it is worth a word


@dataclass(frozen=True)
class Histories:
    """Per organisation: the words of its deliveries' titles as a unit vector, and its partners."""

    subject: Mapping[int, Mapping[str, float]]
    partners: Mapping[int, frozenset[str]]

    @classmethod
    def read(
        cls, deliveries: pl.DataFrame | None, org_ids: Iterable[str], pairs: Sequence[tuple[int, int]]
    ) -> Histories:
        """The histories of the organisations that stand in some pair."""
        wanted = {number for pair in pairs for number in pair}
        if deliveries is None or not wanted:
            return cls({}, {})
        number = {org: i for i, org in enumerate(org_ids) if i in wanted}
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        partners: dict[int, set[str]] = defaultdict(set)
        for title, own in deliveries.select("title", "org_ids").iter_rows():
            mine = [number[org] for org in own or () if org in number]
            words = text.tokens(title or "") if mine else []
            for one in mine:
                counts[one].update(words)
                partners[one].update(own)
        users = Counter(word for own in counts.values() for word in own)
        idf = {word: math.log(1 + len(counts) / n) for word, n in users.items()}
        return cls(
            {
                one: _unit({word: math.log1p(n) * idf[word] for word, n in own.items()})
                for one, own in counts.items()
            },
            {
                one: frozenset(own) - {org for org, i in number.items() if i == one}
                for one, own in partners.items()
            },
        )

    def joined(self, like: Likeness, one: int, two: int) -> Likeness:
        """A likeness of names with what the two histories say."""
        left, right = self.subject.get(one, {}), self.subject.get(two, {})
        if len(left) > len(right):
            left, right = right, left
        cosine = math.fsum(value * right.get(word, 0.0) for word, value in sorted(left.items()))
        if cosine >= _ALIKE:
            like = like.with_(_doubt(like.score, _SUBJECT * cosine), "subject", similarity=round(cosine, 2))
        mine, theirs = self.partners.get(one, frozenset()), self.partners.get(two, frozenset())
        if shared := mine & theirs:
            share = len(shared) / min(len(mine), len(theirs))
            like = like.with_(_doubt(like.score, _PARTNERS * share), "partners", n=len(shared))
        return like


def _doubt(score: float, share: float) -> float:
    return 1 - (1 - score) * (1 - share * score)


def _unit(vector: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(math.fsum(value * value for value in vector.values()))
    return {word: value / norm for word, value in vector.items()} if norm else {}
