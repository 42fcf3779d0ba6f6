"""Rules of a clearing: read from their file, cleared under, and told as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from tandem.domain.rules import Rules
from tandem.engine.clearing.clear import ClearSettings
from tandem.engine.rules import clear_under as engine
from tandem.engine.rules import groups
from tandem.engine.rules.clear_under import Outcome, PairOutcome, RuledClearing
from tandem.engine.rules.limits import Limits
from tandem.storage.edges.read import Read


def columns(rules: Rules) -> set[str]:
    """The columns of needs and offers that the rules name."""
    named = {rule.group.column for rule in rules.rules} | {"city"}
    return named | {rule.cost[1] for rule in rules.rules if rule.cost is not None}


def costs(rules: Rules) -> list[str]:
    """The columns of edges that the rules name, each once."""
    named = (rule.cost for rule in rules.rules if rule.cost is not None)
    return list(dict.fromkeys(name for table, name in named if table == "edges"))


def limits(rules: Rules, read: Read, file: Path) -> Limits:
    """The rules over the edges that were read. Raises Invalid rules.wrong."""
    return groups.limits_of(rules, read.market, read.needs.frame, read.offers.frame, read.costs, file.name)


def clear(read: Read, limits: Limits, settings: ClearSettings) -> RuledClearing:
    """The clearing under the rules that can be kept."""
    return engine.clear_under(read.market, limits, settings)


def told(ruled: RuledClearing) -> tuple[dict[str, Any], ...]:
    """What became of each rule and each required pair that could not be kept, as plain values."""
    names = [one.rule.name for one in ruled.outcomes]
    return (*(_rule(one, names) for one in ruled.outcomes), *_pairs(ruled.pairs))


def multipliers(rules: Any) -> list[Fraction]:
    """The prices by which a clearing's certificate counts its rules, as `told` wrote them."""
    return [Fraction(one["multiplier"]) for one in rules if one["bound"] != "required"]


def _rule(one: Outcome, names: list[str]) -> dict[str, Any]:
    """Shares are numbers from 0 to 1, sums are in the smallest unit of money."""
    return {
        "name": one.rule.name,
        "bound": one.rule.bound,
        "limit": _number(one.limit),
        "kept": one.kept,
        "units": one.units,
        "pairs": one.pairs,
        "before": one.before,
        "price": float(one.price),
        "multiplier": str(one.multiplier),
        "cost": one.cost,
        "exact": one.exact,
        "reason": one.reason,
        "reached": _number(one.reached),
        "against": [names[number] for number in one.against],
    }


def _pairs(pairs: tuple[PairOutcome, ...]) -> Iterator[dict[str, Any]]:
    for one in pairs:
        if not one.kept:
            yield {"bound": "required", "kept": False, "reason": one.reason,
                   "need": one.pair.need, "offer": one.pair.offer}  # fmt: skip


def _number(exact: Fraction | None) -> int | float | None:
    if exact is None:
        return None
    return int(exact) if exact.denominator == 1 else float(exact)
