"""Duplicates: which organisations, and which needs, are probably one and the same. Nothing is merged here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from tandem.engine.identity import duplicates as engine
from tandem.hub import reading
from tandem.hub.actions import Asker
from tandem.hub.answers import Alike, Duplicates
from tandem.hub.inputs import DuplicatesInput
from tandem.storage import exchange, staging

MERGE = "merge.csv"


def duplicates(given: DuplicatesInput, asker: Asker) -> Duplicates:
    """Pairs with their evidence, and a merge table of the confident ones for a person to correct and hand in."""
    book = reading.read(given, asker)
    asker.progress("progress.comparing")
    found = engine.organisations(book.organisations, book.deliveries)
    suggested = engine.suggest(found, book.organisations, book.deliveries)
    needs = engine.needs(book.needs)
    asker.progress("progress.writing")
    with staging.staged(given.out) as folder:
        exchange.write_table(suggested, folder / MERGE, "merge", asker.lang)
    names: dict[str, str] = dict(book.organisations.select("org_id", "name").iter_rows())
    titles: dict[str, str] = dict(book.needs.select("need_id", "title").iter_rows())
    return Duplicates(
        reading.told(book),
        _alike(found, names),
        _alike(needs, titles),
        suggested.height,
        (Path(given.out) / MERGE,),
    )


def _alike(found: pl.DataFrame, names: Mapping[str, str]) -> tuple[Alike, ...]:
    return tuple(
        Alike(one, names.get(one, one), other, names.get(other, other), score, tuple(json.loads(evidence)))
        for one, other, score, evidence in found.iter_rows()
    )
