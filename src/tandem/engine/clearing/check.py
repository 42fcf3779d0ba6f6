"""Is a clearing what it says it is? Written from the definition alone; shares nothing with what finds clearings.

Feasible: every accepted pair is an edge, none twice, at most slots_i pairs of need i and capacity_j of offer j, all
rules kept. The bound is the dual at the posted prices p >= 0 and rule prices mu >= 0, right for any such prices:
    D = sum_j capacity_j p_j + sum_i (sum of the slots_i largest positive v'_ij - p_j) + sum_max mu Q - sum_min mu Q
with v' = v + mu w over rules "at least Q" - mu w over rules "at most Q", where w is what an edge counts in a rule.
Everything is added up in whole numbers of 1/scale of a unit of value; nothing is rounded but the bound, downwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]

CHUNK = 1 << 20  # edges looked at together
LARGEST = 2**62  # scaled numbers stay below this, so that sums and differences of two fit in 64 bits


@dataclass(frozen=True, slots=True)
class Edges:
    """need, offer (edges,) row numbers in slots (needs,) and capacity (offers,); value (edges,) >= 0. Any order."""

    need: Whole
    offer: Whole
    value: Whole
    slots: Whole
    capacity: Whole


@dataclass(frozen=True, slots=True)
class Rule:
    """Accepted edges together must count at least (or at most) `limit`; weight (edges,) is what each counts.

    price  of one unit, >= 0, in 1/scale of a unit of value
    """

    weight: Whole | Flags
    limit: int
    at_least: bool
    price: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said to be a clearing.

    need, offer    (pairs,) the accepted pairs
    price          (offers,) in 1/scale of a unit of value
    value, bound   what the certificate says; pair_value (pairs,) what each pair is said to be worth; None: not said
    """

    need: Whole
    offer: Whole
    price: Whole
    scale: int = 1
    value: int | None = None
    bound: int | None = None
    pair_value: Whole | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, as a code and its figures; its words stand under the code."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; a clearing is right when there are no problems.

    value          what the accepted pairs are worth; bound: what no assignment can exceed, from the prices
    pairs, served  accepted pairs, and needs with one or more
    regret         by how much the worst accepted pair falls short of what its need could have at the posted prices
    short          needs with a place left although an edge with a surplus is posted
    idle           value of the places that are left, at their prices; rules: what each rule counts
    """

    problems: tuple[Problem, ...]
    value: int
    bound: int
    pairs: int
    served: int
    regret: float
    short: int
    idle: float
    rules: tuple[int, ...] = ()

    @property
    def gap(self) -> float:
        """The share of the bound by which the value may at most be short of the best possible."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def check(edges: Edges, claim: Claim, rules: Sequence[Rule] = ()) -> Verdict:
    """Adds everything up again, in one pass over the edges.

    Raises  ValueError where columns that belong together have different lengths
    """
    _same_length(edges, claim, rules)
    problems = list(_impossible(edges, claim, rules))
    if problems:  # nothing can be added up with such numbers
        return Verdict(tuple(problems), 0, 0, len(claim.need), 0, 0.0, 0, 0.0, tuple(0 for _ in rules))
    pairs = _pairs(claim, len(edges.capacity))
    needs_used = np.bincount(pairs.need, minlength=len(edges.slots))
    offers_used = np.bincount(pairs.offer, minlength=len(edges.capacity))
    seen = _scan(edges, claim, rules, pairs, needs_used)
    dual = seen.inner + _product(edges.capacity, claim.price)
    dual += sum(rule.price * rule.limit * (-1 if rule.at_least else 1) for rule in rules)
    idle = _product(np.maximum(edges.capacity - offers_used, 0), claim.price)
    problems += _pair_problems(seen, pairs)
    problems += _above("clearing.check.slots", needs_used, edges.slots)
    problems += _above("clearing.check.capacity", offers_used, edges.capacity)
    problems += _rule_problems(rules, seen.counted)
    problems += _claim_problems(claim, seen.value, dual // claim.scale, feasible=not problems)
    return Verdict(
        problems=tuple(problems),
        value=seen.value,
        bound=dual // claim.scale,
        pairs=len(pairs.need),
        served=int(np.count_nonzero(needs_used)),
        regret=(seen.regret or 0) / claim.scale,
        short=seen.short,
        idle=idle / claim.scale,
        rules=tuple(seen.counted),
    )


def _same_length(edges: Edges, claim: Claim, rules: Sequence[Rule]) -> None:
    several = [
        (len(edges.need), len(edges.offer), len(edges.value), *(len(rule.weight) for rule in rules)),
        (
            len(claim.need),
            len(claim.offer),
            len(claim.need if claim.pair_value is None else claim.pair_value),
        ),
        (len(claim.price), len(edges.capacity)),
    ]
    for lengths in several:
        if len(set(lengths)) > 1:
            raise ValueError(f"columns of different lengths: {lengths}")


def _impossible(edges: Edges, claim: Claim, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Numbers that no market and no clearing can hold."""
    for column, count in ((edges.need, len(edges.slots)), (edges.offer, len(edges.capacity))):
        if _outside(column, count):
            yield Problem("clearing.check.unknown_edge", {"n": _outside(column, count)})
    for column, count in ((claim.need, len(edges.slots)), (claim.offer, len(edges.capacity))):
        if _outside(column, count):
            yield Problem("clearing.check.unknown_pair", {"n": _outside(column, count)})
    for numbers in (edges.value, edges.slots, edges.capacity):
        if (negative := int(np.count_nonzero(numbers < 0))) > 0:
            yield Problem("clearing.check.negative", {"n": negative})
    if (negative := int(np.count_nonzero(claim.price < 0))) > 0:
        yield Problem("clearing.check.negative_price", {"n": negative})
    if (negative := sum(rule.price < 0 for rule in rules)) > 0:
        yield Problem("clearing.check.negative_price", {"n": negative})
    reach = _largest(edges.value) * claim.scale + _largest(claim.price)
    reach += sum(abs(rule.price) * _largest(np.abs(rule.weight)) for rule in rules)
    if reach >= LARGEST:
        yield Problem("clearing.check.large", {"largest": reach, "limit": LARGEST})


def _outside(rows: Whole, count: int) -> int:
    return int(np.count_nonzero(rows < 0)) + int(np.count_nonzero(rows >= count))


def _largest(numbers: Whole | Flags) -> int:
    return int(numbers.max()) if len(numbers) else 0


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Accepted pairs by need and offer; `said` is what each is said to be worth."""

    need: npt.NDArray[np.int64]
    offer: npt.NDArray[np.int64]
    said: Whole | None
    repeated: int


def _pairs(claim: Claim, offers: int) -> _Pairs:
    need, offer = claim.need.astype(np.int64), claim.offer.astype(np.int64)
    order = np.argsort(need * offers + offer, kind="stable")
    need, offer = need[order], offer[order]
    repeated = int(np.count_nonzero((need[1:] == need[:-1]) & (offer[1:] == offer[:-1])))
    return _Pairs(need, offer, None if claim.pair_value is None else claim.pair_value[order], repeated)


@dataclass(slots=True)
class _Seen:
    """What the pass over the edges adds up; inner is the second sum of the bound, in 1/scale."""

    counted: list[int]
    value: int = 0
    inner: int = 0
    edges: int = 0
    twice: int = 0
    worth: int = 0
    regret: int | None = None  # of the worst pair; None while none was seen
    short: int = 0


def _scan(edges: Edges, claim: Claim, rules: Sequence[Rule], pairs: _Pairs, used: Whole) -> _Seen:
    """The one pass, over whole needs at a time."""
    seen = _Seen([0] * len(rules))
    need, offer, value, weights = edges.need, edges.offer, edges.value, [rule.weight for rule in rules]
    if not _ascending(need):
        order = np.argsort(need, kind="stable")
        need, offer, value = need[order], offer[order], value[order]
        weights = [weight[order] for weight in weights]
    price = claim.price.astype(np.int64)
    begin = 0
    while begin < len(need):
        last = need[min(begin + CHUNK, len(need)) - 1]
        end = int(np.searchsorted(need, last, side="right"))
        part = slice(begin, end)
        surplus = value[part].astype(np.int64) * claim.scale - price[offer[part]]
        for rule, weight in zip(rules, weights, strict=True):
            surplus += weight[part].astype(np.int64) * (rule.price if rule.at_least else -rule.price)
        accepted = _accepted(need[part].astype(np.int64), offer[part], len(edges.capacity), pairs, seen)
        _worth(seen, accepted, value[part], [weight[part] for weight in weights], pairs)
        _surpluses(seen, need[part], surplus, accepted.edge, edges.slots, used)
        begin = end
    return seen


def _ascending(numbers: Whole) -> bool:
    return all(
        bool((numbers[at + 1 : at + CHUNK + 1] >= numbers[at : at + CHUNK][: len(numbers) - at - 1]).all())
        for at in range(0, len(numbers) - 1, CHUNK)
    )


@dataclass(frozen=True, slots=True)
class _Accepted:
    """Accepted pairs that are edges: their positions among the edges of a part, and among the pairs."""

    edge: npt.NDArray[np.int64]
    pair: npt.NDArray[np.int64]


def _accepted(
    need: npt.NDArray[np.int64], offer: Whole, offers: int, pairs: _Pairs, seen: _Seen
) -> _Accepted:
    """Looks every pair of these needs up among their edges; counts edges that stand twice."""
    key = (need - need[0]) * offers + offer
    order = None
    if not bool((key[1:] > key[:-1]).all()):
        order = np.argsort(key, kind="stable")
        key = key[order]
        seen.twice += int(np.count_nonzero(key[1:] == key[:-1]))
    low, high = np.searchsorted(pairs.need, [need[0], need[-1] + 1])
    wanted = (pairs.need[low:high] - need[0]) * offers + pairs.offer[low:high]
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    found = np.flatnonzero(key[at] == wanted)
    edge = at[found] if order is None else order[at[found]]
    return _Accepted(edge.astype(np.int64), found + low)


def _worth(
    seen: _Seen, accepted: _Accepted, value: Whole, weights: Sequence[Whole | Flags], pairs: _Pairs
) -> None:
    """Adds accepted edges to the value and to what the rules count; counts those said to be worth something else."""
    worth = value[accepted.edge].astype(np.int64)
    seen.edges += len(worth)
    seen.value += _sum(worth)
    if pairs.said is not None:
        seen.worth += int(np.count_nonzero(pairs.said[accepted.pair] != worth))
    for number, weight in enumerate(weights):
        seen.counted[number] += _sum(weight[accepted.edge].astype(np.int64))


def _surpluses(
    seen: _Seen,
    need: Whole,
    surplus: npt.NDArray[np.int64],
    edge: npt.NDArray[np.int64],
    slots: Whole,
    used: Whole,
) -> None:
    """Adds the best surpluses of each need to the bound, and holds what was accepted against them."""
    begin = np.flatnonzero(np.r_[True, need[1:] != need[:-1]])
    owner = need[begin]
    wanted = slots[owner].astype(np.int64)
    last = np.where(wanted > 0, np.maximum(np.maximum.reduceat(surplus, begin), 0), 0)
    seen.inner += _sum(last[wanted == 1])
    many = np.flatnonzero(wanted > 1)
    if len(many):
        last[many], inner = _several(surplus, begin, many, wanted)
        seen.inner += inner
    seen.short += int(np.count_nonzero((used[owner] < wanted) & (last > 0)))
    if len(edge):
        holder = np.searchsorted(begin, edge, side="right") - 1
        regret = int((last[holder] - surplus[edge]).max())
        seen.regret = regret if seen.regret is None else max(seen.regret, regret)


def _several(
    surplus: npt.NDArray[np.int64], begin: npt.NDArray[np.int64], many: npt.NDArray[np.int64], wanted: Whole
) -> tuple[npt.NDArray[np.int64], int]:
    """For needs that want several: their last wanted surplus (0 if there are fewer), and the sum of the wanted."""
    degree = np.diff(np.r_[begin, len(surplus)])
    group = np.repeat(np.arange(len(many)), degree[many])
    start = np.cumsum(degree[many]) - degree[many]
    rank = np.arange(len(group)) - start[group]
    own = surplus[begin[many][group] + rank]
    own = np.maximum(own[np.lexsort((-own, group))], 0)
    last = np.zeros(len(many), np.int64)
    at_last = rank == wanted[many][group] - 1
    last[group[at_last]] = own[at_last]
    return last, _sum(own[rank < wanted[many][group]])


def _sum(numbers: npt.NDArray[np.int64]) -> int:
    """The exact sum of up to 2^31 numbers of 64 bits."""
    return (int((numbers >> 32).sum()) << 32) + int((numbers & 0xFFFFFFFF).sum())


def _product(count: Whole, price: Whole) -> int:
    """The exact sum of count * price, counts below 2^32."""
    many, high, low = (
        count.astype(np.int64),
        price.astype(np.int64) >> 31,
        price.astype(np.int64) & 0x7FFFFFFF,
    )
    return (_sum(many * high) << 31) + _sum(many * low)


def _pair_problems(seen: _Seen, pairs: _Pairs) -> Iterator[Problem]:
    if seen.twice:
        yield Problem("clearing.check.edge_twice", {"n": seen.twice})
    if (strangers := len(pairs.need) - seen.edges) > 0:
        yield Problem("clearing.check.no_edge", {"n": strangers})
    if pairs.repeated:
        yield Problem("clearing.check.pair_twice", {"n": pairs.repeated})
    if seen.worth:
        yield Problem("clearing.check.pair_value", {"n": seen.worth})


def _above(code: str, used: Whole, allowed: Whole) -> Iterator[Problem]:
    over = used - allowed
    if len(over) and int(over.max()) > 0:
        yield Problem(code, {"n": int(np.count_nonzero(over > 0)), "worst": int(over.max())})


def _rule_problems(rules: Sequence[Rule], counted: Sequence[int]) -> Iterator[Problem]:
    for number, (rule, count) in enumerate(zip(rules, counted, strict=True), 1):
        if count < rule.limit if rule.at_least else count > rule.limit:
            code = "clearing.check.rule_least" if rule.at_least else "clearing.check.rule_most"
            yield Problem(code, {"rule": number, "count": count, "limit": rule.limit})


def _claim_problems(claim: Claim, value: int, bound: int, *, feasible: bool) -> Iterator[Problem]:
    if claim.value is not None and claim.value != value:
        yield Problem("clearing.check.value", {"said": claim.value, "is": value})
    if claim.bound is not None and claim.bound != bound:
        yield Problem("clearing.check.bound", {"said": claim.bound, "is": bound})
    if feasible and value > bound:
        yield Problem("clearing.check.above", {"value": value, "bound": bound})
