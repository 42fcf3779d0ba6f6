"""The template is a valid book and tells a newcomer what to write."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.domain.tables import INPUT_TABLES
from tandem.storage import exchange
from tandem.storage.exchange.workbook import Workbook


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_template_reads_back_without_error(tmp_path: Path, lang: words.Lang) -> None:
    """Its example rows are valid in every table, refer to each other, and are pointed out as examples."""
    path = tmp_path / "book.xlsx"
    exchange.write_template(path, lang)
    book = exchange.read_book(path)
    assert {finding.code for finding in book.findings} == {"row.example"}
    assert book.errors == ()
    assert all(book.table(table.name).height == 1 for table in INPUT_TABLES)
    assert (
        book.offers["org_id"][0]
        == book.deliveries["org_ids"][0][0]
        == book.truth["org_id"][0]
        == "EXAMPLE-O1"
    )
    assert words.say("column.needs.title", lang) in " ".join(
        map(str, Workbook(path).values(words.say("table.needs", lang))[1][1])
    )


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_template_guides(tmp_path: Path, lang: words.Lang) -> None:
    """A guide comes first, required headers are starred, choices open as lists, headers carry help."""
    path = tmp_path / "book.xlsx"
    exchange.write_template(path, lang)
    sheets = list(Workbook(path).sheets)
    assert sheets == [
        words.say("template.guide", lang),
        *(words.say(f"table.{table.name}", lang) for table in INPUT_TABLES),
    ]
    parts = zipfile.ZipFile(path)
    needs = parts.read("xl/worksheets/sheet3.xml").decode()
    assert needs.count("<dataValidation ") == 3
    assert f"{words.say('column.needs.title', lang)}*" in parts.read("xl/sharedStrings.xml").decode()
    comments = parts.read("xl/comments2.xml").decode()
    assert words.say("column.needs.slots.help", lang) in comments


def test_the_template_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    """No clock in it."""
    for name in ("a.xlsx", "b.xlsx"):
        exchange.write_template(tmp_path / name, "zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_template_is_a_workbook(tmp_path: Path) -> None:
    """Another suffix is refused."""
    with pytest.raises(Invalid):
        exchange.write_template(tmp_path / "book.csv", "en")
