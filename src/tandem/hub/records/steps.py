"""The steps that every kind of record shares: taken as given, judged, written with its journal entry, listed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Finding, Invalid
from tandem.domain import moves
from tandem.domain.records import VISIBILITY
from tandem.hub.call import Call
from tandem.hub.records import cursor, owning
from tandem.hub.records.inputs import Change, Paged, Seen
from tandem.hub.records.kinds import Kind
from tandem.storage.database.transaction import Row
from tandem.storage.exchange import one


def taken(kind: Kind, given: Seen, before: Row | None = None) -> dict[str, Any]:
    """The columns that were given, by the rules of the exchange tables.

    before  the record as it stands; None for a new one
    Raises  Invalid record.faulty with a finding for each value that cannot be, record.clear
    """
    named = {field.name: getattr(given, field.name) for field in fields(given)}
    wanted = {
        name: value
        for name, value in named.items()
        if name in kind.columns and value is not None and value != ()
    }
    told, faults = one.checked(kind.described, wanted)
    own = {name: named[name] for name in kind.own if named.get(name) is not None}
    told = {**told, **own, **_cleared(kind, named.get("clear", ()))}
    refuse(kind, (*faults, *one.disordered(kind.described, {**(before or {}), **told})))
    return {
        name: json.dumps(value) if name in kind.lists and value is not None else value
        for name, value in told.items()
    }


def refuse(kind: Kind, faults: Sequence[Finding]) -> None:
    """Raises Invalid record.faulty with all of them, if there are any."""
    if faults:
        columns = list(dict.fromkeys(fault.column for fault in faults if fault.column))
        raise Invalid("record.faulty", tuple(faults), table=kind.name, columns=columns)


def add(
    call: Call, kind: Kind, action: str, given: Seen, told: Mapping[str, Any], org: str | None = None
) -> Row:
    """A new record with its entry; `org` owns it (an organisation owns itself)."""
    whose = {} if org is None else {"org_id": org}
    record = call.tx.add(kind.table, {"visibility": VISIBILITY, **kind.defaults, **told, **whose})
    if given.named:
        owning.name(call, record["id"], given.named)
    call.tx.tell(
        action, call.actor, kind.name, record["id"], org=org or record["id"], **journalled(told, given.named)
    )
    return record


def change(call: Call, kind: Kind, action: str, given: Change, told: Mapping[str, Any], record: Row) -> Row:
    """The record with what is told of it, and its entry."""
    after = call.tx.change(kind.table, record, told, call.version)
    named: Sequence[str] = getattr(given, "named", ())
    if named or "named" in given.clear:
        owning.name(call, record["id"], named)
    call.tx.tell(
        action, call.actor, kind.name, record["id"], org=owning.owner(record), **journalled(told, named)
    )
    return after


def move(call: Call, kind: Kind, action: str, id: str, state: str, **told: Any) -> Row:
    """One's own record in another state; what else changes with it is told too."""
    record = owning.mine(call, kind.table, id)
    moves.check(kind.name, id, record["state"], state)  # also from a state to itself
    after = call.tx.change(kind.table, record, {"state": state, **told}, call.version)
    call.tx.tell(action, call.actor, kind.name, id, org=owning.owner(record), **told)
    return after


def listed(
    call: Call, kind: Kind, given: Paged, wanted: Mapping[str, Any], *conditions: sa.ColumnElement[bool]
) -> tuple[Sequence[Row], str | None]:
    """A part of the records whose columns are as wanted (None: any), the newest first."""
    told = {name: value for name, value in wanted.items() if value is not None}
    if not conditions:
        return cursor.part_where(call, kind.table, given, told)
    same = [kind.table.c[name] == value for name, value in told.items()]
    return cursor.part(call, sa.select(kind.table).where(*same, *conditions), kind.table, given)


def journalled(told: Mapping[str, Any], named: Sequence[str] = ()) -> dict[str, Any]:
    """What the journal keeps of a change: fractions as text, because its content must be the same everywhere."""
    kept = {name: repr(value) if isinstance(value, float) else value for name, value in told.items()}
    return {**kept, "named": sorted(set(named))} if named else kept


def _cleared(kind: Kind, names: Sequence[str]) -> dict[str, None]:
    if unknown := sorted(set(names) - set(kind.clearable)):
        raise Invalid("record.clear", name=unknown[0], known=list(kind.clearable))
    return {name: None for name in names if name not in kind.referring}
