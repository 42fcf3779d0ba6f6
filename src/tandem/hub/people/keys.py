"""Keys: the secrets of sessions and tokens, and those that renew a password, of which the hub keeps the hash alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from tandem.base import ids
from tandem.base.clock import DAY
from tandem.base.errors import Absent, Denied
from tandem.hub.call import Call
from tandem.hub.people import admission
from tandem.hub.records import held
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

Kind = Literal["session", "token", "agent", "reset"]
# So that a secret that got out can be found.
PREFIXES = {"session": "tds_", "token": "tdt_", "agent": "tda_", "reset": "tdr_"}
REMEMBERED = 30 * DAY  # how long a key that is over is still listed


def make(
    call: Call, account: str, kind: Kind, expires_at: int, label: str | None = None,
    scopes: Sequence[str] | None = None,
) -> tuple[str, str]:  # fmt: skip
    """A new key of an account: its id and its secret. What has been over for long is forgotten on the way."""
    over = sa.or_(s.keys.c.expires_at < call.now - REMEMBERED, s.keys.c.revoked_at < call.now - REMEMBERED)
    call.tx.execute(sa.delete(s.keys).where(s.keys.c.account_id == account, over))
    id_, secret = call.tx.ids(), PREFIXES[kind] + ids.secret()
    call.tx.insert(s.keys, {
        "id": id_, "hash": admission.digest(secret), "kind": kind, "account_id": account, "label": label,
        "scopes": None if scopes is None else json.dumps(sorted(set(scopes))), "created_at": call.now,
        "expires_at": expires_at,
    })  # fmt: skip
    return id_, secret


def find(call: Call, id: str, kinds: Sequence[Kind]) -> Row:
    """A key that the actor may see. Raises Absent record.absent."""
    row = call.tx.one(s.keys, id, call.actor)
    if row["kind"] not in kinds:
        raise Absent("record.absent", table="keys", id=id)
    return row


def revoke(call: Call, account: str, *conditions: sa.ColumnElement[bool]) -> int:
    """Ends the keys of an account that meet the conditions, at once; how many that were."""
    admission.changed(call, account)
    meant = sa.and_(s.keys.c.account_id == account, s.keys.c.revoked_at.is_(None), *conditions)
    waits = s.confirmations.c.key_id.in_(sa.select(s.keys.c.id).where(meant, s.keys.c.kind == "agent"))
    waiting = waits & (s.confirmations.c.state == "waiting")
    call.tx.move_all(s.confirmations, waiting, "expired", answered_at=call.now)
    held.drop(call, s.uploads.c.key_id.in_(sa.select(s.keys.c.id).where(meant)))
    return call.tx.execute(sa.update(s.keys).where(meant).values(revoked_at=call.now))


def own_account(call: Call) -> str:
    """The account of whoever asks. Raises Denied account.none for the command line of the hub's own machine."""
    if call.actor.account is None:
        raise Denied("account.none")
    return call.actor.account


def in_person(call: Call) -> None:
    """Some things are a person's alone, signed in: no agent and no token may do them. Raises Denied account.person."""
    if call.actor.agent:
        raise Denied("account.person")
    if call.actor.key is None:
        return
    found = call.tx.unguarded(sa.select(s.keys.c.kind).where(s.keys.c.id == call.actor.key))
    if not found or found[0]["kind"] != "session":
        raise Denied("account.person")
