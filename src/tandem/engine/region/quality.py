"""Quality before quantity: indicators that are a ratio of two others, and what kind of thing each indicator tells.

A derived indicator (value added per employee, R&D intensity) names its numerator and denominator. Its value is made
wherever both figures are there for one geography and period, in one vintage, one price basis and one currency; what
rounding leaves open is carried: [(a - half a) / (b + half b), (a + half a) / (b - half b)].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

# In this order a planner reads them: what is made of each person and yuan, how it is composed, how much there is,
# and counts of firms, which say nothing about quality, last.
ROLES = ("quality", "structure", "quantity", "context")
DERIVED = {
    "indicator_id": pl.String,
    "geo_id": pl.String,
    "first_year": pl.Int16,
    "last_year": pl.Int16,
    "vintage": pl.String,
    "currency": pl.String,
    "dimension": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "numerator": pl.String,
    "denominator": pl.String,
    "published": pl.List(pl.String),
    "agrees": pl.Boolean,
}
_SAME = ("geo_id", "first_year", "last_year", "vintage", "price_basis")
_TEXTS = ("geo_id", "vintage", "price_basis")
_COMPONENT = ("figure_id", "lower", "upper", "half", "dimension", "currency", "thing", "source")


@dataclass(frozen=True, slots=True)
class RoleCount:
    """One role: indicators with figures, their figures, and values derived from two figures.

    unmeasured  ids of indicators of that role in the table that neither have a figure nor can be derived
    """

    role: str
    indicators: int
    figures: int
    derived: int
    unmeasured: tuple[str, ...] = ()


def derive(figures: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Every value of every derived indicator, with the two figures it is made from.

    figures     the parsed figures frame (engine/figures/frame.py)
    indicators  the table of indicators: indicator_id, numerator, denominator_id
    Returns     rows as DERIVED says, in base units: value null where a component is open or a range; [low, high] what
                the prints leave open; numerator and denominator are figure ids; published are figures of the derived
                indicator itself for the same geography and period; agrees: whether one of these meets the interval
    """
    wanted = indicators.select("indicator_id", "numerator", "denominator_id").drop_nulls()
    components = [*wanted["numerator"], *wanted["denominator_id"]]
    measured = figures.filter(
        pl.col("indicator_id").is_in(components),
        _is_measured(),
        pl.col("lower").is_not_null(),
        pl.col("geo_id").is_not_null(),
    ).with_columns(pl.col("figure_id", "indicator_id", *_TEXTS, "source").cast(pl.String))
    sides = [
        wanted.join(
            measured.select("indicator_id", *_SAME, *(pl.col(name).alias(f"{prefix}_{name}") for name in _COMPONENT)),
            left_on=key,
            right_on="indicator_id",
        ).select("indicator_id", *_SAME, pl.col(f"^{prefix}_.*$"))
        for prefix, key in (("a", "numerator"), ("b", "denominator_id"))
    ]  # fmt: skip
    pairs = sides[0].join(sides[1], on=("indicator_id", *_SAME), nulls_equal=True)
    pairs = _of_one_source(pairs.filter(_one_currency()))
    return _beside(_ratios(pairs), figures)


def with_roles(figures: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """The figures with `role` and `role_stated`: from the table of indicators, else from what is measured.

    Inferred: counts of enterprises are context, ratios per something quality, shares structure, other levels quantity.
    """
    kind = figures.schema["indicator_id"]
    known = indicators.select(
        pl.col("indicator_id").cast(kind), pl.col("role").cast(pl.String).alias("_role")
    ).unique("indicator_id", keep="first")
    dimension, firms = pl.col("dimension"), (pl.col("thing") == "enterprise").fill_null(False)
    inferred = (
        pl.when((dimension == "count") & firms).then(pl.lit("context"))
        .when(dimension == "ratio").then(pl.lit("quality"))
        .when(dimension == "share").then(pl.lit("structure"))
        .when(dimension.is_in(["money", "growth", "count"])).then(pl.lit("quantity"))
        .otherwise(pl.lit("context"))
    )  # fmt: skip
    stated = pl.col("_role").is_in(ROLES).fill_null(False)
    return (
        figures.join(known, on="indicator_id", how="left", maintain_order="left")
        .with_columns(role=pl.when(stated).then("_role").otherwise(inferred), role_stated=stated)
        .drop("_role")
    )


def by_role(figures: pl.DataFrame, derived: pl.DataFrame, indicators: pl.DataFrame) -> tuple[RoleCount, ...]:
    """Indicators and figures of each role, quality first; figures as `with_roles` gives them."""
    roles = indicators.select("indicator_id", "role").unique(
        "indicator_id", keep="first", maintain_order=True
    )
    made = derived.join(roles, on="indicator_id", how="left").with_columns(
        pl.col("role").fill_null("quality")
    )
    with_figures = set(figures["indicator_id"].unique().cast(pl.String).drop_nulls())
    return tuple(
        _role_count(role, figures, made, roles, with_figures | set(made["indicator_id"])) for role in ROLES
    )


def _role_count(
    role: str, figures: pl.DataFrame, derived: pl.DataFrame, roles: pl.DataFrame, measured: set[str]
) -> RoleCount:
    own, made = (frame.filter(pl.col("role") == role) for frame in (figures, derived))
    known = set(own["indicator_id"].unique().cast(pl.String)) | set(made["indicator_id"])
    stated = roles.filter(pl.col("role") == role)["indicator_id"].to_list()
    absent = tuple(id_ for id_ in stated if id_ not in measured)
    return RoleCount(role, len(known), own.height, made.height, absent)


def _is_measured() -> pl.Expr:
    """Baselines and context: a target over a baseline would be nobody's published ratio."""
    return (pl.col("kind") == "baseline") | (pl.col("kind") == "context")


def _one_currency() -> pl.Expr:
    """Money over money needs one currency; money over something else keeps its own."""
    both = (pl.col("a_dimension").cast(pl.String) == "money") & (
        pl.col("b_dimension").cast(pl.String) == "money"
    )
    return ~both | pl.col("a_currency").cast(pl.String).eq_missing(pl.col("b_currency").cast(pl.String))


def _of_one_source(pairs: pl.DataFrame) -> pl.DataFrame:
    """Where one source prints both sides, only its pairs; each pair once."""
    same = pl.col("a_source").eq_missing(pl.col("b_source"))
    key = ("indicator_id", *_SAME)
    return pairs.filter(same | ~same.any().over(key)).unique(
        ["indicator_id", "a_figure_id", "b_figure_id"], keep="first", maintain_order=True
    )


def _ratios(pairs: pl.DataFrame) -> pl.DataFrame:
    """a / b with what the prints leave open; pairs whose denominator may be nothing are left out."""
    half = {side: pl.col(f"{side}_half").fill_null(0.0) for side in ("a", "b")}
    low = {side: pl.max_horizontal(pl.col(f"{side}_lower") - half[side], 0.0) for side in half}
    high = {side: pl.col(f"{side}_upper") + half[side] for side in half}
    exact = (pl.col("a_lower") == pl.col("a_upper")) & (pl.col("b_lower") == pl.col("b_upper"))
    text = {
        name: [pl.col(f"{side}_{name}").cast(pl.String) for side in ("a", "b")]
        for name in ("dimension", "thing")
    }
    share = text["dimension"][0].eq(text["dimension"][1]) & text["thing"][0].eq_missing(text["thing"][1])
    return pairs.filter(low["b"] > 0, pl.col("a_upper") >= 0).select(
        "indicator_id",
        "geo_id",
        "first_year",
        "last_year",
        "vintage",
        pl.when(text["dimension"][1] != "money").then(pl.col("a_currency").cast(pl.String)).alias("currency"),
        pl.when(share).then(pl.lit("share")).otherwise(pl.lit("ratio")).alias("dimension"),
        pl.when(exact).then(pl.col("a_lower") / pl.col("b_lower")).alias("value"),
        pl.when(high["b"].is_finite()).then(low["a"] / high["b"]).otherwise(0.0).alias("low"),
        (high["a"] / low["b"]).alias("high"),
        pl.col("a_figure_id").alias("numerator"),
        pl.col("b_figure_id").alias("denominator"),
    )


def _beside(derived: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """The derived rows with the figures that were published for the same thing, whatever their vintage."""
    own = figures.filter(
        pl.col("indicator_id").is_in(derived["indicator_id"].unique().to_list()),
        _is_measured(),
        pl.col("lower").is_not_null(),
    ).select(
        pl.col("indicator_id", "geo_id").cast(pl.String),
        "first_year",
        "last_year",
        pl.col("figure_id").cast(pl.String).alias("_figure"),
        (pl.col("lower") - pl.col("half").fill_null(0.0)).alias("_low"),
        (pl.col("upper") + pl.col("half").fill_null(0.0)).alias("_high"),
    )
    meets = (pl.col("_low") <= pl.col("high")) & (pl.col("_high") >= pl.col("low"))
    keys = ("indicator_id", "geo_id", "first_year", "last_year")
    found = (
        derived.with_row_index("_row")
        .join(own, on=keys, how="left", nulls_equal=True)
        .group_by("_row", maintain_order=True)
        .agg(
            pl.col("_figure").drop_nulls().sort().alias("published"),
            meets.any(ignore_nulls=False).alias("agrees"),
        )
    )
    return (
        derived.with_row_index("_row")
        .join(found, on="_row", how="left", maintain_order="left")
        .select(*DERIVED)
    )


def in_order(
    derived: pl.DataFrame, indicators: pl.DataFrame, geographies: Sequence[str] = ()
) -> pl.DataFrame:
    """The derived rows, quality first, then by indicator, geography (those named first) and year, newest first."""
    ranks = {role: rank for rank, role in enumerate(ROLES)}
    places = {place: rank for rank, place in enumerate(geographies)}
    role = indicators.select("indicator_id", "role").unique("indicator_id")
    return (
        derived.join(role, on="indicator_id", how="left", maintain_order="left")
        .with_columns(pl.col("role").fill_null("quality"))
        .sort(
            pl.col("role").replace_strict(ranks, default=len(ROLES), return_dtype=pl.Int64),
            "indicator_id",
            pl.col("geo_id").replace_strict(places, default=len(places), return_dtype=pl.Int64),
            "geo_id",
            pl.col("first_year"),
            descending=[False, False, False, False, True],
            maintain_order=True,
        )
    )
