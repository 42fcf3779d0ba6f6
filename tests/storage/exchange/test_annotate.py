"""The annotated copy holds everything the user's file held, with each row's problems beside it."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.storage import exchange
from tandem.storage.exchange.workbook import Workbook

Make = Callable[..., Path]


@pytest.fixture
def faulty(workbook: Make) -> Path:
    """A workbook with a title, faults, a sheet of its own and typed cells."""
    return workbook(
        {
            "needs": [
                ["Needs 2026"],
                [None, "title", "slots", "posted_on"],
                [None, "A", -1, datetime(2026, 3, 1)],
                [None, "B", 2, "soon"],
            ],
            "My notes": [["keep", 1.5]],
        }
    )


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_a_workbook_copy_keeps_all_cells(faulty: Path, tmp_path: Path, lang: words.Lang) -> None:
    """All sheets and cells are there one column to the right; faults stand beside their row in the language."""
    out = tmp_path / "annotated.xlsx"
    book = exchange.read_book(faulty)
    exchange.annotate(faulty, book.findings, out, lang)
    before, after = Workbook(faulty), Workbook(out)
    assert list(after.sheets) == list(before.sheets)
    _, rows = after.values("needs")
    assert rows[3][-3:] == ["A", -1, date(2026, 3, 1)]
    what, fix = exchange.explain(next(finding for finding in book.findings if finding.row == 3), lang)
    assert what in rows[3][0]
    assert fix in rows[3][0]
    assert "posted_on" in rows[4][0]
    assert after.values("My notes")[1][1][1:] == ["keep", 1.5]
    styles = zipfile.ZipFile(out).read("xl/styles.xml").decode()
    assert "FFF8D7DA" in styles


def test_an_annotated_copy_reads_as_before(faulty: Path, tmp_path: Path) -> None:
    """The column of problems is not taken for data, so that the copy can be mended and handed in."""
    out = tmp_path / "annotated.xlsx"
    first = exchange.read_book(faulty)
    exchange.annotate(faulty, first.findings, out, "zh")
    again = exchange.read_book(out)
    assert [(finding.code, finding.row) for finding in again.findings] == [
        (finding.code, finding.row) for finding in first.findings
    ]
    assert again.needs.equals(first.needs)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_csv_gets_a_copy_too(csv_file: Make, tmp_path: Path, suffix: str) -> None:
    """CSV in, CSV or XLSX out; broken rows are marked as well; formulas stay harmless."""
    source = csv_file('title,slots\n=1+1,x\n"B"x,1\nC,1\n')
    book, out = exchange.read_book(source), tmp_path / f"out{suffix}"
    exchange.annotate(source, book.findings, out, "en")
    if suffix == ".csv":
        with out.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle))
    else:
        rows = [[str(cell) for cell in row] for row in Workbook(out).values("table")[1].values()]
    assert len(rows) == 4
    assert "This is not a number." in rows[1][0]
    assert rows[1][1].lstrip("'") == "=1+1"
    assert "Quotation marks" in rows[2][0]
    assert rows[3][-2:] == ["C", "1"]


def test_json_lines_and_parquet_get_a_table(tmp_path: Path) -> None:
    """Formats without cells are shown as a sheet."""
    source = tmp_path / "needs.jsonl"
    source.write_text('{"title": "A", "slots": "many"}\n[1]\n')
    book, out = exchange.read_book(source), tmp_path / "out.xlsx"
    exchange.annotate(source, book.findings, out, "en")
    _, rows = next(iter([Workbook(out).values(name) for name in Workbook(out).sheets]))
    assert rows[1][1:] == ["title", "slots"]
    assert "not a number" in rows[2][0]
    assert "no object" in rows[3][0]


def test_table_findings_stand_beside_the_header(csv_file: Make, tmp_path: Path) -> None:
    """A missing column is told at the header."""
    source = csv_file("name,org_id\nA,B\n", "offers.csv")
    out = tmp_path / "out.xlsx"
    exchange.annotate(source, exchange.read_book(source).findings, out, "zh")
    assert "缺少必填列" in Workbook(out).values("table")[1][1][0]


def test_what_cannot_be_annotated(faulty: Path, tmp_path: Path) -> None:
    """Several sheets do not fit a CSV; another suffix is refused."""
    for name in ("out.csv", "out.pdf"):
        with pytest.raises(Invalid):
            exchange.annotate(faulty, (), tmp_path / name, "en")
