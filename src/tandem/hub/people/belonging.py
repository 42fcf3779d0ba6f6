"""Belonging: how an account comes to act for an organisation, and stops doing so."""

from __future__ import annotations

import sqlalchemy as sa

from tandem.base.errors import Conflict
from tandem.domain.people import STAFF, Role
from tandem.hub.call import Call
from tandem.hub.people import admission
from tandem.storage.database import schema as s


def join(call: Call, account: str, org: str, role: Role) -> None:
    """Makes an account act for an organisation, as `member` or `manager`; the hub's own people keep their role.

    For the hub's working: whoever calls it has decided that this may be, and tells the journal.
    Raises Conflict account.belongs where it acts for another one
    """
    found = call.tx.unguarded(sa.select(s.accounts).where(s.accounts.c.id == account))
    if not found or found[0]["org_id"] not in (None, org):
        raise Conflict("account.belongs")
    admission.changed(call, account)
    kept = found[0]["role"] if found[0]["role"] in STAFF else role
    call.tx.change(s.accounts, found[0], {"org_id": org, "role": kept})
