"""Response figures: how long invitations wait for an answer, and how many of them lead somewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tandem.base.clock import HOUR
from tandem.base.errors import Invalid

IntArray = NDArray[np.int64]
FEWEST, LARGEST = (
    5,
    0.85,
)  # organisations behind a figure that others see, and the largest share of one of them


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of invitations and their ways, and the quartiles of the hours until an answer; None without one."""

    invitations: int
    answers: int
    quartiles: tuple[float, float, float] | None
    accepted: int
    settled: int
    awarded: int
    decided: int


def figures(invited: IntArray, answered: IntArray, introduced: IntArray, agreed: IntArray, ended: IntArray,
            declined: IntArray) -> Figures:  # fmt: skip
    """The figures of some invitations.

    invited, answered, introduced, agreed, ended  (n,) int64, seconds UTC; 0 where it has not happened, `invited` > 0
    declined  (n,) 1 where the answer was no
    Returns   settled: answered, or ended without an answer; accepted: answered with interest;
              decided: introduced, and then agreed or ended; awarded: agreed; quartiles with linear interpolation
    Raises    Invalid response.shape where lengths differ, response.order where an answer comes before its invitation
    Cost      O(n log n), inputs unchanged

    >>> at = lambda *hours: np.array(hours, np.int64) * 3600
    >>> f = figures(at(1, 1, 1), at(3, 5, 0), at(4, 0, 0), at(0, 0, 0), at(0, 5, 0), np.array([0, 1, 0]))
    >>> f.quartiles, f.accepted, f.settled, f.awarded, f.decided
    ((2.5, 3.0, 3.5), 1, 2, 0, 0)
    """
    if len({len(one) for one in (invited, answered, introduced, agreed, ended, declined)}) != 1:
        raise Invalid("response.shape")
    replied = answered > 0
    waited = (answered - invited)[replied]
    if (waited < 0).any():
        raise Invalid("response.order")
    met = introduced > 0
    low, middle, high = np.percentile(waited, (25, 50, 75)) / HOUR if waited.size else (0.0, 0.0, 0.0)
    return Figures(
        invitations=len(invited),
        answers=int(replied.sum()),
        quartiles=(float(low), float(middle), float(high)) if waited.size else None,
        accepted=int((replied & (declined == 0)).sum()),
        settled=int((replied | (ended > 0)).sum()),
        awarded=int((met & (agreed > 0)).sum()),
        decided=int((met & ((agreed > 0) | (ended > 0))).sum()),
    )


def disclosed(counts: IntArray) -> bool:
    """Whether a figure over several organisations may be told to others.

    counts   (organisations,) how much each contributes, >= 0
    Returns  True where at least FEWEST contribute, and none more than LARGEST of the whole
    Source   k-anonymity with a dominance rule, as statistical offices use them (here k = 5, 85 %)

    >>> disclosed(np.array([1, 1, 1, 1, 1])), disclosed(np.array([9, 9, 9, 9])), disclosed(np.array([90, 1, 1, 1, 1]))
    (True, False, False)
    """
    contributing = counts[counts > 0]
    return bool(contributing.size >= FEWEST and contributing.max() <= LARGEST * contributing.sum())
