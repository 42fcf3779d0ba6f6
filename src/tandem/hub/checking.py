"""The written files of a clearing, read back and checked by what shares nothing with the solver."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from tandem.base.errors import Failed, Finding
from tandem.engine.clearing import check as checker
from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.check import Claim, Edges, Verdict
from tandem.engine.clearing.clear import Clearing
from tandem.engine.clearing.market import Market
from tandem.engine.rules import ruled_check
from tandem.engine.rules.clear_under import RuledClearing
from tandem.engine.rules.limits import Limits
from tandem.hub import ruling
from tandem.storage.edges.directory import Directory
from tandem.storage.edges.read import Read
from tandem.storage.edges.write import Written, read_back


def check_files(
    folder: Path, edges: Path, read: Read, limits: Limits | None, ruled: RuledClearing | None
) -> dict[str, Any]:
    """The checker's figures.

    Raises Failed clear.wrong with a finding for each problem
    """
    written = read_back(folder, edges, Directory(read.needs.ids), Directory(read.offers.ids))
    market, claim = read.market, _claim(written)
    under_rules = limits is not None and ruled is not None
    verdict = checker.check(
        Edges(market.need(), market.offer, market.value, market.slots, market.capacity),
        replace(claim, bound=None) if under_rules else claim,
    )
    if limits is not None and ruled is not None and not verdict.problems:
        verdict = ruled_check.verdict(market, limits, _as_written(market, ruled, written, claim))
    if verdict.problems:
        findings = tuple(Finding(one.code, params=one.params) for one in verdict.problems)
        raise Failed("clear.wrong", findings, n=len(findings))
    return _figures(verdict)


def _as_written(market: Market, ruled: RuledClearing, written: Written, claim: Claim) -> RuledClearing:
    """The clearing under rules as its files hold it: pairs, prices, certificate, and the prices of rules."""
    key = market.need().astype(np.int64) * market.offers + market.offer
    edge = np.sort(np.searchsorted(key, written.need.astype(np.int64) * market.offers + written.offer))
    proof = written.certificate["certificate"]
    certificate = Certificate(
        int(proof["value"]), int(proof["bound"]), float(proof["wanted"]), proof["reason"]
    )
    outcomes = tuple(
        replace(one, multiplier=multiplier)
        for one, multiplier in zip(
            ruled.outcomes, ruling.multipliers(written.certificate["rules"]), strict=True
        )
    )
    clearing = Clearing(edge, claim.price.astype(np.int64), claim.scale, certificate)
    return replace(ruled, clearing=clearing, outcomes=outcomes)


def _claim(written: Written) -> Claim:
    certificate = written.certificate["certificate"]
    scale = int(written.certificate["scale"])
    return Claim(
        need=written.need,
        offer=written.offer,
        price=np.rint(written.price * scale).astype(np.int64),
        scale=scale,
        value=int(certificate["value"]),
        bound=int(certificate["bound"]),
        pair_value=written.value,
    )


def _figures(verdict: Verdict) -> dict[str, Any]:
    told = asdict(verdict)
    return {name: told[name] for name in ("value", "bound", "pairs", "served", "regret", "short", "idle")}
