"""A clearing under rules in the terms of its independent checker (check.py)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tandem.engine.clearing import check
from tandem.engine.clearing.market import Market
from tandem.engine.rules.clear_under import RuledClearing, left_to_clear
from tandem.engine.rules.limits import Limits


def verdict(market: Market, limits: Limits, ruled: RuledClearing) -> check.Verdict:
    """What the checker says of a clearing under rules: every rule it claims to keep, its value and its bound.

    Required pairs are taken out of the market and of the claim, and their value is added again; edges of forbidden
    pairs are gone, so that accepting one is found out. The bound of the verdict is exact, and at most the bound of the
    certificate, which is rounded upwards where prices of rules are fine; a certificate below it is a problem.
    """
    left, positions, fixed = left_to_clear(market, limits)
    given = int(market.value[fixed].sum(dtype=np.int64))
    clearing = ruled.clearing
    chosen = np.setdiff1d(clearing.edge, fixed)
    edges = check.Edges(left.need(), left.offer, left.value, left.slots, left.capacity)
    held = [(one, limit) for one, limit in zip(ruled.outcomes, limits.limits, strict=True) if one.kept]
    finest = max((one.multiplier.denominator for one, _ in held), default=1)
    scale = max(clearing.scale, finest)
    need = market.need()
    claim = check.Claim(
        need=need[chosen],
        offer=market.offer[chosen],
        price=clearing.price * (scale // clearing.scale),
        scale=scale,
        value=clearing.certificate.value - given,
    )
    rules = [
        check.Rule(
            limit.weights(positions), limit.most - limit.use(fixed), False, int(one.multiplier * scale)
        )
        for one, limit in held
    ]
    said = check.check(edges, claim, rules)
    problems = list(said.problems)
    if not problems and said.bound + given > clearing.certificate.bound:
        told = {"said": clearing.certificate.bound, "is": said.bound + given}
        problems.append(check.Problem("clearing.check.bound", told))
    return replace(said, problems=tuple(problems), value=said.value + given, bound=said.bound + given)
