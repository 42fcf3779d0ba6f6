"""A job's way through the database: posted, taken under a lease, held by renewing it, ended once.

Whoever takes a job gets a name that nobody had before (`holder`), and writes only while the job still bears it. A
holder that dies lets the lease run out; then anybody takes the job, and the dead one, should it wake, writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from tandem.base.errors import Conflict, Failed, TandemError
from tandem.domain.people import HERE
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.rounds import kinds
from tandem.hub.rounds.bell import Bell
from tandem.hub.rounds.kinds import Finish
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

T = TypeVar("T")
LEASE = 60  # seconds that a holder may be silent
MOST = 3  # times that a job is begun
PAUSES = (5, 30)  # seconds before it is begun for the second and the third time
ENDED = ("done", "failed", "stopped")
_LOOKED = 200  # jobs looked at in one taking
_TURN = 3_600  # seconds for which it counts that an account was served


def post(call: Call, kind: str, given: Mapping[str, Any]) -> Row:
    """A job that waits for a runner, written with the action that asks for it."""
    row = {
        "kind": kind, "given": json.dumps(given), "account_id": call.actor.account, "org_id": call.actor.org,
        "role": call.actor.role, "done": 0, "total": 0, "step": None, "attempts": 0, "holder": None,
        "lease_until": None, "error": None, "result": None,
    }  # fmt: skip
    job = call.tx.add(s.jobs, row)
    call.tx.tell("job.post", call.actor, "jobs", job["id"], kind=kind)
    call.tx.after.append(call.hub.part(Bell).ring)
    return job


def take(hub: Hub) -> Row | None:
    """The job that is next, now held by the caller; None where none may be begun.

    Accounts take turns: next is whose last job began longest ago, or none within the hour; of theirs the oldest.
    """
    with hub.database.reading() as tx:
        if not tx.unguarded(_ready(tx.now)):
            return None
    return hub.database.write(_take).result()


def _ready(now: int) -> sa.Select[Any]:
    """Jobs that wait, not before their pause is over, and jobs whose holder has fallen silent."""
    j = s.jobs.c
    waits = (j.state == "waiting") & (j.lease_until.is_(None) | (j.lease_until <= now))
    silent = (j.state == "running") & (j.lease_until <= now)
    return sa.select(s.jobs).where(waits | silent).order_by(j.created_at, j.id).limit(_LOOKED)


def _take(tx: Tx) -> Row | None:
    for job in _in_turn(tx, tx.unguarded(_ready(tx.now))):
        if job["attempts"] >= MOST:
            _over(tx, job, "failed", Failed("job.lost", attempts=job["attempts"]))
            continue
        told = {"state": "running", "holder": tx.ids(), "lease_until": tx.now + LEASE,
                "attempts": job["attempts"] + 1, "done": 0, "total": 0, "step": None}  # fmt: skip
        held = tx.change(s.jobs, job, told)
        tx.tell(
            "job.run", HERE, "jobs", job["id"], org=job["org_id"], kind=job["kind"], attempt=held["attempts"]
        )
        return held
    return None


def _in_turn(tx: Tx, ready: Sequence[Row]) -> list[Row]:
    """Jobs that may be begun, those first whose account was served longest ago."""
    j, whose = s.jobs.c, {job["account_id"] for job in ready} - {None}
    if len(whose) < 2:  # nobody to take turns with
        return list(ready)
    last = sa.select(j.account_id, sa.func.max(j.changed_at).label("at")).where(
        j.account_id.in_(whose), j.attempts > 0, j.changed_at > tx.now - _TURN
    )
    served = {row["account_id"]: row["at"] for row in tx.unguarded(last.group_by(j.account_id))}
    return sorted(ready, key=lambda job: served.get(job["account_id"], 0))


def renew(hub: Hub, job: Row, step: str | None, done: int, total: int) -> bool:
    """Holds a job for another lease and writes how far it is; False where it is held no longer."""
    j = s.jobs.c

    def work(tx: Tx) -> int:
        told = {"lease_until": tx.now + LEASE, "step": step, "done": done, "total": total, "version": j.version + 1,
                "changed_at": tx.now}  # fmt: skip
        mine = (j.id == job["id"]) & (j.holder == job["holder"]) & (j.state == "running")
        return tx.execute(sa.update(s.jobs).where(mine).values(told))

    return hub.database.write(work).result() == 1


def during(hub: Hub, job: Row, work: Callable[[Tx], T]) -> T:
    """Writes something on the way, where the job is still held: a lot of what nobody sees before the job has ended.

    Raises Conflict job.taken
    """

    def held(tx: Tx) -> T:
        _mine(tx, job)
        return work(tx)

    return hub.database.write(held).result()


def end(hub: Hub, job: Row, finish: Finish) -> None:
    """Writes what the job came to together with its end. Raises Conflict job.taken where it is held no longer."""

    def work(tx: Tx) -> None:
        mine = _mine(tx, job)
        result = finish(tx)
        told = {"state": "done", "result": json.dumps(result), "done": mine["total"], "step": None, **_FREE}
        tx.change(s.jobs, mine, told)
        tx.tell("job.end", HERE, "jobs", job["id"], org=job["org_id"], kind=job["kind"], state="done")

    hub.database.write(work).result()


def fail(hub: Hub, job: Row, error: TandemError) -> None:
    """Ends a job that cannot be done. Raises Conflict job.taken."""
    hub.database.write(lambda tx: _over(tx, _mine(tx, job), "failed", error)).result()


def put_back(hub: Hub, job: Row, error: TandemError | None) -> None:
    """Lets a job be begun again after a pause, or at once where nothing is wrong with it (the hub is closing).

    Raises Conflict job.taken. One that was begun often enough has failed.
    """

    def work(tx: Tx) -> None:
        mine = _mine(tx, job)
        if error is not None and mine["attempts"] >= MOST:
            _over(tx, mine, "failed", error)
            return
        later = None if error is None else tx.now + PAUSES[min(mine["attempts"], len(PAUSES)) - 1]
        attempts = mine["attempts"] - (error is None)
        told = {"state": "waiting", "holder": None, "lease_until": later, "attempts": attempts, "step": None}
        tx.change(s.jobs, mine, {**told, "error": None if error is None else _written(error)})
        code = None if error is None else error.code
        tx.tell("job.wait", HERE, "jobs", job["id"], org=job["org_id"], kind=job["kind"], error=code)

    hub.database.write(work).result()


def stop(tx: Tx, job: Row, version: int | None = None) -> Row:
    """Ends a job that is not over yet; whoever works on it can write nothing any more. The caller tells the journal."""
    after = tx.change(s.jobs, job, {"state": "stopped", **_FREE}, version)
    kinds.over(job["kind"])(tx, after, "stopped")
    return after


_FREE: Mapping[str, None] = {"holder": None, "lease_until": None}


def _mine(tx: Tx, job: Row) -> Row:
    """The job as it stands, where the caller still holds it. Raises Conflict job.taken."""
    j = s.jobs.c
    held = sa.select(s.jobs).where(j.id == job["id"], j.holder == job["holder"], j.state == "running")
    if rows := tx.unguarded(held):
        return rows[0]
    raise Conflict("job.taken", id=job["id"])


def _over(tx: Tx, job: Row, state: str, error: TandemError) -> None:
    after = tx.change(s.jobs, job, {"state": state, "error": _written(error), "step": None, **_FREE})
    kinds.over(job["kind"])(tx, after, state)
    tx.tell(
        "job.end", HERE, "jobs", job["id"], org=job["org_id"], kind=job["kind"], state=state, error=error.code
    )


def _written(error: TandemError) -> str:
    """An error as it is kept: code and figures, and what is wrong with which entry of what was given."""
    findings = [{"code": one.code, "table": one.table, "row": one.row, "column": one.column, "value": one.value,
                 "params": dict(one.params)} for one in getattr(error, "findings", ())]  # fmt: skip
    told = {"code": error.code, "params": error.params, "findings": findings}
    return json.dumps(told, default=str, ensure_ascii=False)
