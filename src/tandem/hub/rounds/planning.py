"""Rounds: planned with the job that clears them, or dropped."""

from __future__ import annotations

import json
from dataclasses import asdict

import sqlalchemy as sa

from tandem.base.errors import Invalid
from tandem.domain import moves
from tandem.domain.people import HERE
from tandem.hub.call import Call
from tandem.hub.records import owning
from tandem.hub.records.inputs import Named
from tandem.hub.rounds import answers, holding, kinds, views
from tandem.hub.rounds.inputs import RoundPlan, RoundSketch
from tandem.storage import rules as rule_file
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx
from tandem.storage.rounds import demand
from tandem.storage.rounds.demand import Wanted

RULES = "rules.toml"  # what the text of rules is called where something is wrong in it


def start(call: Call, given: RoundPlan) -> answers.RoundShown:
    """Plans a round and posts its job. Raises Invalid round.no_needs, rules.*; Absent record.absent."""
    if given.rules is not None:
        rule_file.of(given.rules, RULES)
    seen = owning.seen(call, s.needs, given.needs)
    for id_ in given.needs:
        if id_ not in seen:
            call.tx.one(s.needs, id_, call.actor)
    asked = {**asdict(given), "city": owning.city(given.city)}
    if not demand.count(call.tx, wanted(asked)):
        raise Invalid("round.no_needs")
    row = call.tx.add(
        s.rounds, {"job_id": None, "given": json.dumps(asked, ensure_ascii=False), "summary": None}
    )
    job = holding.post(call, kinds.CLEARING, {"round": row["id"]})
    row = call.tx.change(s.rounds, row, {"job_id": job["id"]})
    call.tx.tell("round.start", call.actor, "rounds", row["id"], title=given.title, job=job["id"])
    return views.shown(call, row)


def check(call: Call, given: RoundSketch) -> answers.RoundChecked:
    """How many needs a round would take, and how its rules are read. Raises Invalid rules.*; Absent record.absent."""
    found = rule_file.of(given.rules or "", RULES)
    for id_ in set(given.needs) - owning.seen(call, s.needs, given.needs):
        call.tx.one(s.needs, id_, call.actor)
    asked = {**asdict(given), "city": owning.city(given.city)}
    rules = tuple(
        answers.RuleRead(
            rule.name, rule.bound, float(rule.limit), rule.group.side, rule.group.column, rule.group.values
        )
        for rule in found.rules
    )
    required = sum(pair.required for pair in found.pairs)
    return answers.RoundChecked(
        demand.count(call.tx, wanted(asked)), rules, len(found.pairs) - required, required
    )


def wanted(asked: dict[str, object]) -> Wanted:
    """Which needs a round takes, from what it was planned with."""
    kind, city, ids = asked["kind"], asked["city"], asked["needs"]
    assert isinstance(ids, (list, tuple))
    return Wanted(None if kind is None else str(kind), None if city is None else str(city), tuple(ids))


def drop(call: Call, given: Named) -> answers.RoundShown:
    """Gives a round up that is not published; its job stops. Raises Conflict move.refused."""
    row = call.tx.one(s.rounds, given.id, call.actor)
    if row["state"] == "dropped":
        raise moves.refused("rounds", row["id"], "dropped", "dropped")
    job = _job(call.tx, row["job_id"])
    row = call.tx.change(s.rounds, row, {"state": "dropped"}, call.version)
    if job is not None and job["state"] not in holding.ENDED:
        holding.stop(call.tx, job)
        call.tx.tell("job.stop", call.actor, "jobs", job["id"])
    call.tx.tell("round.drop", call.actor, "rounds", row["id"])
    return views.shown(call, row)


def over(tx: Tx, job: Row, state: str) -> None:
    """A round whose job failed or was stopped has failed, or is dropped."""
    id_ = json.loads(job["given"])["round"]
    row = tx.unguarded(sa.select(s.rounds).where(s.rounds.c.id == id_))[0]
    if row["state"] == "planned":
        to = "failed" if state == "failed" else "dropped"
        tx.change(s.rounds, row, {"state": to})
        tx.tell("round.fail" if to == "failed" else "round.drop", HERE, "rounds", id_, state=to)


def _job(tx: Tx, id: str | None) -> Row | None:
    rows = tx.unguarded(sa.select(s.jobs).where(s.jobs.c.id == id))
    return rows[0] if rows else None
