"""What waits for the operator now: each thing with its number and how long the oldest has waited."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.domain.introductions import LIVE, WAITS_ON
from tandem.hub.call import Call
from tandem.hub.overview.answers import Attention
from tandem.hub.overview.gaps import Sums
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_FAILED = 14  # days for which a failed job is news
_PARTIES = ("poser", "invited", "broker")


def attention(call: Call, every: Sums) -> tuple[Attention, ...]:
    """Everything that waits, what nothing waits of with 0; `every` sums all posed needs."""
    return (*_overdue(call), _organisations(call), *_needs(every), *_hub(call))


def _overdue(call: Call) -> list[Attention]:
    """Introductions past their time, by whom they wait on; the broker acts where nobody can sign in for that side."""
    i, a = s.introductions.c, s.accounts.c
    on_poser = i.state.in_([state for state, party in WAITS_ON.items() if party == "poser"])
    side = sa.case((on_poser, i.poser_id), else_=i.org_id)
    staffed = sa.select(a.id).where(a.org_id == side, a.state == "active").correlate(s.introductions).exists()
    whom = sa.case((sa.not_(staffed), "broker"), (on_poser, "poser"), else_="invited").label("whom")
    late = sa.select(whom, i.lease_until).where(i.state.in_(LIVE), i.lease_until <= call.now).subquery("late")
    counted = sa.select(
        late.c.whom, sa.func.count().label("n"), sa.func.min(late.c.lease_until).label("since")
    )
    found = {row["whom"]: row for row in call.tx.unguarded(counted.group_by(late.c.whom))}
    return [_told(f"overdue.{party}", found.get(party)) for party in _PARTIES]


def _organisations(call: Call) -> Attention:
    o = s.organisations.c
    return _told("organisations", _one(call, s.organisations, o.created_at, o.state == "claimed"))


def _needs(every: Sums) -> list[Attention]:
    return [
        Attention(name, getattr(every, name), None)
        for name in ("unproposed", "unfilled", "unmatched", "past_due")
    ]


def _hub(call: Call) -> list[Attention]:
    c, r, j, w = s.confirmations.c, s.rounds.c, s.jobs.c, s.webhooks.c
    own = (c.account_id == call.actor.account) & (c.state == "waiting") & (c.expires_at > call.now)
    failed = (j.state == "failed") & (j.changed_at > call.now - _FAILED * DAY)
    return [
        _told("confirmations", _one(call, s.confirmations, c.created_at, own)),
        _told("rounds", _one(call, s.rounds, r.changed_at, r.state == "cleared")),
        _told("jobs", _one(call, s.jobs, j.changed_at, failed)),
        _told("webhooks", _one(call, s.webhooks, w.changed_at, w.state == "stopped")),
    ]


def _one(call: Call, table: sa.Table, at: sa.ColumnElement[int], where: sa.ColumnElement[Any]) -> Row:
    n: sa.Label[Any] = sa.func.count().label("n")
    asked = sa.select(n, sa.func.min(at).label("since")).select_from(table).where(where)
    return call.tx.rows(asked, call.actor)[0]


def _told(code: str, row: Row | None) -> Attention:
    return Attention(code, int(row["n"]) if row else 0, row["since"] if row else None)
