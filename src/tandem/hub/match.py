"""Match: a book in; for every need a ranked, explained list out."""

from __future__ import annotations

from pathlib import Path

from tandem.base.errors import Invalid
from tandem.engine.matching.match import MatchResult
from tandem.engine.matching.match import match as rank
from tandem.engine.matching.settings import MatchSettings
from tandem.hub import reading, results
from tandem.hub.actions import Asker
from tandem.hub.answers import Matched, Reading
from tandem.hub.inputs import MatchInput
from tandem.storage.exchange import Book

FOLDER = Path("tandem-out")


def match(given: MatchInput, asker: Asker) -> Matched:
    """Good rows are matched; bad ones are reported with an annotated copy, or stop everything when strict.

    out is a folder, or one file in a format that its suffix names; asked only to explain, nothing is written.
    """
    out = given.out or (None if given.explain else FOLDER)
    results.check_place(out)
    book = reading.read(given, asker)
    told = reading.told(book)
    if told.faulty and out is not None:
        told = reading.annotated(given, told, results.folder_of(out), asker)
    _refuse(given, book, told)
    asker.progress("progress.matching")
    result = rank(
        book.needs, book.organisations, book.offers, book.deliveries, MatchSettings(top=given.top, as_of=given.as_of)
    )
    explained = _explained(given, result)
    asker.progress("progress.writing")
    settings = {"as_of": result.as_of, "top": given.top}
    files = results.write(results.view(book, result, settings, asker), out, asker) if out else ()
    return results.matched(book, told, result, files, explained)


def _refuse(given: MatchInput, book: Book, told: Reading) -> None:
    """Stops where there is nothing to match, or where strictness asks for it."""
    if told.faulty and given.strict:
        n = sum(table.rejected for table in told.tables)
        raise Invalid("match.strict", told.findings, n=n, problems=str(told.problems or "-"))
    if not book.needs.height:
        raise Invalid("match.no_needs", told.findings)
    if not book.offers.height and not book.deliveries.height:
        raise Invalid("match.no_supply", told.findings)


def _explained(given: MatchInput, result: MatchResult) -> dict[str, object] | None:
    if not given.explain:
        return None
    from tandem.engine.matching import compare  # noqa: PLC0415

    return compare.compare(result, *given.explain)
