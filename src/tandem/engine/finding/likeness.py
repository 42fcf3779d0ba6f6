"""Documents that say nearly the same as a draft: the weight of the words in common over that of the words of either.

likeness = sum of idf over common words / sum of idf over all words of both          (weighted Jaccard)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tandem.domain.records import SEARCHED
from tandem.engine.finding import audience, ranking
from tandem.engine.finding.audience import Audience
from tandem.engine.finding.documents import Segment
from tandem.engine.finding.question import MOST, Slot
from tandem.engine.language import text
from tandem.engine.search.tokens import PARTS

_LOOKED_AT = 50  # nearest documents that are compared word by word
_TITLE_WORDS = 3  # words from which a title on its own tells something


@dataclass(frozen=True, slots=True)
class Alike:
    """A document and how much of what it and the draft say they both say, 0..1."""

    id: str
    likeness: float


def alike(
    shelf: Sequence[Segment], title: str, body: str, who: Audience, what: str, least: float, most: int
) -> tuple[Alike, ...]:
    """The documents that are at least so like a draft, the likest first."""
    known = ranking.statistics(shelf)
    heads, whole = set(text.tokens(title)), set(text.tokens(title)) | set(text.tokens(body))
    rarity = {word: known.rarity(known.holding(word)) for word in whole}
    rarest = sorted(whole, key=lambda word: (-rarity[word], word))[:MOST]
    asked = ranking.weighed([Slot(word, {}) for word in rarest], known, loose=True)
    found = []
    for one in ranking.readable(shelf, who):
        scores, hit = ranking.scored(one, asked)
        rows = np.flatnonzero(hit & audience.seen(one, who) & (one.what == SEARCHED.index(what)))
        for row in rows[ranking.best(scores[rows], one.ids[rows], _LOOKED_AT)].tolist():
            own_heads, own_body = _words(one, row)
            for word in (own_heads | own_body) - rarity.keys():
                rarity[word] = known.rarity(known.holding(word))
            by_whole = _jaccard(whole, own_heads | own_body, rarity)
            by_title = _jaccard(heads, own_heads, rarity) if len(heads) >= _TITLE_WORDS else 0.0
            found.append(Alike(one.ids[row].decode(), max(by_whole, by_title)))
    near = [one for one in found if one.likeness >= least]
    return tuple(sorted(near, key=lambda one: (-one.likeness, one.id))[:most])


def _words(one: Segment, row: int) -> tuple[set[str], set[str]]:
    """The words of a document's title and of its text."""
    starts = one.tokens.starts[PARTS * row : PARTS * row + PARTS + 1].tolist()
    title, body = (
        {one.tokens.words[number] for number in one.tokens.flat[a:b].tolist()} for a, b in pairwise(starts)
    )
    return title, body


def _jaccard(one: set[str], other: set[str], rarity: dict[str, float]) -> float:
    """In a fixed order of addition, so that equal sets give equal bits."""
    both, either = (sum(rarity[word] for word in sorted(words)) for words in (one & other, one | other))
    return both / either if either else 0.0
