"""Statements become values that rules can compare."""

from __future__ import annotations

import polars as pl
import pytest

from tandem.engine.ladder import facts

SAID = {
    "是": True, "No": False, "3%": 0.03, "３％": 0.03, "0.03": 0.03, "86,000,000": 86e6,
    "8600万元": 86e6, "0.86亿元": 86e6,
    "86 million yuan": 86e6, "12年": 12.0, "40 persons": 40.0, "2项": 2.0, "-4 %": -0.04, "深圳": "深圳",
    "90 million HKD": "90 million hkd", "9000万港元": "9000万港元",
}  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_what_a_statement_means(text):
    """Numbers in base units, shares of 1, yes and no; another currency stays a word, which meets no threshold."""
    assert facts.read(text) == SAID[text]
    assert type(facts.read(text)) is type(SAID[text])


def test_years_and_later_rows():
    """A later row about one year replaces the earlier; later years than asked for are left out; no year is oldest."""
    table = pl.DataFrame(
        [
            {"organisation": "A", "criterion": "revenue", "value": "1", "year": "2023", "evidence": None},
            {"organisation": "A", "criterion": "revenue", "value": "2", "year": "2024年", "evidence": " "},
            {"organisation": "A", "criterion": "revenue", "value": "3", "year": "2024", "evidence": "audit"},
            {"organisation": "A", "criterion": "revenue", "value": "9", "year": "2025", "evidence": "audit"},
            {"organisation": "B", "criterion": "revenue", "value": "7", "year": None, "evidence": "audit"},
        ]
    )
    found = facts.stated(table, until=2024)
    assert [(one.value, one.evidence) for one in facts.newest(found["A"]["revenue"], 2)] == [
        (3.0, "audit"),
        (1.0, None),
    ]
    assert facts.newest(found["B"]["revenue"])[0].value == 7.0
    assert len(facts.newest(found["B"]["revenue"], 2)) == 1
