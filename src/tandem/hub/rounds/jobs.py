"""Jobs as people see them: listed, shown, stopped; an operator sees all, everybody else those that they asked for."""

from __future__ import annotations

import json

import sqlalchemy as sa

from tandem.base.errors import Conflict
from tandem.hub.actions import Asker
from tandem.hub.call import Call
from tandem.hub.records import cursor
from tandem.hub.records.inputs import Named
from tandem.hub.records.shape import shaped
from tandem.hub.rounds import answers, holding, runner
from tandem.hub.rounds.inputs import JobQuery, Nothing
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def listed(call: Call, given: JobQuery) -> answers.Jobs:
    """The newest jobs first."""
    statement = sa.select(s.jobs)
    if given.state is not None:
        statement = statement.where(s.jobs.c.state == given.state)
    rows, after = cursor.part(call, statement, s.jobs, given)
    return answers.Jobs(tuple(shown(row) for row in rows), after)


def show(call: Call, given: Named) -> answers.Job:
    """One job. Raises Absent record.absent."""
    return shown(call.tx.one(s.jobs, given.id, call.actor))


def stop(call: Call, given: Named) -> answers.Job:
    """Ends a job that is not over: nothing of it is kept. Raises Conflict job.ended, record.stale."""
    job = call.tx.one(s.jobs, given.id, call.actor)
    if job["state"] in holding.ENDED:
        raise Conflict("job.ended", id=job["id"], state=job["state"])
    after = holding.stop(call.tx, job, call.version)
    call.tx.tell("job.stop", call.actor, "jobs", job["id"], org=job["org_id"], kind=job["kind"])
    return shown(after)


def work(given: Nothing, asker: Asker) -> int:
    """Does what waits, in this process; how many jobs."""
    assert asker.hub is not None
    return runner.work_off(asker.hub)


def worked(call: Call, given: Nothing, done: int) -> answers.Worked:
    """Tells how many jobs were done, for a command line without a server."""
    call.tx.tell("job.work", call.actor, jobs=done)
    return answers.Worked(done)


def shown(row: Row) -> answers.Job:
    """A job from its row."""
    error, result = (None if row[name] is None else json.loads(row[name]) for name in ("error", "result"))
    return shaped(answers.Job, row, error=error, result=result)
