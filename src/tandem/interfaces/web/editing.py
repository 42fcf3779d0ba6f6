"""Changing a record: what somebody else changed meanwhile is shown, and nothing that was typed is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tandem.domain.records import VISIBILITIES
from tandem.hub.records.inputs import MOST_OPENED_TO
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import forms, hub_names, needs, write
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Visit

WAS, STEP, FIND = "_was", "_step", "_find"
_STALE = "record.stale"
# Fields that are no setting of the record's own name, or not written as it is held.
_OTHERWISE = frozenset(("named", "city", "cities_served", "partners", "need"))
Typed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one kind of record.

    fields  in their order, without visibility; fixed: those that are never empty
    """

    kind: str
    fields: tuple[str, ...]
    fixed: frozenset[str]

    @property
    def all(self) -> tuple[str, ...]:
        """Every field, with who sees the record."""
        return (*self.fields, "visibility", "named")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile: what they wrote, what stands in the form, whether both differ."""

    field: str
    theirs: tuple[str, ...]
    yours: tuple[str, ...]
    both: bool


@dataclass(slots=True)
class Change:
    """A record that is being changed.

    was, now     what stood in the fields when the form was opened, and what stands in the record
    differences  what somebody else changed between the two, where the change was refused for it
    """

    sheet: Sheet
    form: Form
    version: int
    was: Typed
    now: Typed
    differences: tuple[Difference, ...] = ()

    @property
    def cleared(self) -> tuple[str, ...]:
        """Fields that held something and are empty now."""
        names = (name for name in self.sheet.all if name not in self.sheet.fixed)
        return tuple(name for name in names if _said(self.was, name) and not _said(self.form.typed, name))

    @property
    def kept(self) -> str:
        """What the page keeps beside the form, to know later what was changed in it."""
        return json.dumps(self.was)

    def merge(self) -> None:
        """Takes over what others changed and this form did not; both are told, and what was typed stays."""
        found = []
        for name in self.sheet.all:
            theirs, yours, before = (_said(one, name) for one in (self.now, self.form.typed, self.was))
            if theirs in (before, yours):
                continue
            if not (both := yours != before):
                self.form.typed[name] = self.now.get(name, ())
            found.append(Difference(name, theirs, yours, both))
        self.differences, self.was = tuple(found), self.now
        self.form.version, self.form.error = self.version, None


def opened(visit: Visit, sheet: Sheet, record: Any) -> Change:
    """The form of a change, as it was sent or with what stands in the record."""
    now = _texts(visit, sheet, record)
    form = visit.form(f"{sheet.kind}.edit", now, record.version)
    return Change(sheet, form, record.version, _was(visit, sheet, now), now)


async def saved(visit: Visit, change: Change) -> bool:
    """Sends the change; false where it was refused, or somebody else was quicker: then the form takes over theirs."""
    done = await visit.send(change.form, id=visit.id, clear=change.cleared)
    if done is None and change.form.error is not None and change.form.error.code == _STALE:
        change.merge()
        if not change.differences:  # both did the same: nothing is left to decide
            done = await visit.send(change.form, id=visit.id, clear=change.cleared)
    return done is not None


def page(visit: Visit, template: str, change: Change, /, **values: Any) -> Response:
    """The page of a change; 412 where somebody else was quicker."""
    response = visit.formed(template, change.form, change=change, **values)
    response.status = 412 if change.differences else response.status
    return response


async def around(visit: Visit, form: Form) -> dict[str, Any]:
    """What a form shows beside its fields: who may be named, cities, for an operator whose record it is."""
    named = [one for one in form.typed.get("named", ()) if one]
    whose = "".join(form.typed.get("organisation", ())[-1:]) or visit.actor.org
    found = await needs.names_of(visit, visit.posted.text(FIND))
    askable = await needs.names_of(visit, visit.posted.text("_whose"))
    called = await hub_names.organisations(visit, [*named[:MOST_OPENED_TO], whose], counted=visit.sent)
    known = dict(found) | dict(askable) | dict(called)
    return {"named": named, "whose": whose, "found": found, "askable": askable, "names": known,
            "sought": visit.posted.text(FIND), "visibilities": VISIBILITIES, "at": visit.request.path,
            "cities": hub_names.cities(visit)}  # fmt: skip


def _texts(visit: Visit, sheet: Sheet, record: Any) -> dict[str, tuple[str, ...]]:
    """What a record puts into the fields; cities by their names, named organisations one by one."""
    filled = forms.filled(record, [name for name in sheet.all if name not in _OTHERWISE])
    if "city" in sheet.fields and record.city:
        filled["city"] = (write.city(record.city, visit.lang),)
    if "cities_served" in sheet.fields and record.cities_served:
        filled["cities_served"] = ("\n".join(write.city(one, visit.lang) for one in record.cities_served),)
    if "need" in sheet.fields and record.need_id:
        filled["need"] = (record.need_id,)
    if "partners" in sheet.fields:
        filled["partners"] = tuple(one for one in record.org_ids if one != record.org_id)
    return {**filled, "named": tuple(record.named)}


def _was(visit: Visit, sheet: Sheet, now: Typed) -> Typed:
    """What stood in the fields when the form was opened; what stands there now where that is not told."""
    try:
        kept = json.loads(visit.posted.text(WAS))
        return {name: tuple(str(one) for one in kept[name]) for name in sheet.all if name in kept}
    except (ValueError, TypeError, RecursionError):
        return now


def _said(typed: Typed, name: str) -> tuple[str, ...]:
    """Texts of a field as they count: lines end alike, and what is blank is nothing."""
    return tuple(text for one in typed.get(name, ()) if (text := one.replace("\r\n", "\n").strip()))
