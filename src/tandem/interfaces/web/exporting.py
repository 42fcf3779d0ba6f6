"""Records taken away: everything as one workbook, one table in a format of its own, and a workbook to fill in."""

from __future__ import annotations

from tandem.hub.records.inputs import FORMATS, RECORD_NAMES
from tandem.interfaces.http import response
from tandem.interfaces.http.response import Response
from tandem.interfaces.web.visit import Views, Visit


async def export(visit: Visit) -> Response:
    """What there is to take: one's own where somebody has any, and what others show."""
    shown = ("own", "others") if visit.actor.org or visit.actor.operates else ("others",)
    return visit.show("exporting/export.html", shown=shown, tables=RECORD_NAMES, formats=FORMATS)


async def file(visit: Visit) -> Response:
    """The file that the address names."""
    asked: dict[str, object] = {
        name: visit.query[name] for name in ("format", "table") if name in visit.query
    }
    others = visit.query.get("others") == "on"
    return response.file(await visit.ask("records.export", {**asked, "others": others}))


async def template(visit: Visit) -> Response:
    """The workbook to fill in, in the reader's language."""
    return response.file(await visit.ask("records.template"))


VIEWS: Views = {
    ("GET", "/export"): export,
    ("GET", "/export/file"): file,
    ("GET", "/export/template"): template,
}
