"""Joint clearing under rules: every rule is a price; what can be kept is kept exactly, and the rest is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from tandem.domain.rules import Pair, Rule
from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.clear import Clearing, ClearSettings
from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rules import reach
from tandem.engine.rules.limits import Fixed, Limit, Limits
from tandem.engine.rules.pricing import worth
from tandem.engine.rules.reach import Solved, solve

CLEARED_WITHOUT = (
    3  # up to so many rules, and so many edges, the cost of each is measured by clearing without it
)
MEASURED_EDGES = 300_000


@dataclass(frozen=True)
class Outcome:
    """What became of one rule.

    kept     whether the clearing keeps it; where not, reason says why:
             "unreachable"  no clearing of this market can keep it, even alone
             "conflict"     it cannot be kept beside the rules in `against`
             "not_found"    no clearing was found that keeps it beside the others; one may exist
    units    pairs of the group accepted, or what they cost; pairs: all pairs accepted
    before   the same units without any rule
    limit    what the rule asks: units, a share of `pairs`, or a sum in fen
    price    what one unit of the rule is worth, in units of value: a pair of the group, or a fen
    multiplier  the price of a unit of its limit (limits.py): what the values of edges are adjusted by
    cost     by how much the rule lowers the total value; exact is True where that was measured by clearing without it,
             False where it is a bound ("at most"); None for a rule that is not kept
    reached  where the rule is not kept, the limit nearest to it that was reached: units, a share, or a sum
    against  numbers of the rules (from 0) that it cannot be kept beside
    """

    rule: Rule
    kept: bool
    units: int
    before: int
    pairs: int
    limit: Fraction
    price: Fraction = Fraction(0)
    multiplier: Fraction = Fraction(0)
    cost: int | None = None
    exact: bool = False
    reason: str | None = None
    reached: Fraction | None = None
    against: tuple[int, ...] = ()


@dataclass(frozen=True)
class PairOutcome:
    """What became of a required pair; reason "no_edge" (they are not joined) or "no_place" (slots or capacity)."""

    pair: Pair
    kept: bool
    reason: str | None = None


@dataclass(frozen=True)
class RuledClearing:
    """A clearing under rules.

    clearing  as without rules; its certificate counts only assignments that keep the rules that are kept here
    outcomes  one for each rule, in its order; pairs: one for each required pair
    without   the edges accepted where no rule holds, for comparison
    asked     how many clearings it took
    """

    clearing: Clearing
    outcomes: tuple[Outcome, ...]
    pairs: tuple[PairOutcome, ...]
    without: Ints
    asked: int

    @property
    def kept(self) -> bool:
        """Whether every rule and every required pair is kept."""
        return all(one.kept for one in self.outcomes) and all(one.kept for one in self.pairs)


def clear_under(market: Market, limits: Limits, settings: ClearSettings = ClearSettings()) -> RuledClearing:
    """The clearing of largest total value that keeps every rule that can be kept.

    limits    from groups.limits_of(rules, market, needs, offers)
    Returns   a clearing whose every assignment keeps the rules exactly. A rule that cannot be kept is not dropped
              silently: its outcome says so, with the value that can be reached and the rules it contradicts; of rules
              that contradict each other the one that stands last is set aside, and the others are cleared under.
              Required pairs come before all rules, in their order.
    The certificate's bound is D at the adjusted values plus sum_k mu_k b_k; where its gap is larger than wanted, its
    reason is "rules". Required pairs are accepted outright: the bound is that of the market without them (one slot and
    one place less, their edges gone), plus their value; edges of forbidden pairs are gone.
    Deterministic.
    """
    fixed, pairs = _fixed(market, limits.required)
    rest, positions = _rest(market, limits.forbidden, fixed)
    left = [limit.less(fixed).only(positions) for limit in limits.limits]
    held, aside, solved = _settled(rest, left, settings.gap)
    costs = _costs(rest, [left[k] for k in held], solved, settings.gap)

    def whole(edge: Ints) -> Ints:
        return np.sort(np.concatenate([positions[edge], fixed]))

    edge, without = whole(solved.assignment.edge), whole(solved.found.points[0].edge)
    outcomes = []
    for k, limit in enumerate(limits.limits):
        one = _outcome(limit, edge, without)
        if k in aside and one.kept:  # set aside, and kept all the same
            one = replace(one, cost=0)
        elif k in aside:
            far = reach.farthest(rest, left[k], [left[other] for other in held])
            reached = _reached(limit, edge if far is None else whole(far))
            one = replace(one, reached=reached, **aside[k])
        else:
            price = solved.priced.price(held.index(k), solved.found.best.multiplier[held.index(k)])
            one = replace(one, multiplier=price, price=price * limit.per_unit, **costs[held.index(k)])
        outcomes.append(one)
    clearing = _clearing(market, solved, edge, fixed, settings)
    return RuledClearing(clearing, tuple(outcomes), pairs, without, solved.priced.clearings)


def left_to_clear(market: Market, limits: Limits) -> tuple[Market, Ints, Ints]:
    """The market without forbidden and required pairs, the positions of its edges, and the required edges accepted."""
    fixed, _ = _fixed(market, limits.required)
    return *_rest(market, limits.forbidden, fixed), fixed


def _fixed(market: Market, required: Sequence[Fixed]) -> tuple[Ints, tuple[PairOutcome, ...]]:
    """The edges of the required pairs that can be accepted, in their order, and what became of each pair."""
    slots, capacity, need = market.slots.copy(), market.capacity.copy(), market.need()
    taken: list[int] = []
    outcomes = []
    for one in required:
        reason = None
        if one.edge is None:
            reason = "no_edge"
        elif slots[need[one.edge]] < 1 or capacity[market.offer[one.edge]] < 1:
            reason = "no_place"
        else:
            slots[need[one.edge]] -= 1
            capacity[market.offer[one.edge]] -= 1
            taken.append(one.edge)
        outcomes.append(PairOutcome(one.pair, reason is None, reason))
    return np.array(sorted(taken), np.int64), tuple(outcomes)


def _rest(market: Market, forbidden: Sequence[int], fixed: Ints) -> tuple[Market, Ints]:
    """The market that is left to clear, and where its edges stand in the whole one."""
    kept = np.ones(market.edges, np.bool_)
    kept[np.array(forbidden, np.int64)] = False
    kept[fixed] = False
    need = market.need()
    first = np.zeros(market.needs + 1, np.int64)
    np.cumsum(np.bincount(need[kept], minlength=market.needs), out=first[1:])
    slots = market.slots - np.bincount(need[fixed], minlength=market.needs)
    capacity = market.capacity - np.bincount(market.offer[fixed], minlength=market.offers)
    return Market(first, market.offer[kept], market.value[kept], slots, capacity), np.flatnonzero(kept)


def _settled(
    market: Market, limits: Sequence[Limit], gap: float
) -> tuple[list[int], dict[int, dict[str, Any]], Solved]:
    """The numbers of the limits that hold together, why each other one was set aside, and the clearing under them."""
    held = list(range(len(limits)))
    aside: dict[int, dict[str, Any]] = {}
    while not (solved := solve(market, [limits[k] for k in held], gap)).kept:
        among = reach.contradiction(market, [limits[k] for k in held])
        if among:
            last, against = held[among[-1]], tuple(held[k] for k in among[:-1])
            aside[last] = {"reason": "conflict" if against else "unreachable", "against": against}
        else:
            most = [limits[k].most for k in held]
            last = held[max(k for k, use in enumerate(solved.assignment.use.tolist()) if use > most[k])]
            aside[last] = {"reason": "not_found"}
        held.remove(last)
    for k in sorted(aside) if len(aside) > 1 else ():  # what it contradicted may be gone by now
        trial = sorted([*held, k])
        again = solve(market, [limits[one] for one in trial], gap)
        if again.kept:
            held, solved = trial, again
            del aside[k]
    return held, aside, solved


def _costs(market: Market, held: Sequence[Limit], solved: Solved, gap: float) -> list[dict[str, Any]]:
    """What each limit held costs in total value: measured where they are few, else at most."""
    value, best = solved.assignment.value, solved.found.best
    told = []
    for k, multiplier in enumerate(best.multiplier):
        if len(held) == 1 or (len(held) <= CLEARED_WITHOUT and market.edges <= MEASURED_EDGES):
            others = [*held[:k], *held[k + 1 :]]
            other = solve(market, others, gap, solved.known().without(k)) if others else None
            free = other.assignment.value if other else solved.found.points[0].value
            told.append({"cost": max(0, free - value), "exact": True})
            continue
        spared = best
        if multiplier:
            spared = solved.priced.ask((*best.multiplier[:k], 0, *best.multiplier[k + 1 :]))
        told.append({"cost": max(0, spared.bound - value), "exact": False})
    return told


def _outcome(limit: Limit, edge: Ints, without: Ints) -> Outcome:
    """What the accepted edges say about a rule."""
    return Outcome(
        rule=limit.rule,
        kept=limit.use(edge) <= limit.most,
        units=limit.units(edge),
        before=limit.units(without),
        pairs=len(edge),
        limit=limit.rule.limit,
    )


def _reached(limit: Limit, edge: Ints) -> Fraction:
    """What these edges reach, in the terms of the rule."""
    if limit.rule.bound.endswith("share"):
        return Fraction(limit.units(edge), len(edge)) if len(edge) else Fraction(0)
    return Fraction(limit.units(edge))


def _clearing(market: Market, solved: Solved, edge: Ints, fixed: Ints, settings: ClearSettings) -> Clearing:
    """The clearing in the whole market's terms."""
    given, best = worth(market, fixed), solved.found.best
    value, bound = solved.assignment.value + given, best.bound + given
    certificate = Certificate(value, bound, settings.gap)
    if certificate.gap > settings.gap:
        certificate = replace(certificate, reason="rules")
    scale = best.clearing.scale * solved.priced.scale
    return Clearing(edge, best.clearing.price, scale, certificate, solved.priced.bids)


@dataclass(frozen=True)
class Shift:
    """What the rules changed for one group: pairs accepted without any rule and now; code "gained" or "lost"."""

    code: str
    group: str
    before: int
    after: int


def shifts(ruled: RuledClearing, group: npt.NDArray[Any]) -> tuple[Shift, ...]:
    """Which groups gained and which lost by the rules, the largest change first; group (edges,) names each edge's."""
    names, number = np.unique(group, return_inverse=True)
    now, before = (
        np.bincount(number[edge], minlength=len(names)) for edge in (ruled.clearing.edge, ruled.without)
    )
    order = np.argsort(-np.abs(now - before), kind="stable")
    return tuple(
        Shift("gained" if now[k] > before[k] else "lost", str(names[k]), int(before[k]), int(now[k]))
        for k in order.tolist()
        if now[k] != before[k]
    )
