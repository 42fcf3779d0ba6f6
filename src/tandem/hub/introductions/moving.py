"""The one way an introduction moves: who may, by the table; its lease; the journal of both sides; who is told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent, Denied
from tandem.domain import introductions as table
from tandem.domain import moves
from tandem.domain.introductions import Party
from tandem.hub import notices
from tandem.hub.call import Call
from tandem.hub.introductions import leases
from tandem.storage.database import schema as s
from tandem.storage.database.journal import Entry
from tandem.storage.database.transaction import Row


def found(call: Call, id: str) -> Row:
    """An introduction that one takes part in or brokers. Raises Absent record.absent."""
    return call.tx.one(s.introductions, id, call.actor)


def need_of(call: Call, need: str) -> Row:
    """The need of an introduction, for the hub's own working. Raises Absent record.absent."""
    rows = call.tx.unguarded(sa.select(s.needs).where(s.needs.c.id == need))
    if not rows:
        raise Absent("record.absent", table="needs", id=need)
    return rows[0]


def sides(call: Call, row: Row) -> frozenset[Party]:
    """The sides that the asker speaks for; the broker speaks for an organisation that has no account of its own."""
    held: tuple[tuple[Party, str | None], ...] = (("poser", row["poser_id"]), ("invited", row["org_id"]))
    if not call.actor.operates:
        return frozenset(side for side, org in held if org is not None and org == call.actor.org)
    return frozenset(("broker", *(side for side, org in held if not staffed(call, org))))


def staffed(call: Call, org: str | None) -> bool:
    """Whether anybody can sign in for an organisation."""
    active = (
        sa.select(s.accounts.c.id).where(s.accounts.c.org_id == org, s.accounts.c.state == "active").limit(1)
    )
    return org is not None and bool(call.tx.unguarded(active))


def admit(call: Call, row: Row, action: str, to: str) -> None:
    """Raises Denied introduction.party where it is the other side's move, Conflict move.refused by the state."""
    by = sides(call, row)
    if not by & table.parties_of(action):
        raise Denied("introduction.party", action=action)
    move = table.found(action, row["state"], to)
    if move is None:
        raise moves.refused("introductions", row["id"], row["state"], to)
    if not by & move.by:
        raise Denied("introduction.party", action=action)


def moved(call: Call, row: Row, action: str, to: str, version: int | None = None, **values: Any) -> Row:
    """The introduction in its new state, with its lease, told to the journal; whoever calls has admitted the asker.

    Raises Conflict record.stale, move.refused
    """
    ended = call.now if to in table.ENDED else None
    told = {**values, "state": to, "ended_at": ended, **leases.lease(call, to)}
    after = call.tx.change(s.introductions, row, told, version)
    journal(call, action, after)
    return after


def journal(call: Call, action: str, row: Row, **content: Any) -> None:
    """One entry for each side that knows of the introduction; only the side that acted reads which account it was."""
    told = {"state": row["state"], "reason": row["reason"], "quote": row["quote"], **content}
    knowing = [row["poser_id"], row["org_id"] if row["invited_at"] is not None else None]
    own = call.actor.org if not call.actor.operates and call.actor.org in knowing else None
    call.tx.tell(action, call.actor, "introductions", row["id"], org=own, **told)
    call.tx.tell_all(
        Entry(action, None, call.now, "introductions", row["id"], org, told)
        for org in knowing
        if org is not None and org != own
    )


def tell(call: Call, row: Row, side: Party, code: str) -> None:
    """A notice for one side, with the need's title as that side knows it; nothing else of the other side."""
    if side == "poser" and row["poser_id"] is not None:
        title = need_of(call, row["need_id"])["title"]
        notices.to_organisation(call, row["poser_id"], code, row["id"], title=title)
    if side == "invited" and row["invited_at"] is not None:
        notices.to_organisation(call, row["org_id"], code, row["id"], title=row["title"])


def tell_brokers(call: Call, code: str, about: str, **params: Any) -> None:
    """A notice for every operator."""
    operators = sa.select(s.accounts.c.id).where(
        s.accounts.c.role == "operator", s.accounts.c.state == "active"
    )
    for row in call.tx.unguarded(operators):
        notices.to_account(call, row["id"], code, about, **params)


def other(call: Call, row: Row) -> tuple[Party, ...]:
    """The sides that did not act."""
    by = sides(call, row)
    both: tuple[Party, ...] = ("poser", "invited")
    return both if "broker" in by else tuple(side for side in both if side not in by)
