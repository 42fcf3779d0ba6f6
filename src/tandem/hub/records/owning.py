"""Whose a record is: for which organisation one acts, what one may change, and whom a record names."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from tandem.base.errors import Absent, Denied, Invalid
from tandem.domain import cities
from tandem.domain.people import Actor
from tandem.hub.call import Call
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def organisation(call: Call, wanted: str | None) -> str:
    """The organisation that one acts for: one's own; for the operator the one that is named.

    Raises Denied record.no_organisation, Invalid record.whose, Absent record.absent
    """
    if not call.actor.operates:
        if call.actor.org is None or wanted not in (None, call.actor.org):
            raise Denied("record.no_organisation")
        return call.actor.org
    if wanted is None:
        raise Invalid("record.whose")
    return str(call.tx.one(s.organisations, wanted, call.actor)["id"])


def sees_own(actor: Actor, row: Row) -> bool:
    """Whether a record that is seen is seen as its owner sees it."""
    return actor.role in ("operator", "auditor") or (actor.org is not None and row["org_id"] == actor.org)


def mine(call: Call, table: sa.Table, id: str) -> Row:
    """A record that one may change. Raises Absent where it is not seen, Denied record.others where it is another's."""
    row = call.tx.one(table, id, call.actor)
    if not call.actor.operates and row["org_id"] != call.actor.org:
        raise Denied("record.others", table=table.name, id=id)
    return row


def name(call: Call, record: str, organisations: Sequence[str]) -> None:
    """Opens a record of visibility `named` to these organisations, and to no others."""
    known = call.tx.rows(
        sa.select(s.organisations.c.id).where(s.organisations.c.id.in_(organisations)), call.actor
    )
    if missing := sorted(set(organisations) - {row["id"] for row in known}):
        raise Absent("record.absent", table="organisations", id=missing[0])
    call.tx.execute(sa.delete(s.named).where(s.named.c.record_id == record))
    if organisations:
        call.tx.insert(s.named, [{"record_id": record, "org_id": one} for one in sorted(set(organisations))])


def city(text: str) -> str:
    """The code of a city by code or name. Raises Invalid city.unknown."""
    found = cities.find(text)
    if found is None:
        raise Invalid("city.unknown", value=text)
    return found.code
