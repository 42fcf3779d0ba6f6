"""The first run: a hub without an operator is given one, once.

Over a network it takes the code that stands in the data folder, so that whoever may read the folder, and nobody who
happens to come first, becomes the operator. At the command line of the hub's own machine no code is asked for.
"""

from __future__ import annotations

import hmac
import os

import sqlalchemy as sa

from tandem.base import ids
from tandem.base.errors import Conflict, Denied
from tandem.hub.actions import Asker
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.people import accounts
from tandem.hub.people.inputs import FirstOperator
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx

FILE = "setup-code"


class SetUp:
    """Whether the hub has had its first run: once it has, for ever, because the last operator cannot go."""

    def __init__(self, hub: Hub) -> None:
        self.done = False

    def close(self) -> None:
        """Nothing to end."""


def needed(hub: Hub) -> bool:
    """Whether there is no operator yet."""
    kept = hub.part(SetUp)
    if not kept.done:
        with hub.database.reading() as tx:
            kept.done = _has_operator(tx)
    return not kept.done


def code(hub: Hub) -> str:
    """The set-up code of the data folder, made where there is none; only its owner may read the file."""
    path = hub.folder / FILE
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(ids.chance())
    except FileExistsError:
        pass
    return path.read_text("utf-8").strip()


def prepare(given: FirstOperator, asker: Asker) -> str:
    """Judges the code and hashes the password, before the transaction.

    Raises Conflict setup.done, Denied setup.code; as accounts.hash_password
    """
    assert asker.hub is not None
    if not needed(asker.hub):
        raise Conflict("setup.done")
    here = asker.actor.operates and asker.actor.account is None
    shown = (given.code or "").strip().encode("utf-8", "surrogatepass")
    if not here and not hmac.compare_digest(shown, code(asker.hub).encode()):
        raise Denied("setup.code")
    return accounts.hash_password(given, asker)


def begin(call: Call, given: FirstOperator, password: str) -> Done:
    """Makes the first operator's account; there is no second time. Raises Conflict setup.done"""
    if _has_operator(call.tx):
        raise Conflict("setup.done")
    account = accounts.create(call, given, password, role="operator")
    call.tx.tell("setup.begin", call.actor, "accounts", account["id"])
    path = call.hub.folder / FILE
    call.tx.after.append(lambda: path.unlink(missing_ok=True))
    return Done(str(account["id"]))


def _has_operator(tx: Tx) -> bool:
    a = s.accounts.c
    return bool(tx.unguarded(sa.select(a.id).where(a.role == "operator", a.state == "active").limit(1)))
