"""Erasing a person: what the hub knows about somebody goes, what was done stays.

The account's row stays under its id, so that every record and journal entry that names it still makes sense, and says
nothing about anybody any more. The journal loses the contents that tell of the person: of the account, its sessions,
tokens, confirmations, saved searches and webhooks. Its leaves and its chain are as they were.
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from tandem.base.errors import Denied
from tandem.domain import moves
from tandem.hub.actions import Asker
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.people import admission, keys
from tandem.hub.people.accounts import Passed, keep_an_operator, right_password
from tandem.hub.people.inputs import Erasure
from tandem.hub.records import held
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_OF_A_PERSON = ("keys", "confirmations", "saved_searches", "uploads", "webhooks")
_SHOWING = (  # types of kept answers that tell of a person, or of whom to talk to
    "Account", "Colleague", "Invitation", "PosedIntroduction", "InvitedIntroduction", "BrokeredIntroduction",
    "Accepted",
)  # fmt: skip
_OWNED = (s.keys, s.confirmations, s.invitations, s.notices, s.mailings, s.saved_searches, s.webhooks)


def check_password(given: Erasure, asker: Asker) -> Passed:
    """Compares the password of one's own account, before the transaction. Raises Denied account.password"""
    if given.password is None or given.id != asker.actor.account:
        return Passed(None, None)
    return Passed(right_password(given.password, asker)[0], None)


def erase(call: Call, given: Erasure, passed: Passed) -> Done:
    """Takes all personal data of an account out of the hub; its login is free again.

    Raises Absent record.absent; Denied account.person, account.rights, account.password;
           Conflict account.last_operator, record.stale, move.refused
    """
    row = call.tx.one(s.accounts, given.id, call.actor)
    keys.in_person(call)
    own = row["id"] == call.actor.account
    if not own and not call.actor.operates:
        raise Denied("account.rights")
    if own and row["password"] is not None and row["password"] != passed.right:
        raise Denied("account.password")
    moves.check("accounts", row["id"], row["state"], "erased")
    keep_an_operator(call, row)
    admission.changed(call, row["id"])
    call.tx.change(s.accounts, row, {
        "login": f"~{row['id']}", "password": None, "name": "", "email": None, "subject": None, "mail": None,
        "role": "member", "org_id": None, "state": "erased",
    }, call.version)  # fmt: skip
    hooks = sa.select(s.webhooks.c.id).where(s.webhooks.c.account_id == row["id"])
    call.tx.execute(sa.delete(s.outbox).where(s.outbox.c.webhook_id.in_(hooks)))
    held.drop(call, s.uploads.c.account_id == row["id"])
    for table in _OWNED:
        call.tx.execute(sa.delete(table).where(table.c.account_id == row["id"]))
    call.tx.execute(
        sa.delete(s.invitations).where(s.invitations.c.login == row["login"])
    )  # before there was one
    _forget_answers(call, row)
    _forget(call, row["id"])
    call.tx.tell("account.erase", call.actor, "accounts", row["id"])
    return Done(row["id"])


def _forget_answers(call: Call, row: Row) -> None:
    """Takes the kept answers to the account, and those to others that show it, also under a name it had before.

    row  the account as it was
    """
    k, i, account = s.kept_answers.c, s.introductions.c, row["id"]
    call.tx.execute(sa.delete(s.kept_answers).where(k.asker == account))
    talking = sa.select(i.id).where((i.poser_contact == account) | (i.org_contact == account))
    told = [msgspec.json.encode(row[name]) for name in ("login", "name", "email") if row[name]]
    told += [account.encode(), *(one["id"].encode() for one in call.tx.unguarded(talking))]
    for kept in call.tx.unguarded(sa.select(k.asker, k.key, k.body).where(k.kind.in_(_SHOWING))):
        if any(text in bytes(kept["body"]) for text in told):
            one = (k.asker == kept["asker"]) & (k.key == kept["key"])
            call.tx.execute(sa.delete(s.kept_answers).where(one))


def _forget(call: Call, account: str) -> None:
    """Takes the contents of the journal that tell of an account, with their salts, which nothing can undo."""
    j = s.journal.c
    about = (j.kind == "accounts") & (j.record_id == account)
    by = (j.account_id == account) & j.kind.in_(_OF_A_PERSON)
    told = sa.select(j.seq).where(about | by)
    call.tx.execute(sa.delete(s.journal_contents).where(s.journal_contents.c.seq.in_(told)))
