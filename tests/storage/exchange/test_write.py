"""What is written comes back as it was, starts no formula, and has the same bytes each time."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.domain.tables import NEEDS, TABLES
from tandem.storage import exchange
from tandem.storage.exchange import delimited, headers, write
from tandem.storage.exchange.book import empty

FORMATS = (".csv", ".xlsx", ".parquet", ".jsonl")
_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_RISKY = st.builds(
    str.__add__,
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'=", "''@", "'", "-5", "+1e3"]),
    _CELL,
)


@pytest.fixture
def book(csv_file: Callable[..., Path]) -> exchange.Book:
    """A book with money, lists, dates, ratings and the user's own columns."""
    needs = csv_file(
        "title,need_id,posted_on,budget_min,预算上限,slots,Colour\n=1+1,N1,2026-03-01,0.5,250万,2,@red\n减速器,N2,,,,,\n"
    )
    offers = csv_file("title,org_id,cities_served,price_from\nA,X,广州;香港,12.34\nB,Y,,\n", "offers.csv")
    deliveries = csv_file("title,org_id,delivered_on,rating\nA,X;Y,2020-01-01,0.75\n", "deliveries.csv")
    return exchange.read_book(tables={"needs": needs, "offers": offers, "deliveries": deliveries})


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("table", ["organisations", "needs", "offers", "deliveries"])
def test_tables_come_back_as_they_were(
    book: exchange.Book, tmp_path: Path, table: str, suffix: str, lang: words.Lang
) -> None:
    """Every format in both languages round-trips: money to the fen, lists, dates, texts that look like formulas."""
    path = tmp_path / f"{table}{suffix}"
    exchange.write_table(book.table(table), path, table, lang)
    again = exchange.read_book(path)
    assert again.findings == ()
    assert again.table(table).equals(book.table(table))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_table_gives_the_same_bytes(book: exchange.Book, tmp_path: Path, suffix: str) -> None:
    """No clock and no chance in what is written."""
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    for path in (first, second):
        exchange.write_table(book.needs, path, "needs", "zh")
    assert first.read_bytes() == second.read_bytes()


@given(_CELL | _RISKY)
def test_escaping_is_undone_by_reading(cell: str) -> None:
    """Any text survives; nothing that is escaped can start a formula; plain numbers stay numbers."""
    written = write.escape(cell)
    assert delimited.unescape(written) == cell
    assert written[:1] not in set("=@\t\r＝＋－＠")
    assert not written.startswith(("+", "-")) or float(written) == float(cell)


@settings(max_examples=40, deadline=None)
@given(st.lists(_CELL | _RISKY, min_size=1, max_size=5))
def test_csv_cells_survive_a_file(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    """Line breaks, quotation marks, delimiters and formulas come back from a real file."""
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    exchange.write_table(pl.DataFrame({"title": cells, "mark": ["|"] * len(cells)}), path, "needs", "en")
    raw = delimited.read(path, NEEDS)
    assert [cell or "" for cell in raw.cells["0"]] == cells


def test_workbook_cells_are_never_formulas_or_links(tmp_path: Path) -> None:
    """Formulas and addresses are written as text; the header is frozen and filtered."""
    path = tmp_path / "a.xlsx"
    frame = pl.DataFrame({"title": ['=HYPERLINK("x")', "http://example.org", "+1", "x" * 40_000, "bell\x07"]})
    exchange.write_table(frame, path, "needs", "en")
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'state="frozen"' in sheet
    assert "<autoFilter" in sheet
    assert exchange.read_book(tables={"needs": path}).needs.height == 4


def test_csv_opens_in_a_spreadsheet_program(book: exchange.Book, tmp_path: Path) -> None:
    """UTF-8 with its mark, headers in the language, money in yuan, formulas behind an apostrophe."""
    path = tmp_path / "needs.csv"
    exchange.write_table(book.needs, path, "needs", "zh")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        head, first, _ = csv.reader(handle)
    row = dict(zip(head, first, strict=True))
    assert (row["需求名称"], row["预算下限"], row["预算上限"], row["发布日期"], row["Colour"]) == (
        "'=1+1",
        "0.50",
        "2500000",
        "2026-03-01",
        "'@red",
    )


def test_json_lines_are_plain(book: exchange.Book, tmp_path: Path) -> None:
    """Keys are the public column names, absent values are left out."""
    path = tmp_path / "offers.jsonl"
    exchange.write_table(book.offers, path, "offers", "zh")
    first, second = map(json.loads, path.read_text("utf-8").splitlines())
    assert (first["org_id"], first["cities_served"], first["price_from"]) == ("X", "440100;810000", 12.34)
    assert "price_from" not in second


def test_matches_are_written_with_their_own_columns(tmp_path: Path) -> None:
    """A list of matches comes back through read_table, with columns that the exchange tables do not know."""
    path = tmp_path / "m.xlsx"
    frame = pl.DataFrame(
        {"need_id": ["N"], "rank": [1], "org_id": ["A"], "score": [0.25], "reasons": ["[]"], "why": ["x"]}
    )
    exchange.write_table(frame, path, "matches", "zh")
    again, findings = exchange.read_table(path, "matches")
    assert findings == ()
    assert again.select(frame.columns).rows() == frame.rows()


def test_every_label_is_read_back_as_its_column() -> None:
    """Headers in both languages lead to the column that they were written for."""
    for table in TABLES.values():
        frame = empty(table)
        for lang in words.LANGUAGES:
            understood = headers.understand(write.headers(frame, table.name, lang), table)
            assert not understood.unknown
            assert not understood.twice


def test_what_cannot_be_written(tmp_path: Path) -> None:
    """Another suffix, a missing folder: a refusal with words and no file."""
    for path in (
        tmp_path / "a.pdf",
        tmp_path / "none" / "a.csv",
        tmp_path / "none" / "a.xlsx",
        tmp_path / "none" / "a.parquet",
    ):
        with pytest.raises(Invalid) as caught:
            exchange.write_table(pl.DataFrame({"posted_on": [date(2026, 1, 1)]}), path, "needs", "en")
        assert words.say(f"error.{caught.value.code}", "zh", **caught.value.params)
    assert list(tmp_path.iterdir()) == []
