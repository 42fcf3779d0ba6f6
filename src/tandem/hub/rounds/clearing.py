"""The job of a round: load, match, clear jointly as `tandem match` does, save."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl
import sqlalchemy as sa

from tandem.base.errors import Conflict, Invalid
from tandem.domain.people import HERE
from tandem.engine.assignment.matches import Cleared, cleared
from tandem.hub.rounds import holding, lists, planning, saved
from tandem.hub.rounds.kinds import Finish, Work
from tandem.hub.rounds.lists import Taken
from tandem.storage import rules as rule_file
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx
from tandem.storage.rounds import lots, place


def clear(work: Work) -> Finish:
    """Clears a planned round; its lists are written on the way, and count from the end of the job on.

    Raises  Invalid match.no_needs, match.no_supply, rules.wrong; Conflict job.taken
    """
    work.at("progress.reading", 0, 0)
    with work.hub.database.reading() as tx:
        taken = lists.taken(tx, work.given["round"])
    asked = taken.round
    if not taken.demand.needs.height:
        raise Invalid("match.no_needs")
    if not taken.supply.offers.height and not taken.supply.deliveries.height:
        raise Invalid("match.no_supply")
    found = lists.matched(work, taken)
    work.at("progress.assigning", 0, 0)
    done = _cleared(taken, found.matches, asked)
    written = saved.of(taken, found, done)
    _write_lists(work, asked["id"], written)

    def finish(tx: Tx) -> Mapping[str, Any]:
        tx.after.append(lambda: place.forget(work.hub.folder, [asked["id"]]))
        return _write(tx, asked["id"], written)

    return finish


def _cleared(taken: Taken, matches: pl.DataFrame, asked: Mapping[str, Any]) -> Cleared:
    """All lists assigned jointly, under the round's rules."""
    rules = None if asked["rules"] is None else rule_file.of(asked["rules"], planning.RULES)
    gap = None if asked["gap"] is None else asked["gap"] / 100
    tables = (taken.demand.needs, taken.supply.organisations, taken.free, taken.supply.deliveries)
    return cleared(matches, *tables, rules, planning.RULES if rules else None, gap=gap)


def _write_lists(work: Work, round_id: str, written: saved.Saved) -> None:
    """Writes pairs and needs in lots, so that no other writer waits long; nobody sees them before the round is cleared.

    What an attempt that broke off has left is taken away first.
    """
    done, total = 0, len(written.pairs) + len(written.needs)
    while holding.during(work.hub, work.job, lambda tx: lots.forget(tx, round_id)):
        work.on()
    for table, rows in ((s.assignments, written.pairs), (s.round_needs, written.needs)):
        for lot in lots.of(rows):
            work.at("progress.writing", done, total)
            holding.during(work.hub, work.job, partial(Tx.insert, table=table, values=lot))
            done += len(lot)


def _write(tx: Tx, round_id: str, written: saved.Saved) -> Mapping[str, Any]:
    """The round, cleared; part of the transaction that ends its job. Raises Conflict job.taken where it was dropped."""
    row = tx.unguarded(sa.select(s.rounds).where(s.rounds.c.id == round_id))[0]
    if row["state"] != "planned":
        raise Conflict("job.taken", id=row["job_id"])
    tx.change(s.rounds, row, {"state": "cleared", "summary": written.summary})
    tx.tell("round.clear", HERE, "rounds", round_id, org=None, **written.told)
    return {"round": round_id, **written.told}
