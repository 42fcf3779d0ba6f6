"""Whose a record is: for which organisation one acts, what one may change, and whom a record names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent, Denied, Invalid
from tandem.domain import moves
from tandem.domain.people import MEMBERS, Actor
from tandem.hub.call import Call
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import SEE_ALL
from tandem.storage.exchange import values

_TOGETHER = 1_000  # values that are looked up in one statement


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


def owner(row: Row) -> str | None:
    """The organisation that a record belongs to; an organisation belongs to itself."""
    whose: str | None = row["org_id"] if "org_id" in row else row["id"]
    return whose


def sees_own(actor: Actor, row: Row) -> bool:
    """Whether a record that is seen is seen as its owner sees it."""
    return actor.role in SEE_ALL or (actor.org is not None and owner(row) == actor.org)


def mine(call: Call, table: sa.Table, id: str) -> Row:
    """A record that one may change. Raises Absent where it is not seen, Denied record.others where it is another's."""
    row = call.tx.one(table, id, call.actor)
    if not call.actor.operates and (call.actor.org is None or owner(row) != call.actor.org):
        raise Denied("record.others", table=table.name, id=id)
    return row


def movable(call: Call, table: sa.Table, row: Row) -> tuple[str, ...]:
    """The actions that whoever asks may move a record by now; none where it is another's, or is only looked at."""
    mine = call.actor.role in MEMBERS and call.actor.org is not None and owner(row) == call.actor.org
    return moves.actions(table.name, row["state"]) if mine or call.actor.operates else ()


def name(call: Call, record: str, organisations: Sequence[str]) -> None:
    """Opens a record of visibility `named` to these organisations, and to no others."""
    known = seen(call, s.organisations, organisations)
    if missing := sorted(set(organisations) - known):
        raise Absent("record.absent", table="organisations", id=missing[0])
    call.tx.execute(sa.delete(s.named).where(s.named.c.record_id == record))
    if organisations:
        call.tx.insert(s.named, [{"record_id": record, "org_id": one} for one in sorted(set(organisations))])


def seen(call: Call, table: sa.Table, ids: Collection[str]) -> set[str]:
    """Those of the records that whoever asks may see."""
    return {
        row["id"]
        for part in parts(sorted(ids))
        for row in call.tx.rows(_among(table), call.actor, among=part)
    }


def names(
    call: Call, viewer: Actor, ids: Collection[str], table: sa.Table = s.organisations
) -> Mapping[str, str]:
    """What organisations, or other records, are called, by id: those that a viewer sees."""
    return {
        row["id"]: row["called"]
        for part in parts(sorted(ids))
        for row in call.tx.rows(_called(table), viewer, among=part)
    }


@cache
def _called(table: sa.Table) -> sa.Select[Any]:
    column = table.c["title" if "title" in table.c else "name"]
    among: sa.BindParameter[str] = sa.bindparam("among", expanding=True)
    return sa.select(table.c.id, column.label("called")).where(table.c.id.in_(among))


@cache
def _among(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table.c.id).where(table.c.id.in_(sa.bindparam("among", expanding=True)))


def named(call: Call, rows: Sequence[Row]) -> Mapping[str, tuple[str, ...]]:
    """The organisations that records name, by record; only of those that are seen as their owner sees them."""
    ids = [row["id"] for row in rows if row.get("visibility") == "named" and sees_own(call.actor, row)]
    found: dict[str, tuple[str, ...]] = {}
    for part in parts(ids):
        for row in call.tx.unguarded(_naming(), among=part):
            found[row["record_id"]] = (*found.get(row["record_id"], ()), row["org_id"])
    return found


@cache
def _naming() -> sa.Select[Any]:
    n = s.named.c
    return sa.select(s.named).where(n.record_id.in_(sa.bindparam("among", expanding=True))).order_by(n.org_id)


def parts(values: Sequence[str]) -> Iterator[list[str]]:
    """The values in lots; the last is filled up to a power of two with its last one, so that few statements differ."""
    for begin in range(0, len(values), _TOGETHER):
        lot = list(values[begin : begin + _TOGETHER])
        size = min(_TOGETHER, 1 << (len(lot) - 1).bit_length())
        yield lot + lot[-1:] * (size - len(lot))


def city(text: str | None) -> str | None:
    """The code of a city by code or name. Raises Invalid city.unknown."""
    try:
        return None if text is None else values.parse_city(text)
    except values.Bad:
        raise Invalid("city.unknown", value=text) from None


def service(text: str | None) -> str | None:
    """The code of a producer service by code or name. Raises Invalid service.unknown."""
    try:
        return None if text is None else values.parse_service(text)
    except values.Bad:
        raise Invalid("service.unknown", value=text) from None
