"""Rules as integer linear limits over the edges of a market: what clearing understands of a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tandem.domain.rules import Pair, Rule
from tandem.engine.clearing.market import Ints

Mask = npt.NDArray[np.bool_]

COST_LIMIT = 2**42  # the largest cost of a pair, in fen; sums of as many as there can be stay exact
_HALF = 21


@dataclass(frozen=True)
class Limit:
    """A rule as the sum over accepted edges of a weight that may not exceed `most`.

    inside        (edges,) which edges the rule counts
    inner, outer  the weight of an edge inside (times its cost, if there is one) and of one outside
    cost          (edges,) fen, 0 outside; None where edges are counted

        at least Q edges of the group      -1 inside, most -Q
        at most Q                          +1 inside, most Q
        at least a share n/d of all        n - d inside, n outside, most 0
        at most a share n/d of all         d - n inside, -n outside, most 0
        costs of at most B                 cost inside, most B
    """

    rule: Rule
    inside: Mask
    inner: int
    outer: int
    most: int
    cost: Ints | None = None

    def units(self, edge: Ints) -> int:
        """How many of these edges the rule counts, or what they cost."""
        if self.cost is None:
            return int(np.count_nonzero(self.inside[edge]))
        return exact_sum(self.cost[edge])

    def use(self, edge: Ints) -> int:
        """The sum of the weights of these edges; the rule is kept where it is at most `most`."""
        units = self.units(edge)
        return self.inner * units + (self.outer * (len(edge) - units) if self.cost is None else 0)

    def weights(self, edge: Ints) -> Ints:
        """The weight of each of these edges."""
        if self.cost is not None:
            return self.inner * self.cost[edge]
        return np.where(self.inside[edge], np.int64(self.inner), np.int64(self.outer))

    @property
    def largest(self) -> int:
        """The largest size of a weight, at least 1."""
        cost = 1 if self.cost is None else int(self.cost.max(initial=1))
        return max(1, abs(self.inner) * cost, abs(self.outer))

    @property
    def per_unit(self) -> int:
        """How many weights one unit of the rule's own is: a price of the limit times this is the rule's price."""
        return abs(self.inner - self.outer)

    def only(self, kept: Ints) -> Limit:
        """The same limit over some of the edges."""
        cost = None if self.cost is None else self.cost[kept]
        return Limit(self.rule, self.inside[kept], self.inner, self.outer, self.most, cost)

    def less(self, edge: Ints) -> Limit:
        """The same limit for what is left to choose when these edges are accepted already."""
        return Limit(self.rule, self.inside, self.inner, self.outer, self.most - self.use(edge), self.cost)


@dataclass(frozen=True)
class Fixed:
    """A pair that is required: the position of its edge, or None where need and offer are not joined at all."""

    pair: Pair
    edge: int | None


@dataclass(frozen=True)
class Limits:
    """Everything that a clearing must keep: limits in their order of precedence, and edges decided beforehand.

    forbidden  positions of edges that are never accepted
    """

    limits: tuple[Limit, ...] = ()
    required: tuple[Fixed, ...] = ()
    forbidden: tuple[int, ...] = ()


def limit_of(rule: Rule, inside: Mask, cost: Ints | None = None) -> Limit:
    """The limit of a rule, given which edges are in its group and, for a budget, what each edge costs."""
    if rule.bound == "max_cost":
        charged = np.where(inside, 0 if cost is None else cost, 0).astype(np.int64)
        return Limit(rule, inside, 1, 0, int(rule.limit), charged)
    share: Fraction = rule.limit
    n, d = share.numerator, share.denominator
    inner, outer, most = {
        "min_units": (-1, 0, -n),
        "max_units": (1, 0, n),
        "min_share": (n - d, n, 0),
        "max_share": (d - n, -n, 0),
    }[rule.bound]
    return Limit(rule, inside, inner, outer, most)


def exact_sum(numbers: Ints) -> int:
    """The sum of numbers below 2^42, however many."""
    return (int((numbers >> _HALF).sum()) << _HALF) + int((numbers & ((1 << _HALF) - 1)).sum())


def uses(limits: Sequence[Limit], edge: Ints) -> list[int]:
    """What these edges use of each limit."""
    return [limit.use(edge) for limit in limits]
