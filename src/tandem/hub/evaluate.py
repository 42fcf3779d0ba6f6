"""Judge a match list by known outcomes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import polars as pl

from tandem.base.errors import Finding
from tandem.engine.identity import merges
from tandem.engine.matching import evaluate as judge
from tandem.hub.actions import Asker
from tandem.hub.answers import Evaluated, Reading, TableRead
from tandem.hub.inputs import EvaluateInput
from tandem.storage import exchange


def evaluate(given: EvaluateInput, asker: Asker) -> Evaluated:
    """Accuracy with its interval and, where a history is given, exposure."""
    asker.progress("progress.reading")
    seen = _Seen()
    matches, truth = seen.read("matches", given.matches), seen.read("truth", given.truth)
    organisations = seen.read("organisations", given.organisations) if given.organisations else None
    deliveries = seen.read("deliveries", given.deliveries) if given.deliveries else None
    if given.merge is not None:
        truth, organisations, deliveries = _merged(
            seen.read("merge", given.merge), truth, organisations, deliveries
        )
    asker.progress("progress.judging")
    quality = judge.evaluate(
        matches, truth, organisations, deliveries, small=given.small, resamples=given.resamples
    )
    return Evaluated(Reading(tuple(seen.tables), tuple(seen.findings)), asdict(quality))


def _merged(
    merge: pl.DataFrame,
    truth: pl.DataFrame,
    organisations: pl.DataFrame | None,
    deliveries: pl.DataFrame | None,
) -> tuple[pl.DataFrame, pl.DataFrame | None, pl.DataFrame | None]:
    """What a list that was made with the same merge table is judged by."""
    given = {"truth": truth, "organisations": organisations, "deliveries": deliveries}
    found = merges.apply_merges({name: frame for name, frame in given.items() if frame is not None}, merge)
    return found["truth"], found.get("organisations"), found.get("deliveries")


class _Seen:
    """What was read so far, one table at a time: outcomes are compared by the ids as they are written."""

    def __init__(self) -> None:
        self.tables: list[TableRead] = []
        self.findings: list[Finding] = []

    def read(self, name: str, path: Path) -> pl.DataFrame:
        frame, findings = exchange.read_table(path, name)
        lost = len({finding.row for finding in findings if finding.severity == "error"})
        self.tables.append(TableRead(name, path.name, None, frame.height + lost, frame.height, lost))
        self.findings.extend(findings)
        return frame
