"""Ids and vintages of whole columns."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.storage.region import identity

ROW = {
    "indicator": "GDP",
    "unit": "亿元",
    "period": "2025",
    "geography": "Guangdong",
    "kind": "baseline",
    "source": None,
}

PRINTS = ["1.5", "01.5", "1.50", "15", "-15", "0", "-0", "0.0", "00", "1/5", "> 15", "1.05", "10.5"]
IDS = ["xjva81n4kwda", "xmwdet9vhaby", "xv4w1gdfgfya"]


def rows(values: list[str]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, "value": value} for value in values], schema_overrides={"source": pl.String})


def test_an_id_never_changes() -> None:
    """Ids are written in other people's files: the same content gives these, in every version."""
    assert identity.content_ids(rows(["14.58", "1/3", "超过8万亿"])).to_list() == IDS


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical])
def test_the_type_of_a_column_makes_no_difference(kind: type[pl.DataType]) -> None:
    """Text and text held once have the same hash, missing and empty the same too."""
    frame = rows(["14.58", "1/3", "x"])
    held = frame.cast({name: kind for name in frame.columns if name != "value"})
    assert (identity.hashed(frame, identity.CONTENT) == identity.hashed(held, identity.CONTENT)).all()
    key = [name for name in identity.CONTENT if name != "value"]
    assert (identity.marked(frame, key) == identity.marked(held, key)).all()


@given(st.lists(st.sampled_from(PRINTS), min_size=1, unique=True))
def test_other_prints_have_other_ids(values: list[str]) -> None:
    """Prints of one number with other digits are other prints."""
    assert identity.content_ids(rows(values)).n_unique() == len(values)


def test_the_order_of_vintages() -> None:
    """A date counts as itself, anything else as the latest before it."""
    vintages = pl.Series("vintage", ["draft", "2026-02-24", "final", "2025", None])
    order = identity.vintage_order(vintages, identity.UNDATED).to_list()
    assert order[0] == identity.UNDATED
    assert order[2] == order[1] == order[4]
    assert order[3] == 2026.0 < order[1] < 2027.0
    later = identity.vintage_order(vintages, 2030.0).to_list()
    assert (later[0], later[1] < 2027.0, later[2]) == (2030.0, True, 2030.0)
