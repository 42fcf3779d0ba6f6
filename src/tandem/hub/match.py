"""Match: a book in; for every need a ranked, explained list out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from tandem.base.errors import Invalid
from tandem.domain.clearing_words import told_need, told_pair
from tandem.domain.rules import Rules
from tandem.engine.assignment.matches import Cleared
from tandem.engine.assignment.matches import cleared as clear
from tandem.engine.matching import corpus
from tandem.engine.matching.compare import compare
from tandem.engine.matching.corpus import Corpus
from tandem.engine.matching.dense import Vectors
from tandem.engine.matching.match import MatchResult, match_corpus
from tandem.engine.matching.settings import MatchSettings
from tandem.hub import reading, results
from tandem.hub.actions import Asker
from tandem.hub.answers import Explained, Matched, Reading, Standing
from tandem.hub.inputs import MatchInput
from tandem.storage import ranker
from tandem.storage import rules as rule_file
from tandem.storage.exchange import Book
from tandem.storage.search import index as search
from tandem.storage.vectors import build as vectors

FOLDER = Path("tandem-out")
EXPLAINED = 2_000  # needs up to which explaining one also clears all, when no result is asked for


def match(given: MatchInput, asker: Asker) -> Matched | Explained:
    """Good rows are matched; bad ones are reported with an annotated copy, or stop everything when strict.

    out is a folder, or one file in a format that its suffix names; asked only to explain, nothing is written.
    """
    out = given.out or (None if given.explain else FOLDER)
    results.check_place(out)
    settings, rules = _settings(given), _rules(given)
    book = reading.read(given, asker, given.merge)
    told = reading.told(book)
    if out is not None:
        told = reading.annotated(given, told, results.folder_of(out), asker)
    _refuse(given, book, told)
    found = _vectors(given, book, asker)
    asker.progress("progress.matching")
    explained = _explained(given, book, told, settings, found) if given.explain else None
    if out is None and explained is not None and (given.no_clear or book.needs.height > EXPLAINED):
        return explained
    result = match_corpus(book.needs, _supply(given, book), book.offers, settings, found)
    cleared = None if given.no_clear else _cleared(given, rules, book, result, asker)
    if explained is not None and cleared is not None:
        explained = replace(explained, clearing=_decided(explained, cleared, results.names(book)))
    if out is None and explained is not None:
        return explained
    asker.progress("progress.writing")
    view = results.view(book, result, _told(given, result), asker, cleared=cleared)
    files = results.write(view, out or FOLDER, asker)
    return replace(explained, files=files) if explained else results.matched(view, told, files, result)


def _rules(given: MatchInput) -> Rules | None:
    """What clearing must keep. Raises Invalid rules.*, match.rules where nothing is to be cleared."""
    if given.rules is None:
        return None
    if given.no_clear:
        raise Invalid("match.rules")
    return rule_file.read(given.rules)


def _cleared(
    given: MatchInput, rules: Rules | None, book: Book, result: MatchResult, asker: Asker
) -> Cleared:
    """All lists assigned jointly."""
    asker.progress("progress.assigning")
    file = None if given.rules is None else given.rules.name
    tables = (book.needs, book.organisations, book.offers, book.deliveries)
    return clear(result.matches, *tables, rules, file)


def _decided(explained: Explained, cleared: Cleared, names: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """What clearing decided for the need, then for each organisation that was asked for."""
    need = cleared.needs.row(by_predicate=pl.col("need_id") == explained.need_id, named=True)
    rows = cleared.pairs.filter(pl.col("need_id") == explained.need_id)
    by_org = {row["org_id"]: row for row in rows.iter_rows(named=True)}
    told = [(need["org_id"], *one) for one in told_need(need)]
    for one in explained.standings:
        if one.org_id != need["org_id"] or need["missed"] is None:
            told.append((one.org_id, *told_pair(by_org.get(one.org_id))))
    return tuple(
        {"org_id": org_id, "code": code, "params": {**params, "name": names.get(org_id, org_id)}}
        for org_id, code, params in told
    )


def _vectors(given: MatchInput, book: Book, asker: Asker) -> Vectors | None:
    """The vectors of the book, where nearness in meaning is asked for."""
    if given.dense is None:
        return None
    asker.progress("progress.vectors")
    return vectors.of_book(given.dense, book.needs, book.offers, book.deliveries)


def _supply(given: MatchInput, book: Book) -> Corpus:
    """The supply side, read from the book or by way of an index that is kept on disk."""
    tables = (book.organisations, book.offers, book.deliveries)
    return corpus.read(*tables) if given.index is None else search.open_or_build(given.index, *tables)


def _told(given: MatchInput, result: MatchResult) -> dict[str, object]:
    """The settings that the report shows."""
    told: dict[str, object] = {
        "as_of": result.as_of,
        "top": given.top,
        "exposure_floor": f"{given.exposure_floor:.0%}",
    }
    if result.dense is not None:
        told["dense"] = f"{result.dense.ready}/{result.dense.of}"
    return told


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


def _explained(
    given: MatchInput, book: Book, told: Reading, settings: MatchSettings, found: Vectors | None
) -> Explained:
    """Where the organisations stand for the need, and what makes the difference between them."""
    need_id, *org_ids = given.explain
    compared = compare(
        need_id,
        tuple(org_ids),
        book.needs,
        book.organisations,
        book.offers,
        book.deliveries,
        settings,
        vectors=found,
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
        for one in compared.standings
    )
    return Explained(
        told, compared.as_of, need_id, title, compared.candidates, standings, compared.differences
    )
