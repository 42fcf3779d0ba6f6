"""A file that was handed over, imported by a job: who asked is answered at once, and it goes on without them.

The job reads and plans outside any transaction, and writes all rows, or none, in the one that ends it. It acts as the
account that asked for it, and only while that account is what it was then. A file has one job at a time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Conflict, Denied, Limited
from tandem.domain.people import Actor
from tandem.hub.actions import Asker
from tandem.hub.call import Call
from tandem.hub.records import held, importing
from tandem.hub.records.answers import Imported
from tandem.hub.records.inputs import ImportInput, ImportLater
from tandem.hub.rounds import answers, holding, jobs, kinds
from tandem.hub.rounds.kinds import Finish, Work
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

MOST = 3  # imports of one account that wait or run
_AGAIN = 60  # seconds


def post(call: Call, given: ImportLater) -> answers.Job:
    """Posts the job that imports a file, or tells of the one that it has; that one does what is said now, unless begun.

    Raises Absent record.absent; Denied import.agent; Conflict import.begun; Limited import.waiting
    """
    if call.actor.agent:
        raise Denied("import.agent")
    upload = held.find(call.tx, call.actor, given.id)
    kept = s.uploads.c
    longer = sa.update(s.uploads).where(kept.id == upload["id"]).values(expires_at=call.now + held.LASTS)
    call.tx.execute(longer)  # it may have to wait for other jobs
    told = {"held": upload["id"], "visibility": given.visibility, "strict": given.strict}
    going = {json.loads(row["given"])["held"]: row for row in _going(call)}
    if (job := going.get(upload["id"])) is not None:
        return jobs.shown(_anew(call, job, told))
    if len(going) >= MOST:
        raise Limited("import.waiting", n=MOST, seconds=_AGAIN)
    job = holding.post(call, kinds.IMPORTING, told)
    call.tx.tell("records.import_later", call.actor, "uploads", upload["id"], job=job["id"])
    return jobs.shown(job)


def _going(call: Call) -> Sequence[Row]:
    """The account's imports that wait or run."""
    j = s.jobs.c
    own = (j.kind == kinds.IMPORTING) & (j.account_id == call.actor.account) & j.state.not_in(holding.ENDED)
    return call.tx.rows(sa.select(s.jobs).where(own), call.actor)


def _anew(call: Call, job: Row, told: Mapping[str, Any]) -> Row:
    """A file's job, asked for once more. Raises Conflict import.begun where it runs and something else is wanted."""
    if json.loads(job["given"]) == told:
        return job
    if job["state"] != "waiting":
        raise Conflict("import.begun", id=job["id"])
    call.tx.tell("records.import_later", call.actor, "uploads", told["held"], job=job["id"])
    return call.tx.change(s.jobs, job, {"given": json.dumps(told)})


def work(work: Work) -> Finish:
    """Reads and plans the file, and leaves the writing to the end. Raises as records.import; Denied action.refused"""
    given = ImportInput(**work.given)
    with work.hub.database.reading() as tx:
        actor = _actor(tx, work.job)
    made = importing.prepared(given, Asker(actor, hub=work.hub, progress=lambda code: work.at(code, 0, 0)))
    work.at("progress.writing", 0, 0)

    def finish(tx: Tx) -> Mapping[str, Any]:
        return _result(importing.imported(Call(tx, _actor(tx, work.job), work.hub), given, made))

    return finish


def _actor(tx: Tx, job: Row) -> Actor:
    """Who asked, as they are now. Raises Denied action.refused where they may no longer do what they asked for."""
    then = Actor(job["role"], job["account_id"], job["org_id"])
    a = s.accounts.c
    same = (a.id == then.account) & (a.state == "active") & (a.role == then.role)
    found = tx.rows(sa.select(a.org_id).where(same), then)
    if not found or found[0]["org_id"] != then.org:
        raise Denied("action.refused", name="records.import", role=then.role)
    return then


def _result(done: Imported) -> Mapping[str, Any]:
    return {"tables": [asdict(one) for one in done.tables], "corrections": done.corrections}
