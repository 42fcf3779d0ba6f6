"""report.html: one file in two languages, opened from anywhere, asking nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tandem.storage.report import clearing, figures, lists, needs
from tandem.storage.report.telling import headline, sentences, tiles
from tandem.storage.report.two import Two, html, phrase, weave
from tandem.storage.report.view import ReportView

TEMPLATES = Path(__file__).parent / "templates"


def write_report(path: Path, view: ReportView) -> None:
    """Write the report of one result; the same view gives the same bytes. An older file is replaced whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(render(view), "utf-8", newline="\n")
    os.replace(beside, path)


def render(view: ReportView) -> str:
    """The page as text."""
    style = "".join((TEMPLATES / name).read_text("utf-8") for name in ("base.css", "report.css"))
    script = (TEMPLATES / "report.js").read_text("utf-8")
    listing = needs.listing(view)
    return (
        _environment()
        .get_template("report.html")
        .render(
            view=view,
            style=style,
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            headline=weave(headline(view).code, **headline(view).params),
            title=_title(view),
            sentences=[weave(told.code, **told.params) for told in sentences(view)],
            tiles=tiles(view),
            figures=figures.figures(view),
            clearing=clearing.clearing(view),
            listing=listing,
            unserved=lists.unserved(view),
            weakly=lists.weakly(view),
            never=lists.never(view),
            excluded=lists.excluded(view),
            settings=lists.settings(view),
        )
    )


def _title(view: ReportView) -> Two:
    told, kind = headline(view), phrase("report.title")
    words = phrase(told.code, **told.params)
    return Two(f"{words.zh} · {kind.zh}", f"{words.en} · {kind.en}")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(t=weave, b=html)
    return environment
