"""Demo: the main job on the illustrative sample world."""

from __future__ import annotations

from tandem.engine.assignment.matches import cleared as clear
from tandem.engine.matching.match import match as rank
from tandem.hub import reading, results
from tandem.hub.actions import Asker
from tandem.hub.answers import Matched
from tandem.hub.inputs import DemoInput
from tandem.storage import exchange, world


def demo(given: DemoInput, asker: Asker) -> Matched:
    """The sample world matched, and its tables as a workbook that the newcomer can edit and match again."""
    results.check_place(given.out)
    asker.progress("progress.reading")
    book = exchange.read_book(tables=world.tables())
    asker.progress("progress.matching")
    result = rank(book.needs, book.organisations, book.offers, book.deliveries)
    asker.progress("progress.assigning")
    cleared = clear(result.matches, book.needs, book.organisations, book.offers, book.deliveries)
    asker.progress("progress.writing")
    view = results.view(book, result, {"as_of": result.as_of}, asker, cleared=cleared, demo=True)
    files = results.write(view, given.out, asker)
    return results.matched(view, reading.told(book), files, result)
