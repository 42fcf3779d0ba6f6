"""The written files of a clearing, read back and checked by what shares nothing with the solver."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tandem.base.errors import Failed, Finding
from tandem.engine.clearing import check as checker
from tandem.engine.clearing.check import Claim, Edges, Verdict
from tandem.storage.edges.directory import Directory
from tandem.storage.edges.read import Read
from tandem.storage.edges.write import Written, read_back


def check_files(folder: Path, edges: Path, read: Read) -> dict[str, Any]:
    """The checker's figures.

    Raises Failed clear.wrong with a finding for each problem
    """
    written = read_back(folder, edges, Directory(read.needs.ids), Directory(read.offers.ids))
    market = read.market
    verdict = checker.check(
        Edges(market.need(), market.offer, market.value, market.slots, market.capacity), _claim(written)
    )
    if verdict.problems:
        findings = tuple(Finding(one.code, params=one.params) for one in verdict.problems)
        raise Failed("clear.wrong", findings, n=len(findings))
    return _figures(verdict)


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
