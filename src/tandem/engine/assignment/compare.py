"""One market assigned in three ways: greedy, first come first served, jointly; what each reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tandem.engine.clearing import greedy
from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.market import Ints, Market

Flags = npt.NDArray[np.bool_]

PLANS = ("joint", "greedy", "first_come")
LITTLE = 0.01  # a joint clearing that gains less than this over greedy is said to gain little


@dataclass(frozen=True, slots=True)
class Plan:
    """What one way of assigning reaches.

    pairs    accepted pairs;  served: needs with at least one;  firsts: needs that got their first choice
    small    accepted pairs of organisations of small size or history; sized: of those, by size alone
    value    in points
    """

    name: str
    pairs: int
    served: int
    firsts: int
    small: int
    sized: int
    value: int

    @property
    def small_share(self) -> float:
        """Share of the accepted pairs that small organisations have."""
        return self.small / self.pairs if self.pairs else 0.0

    @property
    def sized_share(self) -> float:
        """The same by size alone."""
        return self.sized / self.pairs if self.pairs else 0.0


def accepted(market: Market, joint: Ints) -> dict[str, Flags]:
    """Which edges each plan accepts, (edges,); `joint` are the edges of the joint clearing."""
    found = {"joint": joint, "greedy": greedy.greedy(market), "first_come": greedy.first_come(market)}
    flags = {name: np.zeros(market.edges, bool) for name in PLANS}
    for name, edge in found.items():
        flags[name][edge] = True
    return flags


def plan(name: str, market: Market, taken: Flags, choice: Ints, small: Flags, sized: Flags) -> Plan:
    """What a plan reaches.

    taken   (edges,) what it accepts;  choice (edges,) the place of each edge in its need's own order, from 1
    small, sized  (edges,) whether the organisation is small by size or history, and by size alone
    """
    need = market.need()
    return Plan(
        name,
        int(taken.sum()),
        len(np.unique(need[taken])),
        len(np.unique(need[taken & (choice == 1)])),
        int((taken & small).sum()),
        int((taken & sized).sum()),
        int(market.value[taken].sum(dtype=np.int64)),
    )


def gain(joint: Plan, other: Plan) -> float:
    """What the joint clearing has more than another plan, as a share of the other's value."""
    return (joint.value - other.value) / other.value if other.value else 0.0


def verdict(joint: Plan, other: Plan) -> str:
    """Whether clearing jointly is worth it here: `gain`, or `little` where it gains less than 1 %."""
    return "gain" if gain(joint, other) >= LITTLE else "little"


def proof(certificate: Certificate) -> str:
    """What the certificate says: `exact` (nothing better exists), `gap`, or the reason why it is wide."""
    if certificate.reason is not None:
        return certificate.reason
    return "exact" if certificate.value == certificate.bound else "gap"
