"""A workbook on its way into the hub: handed over, its columns understood, its rows checked and mended, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tandem.base import error_words
from tandem.base.errors import Absent, Failed, TandemError
from tandem.base.words import Lang, has, say
from tandem.domain.records import RECORD_TABLES
from tandem.hub import actions
from tandem.hub.records.answers import ColumnsSeen, Imported, TableImported
from tandem.hub.records.inputs import RECORD_NAMES
from tandem.hub.rounds.answers import Job
from tandem.interfaces.http import problems, response
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import hub_names, import_grid, needs
from tandem.interfaces.web.forms import Form, whole
from tandem.interfaces.web.visit import View, Views, Visit

TABLES = {table.name: table for table in RECORD_TABLES if table.name in RECORD_NAMES}
MOST_HEADERS = 110  # of a sheet, that can be chosen for: a form has room for 500 fields
LARGE = 3_000  # rows that are read from which a file is imported in the background, and its page is answered at once
_RUNNING = ("waiting", "running")
_LISTED = 20  # rows that change, listed
_LONGEST = 480  # characters of a correction or a header that a setting has room for


async def start(visit: Visit) -> Response:
    """Where a file is dropped. Raises Denied action.sign_in, action.refused"""
    actions.admitted("records.hand_over", visit.actor)
    chosen = visit.query.get("organisation", "") if visit.actor.operates else ""
    return await _start(visit, visit.form("records.hand_over", {"organisation": (chosen,)}))


async def handed_over(visit: Visit) -> Response:
    """Keeps the file and goes on to its columns."""
    form = visit.form("records.hand_over")
    kept = await visit.send(form)
    return await _start(visit, form) if kept is None else visit.to(f"/import/{kept.id}/columns")


async def columns(visit: Visit) -> Response:
    """What each sheet and header is taken for, to be corrected."""
    return await _of_file(visit, _columns)


async def said(visit: Visit) -> Response:
    """Keeps what was chosen; then the rows are checked, or, where a table was chosen, the columns shown anew."""
    return await _of_file(visit, _said)


async def check(visit: Visit) -> Response:
    """What would become of the rows, and those with something wrong, to be mended in place."""
    return await _of_file(visit, _check)


async def mended(visit: Visit) -> Response:
    """Keeps corrections and checks again."""
    return await _of_file(visit, _mended)


async def written(visit: Visit) -> Response:
    """Imports it, and tells what was written."""
    return await _of_file(visit, _written)


async def later(visit: Visit) -> Response:
    """Has it imported in the background, and goes on to the page that tells how far that is."""
    return await _of_file(visit, _later)


async def going(visit: Visit) -> Response:
    """How far an import in the background is; what was written, once it has ended. Raises Absent record.absent"""
    job: Job = await visit.ask("job.show", {"id": visit.query.get("job", "")}, counted=False)
    running = job.state in _RUNNING
    if visit.part:
        if not running:
            visit.headers.append((b"hx-refresh", b"true"))
        return visit.show("importing/progress.html", job=job, running=running)
    if job.state == "done" and job.result is not None:
        return _done(visit, [TableImported(**one) for one in job.result["tables"]])
    return visit.show("importing/going.html", job=job, running=running, wrong=_why(job, visit.lang),
                      form=Form("records.let_go", visit.lang))  # fmt: skip


async def annotated(visit: Visit) -> Response:
    """The copy of the file that says in each faulty row what to mend."""
    return await _of_file(visit, _annotated)


async def let_go(visit: Visit) -> Response:
    """Takes the file away before its time."""
    return await _of_file(visit, _let_go)


async def _of_file(visit: Visit, view: View) -> Response:
    """A step of an import; where its file is no longer kept, or never was this account's, it begins again."""
    try:
        return await view(visit)
    except Absent as error:
        if error.params.get("table") != "uploads":
            raise
        begun = await _start(visit, Form("records.hand_over", visit.lang), over=True)
        begun.status = 404
        return begun


async def _start(visit: Visit, form: Form, *, over: bool = False) -> Response:
    """Where a file is dropped; an operator finds the organisation whose records it holds by its name."""
    sought = visit.query.get("find", "") if visit.actor.operates else ""
    chosen = "".join(form.typed.get("organisation", ())[-1:])
    found = await needs.names_of(visit, sought)
    names = await hub_names.organisations(visit, [chosen])
    return visit.formed("importing/start.html", form, over=over, sought=sought, found=found,
                        chosen=(chosen, names.get(chosen, chosen)))  # fmt: skip


async def _columns(visit: Visit, form: Form | None = None) -> Response:
    try:
        seen: ColumnsSeen = await visit.ask("records.columns", {"held": visit.id})
    except TandemError as error:
        if isinstance(error, Absent) or problems.status(error) >= 500 or not error.code.startswith(_OF_FILES):
            raise
        form = Form("records.hand_over", visit.lang)
        form.fail(error)
        return await _start(visit, form)
    return visit.formed(
        "importing/columns.html", form or Form("records.mend", visit.lang), seen=seen, names=_names(visit.lang),
        required={name: [one.name for one in table.columns if one.required] for name, table in TABLES.items()},
        missing={one.table: [called(one.table, name, visit.lang) for name in one.missing]
                 for one in seen.sheets if one.table},
        tables=RECORD_NAMES, most=MOST_HEADERS,
    )  # fmt: skip


_OF_FILES = ("file.", "workbook.", "book.", "csv.", "json.", "sheet.", "table.", "import.", "record.")


async def _said(visit: Visit) -> Response:
    form = visit.form("records.mend")
    if await visit.send(form, id=visit.id, **_chosen(visit)) is None:
        return await _columns(visit, form)
    step = "check" if visit.posted.text("go") == "check" else "columns"
    return visit.to(f"/import/{visit.id}/{step}")


def _chosen(visit: Visit) -> dict[str, Any]:
    """What the form of columns says: `t` has a sheet's table, `was` the one it was shown for, `c` a header's column."""
    was = {name[4:]: value for name, value in visit.posted.pairs if name.startswith("was.")}
    given: dict[str, Any] = {"table": None, "sheets": [], "columns": []}
    kept: set[str] = set()
    for name, table in visit.posted.pairs:
        if name.startswith("t.") and (sheet := name[2:]):
            given["sheets"].append(f"{sheet}={table}")
        elif name == "t.":
            given["table"] = table or None
        if name.startswith("t.") and table and was.get(name[2:]) == table:
            kept.add(table)
    for name, column in visit.posted.pairs:
        if name.startswith("c.") and len(name) < _LONGEST:
            table, _, header = name[2:].partition(".")
            if table in kept:
                given["columns"].append(f"{table}: {header}={column}")
    return given


async def _check(visit: Visit) -> Response:
    return await _checked(visit, visit.form("records.import"), Form("records.mend", visit.lang))


async def _checked(visit: Visit, form: Form, mending: Form) -> Response:
    """The page of a check: `form` imports, `mending` holds corrections that were refused."""
    answer: Imported = await visit.ask("records.import", {"held": visit.id, "preview": True})
    number = whole(visit.query.get("page", "")) or 1
    page = import_grid.page(answer, visit.lang, number, hub_names.cities(visit))
    if mending.error is not None:
        page = import_grid.retyped(page, dict(visit.posted.pairs))
    shown = form if form.error is not None else mending
    return visit.formed(
        "importing/check.html", shown, importing=form, mending=mending, answer=answer, page=page,
        names=_names(visit.lang), file=next((one.file for one in answer.tables if one.file), ""),
        ready=sum(one.new + one.changed for one in answer.tables),
        rejected=sum(one.rejected for one in answer.tables),
        do="later" if sum(one.read for one in answer.tables) > LARGE else "write",
        changed=[one for one in answer.rows if one.becomes == "changed"][:_LISTED],
    )  # fmt: skip


async def _mended(visit: Visit) -> Response:
    before = {name[2:]: value for name, value in visit.posted.pairs if name.startswith("o.")}
    corrections = []
    for name, value in visit.posted.pairs:
        if name.startswith("x.") and name.count(".") >= 3 and before.get(name[2:]) != value:
            table, row, column = name[2:].split(".", 2)
            corrections.append(f"{table} {row} {column}={value}")
    form = visit.form("records.mend")
    if await visit.send(form, id=visit.id, corrections=corrections) is None:
        return await _checked(visit, Form("records.import", visit.lang), form)
    page = visit.query.get("page")
    return visit.to(f"/import/{visit.id}/check" + (f"?page={page}" if page else ""))


async def _written(visit: Visit) -> Response:
    form = visit.form("records.import")
    answer: Imported | None = await visit.send(form, held=visit.id)
    if answer is None:
        return await _checked(visit, form, Form("records.mend", visit.lang))
    return _done(visit, answer.tables)


def _done(visit: Visit, tables: Sequence[TableImported]) -> Response:
    return visit.show(
        "importing/done.html", tables=tables, form=Form("records.let_go", visit.lang),
        total=sum(one.new + one.changed for one in tables), rejected=sum(one.rejected for one in tables),
    )  # fmt: skip


async def _later(visit: Visit) -> Response:
    form = visit.form("records.import_later")
    job: Job | None = await visit.send(form, id=visit.id)
    if job is None:
        return await _checked(visit, form, Form("records.mend", visit.lang))
    return visit.to(f"/import/{visit.id}/going?job={job.id}")


def _why(job: Job, lang: Lang) -> str:
    """Why a job came to nothing, in words; empty where it has not."""
    if job.state != "failed" or not job.error:
        return ""
    return error_words.sentence(Failed(str(job.error["code"]), **dict(job.error.get("params") or {})), lang)


async def _annotated(visit: Visit) -> Response:
    return response.file(await visit.ask("records.problems", {"held": visit.id}))


async def _let_go(visit: Visit) -> Response:
    await visit.ask("records.let_go", {"id": visit.id})
    return visit.to("/import", "let_go")


def _names(lang: Lang) -> Mapping[str, Mapping[str, str]]:
    """What the columns of each table are called."""
    return {
        name: {one.name: called(name, one.name, lang) for one in table.columns}
        for name, table in TABLES.items()
    }


def called(table: str, column: str, lang: Lang) -> str:
    """What a column is called; those that a hub adds to the exchange tables have the words of fields."""
    code = f"column.{table}.{column}"
    text = say(code if has(code) else f"field.{column}", lang)
    return text[:1].upper() + text[1:]


FILES = {"/import": "records.hand_over"}
VIEWS: Views = {
    ("GET", "/import"): start,
    ("POST", "/import"): handed_over,
    ("GET", "/import/{id}/columns"): columns,
    ("POST", "/import/{id}/columns"): said,
    ("GET", "/import/{id}/check"): check,
    ("POST", "/import/{id}/check"): mended,
    ("GET", "/import/{id}/write"): check,
    ("POST", "/import/{id}/write"): written,
    ("GET", "/import/{id}/later"): check,
    ("POST", "/import/{id}/later"): later,
    ("GET", "/import/{id}/going"): going,
    ("GET", "/import/{id}/problems"): annotated,
    ("POST", "/import/{id}/let-go"): let_go,
}
