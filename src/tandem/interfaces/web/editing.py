"""Changing one's own records: what was typed stays, and what somebody else changed meanwhile is shown first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tandem.domain import cities
from tandem.domain.records import VISIBILITIES
from tandem.hub.records.inputs import MOST_OPENED_TO
from tandem.interfaces.web import forms, hub_names, needs, told
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Visit

WAS, STEP, FIND = "_was", "_step", "_find"
_NEAR = ("44", "81", "82")  # first digits of the cities that are proposed while one types
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


def opened(visit: Visit, sheet: Sheet, record: Any) -> tuple[Form, Typed]:
    """The form of a change, and what stood in it when it was opened."""
    now = texts(visit, sheet, record)
    return visit.form(f"{sheet.kind}.edit", now, record.version), _was(visit, sheet, now)


async def changed(visit: Visit, sheet: Sheet, form: Form, was: Typed, record: Any) -> Any:
    """Sends the change; None where it was refused, or somebody else was quicker: then the form takes over theirs."""
    done = await visit.send(form, id=visit.id, clear=_cleared(sheet, form, was))
    if done is None and form.error is not None and form.error.code == "record.stale":
        now = texts(visit, sheet, record)
        for name in sheet.all:
            if _said(form.typed.get(name)) == _said(was.get(name)):
                form.typed[name] = now.get(name, ())
        form.version = record.version
    return done


def held(visit: Visit, sheet: Sheet, form: Form, was: Typed, record: Any) -> str:
    """What the page keeps beside the form, to know later what was changed in it."""
    stale = form.error is not None and form.error.code == "record.stale"
    return json.dumps(texts(visit, sheet, record) if stale else was)


def texts(visit: Visit, sheet: Sheet, record: Any) -> dict[str, tuple[str, ...]]:
    """What a record puts into the fields; cities by their names, named organisations one by one."""
    plain = [name for name in sheet.all if name not in ("named", "city", "cities_served", "partners", "need")]
    filled = forms.filled(record, plain)
    if "city" in sheet.fields and record.city:
        filled["city"] = (told.city(record.city, visit.lang),)
    if "cities_served" in sheet.fields and record.cities_served:
        filled["cities_served"] = ("\n".join(told.city(one, visit.lang) for one in record.cities_served),)
    if "need" in sheet.fields and record.need_id:
        filled["need"] = (record.need_id,)
    if "partners" in sheet.fields:
        filled["partners"] = tuple(one for one in record.org_ids if one != record.org_id)
    return {**filled, "named": tuple(record.named)}


async def around(visit: Visit, form: Form) -> dict[str, Any]:
    """What a form shows beside its fields: who may be named, cities, for an operator whose record it is."""
    named = [one for one in form.typed.get("named", ()) if one]
    whose = "".join(form.typed.get("organisation", ())[-1:]) or visit.actor.org
    found = await needs.names_of(visit, visit.posted.text(FIND))
    askable = await needs.names_of(visit, visit.posted.text("_whose"))
    called = await hub_names.organisations(visit, [*named[:MOST_OPENED_TO], whose], counted=visit.sent)
    known = dict(found) | dict(askable) | dict(called)
    near = [one for one in cities.cities().values() if one.code.startswith(_NEAR)]
    return {"named": named, "whose": whose, "found": found, "askable": askable, "names": known,
            "sought": visit.posted.text(FIND), "visibilities": VISIBILITIES, "at": visit.request.path,
            "cities": [one.short if visit.lang == "zh" else one.en for one in near]}  # fmt: skip


def _was(visit: Visit, sheet: Sheet, now: Typed) -> Typed:
    """What stood in the fields when the form was opened; what stands there now where that is not told."""
    try:
        kept = json.loads(visit.posted.text(WAS))
        return {name: tuple(str(one) for one in kept[name]) for name in sheet.all if name in kept}
    except (ValueError, TypeError, RecursionError):
        return now


def _cleared(sheet: Sheet, form: Form, was: Typed) -> Sequence[str]:
    """Fields that held something and are empty now."""
    return tuple(
        name
        for name in sheet.all
        if name not in sheet.fixed and _said(was.get(name)) and not _said(form.typed.get(name))
    )


def _said(values: tuple[str, ...] | None) -> tuple[str, ...]:
    """Texts as they count: lines end alike, and what is blank is nothing."""
    return tuple(text for one in values or () if (text := one.replace("\r\n", "\n").strip()))
