"""Changing a need: what somebody else changed meanwhile is shown, and nothing that was typed is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tandem.base.errors import Denied
from tandem.hub.records.answers import OwnNeed
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import forms, posing, told
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

WAS = "_was"
_FIELDS = (*posing.FIRST, *posing.FURTHER, "visibility", "named", "anonymous")
_STALE = "record.stale"
_CLEARABLE = frozenset(_FIELDS) - {"title", "visibility", "anonymous", "slots", "importance", "currency"}
Typed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile: what they wrote, what stands in the form, whether both differ."""

    field: str
    theirs: str
    yours: str
    both: bool


async def edit(visit: Visit) -> Response:
    """The form of a need, with the version that it was opened at."""
    need = await visit.ask("need.show", {"id": visit.id})
    if not isinstance(need, OwnNeed):
        raise Denied("record.others", table="needs", id=visit.id)
    now = _texts(need, visit)
    form = visit.form("need.edit", now, need.version)
    was = _was(visit, now)
    differences: Sequence[Difference] = ()
    if visit.sent and not visit.posted.text(posing.STEP):
        if await visit.send(form, id=visit.id, clear=_cleared(form, was)) is not None:
            return visit.to(f"/needs/{visit.id}", "saved")
        if form.error is not None and form.error.code == _STALE:
            differences = _merged(form, was, now)
            form.version, was = need.version, now
            form.error = None
    return await _page(visit, form, need, was, differences)


async def _page(
    visit: Visit, form: Form, need: OwnNeed, was: Typed, differences: Sequence[Difference]
) -> Response:
    at = f"/needs/{need.id}/edit"
    values = await posing.around(visit, form, need.id)
    values["preview"] = await posing.previewed(visit, form, need.id, _cleared(form, was))
    if visit.part and visit.posted.text(posing.STEP) in ("look", "find"):
        name = "preview" if visit.posted.text(posing.STEP) == "look" else "naming"
        return visit.show(f"needs/{name}.html", form=form, at=at, **values)
    status = 412 if differences else 200
    response = visit.formed("needs/edit.html", form, need=need, at=at, was=json.dumps(was), read={}, title=need.title,
                            differences=differences, **values)  # fmt: skip
    response.status = max(response.status, status)
    return response


def _texts(need: OwnNeed, visit: Visit) -> dict[str, tuple[str, ...]]:
    """What stands in the fields; a city by its name, named organisations one by one."""
    filled = forms.filled(need, [name for name in _FIELDS if name != "named"])
    if need.city:
        filled["city"] = (told.city(need.city, visit.lang),)
    return {**filled, "named": tuple(need.named)}


def _was(visit: Visit, now: Typed) -> Typed:
    """What stood in the fields when the form was opened; what stands there now where that is not told."""
    try:
        held = json.loads(visit.posted.text(WAS))
        return {name: tuple(str(one) for one in held[name]) for name in _FIELDS if name in held}
    except (ValueError, TypeError, RecursionError):
        return now


def _cleared(form: Form, was: Typed) -> tuple[str, ...]:
    """Fields that held something and are empty now."""
    return tuple(
        name for name in sorted(_CLEARABLE) if _said(was.get(name)) and not _said(form.typed.get(name))
    )


def _said(texts: tuple[str, ...] | None) -> tuple[str, ...]:
    """Texts as they count: lines end alike, and what is blank is nothing."""
    return tuple(text for one in texts or () if (text := one.replace("\r\n", "\n").strip()))


def _merged(form: Form, was: Typed, now: Typed) -> list[Difference]:
    """Takes over what others changed and this form did not; both are told, and what was typed stays."""
    found = []
    for name in _FIELDS:
        theirs, yours, before = (_said(one.get(name)) for one in (now, form.typed, was))
        if theirs in (before, yours):
            continue
        both = yours != before
        if not both:
            form.typed[name] = now.get(name, ())
        found.append(Difference(name, "\n".join(theirs), "\n".join(yours), both))
    return found


VIEWS: Views = {
    ("GET", "/needs/{id}/edit"): edit,
    ("POST", "/needs/{id}/edit"): edit,
}
