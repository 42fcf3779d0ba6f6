"""Derived indicators: made where both sides are there, never across vintages or currencies, rounding carried."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.figures import frame as reading
from tandem.engine.region import quality

REGISTER = Path(__file__).resolve().parents[3] / "examples" / "register" / "figures.csv"
NAMES = ("indicator_id", "name", "name_zh", "name_en", "aliases", "role", "numerator", "denominator_id")


def indicators(*rows: tuple[str, str, str | None, str | None, str | None]) -> pl.DataFrame:
    """Rows of (id, name, role, numerator, denominator)."""
    made = [
        dict(zip(("indicator_id", "name", "role", "numerator", "denominator_id"), row, strict=True))
        for row in rows
    ]
    return pl.DataFrame(made, schema=dict.fromkeys(NAMES, pl.String))


PRODUCTIVITY = indicators(
    ("va", "Value added", "quantity", None, None),
    ("staff", "Employees", "quantity", None, None),
    ("per_head", "Value added per employee", "quality", "va", "staff"),
)


def parsed(known: pl.DataFrame, *rows: dict[str, str]) -> pl.DataFrame:
    every = [
        {"geography": "Guangdong", "year": "2025", "kind": "baseline", "source": "s", **row} for row in rows
    ]
    return reading.understand(reading.frame(every).select(reading.TEXTS), known)


def money(value: str, **more: str) -> dict[str, str]:
    return {
        "id": f"v{value}{more.get('vintage', '')}",
        "indicator": "va",
        "value": value,
        "unit": "billion CNY",
        **more,
    }


def persons(value: str, **more: str) -> dict[str, str]:
    return {
        "id": f"p{value}{more.get('vintage', '')}",
        "indicator": "staff",
        "value": value,
        "unit": "persons",
        **more,
    }


def test_research_intensity_of_the_programme():
    """535 of 14,580 is 3.669 %; the published 3.6 % lies outside, whatever was rounded (reference: 3.67 beside 3.6)."""
    if not REGISTER.is_file():
        pytest.skip("needs the shipped register")
    known = indicators(
        ("gdp", "Regional GDP", "quantity", None, None),
        ("rd", "R&D expenditure", "quantity", None, None),
        ("intensity", "R&D intensity", "structure", "rd", "gdp"),
    )
    with REGISTER.open(encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    found = quality.derive(reading.understand(reading.frame(rows).select(reading.TEXTS), known), known)
    (row,) = found.to_dicts()
    assert (row["numerator"], row["denominator"], row["published"], row["agrees"]) == (
        "F036",
        "F001",
        ["F037"],
        False,
    )
    assert row["value"] == pytest.approx(535 / 14580)
    low, high = Fraction("534.5") / Fraction("14585"), Fraction("535.5") / Fraction("14575")
    assert (row["low"], row["high"]) == (pytest.approx(float(low)), pytest.approx(float(high)))
    assert (row["dimension"], row["currency"]) == ("share", None)


def test_value_added_per_employee():
    """500 billion yuan over 2 million persons is 250,000 yuan each; the result is a ratio that keeps its currency."""
    (row,) = quality.derive(parsed(PRODUCTIVITY, money("500"), persons("2000000")), PRODUCTIVITY).to_dicts()
    assert row["value"] == pytest.approx(250_000)
    assert (row["dimension"], row["currency"], row["published"], row["agrees"]) == ("ratio", "CNY", [], None)


APART = {
    "another year": {"year": "2024"},
    "another place": {"geography": "Hunan"},
    "another vintage": {"vintage": "2026-02"},
    "a target": {"kind": "target"},
    "another price basis": {"price_basis": "real"},
    "no number": {"value": "many"},
}


@pytest.mark.parametrize("case", APART)
def test_what_does_not_belong_together_is_not_divided(case):
    """Figures of another year, place, vintage, kind or price basis give nothing."""
    other = {**money("500"), **APART[case]}
    assert quality.derive(parsed(PRODUCTIVITY, other, persons("2000000")), PRODUCTIVITY).height == 0


def test_vintages_stay_apart():
    """Two vintages of both sides give two values, each from its own."""
    rows = [money("500", vintage="a"), persons("2000000", vintage="a"), money("520", vintage="b"),
            persons("2000000", vintage="b")]  # fmt: skip
    found = quality.derive(parsed(PRODUCTIVITY, *rows), PRODUCTIVITY).sort("vintage")
    assert found["value"].to_list() == pytest.approx([250_000, 260_000])
    assert found["numerator"].to_list() == ["v500a", "v520b"]


def test_currencies_are_not_mixed():
    """Hong Kong dollars over yuan is no share."""
    known = indicators(
        ("va", "Value added", None, None, None),
        ("all", "All", None, None, None),
        ("share", "Share", None, "va", "all"),
    )
    rows = [{**money("5"), "unit": "billion HKD"}, {**money("10"), "indicator": "all"}]
    assert quality.derive(parsed(known, *rows), known).height == 0
    assert quality.derive(parsed(known, money("5"), rows[1]), known)["value"].to_list() == [0.5]


def test_an_open_figure_gives_bounds_only():
    """More than 500 billion over 2 million: no value, a lower bound, no upper one."""
    (row,) = quality.derive(parsed(PRODUCTIVITY, money(">500"), persons("2000000")), PRODUCTIVITY).to_dicts()
    assert row["value"] is None
    assert row["high"] == float("inf")
    assert row["low"] == pytest.approx(499.5e9 / 2_000_000.5)


def test_one_source_before_two():
    """Where one publication prints both sides, its pair alone is used; else figures of two sources meet."""
    rows = [money("500", source="a"), money("510", source="b"), persons("2000000", source="a")]
    assert quality.derive(parsed(PRODUCTIVITY, *rows), PRODUCTIVITY)["numerator"].to_list() == ["v500"]
    assert quality.derive(parsed(PRODUCTIVITY, *rows[1:]), PRODUCTIVITY)["numerator"].to_list() == ["v510"]


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_interval_holds_every_unrounded_pair(a, b):
    """Whatever the figures were before they were rounded, their ratio lies within [low, high] (exact arithmetic)."""
    (row,) = quality.derive(parsed(PRODUCTIVITY, money(str(a)), persons(str(b))), PRODUCTIVITY).to_dicts()
    half = Fraction(1, 2)
    least = (a - half) * 10**9 / (b + half)
    most = (a + half) * 10**9 / (b - half)
    assert row["low"] <= float(least) * (1 + 1e-12)
    assert row["high"] >= float(most) * (1 - 1e-12)


def test_counts_of_firms_are_context():
    """Without a stated role a count of enterprises is context; a stated role wins; quality comes first."""
    known = indicators(
        ("firms", "Firms", None, None, None), ("chosen", "Chosen firms", "quality", None, None)
    )
    rows = [
        {"id": "1", "indicator": "Chosen firms", "value": "3", "unit": "enterprises"},
        {"id": "2", "indicator": "Firms", "value": "30", "unit": "enterprises"},
        {"id": "3", "indicator": "Share of something", "value": "30", "unit": "% of GDP"},
        {"id": "4", "indicator": "Pay", "value": "30", "unit": "CNY/person"},
    ]
    figures = quality.with_roles(parsed(known, *rows), known)
    assert figures["role"].to_list() == ["quality", "context", "structure", "quality"]
    assert figures["role_stated"].to_list() == [True, False, False, False]
    counted = quality.by_role(figures, quality.derive(figures, known), known)
    assert [one.role for one in counted] == ["quality", "structure", "quantity", "context"]
    assert [one.figures for one in counted] == [2, 1, 0, 1]


def test_what_nobody_measures_is_named():
    """A quality indicator without a figure that cannot be derived either is told; one that can be derived is not."""
    known = pl.concat([PRODUCTIVITY, indicators(("outcomes", "Outcome rate", "quality", None, None))])
    figures = quality.with_roles(parsed(known, money("500"), persons("2000000")), known)
    (told, *_) = quality.by_role(figures, quality.derive(figures, known), known)
    assert (told.role, told.indicators, told.derived, told.unmeasured) == ("quality", 1, 1, ("outcomes",))


def test_large_frames_hold_their_texts_as_categories():
    """The same values from categorical texts."""
    plain = parsed(PRODUCTIVITY, money("500"), persons("2000000"))
    kept = ("figure_id", "value")
    texts = [name for name, kind in plain.schema.items() if kind == pl.String and name not in kept]
    large = plain.with_columns(pl.col(texts).cast(pl.Categorical))
    assert quality.derive(large, PRODUCTIVITY).equals(quality.derive(plain, PRODUCTIVITY))
    assert quality.with_roles(large, PRODUCTIVITY)["role"].cast(pl.String).to_list() == [
        "quantity",
        "quantity",
    ]
