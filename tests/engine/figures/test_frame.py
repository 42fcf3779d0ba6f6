"""The parsed frame of published figures."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.figures.frame import SCHEMA, distinct, frame, understand

SHIPPED = Path(__file__).parents[3] / "examples" / "register" / "figures.csv"


@pytest.fixture(scope="module")
def shipped() -> pl.DataFrame:
    with SHIPPED.open(encoding="utf-8-sig", newline="") as handle:
        return frame(csv.DictReader(handle))


def test_every_shipped_figure_is_read(shipped: pl.DataFrame) -> None:
    """All 92 figures have the frame's columns; only those printed as words are without a number."""
    assert shipped.height == 92
    assert dict(shipped.schema) == dict(SCHEMA)
    words = shipped.filter(pl.col("lower").is_null())["figure_id"].to_list()
    assert words == ["F026", "F039", "F070", "F085", "F086", "F087", "F089", "F092"]
    assert set(shipped.filter(pl.col("lower").is_null())["form"]) == {"words"}
    assert shipped["first_year"].null_count() == 0


@pytest.mark.parametrize(
    ("figure", "form", "lower", "upper", "half", "dimension"),
    [
        ("F001", "point", 14.58e12, 14.58e12, 5e9, "money"),
        ("F018", "about", 0.125, 0.125, 0.00625, "share"),
        ("F024", "bound", 0.032, math.inf, 0.0005, "growth"),
        ("F031", "fraction", 1 / 3, 1 / 3, 0.0, "share"),
        ("F036", "point", 535e9, 535e9, 5e8, "money"),
        ("F037", "point", 0.036, 0.036, 0.0005, "share"),
        ("F063", "bound", 44_000, math.inf, 0.5, "count"),
        ("F068", "range", 1e11, 1e12, 5e11, "money"),
        ("F078", "range", 2, 3, 0.5, "time"),
        ("F079", "bound", 0, 0.5, 0.5 / 60, "time"),
    ],
)
def test_published_examples(
    shipped: pl.DataFrame, figure: str, form: str, lower: float, upper: float, half: float, dimension: str
) -> None:
    """Figures of the programme in base units, each form once."""
    row = shipped.row(by_predicate=pl.col("figure_id") == figure, named=True)
    assert (row["form"], row["dimension"]) == (form, dimension)
    assert (row["lower"], row["upper"], row["half"]) == pytest.approx((lower, upper, half))


def test_prints_stay_as_they_are(shipped: pl.DataFrame) -> None:
    """The value, unit and period columns hold what the file holds."""
    with SHIPPED.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert shipped["value"].to_list() == [row["value"] for row in rows]
    assert shipped["unit"].to_list() == [row["unit"] for row in rows]


_VALUES = st.one_of(
    st.sampled_from(["", "1/3", "> 8", "约60%", "2-3"]), st.integers(-999, 99_999).map(lambda n: f"{n / 100}")
)
_UNITS = st.sampled_from(
    [None, "%", "亿元", "trillion CNY", "minutes", "year", "date", "fraction (about 1/8)", "万人"]
)


@given(st.lists(st.tuples(_VALUES, _UNITS), min_size=1, max_size=12))
def test_whole_columns_say_what_single_values_say(rows: list[tuple[str, str | None]]) -> None:
    """Reading by column, String or Categorical, gives what the reading of one value and one unit gives."""
    from tandem.domain.region.printed import read_value
    from tandem.domain.region.quantities import measure
    from tandem.domain.region.units import read_unit

    made = frame([{"indicator": "x", "value": value, "unit": unit} for value, unit in rows])
    texts = made.select("indicator", "value", "unit")
    held_once = understand(texts.cast({"indicator": pl.Categorical, "unit": pl.Categorical}))
    for at, (value, unit) in enumerate(rows):
        one = measure(read_value(value), read_unit(unit or ""))
        for read in (made, held_once):
            row = read.row(at, named=True)
            assert (row["form"], row["dimension"], row["thing"]) == (one.form, one.dimension, one.thing)
            assert (row["lower"], row["upper"]) == pytest.approx((one.lower, one.upper), nan_ok=True)
            assert row["half"] == pytest.approx(one.half)


def test_a_per_cent_beside_growth_is_growth() -> None:
    """The indicator's own words decide what a bare per cent is; a per cent of something stays a share."""
    made = frame(
        {"indicator": name, "value": "3", "unit": unit}
        for name, unit in (
            ("GDP growth", "%"),
            ("工业增加值增速", "%"),
            ("R&D intensity", "%"),
            ("growth share", "% of GDP"),
        )
    )
    assert made["dimension"].to_list() == ["growth", "growth", "share", "share"]


def test_names_lead_to_ids() -> None:
    """Ids, names and aliases in any case and spacing; cities and provinces without a table; the rest as printed."""
    indicators = pl.DataFrame(
        {
            "indicator_id": ["gdp"],
            "name": ["Regional GDP"],
            "name_zh": ["地区生产总值"],
            "aliases": ["GDP; 生产总值"],
        }
    )
    geographies = pl.DataFrame({"geo_id": ["GBA"], "name": ["Greater Bay Area"], "aliases": ["粤港澳大湾区"]})
    rows = [
        ("regional  gdp", "粤港澳大湾区"),
        ("GDP", "深圳"),
        ("生产总值", "广东省"),
        ("Ｇｄｐ", "Nowhere"),
        ("other", "深圳市南山区"),
    ]
    texts = pl.DataFrame(
        {"indicator": [one for one, _ in rows], "geography": [one for _, one in rows]}
    ).with_columns(pl.lit("1").alias("value"))
    made = understand(texts, indicators, geographies)
    assert made["indicator_id"].to_list() == ["gdp", "gdp", "gdp", "gdp", "other"]
    assert made["geo_id"].to_list() == ["GBA", "440300", "440000", "Nowhere", "深圳市南山区"]


def test_nothing_is_read_from_nothing() -> None:
    """A frame without rows keeps its columns."""
    assert dict(frame([]).schema) == dict(SCHEMA)


@given(
    st.lists(st.sampled_from([None, "a", "b", "甲", ""]), max_size=30),
    st.integers(0, 30),
    st.sampled_from([pl.String, pl.Categorical]),
)
def test_distinct_texts_are_those_of_the_column(
    texts: list[str | None], cut: int, kind: type[pl.DataType]
) -> None:
    """Each once, null among them where it is there, whether the column is whole or in two pieces."""
    column = pl.Series("text", texts, dtype=pl.String).cast(kind)
    column = pl.concat([column[:cut], column[cut:]], rechunk=False)
    found = distinct(column)
    assert found.dtype == kind
    assert len(found) == len(set(texts))
    assert set(found.cast(pl.String)) == set(texts)
