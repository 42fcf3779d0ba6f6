"""Clearing rounds: listed, and planned: which needs, how important, under which rules, looked at before it begins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tandem.base import error_words
from tandem.base.errors import TandemError
from tandem.base.words import say
from tandem.domain.moves import ROUND
from tandem.domain.tables import KINDS
from tandem.hub import actions
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import needs, rule_form
from tandem.interfaces.web.forms import Form, whole
from tandem.interfaces.web.visit import Views, Visit

STEP, PICKS, IMPORTANCE = "_step", "_some", "_importance-"
# A need beside its weight: its id, its version and its weight as the page showed them.
_WEIGHED = re.compile(
    re.escape(IMPORTANCE) + r"(?P<id>[a-z2-7]+)-(?P<version>[0-9]{1,9})-(?P<was>[0-9]{1,9})"
)
_LISTED = 100  # needs that can be picked on one page


async def listed(visit: Visit) -> Response:
    """The newest rounds first."""
    asked = visit.asked("after")
    state = visit.query.get("state")
    chosen = state if state in ROUND else None
    found = await visit.ask("round.list", {**asked, "state": chosen})
    return visit.show("rounds/list.html", found=found, states=tuple(ROUND), state_=chosen)


async def plan(visit: Visit) -> Response:
    """The form of a round; rules can be written by fields, and everything is looked at before it is planned."""
    actions.admitted("round.start", visit.actor)
    form = visit.form("round.start", {"top": ("10",)})
    step = visit.posted.text(STEP)
    if not visit.sent:
        return await _page(visit, form)
    picked = tuple(form.typed.get("needs", ())) if visit.posted.text(PICKS) == "some" else ()
    form.typed["needs"] = picked
    if step == "importance":
        return await _weigh(visit, form)
    if step == "write":
        return await _write(visit, form)
    if step in ("check", "list"):
        return await _page(visit, form, check=step == "check")
    if visit.posted.text(PICKS) == "some" and not picked:
        return await _page(visit, form, check=True)
    made = await visit.send(form)
    return await _page(visit, form) if made is None else visit.to(f"/rounds/{made.id}", "round_planned")


async def _write(visit: Visit, form: Form) -> Response:
    """Puts the rules that the fields say behind those that are there."""
    typed = {name: visit.posted.text(name) for name in rule_form.FIELDS}
    organisations: list[tuple[str, str]] = []
    for line in typed[rule_form.ORGS].splitlines():
        organisations += (await needs.names_of(visit, line))[:1]
    made = rule_form.written(typed, organisations, visit.lang)
    if not made.wrong and made.text:
        before = "".join(form.typed.get("rules", ())).rstrip()
        form.typed["rules"] = (f"{before}\n\n{made.text}".lstrip(),)
        typed = dict.fromkeys(rule_form.FIELDS, "")
    return await _page(visit, form, fields=typed, wrong=made.wrong, check=not made.wrong)


async def _weigh(visit: Visit, form: Form) -> Response:
    """Keeps the importance of the needs that stand on the page, as far as it was changed; then the page once more."""
    wrong: list[str] = []
    for name, text in visit.posted.pairs:
        weighed = _WEIGHED.fullmatch(name)
        if weighed is None or (importance := whole(text)) is None or importance == int(weighed["was"]):
            continue
        given = {"id": weighed["id"], "importance": importance}
        try:
            await visit.ask("need.edit", given, version=int(weighed["version"]))
        except TandemError as error:
            wrong.append(error_words.sentence(error, visit.lang))
    return await _page(visit, form, told=wrong)


async def _page(visit: Visit, form: Form, *, check: bool = False, fields: Mapping[str, str] | None = None,
                wrong: Mapping[str, str] | None = None, told: Sequence[str] = ()) -> Response:  # fmt: skip
    some = visit.posted.text(PICKS) == "some" or bool(form.typed.get("needs"))
    given = {name: "".join(form.typed.get(name, ())[-1:]).strip() or None for name in ("kind", "city")}
    kind = given["kind"] if given["kind"] in KINDS else None
    checked, refused = await _checked(visit, form) if check else (None, None)
    try:
        found = await visit.ask(
            "need.list", {**given, "kind": kind, "state": "posed", "limit": _LISTED}, counted=False
        )
    except TandemError as error:  # a city that nobody knows: told beside its field
        found = None
        if form.error is None:
            form.fail(error)
    return visit.formed(
        "rounds/plan.html", form, found=found, some=some, checked=checked, refused=refused, kinds=KINDS, told=told,
        fields=fields or {name: visit.posted.text(name) for name in rule_form.FIELDS},
        wrong={name: say(code, visit.lang) for name, code in (wrong or {}).items()},
        finding=lambda one: error_words.said(one, visit.lang),
        picked=frozenset(form.typed.get("needs", ())), named=rule_form.FIELDS, more=_LISTED,
    )  # fmt: skip


async def _checked(visit: Visit, form: Form) -> tuple[Any, Form | None]:
    """What the round would take and how its rules are read; or what is wrong with them, as a form that says it."""
    asked = Form(
        "round.check",
        visit.lang,
        {name: form.typed.get(name, ()) for name in ("needs", "kind", "city", "rules")},
    )
    answer = await visit.send(asked)
    return answer, None if answer is not None else asked


VIEWS: Views = {
    ("GET", "/rounds"): listed,
    ("GET", "/rounds/new"): plan,
    ("POST", "/rounds/new"): plan,
}
