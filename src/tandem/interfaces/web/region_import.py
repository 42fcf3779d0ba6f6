"""Into the region's register: a file is checked, faults are shown where they stand, good rows are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tandem.base import error_words
from tandem.base.errors import Finding, TandemError
from tandem.base.words import Lang
from tandem.hub import actions
from tandem.hub.regional.answers import Stored
from tandem.interfaces.http import problems
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import region
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

ACTION = "register.import"


async def asked(visit: Visit) -> Response:
    """The form; only operators have it."""
    actions.admitted(ACTION, visit.actor)
    return _page(visit, visit.form(ACTION))


async def sent(visit: Visit) -> Response:
    """Checks the file, stores it, or gives it back with its faults marked."""
    form, wanted = visit.form(ACTION), visit.posted.text("_do")
    try:
        if wanted == "copy":
            given = {
                name: value for name, value in form.given().items() if name in ("file", "table", "vintage")
            }
            return region.file(await visit.ask("register.problems", given))
        preview = wanted == "check"
        key = form.key + ("-check" if preview else "")
        stored: Stored = await visit.ask(ACTION, {**form.given(), "preview": preview}, key=key)
    except TandemError as error:
        if problems.status(error) >= 500 or error.code.startswith(("action.", "http.")):
            raise
        form.fail(error)
        return _page(visit, form, findings=getattr(error, "findings", ()))
    if not stored.written or stored.findings:
        return _page(visit, form, stored=stored, findings=stored.findings)
    return visit.to("/region", "register_stored" if stored.number else "register_same")


async def sample(visit: Visit) -> Response:
    """Loads the shipped register into an empty one."""
    form = visit.form("register.sample")
    if await visit.send(form) is None:
        return region.empty(visit, form)
    return visit.to("/region", "register_stored")


def _page(
    visit: Visit, form: Form, stored: Stored | None = None, findings: Sequence[Finding] = ()
) -> Response:
    status = visit.status(form.error)
    template = "region/import_found.html" if visit.part else "region/import.html"
    wrong = "" if form.error is None else error_words.sentence(form.error, visit.lang)
    rows = [_row(one, visit.lang) for one in findings]
    return visit.show(template, status, form=form, stored=stored, rows=rows, wrong=wrong)


def _row(one: Finding, lang: Lang) -> Mapping[str, Any]:
    """One thing that is wrong, with the place where it stands."""
    told = {name: getattr(one, name) for name in ("severity", "file", "sheet", "row", "value")}
    return {**told, "column": error_words.column(one, lang), "said": error_words.said(one, lang)}


FILES = {"/region/import": ACTION}
VIEWS: Views = {
    ("GET", "/region/import"): asked,
    ("POST", "/region/import"): sent,
    ("POST", "/region/sample"): sample,
}
