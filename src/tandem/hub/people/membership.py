"""Memberships: a manager invites somebody to act for the organisation, and the person's own word begins it.

Whoever invites learns nothing of accounts: an invitation that reaches nobody is kept, told to nobody at the same cost,
listed, and over in time like any other. That there is an account shows once its owner answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Conflict, Denied, Invalid
from tandem.domain.people import login_of
from tandem.hub import notices
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.people import answers, belonging, keys
from tandem.hub.people.inputs import InvitationDraft, InvitationQuery, Named
from tandem.hub.records import cursor, owning
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

WAITS = 14 * DAY
KEPT = 90 * DAY  # how long one that is over is still listed
MOST = 100  # that wait for one organisation at a time


def invite(call: Call, given: InvitationDraft) -> answers.Invitation:
    """Asks somebody to act for an organisation, and tells them, if there is such an account.

    Raises Denied account.person, record.no_organisation; Invalid record.whose, membership.whom, login.form;
           Absent record.absent; Conflict membership.colleague, membership.waiting, membership.many
    """
    org, told = owning.organisation(call, given.organisation), _told(given)
    keys.in_person(call)
    found = call.tx.unguarded(_account(told))
    if found and found[0]["org_id"] == org:  # whoever may invite sees who belongs there
        raise Conflict("membership.colleague")
    _room(call, org, told)
    row: dict[str, Any] = {
        "id": call.tx.ids(), "version": 1, "org_id": org, "role": given.role, **told,
        "account_id": found[0]["id"] if found else None, "by_id": call.actor.account, "state": "invited",
        "created_at": call.now, "expires_at": call.now + WAITS, "answered_at": None,
    }  # fmt: skip
    call.tx.insert(s.invitations, row)
    call.tx.tell("membership.invite", call.actor, "invitations", row["id"], org=org, role=given.role,
                 expires_at=row["expires_at"])  # fmt: skip
    # Where there is nobody to tell, a notice for no account costs the same.
    notices.to_account(call, row["account_id"] or row["id"], "membership.invited", row["id"], role=given.role)
    return _as_sent(row, call.now)


def accept(call: Call, given: Named) -> answers.Invited:
    """Begins to act for the organisation; its other invitations to the same person are withdrawn.

    Raises Absent record.absent; Denied account.none, account.person, membership.theirs;
           Conflict membership.over, account.belongs, record.stale
    """
    row = _to_me(call, given.id)
    belonging.join(call, row["account_id"], row["org_id"], row["role"])
    after = call.tx.change(s.invitations, row, {"state": "accepted", "answered_at": call.now}, call.version)
    i = s.invitations.c
    others = (i.account_id == row["account_id"]) & (i.org_id == row["org_id"]) & (i.state == "invited")
    call.tx.move_all(s.invitations, others, "withdrawn", answered_at=call.now)
    call.tx.tell(
        "membership.accept", call.actor, "invitations", row["id"], org=row["org_id"], role=row["role"]
    )
    _answered(call, row, "membership.accepted")
    return _as_got(after, _names(call, [row]), call.now)


def decline(call: Call, given: Named) -> Done:
    """Says no to an invitation.

    Raises Absent record.absent; Denied account.none, account.person, membership.theirs;
           Conflict membership.over, record.stale
    """
    row = _to_me(call, given.id)
    call.tx.change(s.invitations, row, {"state": "declined", "answered_at": call.now}, call.version)
    call.tx.tell("membership.decline", call.actor, "invitations", row["id"], org=row["org_id"])
    _answered(call, row, "membership.declined")
    return Done(row["id"])


def withdraw(call: Call, given: Named) -> Done:
    """Takes back an invitation of the own organisation that nobody has answered.

    Raises Absent record.absent; Denied account.person, record.others; Conflict membership.over, record.stale
    """
    row = owning.mine(call, s.invitations, given.id)
    keys.in_person(call)
    _still(call, row)
    call.tx.change(s.invitations, row, {"state": "withdrawn", "answered_at": call.now}, call.version)
    call.tx.tell("membership.withdraw", call.actor, "invitations", row["id"], org=row["org_id"])
    return Done(row["id"])


def listed(call: Call, given: InvitationQuery) -> answers.Invitations:
    """Invitations to oneself; for a manager also those of the organisation, for the operator all; the newest first."""
    i = s.invitations.c
    statement, over = sa.select(s.invitations), (i.state == "invited") & (i.expires_at <= call.now)
    if given.state == "expired":
        statement = statement.where((i.state == "expired") | over)
    elif given.state is not None:
        statement = statement.where(i.state == given.state, ~over)
    rows, after = cursor.part(call, statement, s.invitations, given)
    mine = [row for row in rows if _mine(call, row)]
    names = _names(call, mine)
    return answers.Invitations(
        tuple(_as_got(row, names, call.now) if row in mine else _as_sent(row, call.now) for row in rows),
        after,
    )


def _told(given: InvitationDraft) -> dict[str, str | None]:
    """Who is meant, as it was told. Raises Invalid membership.whom, login.form"""
    if (given.login is None) == (given.account is None):
        raise Invalid("membership.whom")
    return {"login": None if given.login is None else login_of(given.login), "account": given.account}


def _account(told: Mapping[str, str | None]) -> sa.Select[Any]:
    """The account that is meant, unless it is erased."""
    a = s.accounts.c
    meant = a.id == told["account"] if told["login"] is None else a.login == told["login"]
    return sa.select(a.id, a.org_id).where(meant, a.state != "erased")


def _room(call: Call, org: str, told: Mapping[str, str | None]) -> None:
    """Sees that one more may wait, and clears away what is over. By what was told alone: not by whom it reached.

    Raises Conflict membership.waiting, membership.many
    """
    i = s.invitations.c
    call.tx.execute(sa.delete(s.invitations).where(i.org_id == org, i.expires_at < call.now - KEPT))
    waiting = (i.org_id == org) & (i.state == "invited")
    call.tx.move_all(s.invitations, waiting & (i.expires_at <= call.now), "expired", answered_at=call.now)
    held = call.tx.unguarded(sa.select(i.id, i.login, i.account).where(waiting))
    if same := [
        one["id"] for one in held if (one["login"], one["account"]) == (told["login"], told["account"])
    ]:
        raise Conflict("membership.waiting", id=same[0])
    if len(held) >= MOST:
        raise Conflict("membership.many", most=MOST)


def _mine(call: Call, row: Row) -> bool:
    return call.actor.account is not None and row["account_id"] == call.actor.account


def _to_me(call: Call, id: str) -> Row:
    """An invitation that waits for the person who asks."""
    keys.own_account(call)
    row = call.tx.one(s.invitations, id, call.actor)
    if not _mine(call, row):
        raise Denied("membership.theirs")
    keys.in_person(call)
    _still(call, row)
    return row


def _still(call: Call, row: Row) -> None:
    """Raises Conflict membership.over where it was answered, withdrawn, or waits no longer."""
    if (state := _state(row, call.now)) != "invited":
        raise Conflict("membership.over", id=row["id"], state=state)


def _state(row: Row, now: int) -> str:
    over = row["state"] == "invited" and row["expires_at"] <= now
    return "expired" if over else str(row["state"])


def _answered(call: Call, row: Row, code: str) -> None:
    """Tells whoever has invited; nobody where it was somebody at the hub's own machine."""
    if row["by_id"] is not None:
        notices.to_account(call, row["by_id"], code, row["id"])


def _names(call: Call, rows: Sequence[Row]) -> Mapping[str, str]:
    """What the organisations that invite are called: they tell it to whom they invite, whoever sees them otherwise."""
    o = s.organisations.c
    wanted = sorted({row["org_id"] for row in rows})
    return {
        one["id"]: one["name"] for one in call.tx.unguarded(sa.select(o.id, o.name).where(o.id.in_(wanted)))
    }


def _as_sent(row: Row, now: int) -> answers.Invitation:
    return shaped(answers.Invitation, row, state=_state(row, now), organisation=row["org_id"])


def _as_got(row: Row, names: Mapping[str, str], now: int) -> answers.Invited:
    org = row["org_id"]
    return shaped(answers.Invited, row, state=_state(row, now), organisation=org, name=names[org])
