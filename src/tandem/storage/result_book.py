"""matches.xlsx: the result as a workbook for people, with one sheet (`matches`) that programs read back.

Every text is written as a string, so a title that starts with = + - @ stays a title and never becomes a formula
or a link. Dates inside the file are fixed: the same result gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from tandem.base.words import Lang
from tandem.domain import reason_words
from tandem.domain.tables import MATCHES
from tandem.storage.clearing_sheets import (
    DECISIONS,
    WORTH,
    Cell,
    ClearingSheets,
    Column,
    plan_figures,
)
from tandem.storage.report.clearing import rules as rules_told
from tandem.storage.report.clearing import sentences as clearing_sentences
from tandem.storage.report.telling import (
    city_name,
    grounds,
    headline,
    kind_name,
    organisation_names,
    sentences,
    tiles,
)
from tandem.storage.report.two import Two, line, percent, phrase
from tandem.storage.report.view import ReportView

_CREATED = datetime(2000, 1, 1)
_ROWS = 1_048_575  # rows of a sheet below its header
_REASON_ROWS = 50_000  # rows of the sheet of reasons: what a person can still filter, written in seconds
_CELL = 32_767  # letters a cell can hold
_MAIN = 3  # reasons shown as sentences beside a match

_LIST = (
    Column("need_id", 12), Column("need", 38, True), Column("rank", 7, style="whole"),
    Column("organisation", 32, True), Column("city", 11), Column("offer", 30, True), Column("score", 9, style="score"),
    Column("probability", 11, style="percent"), Column("reasons", 80, True), Column("org_id", 14),
    Column("offer_id", 14),
)  # fmt: skip
_MARKS = (Column("cleared", 10), Column("price", 12, style="whole"))
_REASONS = (
    Column("need_id", 12), Column("need", 38, True), Column("rank", 7, style="whole"), Column("org_id", 14),
    Column("organisation", 32, True), Column("code", 18), Column("weight", 10, style="score"),
    Column("share", 10, style="percent"), Column("sentence", 90, True), Column("evidence", 26),
)  # fmt: skip
_UNSERVED = (
    Column("need_id", 12), Column("need", 50, True), Column("kind", 14), Column("city", 12), Column("why", 80, True)
)  # fmt: skip
_EXCLUDED = (
    Column("need_id", 12), Column("need", 45, True), Column("why", 45, True), Column("offers", 14, style="whole"),
    Column("organisations", 14, style="whole"), Column("examples", 60, True),
)  # fmt: skip
_NEVER = (Column("org_id", 14), Column("organisation", 45, True), Column("city", 12), Column("why", 70, True))


def write_result_book(path: Path, view: ReportView, lang: Lang) -> None:
    """Write the workbook in one language; the same view gives the same bytes. An older file is replaced whole."""
    beside = path.with_name(f".{path.name}.part")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "nan_inf_to_errors": True, "constant_memory": True}  # fmt: skip
    try:
        with xlsxwriter.Workbook(str(beside), options) as book:
            book.set_properties(
                {"title": phrase("report.title").get(lang), "author": "Tandem", "created": _CREATED}
            )
            _Sheets(book, view, lang).write()
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


class _Sheets:
    """One workbook being written: its formats, and the names that every sheet needs."""

    def __init__(self, book: Any, view: ReportView, lang: Lang) -> None:
        self.book, self.view, self.lang = book, view, lang
        organisations = view.book.organisations
        self.names = organisation_names(organisations)
        self.seats: Mapping[str, str | None] = dict(organisations.select("org_id", "city").iter_rows())
        places = view.book.needs.select("need_id", "kind", "city").iter_rows()
        self.places = {need_id: (kind, city) for need_id, kind, city in places}
        self.titles = dict(view.book.needs.select("need_id", "title").iter_rows())
        self.offers = dict(view.book.offers.select("offer_id", "title").iter_rows())
        self.matches = _in_book_order(view.matches, view.book.needs)
        base = {"valign": "top"}
        self.formats = {
            "plain": book.add_format(base),
            "wrap": book.add_format({**base, "text_wrap": True}),
            "whole": book.add_format({**base, "num_format": "#,##0"}),
            "score": book.add_format({**base, "num_format": "0.000"}),
            "percent": book.add_format({**base, "num_format": "0%"}),
            "header": book.add_format(
                {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0C6B69", "text_wrap": True, "valign": "vcenter",
                 "border": 1, "border_color": "#0C6B69"}
            ),
            "title": book.add_format({"bold": True, "font_size": 20, "font_color": "#0C6B69"}),
            "text": book.add_format({"text_wrap": True, "valign": "top", "font_size": 12}),
            "label": book.add_format({"bold": True}),
        }  # fmt: skip

    def write(self) -> None:
        """All sheets in the order in which a person reads them."""
        self.summary()
        cleared = self.view.cleared
        self.sheet("list", _LIST if cleared is None else (*_LIST, *_MARKS), self.match_rows())
        if cleared is not None:
            sheets = ClearingSheets(cleared, self.view, self.lang)
            self.sheet("clearing", DECISIONS, sheets.decisions())
            self.sheet("worth", WORTH, sheets.worth())
        self.sheet("reasons", _REASONS, islice(self.reason_rows(), _REASON_ROWS))
        self.sheet("unserved", _UNSERVED, self.unserved_rows())
        self.sheet("excluded", _EXCLUDED, self.excluded_rows())
        self.sheet("never", _NEVER, self.never_rows())
        self.machine()

    def say(self, code: str, **params: Any) -> str:
        return line(code, self.lang, **params)

    def name(self, org_id: str) -> str:
        return self.names.get(org_id, Two(org_id, org_id)).get(self.lang)

    def city(self, code: str | None) -> str:
        return city_name(code).get(self.lang) if code else ""

    def summary(self) -> None:
        """The story in sentences, then its figures."""
        page = self.book.add_worksheet(self.say("report.sheet.summary"))
        page.hide_gridlines(2)
        page.set_column(0, 0, 44)
        page.set_column(1, 1, 70)
        told = headline(self.view)
        page.set_row(0, 30)
        page.write_string(0, 0, self.say(told.code, **told.params), self.formats["title"])
        row = 2
        for sentence in sentences(self.view):
            page.merge_range(row, 0, row, 1, "", self.formats["text"])
            page.write_string(row, 0, self.say(sentence.code, **sentence.params), self.formats["text"])
            page.set_row(row, 34)
            row += 1
        for sentence in clearing_sentences(self.view):
            page.merge_range(row, 0, row, 1, "", self.formats["text"])
            page.write_string(row, 0, self.say(sentence.code, **sentence.params), self.formats["text"])
            row += 1
        for rule in rules_told(self.view):
            page.merge_range(row, 0, row, 1, "", self.formats["text"])
            page.write_string(row, 0, rule.get(self.lang), self.formats["text"])
            page.set_row(row, 34)
            row += 1
        for label, value in self.figures():
            row += 1
            page.write_string(row, 0, label, self.formats["label"])
            self.cell(page, row, 1, value, self.formats["plain"])

    def figures(self) -> Iterator[tuple[str, Cell]]:
        for value, code, _ in tiles(self.view):
            yield self.say(code), int(value.replace(",", ""))
        yield self.say("report.how.setting") + ": as_of", self.view.as_of.isoformat()
        for name, setting in self.view.settings.items():
            if name != "as_of":
                yield f"{self.say('report.how.setting')}: {name}", "" if setting is None else str(setting)
        if self.view.cleared is not None:
            yield from plan_figures(self.view.cleared, self.lang)
        for name, count in self.view.book.counts.items():
            words = f"{self.say('report.how.read')}: {self.say(f'report.table.{name}')}"
            yield words, self.say("report.book.counts", **{k: getattr(count, k) for k in _COUNTS})
        yield self.say("report.book.hint"), None
        if self.view.matches["reasons"].str.count_matches('"code":').sum() > _REASON_ROWS:
            yield self.say("report.book.cut", n=_REASON_ROWS), None

    def match_rows(self) -> Iterator[Sequence[Cell]]:
        for row in self.matches.iter_rows(named=True):
            main = [ground for ground in grounds(row["reasons"], row["score"]) if ground.weight][:_MAIN]
            reasons = "\n".join(
                f"{ground.share:.0%} {reason_words.sentence(ground.code, ground.params, self.lang)}"
                for ground in main
            )
            yield (
                row["need_id"], self.titles.get(row["need_id"]), row["rank"], self.name(row["org_id"]),
                self.city(self.seats.get(row["org_id"])), self.offers.get(row["offer_id"]), row["score"],
                row["probability"], reasons, row["org_id"], row["offer_id"],
                *((row["cleared"], row["price"]) if self.view.cleared else ()),
            )  # fmt: skip

    def reason_rows(self) -> Iterator[Sequence[Cell]]:
        """One row a reason; conditions that were met or not stated are in the machine sheet only."""
        for row in self.matches.iter_rows(named=True):
            for ground in grounds(row["reasons"], row["score"]):
                if ground.code.endswith(("_met", "_unknown")):
                    continue
                yield (
                    row["need_id"], self.titles.get(row["need_id"]), row["rank"], row["org_id"],
                    self.name(row["org_id"]), ground.code, ground.weight, ground.share,
                    reason_words.sentence(ground.code, ground.params, self.lang), "; ".join(ground.evidence),
                )  # fmt: skip

    def unserved_rows(self) -> Iterator[Sequence[Cell]]:
        """Needs without supply and why, then those of which little is covered, least first."""
        for gap in self.view.story.unserved:
            why = [
                self.say("report.excluded.line", reason=phrase(f"exclusion.{row.code}"), offers=row.offers,
                         organisations=row.organisations)
                for row in gap.excluded
                if row.code != "self"
            ]  # fmt: skip
            yield (*self.need(gap.need_id), "\n".join(why) or self.say("report.unserved.nothing"))
        weak = self.view.supply.filter(pl.col("state") == "weak").sort("coverage", "need_id")
        for need_id, coverage in weak.select("need_id", "coverage").iter_rows():
            yield (*self.need(need_id), self.say("report.weakly.why", coverage=percent(coverage or 0.0)))

    def need(self, need_id: str) -> tuple[Cell, ...]:
        """A need's id, title, kind and city."""
        kind, city = self.places.get(need_id, (None, None))
        return need_id, self.titles.get(need_id), kind_name(kind).get(self.lang), self.city(city)

    def excluded_rows(self) -> Iterator[Sequence[Cell]]:
        for row in _in_book_order(self.view.excluded, self.view.book.needs).iter_rows(named=True):
            examples = "; ".join(self.name(org_id) for org_id in row["examples"] or [])
            why = self.say(f"exclusion.{row['code']}")
            yield (
                row["need_id"], self.titles.get(row["need_id"]), why, row["offers"], row["organisations"], examples
            )  # fmt: skip

    def never_rows(self) -> Iterator[Sequence[Cell]]:
        for one in self.view.story.never:
            city = self.city(self.seats.get(one.org_id))
            yield one.org_id, self.name(one.org_id), city, self.say(f"report.never.{one.why}")

    def machine(self) -> None:
        """The exchange table `matches` under its own column names, as reading expects it."""
        columns = [column.name for column in MATCHES.columns]
        kept = [name if name in self.matches.columns else None for name in columns]
        rows = (
            tuple(
                _json_that_fits(row[name]) if name == "reasons" else row[name] if name else None
                for name in kept
            )
            for row in self.matches.iter_rows(named=True)
        )
        wide = {"reasons": 60, "need_id": 14, "org_id": 16, "offer_id": 16}
        self.fill(
            self.book.add_worksheet(MATCHES.name),
            columns,
            [Column(n, wide.get(n, 10)) for n in columns],
            rows,
        )

    def sheet(self, code: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        page = self.book.add_worksheet(self.say(f"report.sheet.{code}"))
        self.fill(page, [self.say(f"report.column.{column.code}") for column in columns], columns, rows)

    def fill(
        self, page: Any, header: Sequence[str], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
    ) -> None:
        """A table: header frozen, filters on, widths set; rows beyond what a sheet can hold are left out."""
        styles = [self.formats["wrap" if column.wrap else column.style] for column in columns]
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width)
        page.freeze_panes(1, 0)
        page.set_row(0, 24)
        for at, words in enumerate(header):
            page.write_string(0, at, words, self.formats["header"])
        last = 0
        for last, row in enumerate(islice(rows, _ROWS), 1):
            for at, value in enumerate(row):
                self.cell(page, last, at, value, styles[at])
        page.autofilter(0, 0, last, len(columns) - 1)

    @staticmethod
    def cell(page: Any, row: int, column: int, value: Cell, style: Any) -> None:
        """One value by its own type; a text is always written as text."""
        if value is None or value == "":
            page.write_blank(row, column, None, style)
        elif isinstance(value, bool):
            page.write_boolean(row, column, value, style)
        elif isinstance(value, int | float):
            page.write_number(row, column, value, style)
        else:
            page.write_string(row, column, value[:_CELL], style)


_COUNTS = ("read", "accepted", "rejected")


def _in_book_order(frame: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """Rows by need in the order of the user's own table, then by rank; needs that it lacks come last."""
    order = needs.select("need_id").unique(maintain_order=True).with_row_index("_order")
    keys = [name for name in ("_order", "need_id", "rank", "code") if name in {*frame.columns, "_order"}]
    return (
        frame.join(order, on="need_id", how="left")
        .sort(keys, nulls_last=True, maintain_order=True)
        .drop("_order")
    )


def _json_that_fits(reasons: str) -> str:
    """The reasons as JSON that one cell can hold: the lightest are dropped until it does."""
    if len(reasons) <= _CELL:
        return reasons
    rows = sorted(json.loads(reasons), key=lambda row: -abs(row["weight"]))
    while rows and len(text := json.dumps(rows, ensure_ascii=False)) > _CELL:
        rows.pop()
    return text if rows else "[]"
