"""Posing a need and changing it: a text is read into proposals that a click corrects, or the form is filled in.

The form is one page whatever is done with it: read a text, take another value, look at what others see, find
organisations to name, keep a draft, pose. Each is a button of the form, so that it works without scripts; a script
only fetches the part that changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tandem.base.errors import Denied, TandemError
from tandem.hub import actions
from tandem.hub.records.answers import OwnNeed
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import editing, reading_need
from tandem.interfaces.web.editing import STEP, Sheet
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.reading_need import Proposed
from tandem.interfaces.web.visit import Views, Visit

TAKE, PASTED, DESPITE = "_take", "pasted", "_despite"
# The form's fields in their order: what is asked for first, and what stands folded behind it.
FIRST = (
    "title",
    "text",
    "kind",
    "service_code",
    "city",
    "due_on",
    "budget_min",
    "budget_max",
    "currency",
    "slots",
)
FURTHER = ("sector", "lang", "importance")
SHEET = Sheet("need", (*FIRST, *FURTHER, "anonymous"),
              frozenset(("title", "visibility", "anonymous", "slots", "importance", "currency")))  # fmt: skip
_SHOWN = frozenset(("title", "text", "visibility", "named", "anonymous", "organisation", *FIRST, *FURTHER))


async def pose(visit: Visit) -> Response:
    """The page: a text or a form at first, then the form until it is posed."""
    actions.admitted("need.pose", visit.actor)
    form = visit.form("need.pose", _begin(visit))
    if not visit.sent:
        return await page(visit, form, {}, reading=visit.query.get("form") is None)
    pasted, step = visit.posted.text(PASTED), visit.posted.text(STEP)
    try:
        read = await reading_need.proposals(visit, pasted)
    except TandemError as error:
        form.fail(error)
        return await page(visit, form, {}, reading=True)
    if step == "read":
        fill(form, read, pasted)
    if taken := take(visit, form):
        return await part(visit, form, read, taken)
    if step not in ("post", "draft"):
        return await page(visit, form, read)
    return await _posed(visit, form, read, draft=step == "draft")


def _begin(visit: Visit) -> dict[str, tuple[str, ...]]:
    wanted = {"visibility": "members", "organisation": visit.query.get("organisation", "")}
    return {name: (value,) for name, value in wanted.items() if value}


def fill(form: Form, read: Mapping[str, Proposed], pasted: str) -> None:
    """Puts what was read into the fields that are empty; the text itself describes the need."""
    for name, one in read.items():
        if not "".join(form.typed.get(name, ())).strip():
            form.typed[name] = (one.first.value,)
    if not "".join(form.typed.get("text", ())).strip():
        form.typed["text"] = (pasted,)


def take(visit: Visit, form: Form) -> str:
    """Puts the value that was clicked into its field: the field's name, "" where nothing was clicked."""
    name, _, value = visit.posted.text(TAKE).partition(":")
    if name not in form.settings():
        return ""
    form.typed[name] = (value,)
    return name


async def part(visit: Visit, form: Form, read: Mapping[str, Proposed], name: str) -> Response:
    """The field that has changed, or the whole page where nothing less was asked for."""
    if visit.part and name in read:
        return visit.show("needs/proposed.html", form=form, read=read, name=name, at="/needs/new")
    return await page(visit, form, read)


async def page(
    visit: Visit,
    form: Form,
    read: Mapping[str, Proposed],
    *,
    reading: bool = False,
    alike: Sequence[Any] = (),
) -> Response:
    """The form, with what others would see of it."""
    values = await _around(visit, form)
    values["preview"] = await previewed(visit, form, None)
    if piece := _piece(visit, form, values):
        return piece
    return visit.formed("needs/pose.html", form, read=read, reading=reading, alike=alike,
                        pasted=visit.posted.text(PASTED), **values)  # fmt: skip


async def edit(visit: Visit) -> Response:
    """The form of a need that is changed."""
    need = await visit.ask("need.show", {"id": visit.id})
    if not isinstance(need, OwnNeed):
        raise Denied("record.others", table="needs", id=visit.id)
    change = editing.opened(visit, SHEET, need)
    if visit.sent and not visit.posted.text(STEP) and await editing.saved(visit, change):
        return visit.to(f"/needs/{visit.id}", "saved")
    values = await _around(visit, change.form)
    values["preview"] = await previewed(visit, change.form, need.id, change.cleared)
    if piece := _piece(visit, change.form, values):
        return piece
    return editing.page(visit, "needs/edit.html", change, need=need, read={}, **values)


async def _around(visit: Visit, form: Form) -> dict[str, Any]:
    return {**await editing.around(visit, form), "first": FIRST, "further": FURTHER}


def _piece(visit: Visit, form: Form, values: Mapping[str, Any]) -> Response | None:
    """The part of the form that a script asks for by itself; None where the page is wanted."""
    parts = {"look": "preview", "find": "naming"}
    name = parts.get(visit.posted.text(STEP)) if visit.part else None
    return visit.show(f"needs/{name}.html", form=form, **values) if name else None


async def previewed(visit: Visit, form: Form, need: str | None, cleared: Sequence[str] = ()) -> Any:
    """What others would see of what stands in the form; None while it cannot be."""
    given = form.given(_SHOWN & set(form.settings()))
    if visit.actor.org is None and not given.get("organisation") and need is None:
        return None
    told = {"need": need, "clear": tuple(cleared)} if need else {}
    try:
        return await visit.ask("need.preview", {**given, **told}, counted=visit.sent)
    except TandemError as error:  # told beside the field once the form is sent; too many at once
        if error.code == "setting.many" and form.error is None:
            form.fail(error)
        return None


async def _posed(visit: Visit, form: Form, read: Mapping[str, Proposed], *, draft: bool) -> Response:
    """Poses it, or keeps it as a draft; needs that say nearly the same are shown first."""
    title = "".join(form.typed.get("title", ())).strip()
    if not draft and title and not visit.posted.text(DESPITE):
        text = "".join(form.typed.get("text", ()))
        try:
            alike = (
                await visit.ask("need.similar", {"title": title, "text": text or None}, counted=False)
            ).items
        except TandemError:  # what is too long is told by posing
            alike = ()
        if alike:
            return await page(visit, form, read, alike=alike)
    made = await visit.send(form, draft=draft)
    if made is None:
        return await page(visit, form, read)
    return visit.to(f"/needs/{made.id}", "need_drafted" if draft else "need_posed")


VIEWS: Views = {
    ("GET", "/needs/new"): pose,
    ("POST", "/needs/new"): pose,
    ("GET", "/needs/{id}/edit"): edit,
    ("POST", "/needs/{id}/edit"): edit,
}
