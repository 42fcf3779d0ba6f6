"""One record by the rules of files: whatever a form is given comes to what a file with the same cell comes to."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tandem.domain.tables import DELIVERIES, NEEDS, OFFERS, ORGANISATIONS
from tandem.storage.exchange import one
from tandem.storage.exchange.read import read_book

CASES = [
    (NEEDS, "title", " two\nlines\u3000"), (NEEDS, "title", "x" * 501), (NEEDS, "title", "a\x01b"),
    (NEEDS, "title", "\u200b"),
    (NEEDS, "text", "two\r\nlines"), (NEEDS, "text", "长" * 20_001), (NEEDS, "city", "广东省深圳市南山区"),
    (NEEDS, "city", "澳門"), (NEEDS, "city", "Atlantis"), (NEEDS, "city", "Taizhou, Zhejiang"),
    (NEEDS, "service_code", "檢測"), (NEEDS, "service_code", "nonsense"), (NEEDS, "kind", "技术攻关"),
    (NEEDS, "kind", "technolgy"), (NEEDS, "lang", "中英"), (NEEDS, "currency", "港币"), (NEEDS, "sector", "家电; 模具"),
    (OFFERS, "cities_served", "深圳、香港"), (OFFERS, "cities_served", "全国"), (OFFERS, "cities_served", "Atlantis"),
    (ORGANISATIONS, "reg_no", " 91350100m000100y43"), (ORGANISATIONS, "reg_no", "91350100M000100Y44"),
    (ORGANISATIONS, "name", "ＡＣＭＥ"), (ORGANISATIONS, "size", "微企"), (DELIVERIES, "rating", "0.25"),
]  # fmt: skip


def of_file(folder, table, column, text):
    """What a file with this cell comes to: the value, and the codes of what is wrong."""
    needed = {one.name: "x" for one in table.columns if one.required} | {column: text}
    pl.DataFrame({name: [cell] for name, cell in needed.items()}).write_ndjson(folder / f"{table.name}.jsonl")
    book = read_book(folder / f"{table.name}.jsonl")
    frame = book.table(table.name)
    value = frame[column].to_list()[0] if frame.height else None
    return value, {found.code for found in book.findings if not found.code.startswith("reference.")}


@pytest.mark.parametrize(
    ("table", "column", "text"), CASES, ids=lambda case: getattr(case, "name", str(case)[:12])
)
def test_a_form_and_a_file_agree(tmp_path, table, column, text):
    """The same value, or the same code of what is wrong; a wrong check character is kept by both."""
    given = {"cities_served": (text,), "rating": float(text) if column == "rating" else 0}.get(column, text)
    read, findings = one.checked(table, {column: given})
    value, codes = of_file(tmp_path, table, column, text)
    assert {found.code for found in findings} == codes - {"registration.check"}
    assert read.get(column) == value or codes


@pytest.mark.parametrize(("column", "number", "text"), [("slots", 0, "0"), ("slots", 2**31, str(2**31)),
                                                        ("importance", 0, "0"), ("slots", 3, "3家")])  # fmt: skip
def test_numbers_have_the_same_bounds(tmp_path, column, number, text):
    """The least and the most that a column takes are those of files."""
    read, findings = one.checked(NEEDS, {column: number})
    value, codes = of_file(tmp_path, NEEDS, column, text)
    assert {found.code for found in findings} == codes
    assert codes or read[column] == value


def test_money_is_minor_units_of_the_same_bounds(tmp_path):
    """250.05 in a file is 25005 in a form; what is too much for one is too much for the other."""
    assert (
        of_file(tmp_path, NEEDS, "budget_max", "250.05")[0]
        == one.checked(NEEDS, {"budget_max": 25_005})[0]["budget_max"]
    )
    for text, minor in (("1000000000000001", 10**17 + 100), ("-1", -100)):
        assert of_file(tmp_path, NEEDS, "budget_max", text)[1] == {
            found.code for found in one.checked(NEEDS, {"budget_max": minor})[1]
        }


def test_days_and_their_order(tmp_path):
    """The same years are taken, and an end before its beginning is told by the same code."""
    assert one.checked(NEEDS, {"due_on": date(2026, 3, 1)})[0] == {"due_on": "2026-03-01"}
    assert of_file(tmp_path, NEEDS, "due_on", "1850-01-01")[1] == {
        found.code for found in one.checked(NEEDS, {"due_on": date(1850, 1, 1)})[1]
    }
    wrong = {"posted_on": "2026-03-02", "due_on": "2026-03-01", "budget_min": 2, "budget_max": 1}
    assert [found.code for found in one.disordered(NEEDS, wrong)] == ["dates.order", "budget.order"]
