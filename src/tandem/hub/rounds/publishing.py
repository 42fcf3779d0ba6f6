"""A round published: its pairs proposed, all with the action where they are few, else in lots by a job of their own.

The round is published with the action. A lot proposes pairs that nobody has proposed yet, so that a job that is begun
again goes on where the last one stood, and a pair is proposed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tandem.domain.people import Actor
from tandem.hub.call import Call
from tandem.hub.introductions import proposing
from tandem.hub.records.inputs import Named
from tandem.hub.rounds import answers, holding, kinds
from tandem.hub.rounds.kinds import Finish, Work
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

LOT = 300  # pairs that are proposed in one transaction


def publish(call: Call, given: Named) -> answers.Published:
    """Proposes every assigned pair to its poser, many of them in the background; published again, nothing new.

    Where the job that proposes them has failed or was stopped, publishing again has it go on.
    Raises Conflict move.refused where the round is not cleared
    """
    row = call.tx.one(s.rounds, given.id, call.actor)
    if row["state"] != "published":
        row = call.tx.change(s.rounds, row, {"state": "published"}, call.version)
        row = _propose(call, row)
    elif _broken_off(call, row):
        row = _propose(call, row)
    else:
        call.tx.tell("round.publish", call.actor, "rounds", row["id"], again=True)
    return answers.Published(row["id"], row["version"], row["state"], _introduced(call, row["id"]))


def work(work: Work) -> Finish:
    """Proposes what is left of a published round, lot by lot. Raises Conflict job.taken"""
    round_id, job = work.given["round"], work.job
    actor = Actor(job["role"], job["account_id"], job["org_id"])
    with work.hub.database.reading() as tx:
        total = proposing.left(Call(tx, actor, work.hub), round_id)
    done = 0
    while n := holding.during(work.hub, job, lambda tx: _lot(tx, work, actor, round_id)):
        done += n
        work.at("progress.proposing", done, max(done, total))

    def finish(tx: Tx) -> Mapping[str, Any]:
        return {"round": round_id, "introductions": _introduced(Call(tx, actor, work.hub), round_id)}

    return finish


def _propose(call: Call, row: Row) -> Row:
    """Proposes the pairs of a round, or posts the job that does."""
    if proposing.left(call, row["id"]) <= LOT:
        n = proposing.from_round(call, row["id"], LOT)
        call.tx.tell("round.publish", call.actor, "rounds", row["id"], introductions=n)
        return row
    job = holding.post(call, kinds.PUBLISHING, {"round": row["id"]})
    call.tx.tell("round.publish", call.actor, "rounds", row["id"], job=job["id"])
    return call.tx.change(s.rounds, row, {"job_id": job["id"]})


def _broken_off(call: Call, row: Row) -> bool:
    """Whether the job that was to propose the pairs has ended before it was done."""
    j = s.jobs.c
    ended = sa.select(j.id).where(
        j.id == row["job_id"], j.kind == kinds.PUBLISHING, j.state.in_(("failed", "stopped"))
    )
    return bool(call.tx.unguarded(ended))


def _lot(tx: Tx, work: Work, actor: Actor, round_id: str) -> int:
    return proposing.from_round(Call(tx, actor, work.hub), round_id, LOT)


def _introduced(call: Call, round_id: str) -> int:
    counted = sa.select(sa.func.count().label("n")).where(s.introductions.c.round_id == round_id)
    return int(call.tx.unguarded(counted)[0]["n"])
