"""The sweep: what nobody moved in time expires, its places are free again, and half-way its side is reminded.

It may run as often as one likes, and twice at once: writes are done one after another, and each reads what is due.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from tandem.domain.introductions import LAPSES, LIVE, STEPS, WAITS_ON
from tandem.domain.people import HERE
from tandem.hub import actions
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.introductions import inputs, leases, moving, proposing
from tandem.hub.introductions.answers import Swept
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

MOST = 500  # introductions in one transaction; more are left for the next
_LAPSE = "introduction.lapse"


def sweep(hub: Hub) -> Swept:
    """Sweeps until nothing is due; writes nothing where nothing is."""
    total = Swept(0, 0, 0, 0)
    while _is_due(hub):
        done = actions.run("introduction.sweep", {}, actions.Asker(HERE, hub=hub))
        total = Swept(total.expired + done.expired, total.lost + done.lost, total.reminded + done.reminded,
                      total.renewed + done.renewed)  # fmt: skip
    return total


def sweep_once(call: Call, given: inputs.Sweep) -> Swept:
    """One transaction of a sweep."""
    counts = {"expired": 0, "lost": 0, "reminded": 0, "renewed": 0}
    for row in _due(call, s.introductions.c.lease_until):
        counts[_lapse(call, row)] += 1
    for row in _due(call, s.introductions.c.remind_at):
        _remind(call, row)
        counts["reminded"] += 1
    swept = Swept(**counts)
    call.tx.tell("introduction.sweep", call.actor, expired=swept.expired, lost=swept.lost, reminded=swept.reminded,
                 renewed=swept.renewed)  # fmt: skip
    return swept


def _is_due(hub: Hub) -> bool:
    with hub.database.reading() as tx:
        i = s.introductions.c
        first = _waiting().where((i.lease_until <= tx.now) | (i.remind_at <= tx.now)).limit(1)
        return bool(tx.unguarded(first))


def _waiting() -> sa.Select[tuple[object, ...]]:
    return sa.select(s.introductions).where(s.introductions.c.state.in_(LIVE))


def _due(call: Call, column: sa.Column[int]) -> Sequence[Row]:
    """What is due by a column, the most overdue first."""
    return call.tx.unguarded(
        _waiting().where(column <= call.now).order_by(column, s.introductions.c.id).limit(MOST)
    )


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
