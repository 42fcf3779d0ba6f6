"""An exposure floor: a share of the first places of all lists together belongs to organisations of small history.

Choose lifts (need, small organisation below the list, the last of the larger ones in it) with the least sum of
    score(displaced) - score(lifted)
so that small places >= floor x places. In one need each further lift costs at least as much as the one before, so
taking the cheapest everywhere first is optimal. Only an organisation with real evidence is lifted: if too few have
any, the floor is not reached, and the result says so. A lifted organisation stands at the end of the list and keeps
its own score (the floor's reason weighs 0), so that nothing is said of it that its evidence does not say.

Small is told by history alone: at most `small_history` deliveries before the need's day.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tandem.engine.matching import features, rank
from tandem.engine.matching.explain import Case
from tandem.engine.matching.views import window
from tandem.engine.search.postings import BoolArray, IntArray

LIST = 10  # places of a list that a person is taken to read
_RESERVE = 5  # small organisations held ready for each need: a floor up to half of all places can be reached
_TRIED = 20  # looked at for them


@dataclass(frozen=True)
class Exposure:
    """Whom the first places of all lists show, by history, before and after the floor.

    floor         the share asked for
    places        first places of all lists together
    small         of them held by organisations of small history; small_before: without the floor
    small_sized   of them held by organisations of small history or of a stated size of micro or small
    lifted        organisations lifted into a list
    score_loss    sum of the scores of those displaced less the scores of those lifted
    """

    floor: float = 0.0
    places: int = 0
    small: int = 0
    small_before: int = 0
    small_sized: int = 0
    lifted: int = 0
    score_loss: float = 0.0

    @property
    def share(self) -> float:
        """Share of the places held by organisations of small history."""
        return self.small / self.places if self.places else 0.0

    @property
    def share_before(self) -> float:
        """The same without the floor."""
        return self.small_before / self.places if self.places else 0.0

    @property
    def reached(self) -> bool:
        """Whether the floor holds; always true where it is off or nothing is listed."""
        return self.small >= wanted(self.floor, self.places)


NOTHING_SHOWN = Exposure()


@dataclass(frozen=True)
class Head:
    """The first places of one need's list, and who could be lifted into it.

    organisations, scores  of the places, best first; small: which of them have a small history, sized: or a small size
    reserve                (organisation, score, own place) of small ones below the list with real evidence, best first
    """

    organisations: tuple[int, ...]
    scores: tuple[float, ...]
    small: tuple[bool, ...]
    sized: tuple[bool, ...]
    reserve: tuple[tuple[int, float, int], ...] = ()

    def cost(self, lift: int) -> float | None:
        """The score that the lift of this number (from 0) loses; None where nobody is left to lift or to displace."""
        large = [score for score, small in zip(self.scores, self.small, strict=True) if not small]
        if lift >= min(len(large), len(self.reserve)):
            return None
        return large[-1 - lift] - self.reserve[lift][1]

    def after(self, count: int) -> tuple[int, ...]:
        """The organisations on the first places once `count` are lifted, in their order."""
        large = [org for org, small in zip(self.organisations, self.small, strict=True) if not small]
        displaced = large[len(large) - count :]
        kept = [org for org in self.organisations if org not in displaced]
        return (*kept, *(org for org, _, _ in self.reserve[:count]))

    def sized_after(self, count: int) -> int:
        """Places of organisations of small history or size once `count` are lifted."""
        large = [sized for sized, small in zip(self.sized, self.small, strict=True) if not small]
        return sum(self.sized) + count - sum(large[len(large) - count :])


def wanted(floor: float, places: int) -> int:
    """The least number of places that is at least this share of them; a hair's breadth of rounding is forgiven."""
    return max(math.ceil(floor * places - 1e-9), 0)


def head(case: Case) -> Head:
    """What the floor needs to know of one need's case."""
    first = window(np.round(case.ranked.every, 9), min(LIST, case.settings.top))
    small = features.history(case) <= case.settings.small_history
    sized = small | (case.supply.small == 1.0)
    return Head(
        tuple(first.tolist()),
        tuple(case.ranked.every[first].tolist()),
        tuple(small[first].tolist()),
        tuple(sized[first].tolist()),
        _reserve(case, small, first) if case.settings.exposure_floor > 0 else (),
    )


def lifts(
    heads: Sequence[Head], floor: float, carried: Exposure = NOTHING_SHOWN
) -> tuple[list[int], Exposure]:
    """How many organisations to lift into each list, so that the floor is reached at the least loss of score.

    carried  what earlier lists of the same account have shown: a hub that asks need by need hands on the exposure of
             the last answer, and the floor holds over all of them together
    Returns  lifts for each head, and the account with these lists added. Ties are broken by the order of the heads.
    """
    places = carried.places + sum(len(one.organisations) for one in heads)
    before = sum(sum(one.small) for one in heads)
    missing = wanted(floor, places) - carried.small - before
    counts = [0] * len(heads)
    queue = [(cost, i) for i, one in enumerate(heads) if (cost := one.cost(0)) is not None]
    heapq.heapify(queue)
    loss = 0.0
    while missing > 0 and queue:
        cost, i = heapq.heappop(queue)
        counts[i] += 1
        missing -= 1
        loss += cost
        if (following := heads[i].cost(counts[i])) is not None:
            heapq.heappush(queue, (following, i))
    sized = sum(one.sized_after(count) for one, count in zip(heads, counts, strict=True))
    return counts, Exposure(
        floor,
        places,
        carried.small + before + sum(counts),
        carried.small_before + before,
        carried.small_sized + sized,
        carried.lifted + sum(counts),
        carried.score_loss + loss,
    )


def lifted(case: Case, count: int) -> Case:
    """The case with its `count` best reserves at the end of the first places, those they displace right behind."""
    own = head(case)
    raised = {org: place for org, _, place in own.reserve[:count]}
    first = own.after(count)
    rest = [org for org in case.ranked.organisations.tolist() if org not in first]
    listed = np.array([*first, *rest], np.int64)[: case.settings.top]
    ranked = replace(case.ranked, organisations=listed, scores=case.ranked.every[listed])
    return replace(case, ranked=ranked, lifted=raised)


def _reserve(case: Case, small: BoolArray, first: IntArray) -> tuple[tuple[int, float, int], ...]:
    """The first small organisations below the first places for whom a document speaks, and not weakly."""
    every = case.ranked.every
    below = np.flatnonzero(small & (every > 0) & (features.evidence(case) > 0))
    tried = rank.order(every, below[~np.isin(below, first)])[:_TRIED]
    if len(tried) == 0:
        return ()
    real = tried[features.best_coverage(case, tried) >= case.settings.weak_below][:_RESERVE]
    return tuple(zip(real.tolist(), every[real].tolist(), rank.places(every, real).tolist(), strict=True))
