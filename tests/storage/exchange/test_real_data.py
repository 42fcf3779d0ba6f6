"""The measured data sets read without a rejected row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.storage import exchange

_DATA = Path(__file__).parents[4] / "shared" / "data" / "matching"
_SETS = {
    "robotics": {
        "organisations": "organisations",
        "needs": "needs_dev",
        "deliveries": "deliveries",
        "truth": "truth_dev",
    },
    "sbir": {
        "organisations": "organisations",
        "needs": "needs",
        "deliveries": "deliveries",
        "truth": "truth",
    },
    "crosslingual": {"offers": "offers", "needs": "needs_zh_dev", "truth": "truth_dev"},
}


@pytest.mark.skipif(not _DATA.is_dir(), reason="../shared is not here")
@pytest.mark.parametrize("name", _SETS)
def test_no_row_is_rejected(name: str) -> None:
    """Every row of the development data is accepted, and every reference resolves."""
    book = exchange.read_book(
        tables={table: _DATA / name / f"{file}.parquet" for table, file in _SETS[name].items()}
    )
    assert book.findings == ()
    assert all(counts.rejected == 0 and counts.accepted > 300 for counts in book.counts.values())
    assert set(book.truth["org_id"]) <= set(book.organisations["org_id"])
