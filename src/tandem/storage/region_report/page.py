"""The region's page: one file in two languages with every number's source, to read, to pass on and to print."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tandem.base.words import Lang
from tandem.storage.region_report import (
    cascades,
    chains,
    clusters,
    doubts,
    fans,
    head,
    ladder,
    measures,
    outlooks,
    quality,
    sources,
    targets,
)
from tandem.storage.region_report.cites import Cites
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.page import TEMPLATES as SHARED
from tandem.storage.report.two import Two, html, phrase, weave

_TEMPLATES = Path(__file__).parent / "templates"


def write_report(path: Path, view: RegionView, lang: Lang) -> None:
    """Write the page of one register; the same view gives the same bytes. An older file is replaced whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(render(view, lang), "utf-8", newline="\n")
    os.replace(beside, path)


def render(view: RegionView, lang: Lang) -> str:
    """The page as text, `lang` the language shown first."""
    cites = Cites(view)
    parts: dict[str, Any] = {
        "head": head.head(view, cites),
        "targets": targets.targets(view, cites),
        "outlooks": outlooks.outlooks(view.targets, cites),
        "cascades": cascades.cascades(view, cites),
        "clusters": clusters.clusters(view, cites),
        "chains": chains.chains(view, cites),
        "quality": quality.quality(view, cites),
        "doubts": doubts.doubts(view, cites),
        "ladder": ladder.ladder(view, cites),
        "measures": measures.measures(view, cites),
    }
    parts["sources"] = sources.sources(cites)  # last: it shows what the others have used
    shown = {
        "targets": True,
        "clusters": bool(view.clusters),
        "chains": bool(view.links),
        "quality": bool(parts["quality"].groups),
        "doubts": True,
        "ladder": parts["ladder"] is not None,
        "measures": parts["measures"] is not None,
        "figures": True,
        "how": bool(cites.computed),
    }
    style = (SHARED / "base.css").read_text("utf-8") + (_TEMPLATES / "region.css").read_text("utf-8")
    name, kind = Two(*view.name), phrase("regionpage.title")
    return (
        _environment()
        .get_template("region.html")
        .render(
            **parts,
            view=view,
            lang=lang,
            shown=[name for name, there in shown.items() if there],
            style=style,
            name=name,
            title=Two(f"{name.zh} · {kind.zh}", f"{name.en} · {kind.en}"),
            fan_legend=fans.fan_legend(),
            gap_mark=chains.mark,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(t=weave, b=html)
    return environment
