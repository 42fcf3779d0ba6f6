"""A clearing round of a hub: CPU seconds of each step, and what it comes to.

    PYTHONPATH=src python bench/rounds.py [NEEDS ...]        1000 and 10000 if none are given

Needs are those of the sample world over and over, each with a title of its own; supply is the sample world's, each
organisation with one offer more that has room for many needs. Every tenth need is confidential.
"""

from __future__ import annotations

import itertools
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.installation import Hub, open_hub
from tandem.hub.rounds import holding, kinds
from tandem.hub.rounds.kinds import Work
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx


def filled(folder: Path, number: int) -> Hub:
    """A hub with the sample world and so many posed needs without a due day."""
    hub = open_hub(folder)
    run("records.sample", {}, Asker(HERE, hub=hub))
    hub.database.write(lambda tx: _needs(tx, number)).result()
    return hub


def _needs(tx: Tx, number: int) -> None:
    rows = [dict(row) for row in tx.unguarded(sa.select(s.needs).order_by(s.needs.c.id))]
    offers = [dict(row) for row in tx.unguarded(sa.select(s.offers).order_by(s.offers.c.id))]
    tx.execute(sa.delete(s.needs))
    made = []
    for at in range(number):
        row = rows[at % len(rows)]
        seen = "confidential" if at % 10 == 0 else "public"
        own = {"id": tx.ids(), "title": f"{row['title']} {at}", "ref": None, "ref_of": None, "due_on": None}
        made.append({**row, **own, "state": "posed", "visibility": seen})
    tx.insert(s.needs, made)
    tx.execute(sa.update(s.offers).values(capacity=max(1, number // len(offers))))


def main(numbers: list[int]) -> None:
    """One line for each number of needs."""
    print("needs  reading matching assigning writing saving  all  (CPU s)   wall s  pairs  gap  rows  MB")
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            hub = filled(Path(folder), number)
            planned = run("round.start", {"title": "bench"}, Asker(HERE, hub=hub))
            began, marks = time.perf_counter(), [("progress.reading", time.process_time())]
            job = holding.take(hub)
            assert job is not None

            def at(step: str, done: int, total: int, marks: list[Any] = marks) -> None:
                if marks[-1][0] != step:
                    marks.append((step, time.process_time()))

            finish = kinds.does("round.clear")(Work(hub, job, {"round": planned.id}, at, lambda: None))
            marks.append(("saving", time.process_time()))
            holding.end(hub, job, finish)
            marks.append(("end", time.process_time()))
            wall = time.perf_counter() - began
            steps = [after - before for (_, before), (_, after) in itertools.pairwise(marks)]
            totals = run("round.show", {"id": planned.id}, Asker(HERE, hub=hub)).totals
            size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            told = "  ".join(f"{one:7.1f}" for one in (*steps, sum(steps), wall))
            print(f"{number:6}  {told}  {totals.pairs}  {totals.gap:.4%}  {totals.matches}  {size}")
            hub.close()


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [1_000, 10_000])
