"""Match: a book in; for every need a ranked, explained list out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from tandem.base.errors import Invalid
from tandem.engine.matching.compare import compare
from tandem.engine.matching.match import match as rank
from tandem.engine.matching.settings import MatchSettings
from tandem.hub import reading, results
from tandem.hub.actions import Asker
from tandem.hub.answers import Explained, Matched, Reading, Standing
from tandem.hub.inputs import MatchInput
from tandem.storage import ranker
from tandem.storage.exchange import Book

FOLDER = Path("tandem-out")


def match(given: MatchInput, asker: Asker) -> Matched | Explained:
    """Good rows are matched; bad ones are reported with an annotated copy, or stop everything when strict.

    out is a folder, or one file in a format that its suffix names; asked only to explain, nothing is written.
    """
    out = given.out or (None if given.explain else FOLDER)
    results.check_place(out)
    settings = _settings(given)
    book = reading.read(given, asker)
    told = reading.told(book)
    if out is not None:
        told = reading.annotated(given, told, results.folder_of(out), asker)
    _refuse(given, book, told)
    asker.progress("progress.matching")
    explained = _explained(given, book, told, settings) if given.explain else None
    if out is None and explained is not None:
        return explained
    result = rank(book.needs, book.organisations, book.offers, book.deliveries, settings)
    asker.progress("progress.writing")
    view = results.view(book, result, {"as_of": result.as_of, "top": given.top}, asker)
    files = results.write(view, out or FOLDER, asker)
    return replace(explained, files=files) if explained else results.matched(view, told, files)


def _settings(given: MatchInput) -> MatchSettings:
    return MatchSettings(
        top=given.top,
        as_of=given.as_of,
        ranker=None if given.ranker is None else ranker.read(given.ranker),
        exposure_floor=given.exposure_floor,
    )


def _refuse(given: MatchInput, book: Book, told: Reading) -> None:
    """Stops where there is nothing to match, or where strictness asks for it."""
    if told.faulty and given.strict:
        n = sum(table.rejected for table in told.tables)
        raise Invalid("match.strict", told.findings, n=n, problems=str(told.problems or "-"))
    if not book.needs.height:
        raise Invalid("match.no_needs", told.findings)
    if not book.offers.height and not book.deliveries.height:
        raise Invalid("match.no_supply", told.findings)


def _explained(given: MatchInput, book: Book, told: Reading, settings: MatchSettings) -> Explained:
    """Where the organisations stand for the need, and what makes the difference between them."""
    need_id, *org_ids = given.explain
    found = compare(
        need_id,
        tuple(org_ids),
        book.needs,
        book.organisations,
        book.offers,
        book.deliveries,
        settings,
    )
    names = results.names(book)
    title = book.needs.filter(pl.col("need_id") == need_id)["title"][0]
    standings = tuple(
        Standing(
            one.org_id,
            names.get(one.org_id, one.org_id),
            one.rank,
            one.score,
            tuple(reason.as_dict() for reason in one.reasons),
            one.excluded,
        )
        for one in found.standings
    )
    return Explained(told, found.as_of, need_id, title, found.candidates, standings, found.differences)
