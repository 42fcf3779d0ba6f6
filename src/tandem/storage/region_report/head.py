"""The head of the page: what the register holds, how old it is, what stands in it, and what the page cannot say."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from tandem.engine.figures import frame as reading
from tandem.engine.figures import runs
from tandem.storage.region_report.cites import Cites
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import html, weave

_VINTAGES = 8  # vintages named; more are counted


@dataclass(frozen=True, slots=True)
class Head:
    """Sentences for the head; tiles are (count, code of its words, tone)."""

    summary: Markup
    vintages: tuple[Markup, ...]
    tiles: tuple[tuple[Markup, str, str], ...]
    cannot: tuple[Markup, ...]


def head(view: RegionView, cites: Cites) -> Head:
    """Counts of the register; each leads to the list that it counts."""
    judged = [state for state in view.targets if state.status != "not_available"]
    gaps = sum(link.gap == "missing" for link in view.links) if view.organisations else 0
    tiles = [
        (cites.to("s-targets", f"{len(judged):,}"), "judged", "good"),
        (
            cites.to(
                "s-targets-not" if len(judged) < len(view.targets) else "s-targets",
                f"{len(view.targets) - len(judged):,}",
            ),
            "unjudged",
            "care",
        ),
        (cites.to("s-doubts", f"{len(view.doubts):,}"), "doubts", "care"),
    ]
    if view.clusters:
        tiles.append((cites.to("s-clusters", f"{len(view.clusters):,}"), "clusters", ""))
    if gaps:
        tiles.append((cites.to("s-chains", f"{gaps:,}"), "gaps", "bad"))
    figures = cites.to("s-figures", f"{cites.figures.height:,}")
    sources = cites.to("s-sources", f"{len(reading.distinct(cites.figures['source']).drop_nulls()):,}")
    return Head(
        summary=weave("regionpage.summary", figures=figures, sources=sources),
        vintages=_vintages(cites),
        tiles=tuple(tiles),
        cannot=tuple(_cannot(view, cites)),
    )


def _vintages(cites: Cites) -> tuple[Markup, ...]:
    """Each publication with how many figures come from it, the most first; by source where no vintage is given."""
    name = pl.coalesce(pl.col("vintage").cast(pl.String), pl.col("source").cast(pl.String), pl.lit("—"))
    told = runs.counted(cites.figures, ("vintage", "source"))
    told = told.group_by(name.alias("name")).agg(pl.col("len").sum())
    shown = told.sort(["len", "name"], descending=[True, False]).head(_VINTAGES).iter_rows()
    link = Markup('<span class="nm">{}</span> (<a href="#s-figures">{:,}</a>)')
    return tuple(link.format(name, n) for name, n in shown)


def _cannot(view: RegionView, cites: Cites) -> list[Markup]:
    """What the figures leave unsaid, counted; then what no page of this kind can know."""
    rows = _undecided(view, cites)
    money = rows.filter(pl.col("dimension") == "money")
    shares = rows.filter(pl.col("dimension") == "share")
    targets = rows.filter(pl.col("kind") == "target")
    fans = [state for state in view.targets if state.fan is not None]
    counts = (
        ("price", money["price"].sum(), money["len"].sum()),
        ("whole", shares["whole"].sum(), shares["len"].sum()),
        ("definition", rows["definition"].sum(), rows["len"].sum()),
        ("owner", targets["owner"].sum(), targets["len"].sum()),
        ("series", sum(s.recent is not None and s.recent.basis != "series" for s in fans), len(fans)),
    )
    told = [
        weave(f"regionpage.cannot.{code}", n=cites.to("s-figures", f"{n:,}"), base=cites.to("s-figures", f"{base:,}"))
        for code, n, base in counts if n
    ]  # fmt: skip
    return [*told, html(weave("regionpage.cannot.future")), html(weave("regionpage.cannot.sources"))]


def _undecided(view: RegionView, cites: Cites) -> pl.DataFrame:
    """How many figures of each indicator leave open what decides their meaning, where the indicator says it neither.

    Returns  indicator_id, kind, dimension, len, and of these without definition, whole, price, owner
    """
    empty = {
        name: pl.col(name).is_null()
        for name in ("definition", "denominator", "whole", "owner", "price_basis")
    }
    open_ = {
        "definition": empty["definition"],
        "whole": empty["denominator"] & empty["whole"],
        "price": empty["price_basis"],
        "undefined": (pl.col("price_basis") == "undefined").fill_null(False),
        "owner": empty["owner"],
    }
    of = ("indicator_id", "kind", "dimension")
    found = (
        runs.counted(cites.figures, (*of, *empty))
        .group_by(of, maintain_order=True)
        .agg(
            pl.col("len").sum(),
            *(pl.col("len").filter(is_so).sum().alias(name) for name, is_so in open_.items()),
        )
        .with_columns(pl.col(of).cast(pl.String))
    )
    said = _said(view.tables.get("indicators"))
    found = found.join(said, on="indicator_id", how="left", suffix="_said")
    return found.with_columns(
        pl.when(pl.col(f"{name}_said").fill_null(False)).then(0).otherwise(pl.col(name)).alias(name)
        for name in ("definition", "whole", "price")
    ).with_columns(pl.col("price") + pl.col("undefined"))


def _said(indicators: pl.DataFrame | None) -> pl.DataFrame:
    """Which indicators say their definition, their whole and their prices."""
    columns = {"definition": "definition", "whole": "denominator", "price": "price_basis"}
    if indicators is None or not {"indicator_id", *columns.values()} <= set(indicators.columns):
        return pl.DataFrame(schema={"indicator_id": pl.String, **dict.fromkeys(columns, pl.Boolean)})
    return indicators.unique("indicator_id").select(
        "indicator_id",
        *(
            ((pl.col(column) != "undefined") & pl.col(column).is_not_null()).alias(name)
            for name, column in columns.items()
        ),
    )
