"""What a report is made from: one book, what matching gave for it, and the figures of its story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from tandem.base.words import Lang
from tandem.engine.assignment.matches import Cleared
from tandem.engine.matching.story import Story
from tandem.storage.exchange.book import Book


@dataclass(frozen=True)
class ReportView:
    """Everything that report.html and matches.xlsx show; nothing else reaches them, no clock in particular.

    book         the tables as read, with their counts
    matches      need_id, rank, org_id, offer_id, score, probability, reasons (JSON); cleared, price once cleared
    excluded     need_id, code, organisations, offers, examples
    supply       need_id, candidates, coverage, state (served, weak or none)
    settings     what the run was asked for, by name; shown as it stands
    lang         the language shown first (report) or throughout (workbook)
    demo         made from the sample world: says so, and points at its workbook `book_name`
    cleared      what clearing the lists jointly came to; None where it was not asked for
    rules        what became of each rule of the clearing, as rule_words.sentence reads it
    calibration  predicted against observed success, for a later chart; not shown yet
    """

    book: Book
    matches: pl.DataFrame
    excluded: pl.DataFrame
    supply: pl.DataFrame
    story: Story
    as_of: date
    settings: Mapping[str, Any] = field(default_factory=dict)
    lang: Lang = "en"
    demo: bool = False
    book_name: str = "book.xlsx"
    cleared: Cleared | None = None
    rules: tuple[Mapping[str, Any], ...] = ()
    calibration: pl.DataFrame | None = None
