"""Needs: posed by a member, listed and shown to whom they are open, changed and taken back by their poser."""

from __future__ import annotations

from collections.abc import Sequence

from tandem.base.clock import day
from tandem.base.errors import Conflict
from tandem.domain.records import budget_band
from tandem.hub.call import Call
from tandem.hub.introductions import dealing
from tandem.hub.records import answers, owning, steps
from tandem.hub.records.inputs import Named, NeedChange, NeedDraft, NeedQuery
from tandem.hub.records.kinds import NEED
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import SEE_ALL


def pose(call: Call, given: NeedDraft) -> answers.OwnNeed:
    """Puts a need in front of those who may answer it; a draft waits for its poser."""
    org = owning.organisation(call, given.organisation)
    told = {"anonymous": False, **steps.taken(NEED, given, {"posted_on": day(call.now)}),
            "posted_on": day(call.now), "state": "draft" if given.draft else "posed"}  # fmt: skip
    need = steps.add(call, NEED, "need.pose", given, {**told, "pseudonym": call.tx.ids()}, org)
    return _own(call, need)


def listed(call: Call, given: NeedQuery) -> answers.Needs:
    """The newest needs first, as many as asked for. Whose an anonymous need is, no filter tells."""
    n = s.needs.c
    wanted = {"kind": given.kind, "city": owning.city(given.city), "sector": given.sector,
              "service_code": owning.service(given.service_code), "state": given.state}  # fmt: skip
    conditions = [n.org_id == call.actor.org] if given.mine else []
    if given.organisation is not None:
        conditions.append(n.org_id == given.organisation)
        if call.actor.role not in SEE_ALL:
            conditions.append(n.anonymous.is_(False) | (n.org_id == call.actor.org))
    rows, after = steps.listed(call, NEED, given, wanted, *conditions)
    return answers.Needs(shown(call, rows), after)


def show(call: Call, given: Named) -> answers.Need | answers.OwnNeed:
    """One need, as whoever asks may see it."""
    return shown(call, [call.tx.one(s.needs, given.id, call.actor)])[0]


def edit(call: Call, given: NeedChange) -> answers.OwnNeed:
    """Changes what is given and leaves the rest."""
    need = owning.mine(call, s.needs, given.id)
    return _own(call, steps.change(call, NEED, "need.edit", given, steps.taken(NEED, given, need), need))


def publish(call: Call, given: Named) -> answers.OwnNeed:
    """Poses a draft; it counts as posted today."""
    _timely(call, given.id)
    return _own(call, steps.move(call, NEED, "need.publish", given.id, "posed", posted_on=day(call.now)))


def withdraw(call: Call, given: Named) -> answers.OwnNeed:
    """Takes a need back with its introductions, agreements aside; it stays its poser's record."""
    need = steps.move(call, NEED, "need.withdraw", given.id, "withdrawn")
    dealing.close(call, need["id"], "withdrawn")
    return _own(call, need)


def close(call: Call, given: Named) -> answers.OwnNeed:
    """Ends a need that has found its answer, with what is left of its introductions."""
    need = steps.move(call, NEED, "need.close", given.id, "closed")
    dealing.close(call, need["id"], "filled")
    return _own(call, need)


def reopen(call: Call, given: Named) -> answers.OwnNeed:
    """Poses a need again that was withdrawn, closed, answered or past its time."""
    _timely(call, given.id)
    return _own(call, steps.move(call, NEED, "need.reopen", given.id, "posed"))


def _timely(call: Call, id: str) -> None:
    """Raises Conflict need.past_due for a need that would expire at once; as `owning.mine`."""
    due = owning.mine(call, s.needs, id)["due_on"]
    if due is not None and due < day(call.now):
        raise Conflict("need.past_due", id=id, due_on=due)


def shown(call: Call, rows: Sequence[Row]) -> tuple[answers.Need | answers.OwnNeed, ...]:
    """Each need as whoever asks may see it."""
    named = owning.named(call, rows)
    return tuple(
        _shaped(call, row, named.get(row["id"], ())) if owning.sees_own(call.actor, row) else others(row)
        for row in rows
    )


def _own(call: Call, row: Row) -> answers.OwnNeed:
    return _shaped(call, row, owning.named(call, [row]).get(row["id"], ()))


def _shaped(call: Call, row: Row, named: tuple[str, ...]) -> answers.OwnNeed:
    return shaped(answers.OwnNeed, row, named=named, moves=owning.movable(call, s.needs, row))


def others(row: Row) -> answers.Need:
    """A need as those see it who did not pose it."""
    return shaped(
        answers.Need,
        row,
        budget=budget_band(row["budget_min"], row["budget_max"]),
        organisation=None if row["anonymous"] else row["org_id"],
        pseudonym=row["pseudonym"] if row["anonymous"] else None,
    )
