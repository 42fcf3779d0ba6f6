"""Organisations: registered by their people, looked through and checked by the operator, edited by their managers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Conflict, Denied, Invalid
from tandem.domain import credit_code
from tandem.hub import notices
from tandem.hub.call import Call
from tandem.hub.records import answers, owning, steps
from tandem.hub.records.inputs import (
    Named,
    OrganisationChange,
    OrganisationDraft,
    OrganisationQuery,
    Verdict,
)
from tandem.hub.records.kinds import ORGANISATION
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.exchange import names, values

NAMES: Mapping[str, str] = {"name": "name_key", "name_zh": "name_zh_key", "name_en": "name_en_key"}
_CHECKED = (*NAMES, "reg_no")  # what a verification is about


def register(call: Call, given: OrganisationDraft) -> answers.OwnOrganisation:
    """Registers an organisation; a member who has none becomes its manager.

    Raises Denied organisation.already, Conflict organisation.alike where one that the asker sees looks the same
    """
    if not call.actor.may_register:
        raise Denied("organisation.already")
    told = steps.taken(ORGANISATION, given)
    if not given.despite and (alike := _alike(call, told)):
        raise Conflict("organisation.alike", ids=alike)
    row = steps.add(call, ORGANISATION, "organisation.register", given, {**told, **keys(told)})
    if not call.actor.operates:
        from tandem.hub.people import belonging  # noqa: PLC0415  that room knows this one

        belonging.join(call, str(call.actor.account), row["id"], "manager")
    return _own(call, row)


def listed(call: Call, given: OrganisationQuery) -> answers.Organisations:
    """The newest first; of a name: those that have it in theirs, in any script."""
    wanted = {"type": given.type, "city": owning.city(given.city), "size": given.size, "sector": given.sector,
              "state": given.state,
              "reg_no": None if given.reg_no is None else number(given.reg_no)}  # fmt: skip
    called: list[sa.ColumnElement[bool]] = []
    if given.name is not None:
        part = names.normal(given.name)
        called.append(
            sa.or_(*(s.organisations.c[key].contains(part, autoescape=True) for key in NAMES.values()))
        )
    rows, after = steps.listed(call, ORGANISATION, given, wanted, *called)
    return answers.Organisations(shown(call, rows), after)


def show(call: Call, given: Named) -> answers.Organisation | answers.OwnOrganisation:
    """One organisation, as whoever asks may see it."""
    return shown(call, [call.tx.one(s.organisations, given.id, call.actor)])[0]


def edit(call: Call, given: OrganisationChange) -> answers.OwnOrganisation:
    """Changes what is given and leaves the rest; what was verified and has another name or number is claimed again."""
    row = owning.mine(call, s.organisations, given.id)
    told = steps.taken(ORGANISATION, given, row)
    told = {**told, **keys(told), **again(row, told)}
    return _own(call, steps.change(call, ORGANISATION, "organisation.edit", given, told, row))


def verify(call: Call, given: Verdict) -> answers.OwnOrganisation:
    """Verifies an organisation, or refuses it with a note, and tells its people.

    Raises Invalid organisation.note, organisation.number; Conflict organisation.number_taken
    """
    row = call.tx.one(s.organisations, given.id, call.actor)
    if given.refuse and not (given.note or "").strip():
        raise Invalid("organisation.note")
    if not given.refuse:
        _verifiable(call, row)
    state = "refused" if given.refuse else "verified"
    told = {"state": state, "checked_at": call.now, "check_note": given.note}
    after = call.tx.change(s.organisations, row, told, call.version)
    call.tx.tell("organisation.verify", call.actor, "organisations", given.id, org=given.id, **told)
    notices.to_organisation(call, given.id, f"organisation.{state}", about=given.id, note=given.note or "")
    return _own(call, after)


def shown(call: Call, rows: Sequence[Row]) -> tuple[answers.Organisation | answers.OwnOrganisation, ...]:
    """Each organisation as whoever asks may see it."""
    named = owning.named(call, rows)
    return tuple(
        _shaped(row, named.get(row["id"], ()))
        if owning.sees_own(call.actor, row)
        else shaped(answers.Organisation, row)
        for row in rows
    )


def keys(told: Mapping[str, Any]) -> dict[str, str | None]:
    """The normalised names by which an organisation is found again, of the names that are told."""
    return {
        key: None if told[name] is None else names.normal(told[name])
        for name, key in NAMES.items()
        if name in told
    }


def again(row: Row, told: Mapping[str, Any]) -> dict[str, str]:
    """The state that an organisation falls back to when what was checked of it changes."""
    other = any(name in told and told[name] != row[name] for name in _CHECKED)
    return {"state": "claimed"} if row["state"] != "claimed" and other else {}


def number(text: str) -> str:
    """A registration number as it is kept."""
    try:
        return values.parse_registration(text)
    except values.Bad as bad:
        return str(bad.keep)


def judged(reg_no: str | None) -> str | None:
    """Whether a registration number can be right: valid, wrong, or of another register than China's."""
    if reg_no is None or not credit_code.looks_like(reg_no):
        return None if reg_no is None else "other"
    return "valid" if credit_code.valid(reg_no) else "wrong"


def _alike(call: Call, told: Mapping[str, Any]) -> list[str]:
    """Organisations that look the same, of those that whoever asks may see: hidden ones are never told of."""
    o = s.organisations.c
    called = {names.normal(told[name]) for name in NAMES if told.get(name)}
    same = [o[key].in_(called) for key in NAMES.values()]
    if told.get("reg_no"):
        same.append(o.reg_no == told["reg_no"])
    rows = call.tx.rows(sa.select(o.id).where(sa.or_(*same)).order_by(o.id).limit(5), call.actor)
    return [row["id"] for row in rows]


def _verifiable(call: Call, row: Row) -> None:
    """Refuses to verify an organisation whose registration number says nothing, or is another's."""
    reg_no = row["reg_no"]
    if judged(reg_no) in (None, "wrong"):
        raise Invalid("organisation.number", number=reg_no)
    o = s.organisations.c
    same = sa.select(o.id).where(o.reg_no == reg_no, o.id != row["id"], o.state == "verified")
    if others := call.tx.rows(same, call.actor):
        raise Conflict("organisation.number_taken", number=reg_no, id=others[0]["id"])


def _own(call: Call, row: Row) -> answers.OwnOrganisation:
    return _shaped(row, owning.named(call, [row]).get(row["id"], ()))


def _shaped(row: Row, named: tuple[str, ...]) -> answers.OwnOrganisation:
    return shaped(answers.OwnOrganisation, row, named=named, number=judged(row.get("reg_no")))
