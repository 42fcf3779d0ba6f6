"""The sweep: what nobody moved in time expires, its places are free again, and half-way its side is reminded.

So does a need whose due date has passed, with what has not come to an agreement. A due date counts to its end, by the
calendar day in China (base/clock.py); rounds leave such a need out from the same instant.

The sweep may run as often as one likes, and twice at once: writes are done one after another, and each reads what is
due. What is due is done in lots, so that nobody waits long for its own write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain.introductions import LAPSES, LIVE, STEPS, WAITS_ON
from tandem.domain.people import HERE
from tandem.hub import actions, notices
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.introductions import dealing, inputs, leases, moving, proposing
from tandem.hub.introductions.answers import Swept
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

MOST = 25  # introductions, and needs, in one transaction: some 30 ms; more are left for the next
_LAPSE = "introduction.lapse"
_NOTHING = Swept(0, 0, 0, 0, 0)


def sweep(hub: Hub) -> Swept:
    """Sweeps until nothing is due; writes nothing where nothing is."""
    total = _NOTHING
    while _is_due(hub):
        done = actions.run("introduction.sweep", {}, actions.Asker(HERE, hub=hub))
        total = Swept(*map(sum, zip(astuple(total), astuple(done), strict=True)))
    return total


def sweep_once(call: Call, given: inputs.Sweep) -> Swept:
    """One transaction of a sweep. Needs come first, so that nobody is proposed for one that is past its day."""
    counts: dict[str, Any] = {"expired": 0, "lost": 0, "reminded": 0, "renewed": 0, "past_due": _expire(call)}
    for row in _due(call, s.introductions.c.lease_until):
        counts[_lapse(call, row)] += 1
    for row in _due(call, s.introductions.c.remind_at):
        _remind(call, row)
        counts["reminded"] += 1
    swept = Swept(**counts)
    call.tx.tell("introduction.sweep", call.actor, **counts)
    return swept


def _is_due(hub: Hub) -> bool:
    with hub.database.reading() as tx:
        i = s.introductions.c
        first = (_waiting().where(i.lease_until <= tx.now), _waiting().where(i.remind_at <= tx.now),
                 _past_due(tx.now))  # fmt: skip
        return any(tx.unguarded(one.limit(1)) for one in first)


def _waiting() -> sa.Select[Any]:
    return sa.select(s.introductions).where(s.introductions.c.state.in_(LIVE))


def _past_due(now: int) -> sa.Select[Any]:
    n = s.needs.c
    return sa.select(s.needs).where(s.posed, n.due_on < day(now))


def _due(call: Call, column: sa.Column[int]) -> Sequence[Row]:
    """What is due by a column, the most overdue first."""
    return call.tx.unguarded(
        _waiting().where(column <= call.now).order_by(column, s.introductions.c.id).limit(MOST)
    )


def _expire(call: Call) -> int:
    """Ends needs that are past their day, until they or the introductions that end with them are a lot; how many."""
    n, closed, done = s.needs.c, 0, 0
    for need in call.tx.unguarded(_past_due(call.now).order_by(n.due_on, n.id).limit(MOST)):
        if closed >= MOST:
            break
        dealing.turn(call, "need.expire", need, "expired")
        closed += dealing.close(call, need["id"], "past_due")
        if need["org_id"] is not None:
            told = {"title": need["title"], "due_on": need["due_on"]}
            notices.to_organisation(call, need["org_id"], "need.expired", need["id"], **told)
        done += 1
    return done


def _lapse(call: Call, row: Row) -> str:
    """Ends one that waited too long, or asks again for the outcome of an agreement; what it came to."""
    to = LAPSES[row["state"]]
    if to is None:
        after = call.tx.change(s.introductions, row, leases.lease(call, row["state"]))
        moving.journal(call, _LAPSE, after)
        moving.tell(call, after, "poser", "introduction.overdue")
        title = moving.need_of(call, row["need_id"])["title"]
        moving.tell_brokers(call, "introduction.overdue", row["id"], title=title)
        return "renewed"
    after = moving.moved(call, row, _LAPSE, to, reason="lapsed" if to == "lost" else None)
    moving.tell(call, after, "poser", "introduction.expired")
    moving.tell(call, after, "invited", "introduction.expired")
    proposing.fill(call, moving.need_of(call, row["need_id"]))
    return to


def _remind(call: Call, row: Row) -> None:
    """One notice for the side that has to act; the brokers act where nobody can sign in for it."""
    after = call.tx.change(s.introductions, row, {"remind_at": None, "reminded_at": call.now})
    side, code = WAITS_ON[row["state"]], f"introduction.remind.{STEPS[row['state']]}"
    moving.journal(call, "introduction.remind", after)
    if moving.staffed(call, row["poser_id" if side == "poser" else "org_id"]):
        moving.tell(call, after, side, code)
    else:
        moving.tell_brokers(call, code, row["id"], title=moving.need_of(call, row["need_id"])["title"])
