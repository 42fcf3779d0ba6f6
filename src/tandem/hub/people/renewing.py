"""A forgotten password: the operator makes a secret that holds once and for a day, and its bearer sets a new password.

The operator tells the secret to the account's owner outside the hub, to somebody whom the operator knows to be the
owner. Until it is used nothing changes; once it is, whoever had the old password, a session or a token is out.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Absent, Denied
from tandem.domain.people import check_password
from tandem.hub import notices
from tandem.hub.actions import Asker
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.people import admission, answers, keys
from tandem.hub.people.inputs import Named, Renewal
from tandem.hub.people.passwords import Passwords
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

LASTS = DAY


@dataclass(frozen=True, slots=True)
class Renewed:
    """The account whose secret was shown, and the hash of its new password."""

    account: str
    password: str


def reset(call: Call, given: Named) -> answers.MadeReset:
    """A secret that lets its bearer set a new password; one that was made before holds no longer.

    Raises Absent record.absent, Denied account.person
    """
    row = call.tx.one(s.accounts, given.id, call.actor)
    keys.in_person(call)
    if row["state"] == "erased":
        raise Absent("record.absent", table="accounts", id=given.id)
    keys.revoke(call, row["id"], s.keys.c.kind == "reset")
    until = call.now + LASTS
    id_, secret = keys.make(call, row["id"], "reset", until)
    call.tx.tell("account.reset", call.actor, "accounts", row["id"], key=id_, expires_at=until)
    notices.to_account(call, row["id"], "account.reset", row["id"])
    return answers.MadeReset(id_, row["id"], until, secret)


def prepare(given: Renewal, asker: Asker) -> Renewed | None:
    """Hashes the new password where the secret holds, before the transaction. Raises Invalid password.*"""
    assert asker.hub is not None
    with asker.hub.database.reading() as tx:
        row = _holder(tx, given.secret)
    if row is None:
        return None
    check_password(given.password, row["login"])
    return Renewed(row["id"], asker.hub.part(Passwords).hashed(given.password))


def renew(call: Call, given: Renewal, made: Renewed | None) -> Done:
    """Sets the new password and ends every session, token and provider link of the account, and the secret.

    Raises Denied account.renewal, whatever it is that is wrong with the secret
    """
    row = None if made is None else _holder(call.tx, given.secret)
    if made is None or row is None or row["id"] != made.account:
        raise Denied("account.renewal")
    keys.revoke(call, row["id"])
    call.tx.change(s.accounts, row, {"password": made.password, "subject": None})
    call.tx.tell("account.renew", call.actor, "accounts", row["id"])
    notices.to_account(call, row["id"], "account.renew", row["id"])
    return Done()


def _holder(tx: Tx, secret: str) -> Row | None:
    """The account of a secret that holds: made to renew a password, neither used nor replaced nor over."""
    k, a = s.keys.c, s.accounts.c
    found = tx.unguarded(
        sa.select(a.id, a.version, a.login, a.state)
        .join(s.keys, k.account_id == a.id)
        .where(
            k.hash == admission.digest(secret),
            k.kind == "reset",
            k.revoked_at.is_(None),
            k.expires_at > tx.now,
            a.state == "active",
        )
    )
    return found[0] if found else None
