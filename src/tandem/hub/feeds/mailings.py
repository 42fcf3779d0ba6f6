"""Who is told by e-mail of waiting notices, and how far: one row for each account that asked for it.

A row says up to which instant notices were told of (`told_to`). Whoever sends has claimed the row before, so that
several servers on the same records do not tell twice; what came of it is noted only while the claim holds. Telling may
be repeated where a server dies in between: the message keeps its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import sqlalchemy as sa

from tandem.base import ids
from tandem.base.clock import DAY, HOUR, MINUTE
from tandem.base.errors import Denied, Invalid
from tandem.hub import notices
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.feeds import mail
from tandem.hub.feeds.mail import Digest
from tandem.hub.people import admission
from tandem.hub.people.inputs import Unsubscribing
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

LAG = 15  # seconds in which notices of one event come together
GAP = 5 * MINUTE  # between two messages to one account that wants them at once
LEASE = 10 * MINUTE  # how long a claimed row is one server's: longer than sending takes
# Seconds before each further attempt; a quarter of it more or less by chance, so that not all come back at once.
PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR)
REFUSALS = 5  # of the address itself, one after another: then nothing more goes there
MOST = 100  # that are sent in one turn


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is one server's to send until the lease ends."""

    digest: Digest
    attempts: int
    leased_until: int


def turn(call: Call, account: Row, often: str) -> None:
    """Begins, changes or ends mail to an account. What waits already is not told of: its owner is here.

    account  as it is after the change
    often    daily, now or off
    Raises   Invalid mail.none where the hub sends none, mail.no_address, mail.address
    """
    m = s.mailings
    if often == "off":
        call.tx.execute(sa.delete(m).where(m.c.account_id == account["id"]))
        return
    if mail.server(call.hub) is None:
        raise Invalid("mail.none")
    addressed(account["email"])
    held = call.tx.unguarded(sa.select(m.c.account_id).where(m.c.account_id == account["id"]))
    if not held:
        call.tx.insert(m, {"account_id": account["id"], "secret": ids.secret(), "told_to": call.now,
                           "due_at": call.now, "attempts": 0})  # fmt: skip
    else:
        fresh = {"attempts": 0, "due_at": call.now, "error": None}
        call.tx.execute(sa.update(m).where(m.c.account_id == account["id"]).values(**fresh))


def addressed(email: str | None) -> None:
    """Raises Invalid mail.no_address, mail.address where there is none to write to."""
    if not email:
        raise Invalid("mail.no_address")
    if not mail.plain(email):
        raise Invalid("mail.address")


def unsubscribe(call: Call, given: Unsubscribing) -> Done:
    """Ends mail to the account whose messages bear a secret. Raises Denied mail.secret"""
    m = s.mailings.c
    found = call.tx.unguarded(sa.select(m.account_id).where(m.secret == given.secret))
    if not found:
        raise Denied("mail.secret")
    _end(call, found[0]["account_id"])
    return Done()


def due(tx: Tx) -> Sequence[str]:
    """The accounts that have notices to be told of now, the longest waiting first."""
    m = s.mailings.c
    asked = _standing(tx).where(_free(tx), _untold(tx)).order_by(m.told_to, m.account_id).limit(MOST)
    return [row["account_id"] for row in tx.unguarded(asked)]


def claim(tx: Tx, account: str) -> Claimed | None:
    """Takes an account's message for one attempt; None where another server has it, or it wants none any more."""
    m, n = s.mailings.c, s.notices.c
    found = tx.unguarded(_standing(tx).where(_free(tx), m.account_id == account))
    if not found:
        return None
    row = found[0]
    new = (n.account_id == account) & n.read_at.is_(None) & (n.created_at > row["told_to"])
    counted = sa.select(sa.func.count().label("n")).where(new, n.created_at <= row["upto"])
    number = int(tx.unguarded(counted)[0]["n"])
    if not number:
        return None
    until = tx.now + LEASE
    tx.execute(sa.update(s.mailings).where(m.account_id == account).values(leased_until=until))
    digest = Digest(account, row["email"], row["lang"], number, row["upto"], row["secret"])
    return Claimed(digest, row["attempts"], until)


def settle(call: Call, sent: Claimed, error: str | None, chance: Random) -> None:
    """Notes what came of an attempt: told, to be tried again later, or no use at this address.

    An attempt that outlived its lease changes nothing: the message is another server's by now.
    """
    m, account = s.mailings.c, sent.digest.account
    still = (m.account_id == account) & (m.leased_until == sent.leased_until)
    if error is None:
        values: dict[str, Any] = {"told_to": sent.digest.upto, "attempts": 0, "due_at": call.now + GAP,
                                  "sent_at": call.now}  # fmt: skip
    else:
        pause = PAUSES[min(sent.attempts, len(PAUSES) - 1)]
        later = call.now + pause + chance.randint(-pause // 4, pause // 4)
        values = {"attempts": sent.attempts + 1, "due_at": later}
    noted = call.tx.execute(
        sa.update(s.mailings).where(still).values(**values, error=error, leased_until=None)
    )
    if noted and error == "recipient" and sent.attempts + 1 >= REFUSALS:
        _end(call, account)
        notices.to_account(call, account, "mail.ended", account)


def failing(tx: Tx) -> int:
    """How many accounts could not be told at the last attempt."""
    asked = sa.select(sa.func.count().label("n")).where(s.mailings.c.error.is_not(None))
    return int(tx.unguarded(asked)[0]["n"])


def _end(call: Call, account: str) -> None:
    """Nothing more goes to an account."""
    admission.changed(call, account)
    row = call.tx.unguarded(sa.select(s.accounts).where(s.accounts.c.id == account))[0]
    call.tx.change(s.accounts, row, {"mail": None})
    call.tx.execute(sa.delete(s.mailings).where(s.mailings.c.account_id == account))
    call.tx.tell("account.unsubscribe", call.actor, "accounts", account)


def _standing(tx: Tx) -> sa.Select[Any]:
    """The mailings of active accounts, each with the instant up to which it tells: daily ones at 08:00 (UTC+8)."""
    m, a = s.mailings.c, s.accounts.c
    columns = (m.account_id, m.secret, m.told_to, m.attempts, a.email, a.lang, _upto(tx).label("upto"))
    joined = sa.select(*columns).join_from(s.mailings, s.accounts, a.id == m.account_id)
    return joined.where(a.state == "active", a.mail.is_not(None), a.email.is_not(None))


def _upto(tx: Tx) -> sa.ColumnElement[int]:
    """Midnight UTC is 08:00 where the hub's region is: the working day begins."""
    return sa.case((s.accounts.c.mail == "daily", tx.now // DAY * DAY), else_=tx.now - LAG)


def _free(tx: Tx) -> sa.ColumnElement[bool]:
    m = s.mailings.c
    return (m.due_at <= tx.now) & (m.leased_until.is_(None) | (m.leased_until <= tx.now))


def _untold(tx: Tx) -> sa.ColumnElement[bool]:
    m, n = s.mailings.c, s.notices.c
    new = (n.account_id == m.account_id) & (n.created_at > m.told_to) & (n.created_at <= _upto(tx))
    return sa.exists().where(new, n.read_at.is_(None)).correlate(s.mailings, s.accounts)
