"""Sessions: opened with login and password, ended by closing, revoking, idleness or age."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Denied
from tandem.hub.actions import Asker
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.people import answers, keys, limits
from tandem.hub.people.inputs import Credentials, KeyQuery, Named, Nothing
from tandem.hub.people.limits import Limits
from tandem.hub.people.passwords import Passwords
from tandem.hub.records import cursor
from tandem.storage.database import schema as s

LASTS = 14 * DAY


@dataclass(frozen=True, slots=True)
class Proven:
    """Whose password was right, the hash that it was compared with, and a better one where that is out of date."""

    account: str
    password: str
    better: str | None


def prove(given: Credentials, asker: Asker) -> Proven:
    """Compares the password, before the transaction; whether there is such a login makes no difference to see.

    Raises Denied session.credentials, Limited limit.reached
    """
    assert asker.hub is not None
    login = limits.login(given.login)
    counted, passwords = asker.hub.part(Limits), asker.hub.part(Passwords)
    here = f"{asker.network} {login}"
    counted.take("login", here)
    with asker.hub.database.reading() as tx:
        a = s.accounts.c
        found = tx.unguarded(sa.select(a.id, a.password).where(a.login == login))
    kept = found[0]["password"] if found else None
    if not passwords.matches(kept, given.password) or kept is None:
        counted.note("guesses", login)
        raise Denied("session.credentials")
    counted.give_back("login", here)
    better = passwords.hashed(given.password) if passwords.outdated(kept) else None
    return Proven(found[0]["id"], kept, better)


def open(call: Call, given: Credentials, proven: Proven) -> answers.Opened:
    """Begins a session; its secret is shown this once. Raises Denied session.credentials, account.blocked."""
    a = s.accounts.c
    found = call.tx.unguarded(sa.select(a.password, a.state).where(a.id == proven.account))
    if not found or found[0]["password"] != proven.password:  # it was changed in between
        raise Denied("session.credentials")
    if proven.better is not None:
        call.tx.execute(sa.update(s.accounts).where(a.id == proven.account).values(password=proven.better))
    return begin(call, proven.account, found[0]["state"])


def begin(call: Call, account: str, state: str, *, provider: bool = False) -> answers.Opened:
    """A session of an account whose owner has shown who they are. Raises Denied account.blocked."""
    if state != "active":
        raise Denied("account.blocked")
    until = call.now + LASTS
    id_, secret = keys.make(call, account, "session", until)
    call.tx.tell("session.open", call.actor, "keys", id_, of=account, provider=provider)
    return answers.Opened(id_, account, until, secret)


def close(call: Call, given: Nothing) -> Done:
    """Ends the session that asks. Raises Denied session.none where nobody came with one."""
    if call.actor.key is None or call.actor.account is None:
        raise Denied("session.none")
    row = keys.find(call, call.actor.key, ("session",))
    keys.revoke(call, row["account_id"], s.keys.c.id == row["id"])
    call.tx.tell("session.close", call.actor, "keys", row["id"])
    return Done(row["id"])


def listed(call: Call, given: KeyQuery) -> answers.Sessions:
    """One's own sessions, the newest first; for the operator everybody's, or those of one account."""
    whose = given.account or call.actor.account
    statement = sa.select(s.keys).where(s.keys.c.kind == "session")
    if whose is not None:
        statement = statement.where(s.keys.c.account_id == whose)
    rows, after = cursor.part(call, statement, s.keys, given)
    return answers.Sessions(
        tuple(
            answers.Session(row["id"], row["account_id"], row["created_at"], row["used_at"], row["expires_at"],
                            row["revoked_at"], row["id"] == call.actor.key)
            for row in rows
        ),
        after,
    )  # fmt: skip


def revoke(call: Call, given: Named) -> Done:
    """Ends a session of one's own, or for the operator anybody's."""
    row = keys.find(call, given.id, ("session",))
    keys.in_person(call)
    keys.revoke(call, row["account_id"], s.keys.c.id == row["id"])
    call.tx.tell("session.revoke", call.actor, "keys", row["id"], of=row["account_id"])
    return Done(row["id"])
