"""A made-up region: few figures, one target of each fate, one cluster open upwards, one chain with every gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from typing import Any

import numpy as np
import polars as pl

from tandem.engine.chains.gaps import LinkState, Supplier
from tandem.engine.doubts.evidence import Doubt
from tandem.engine.figures.frame import understand
from tandem.engine.region.bases import Base
from tandem.engine.region.cascade import Cascade
from tandem.engine.region.clusters import ClusterState
from tandem.engine.region.fan import Fan, Reach
from tandem.engine.region.growth import Growth
from tandem.engine.region.targets import Scenario, TargetState, Waypoint
from tandem.storage.region_report import RegionView

FIGURES = [
    (
        "F001",
        "Regional GDP",
        "14.58",
        "trillion CNY",
        "2025",
        "Guangdong",
        "baseline",
        "stray space",
        "press A",
    ),
    ("F002", "GDP growth", "3.9", "% yoy", "2025", "Guangdong", "baseline", None, "press A"),
    ("F004", "Regional GDP target", "25.8", "trillion CNY", "2035", "Guangdong", "target", None, "press A"),
    ("F005", "GDP target again", "25.8", "trillion CNY", "2035", "Guangdong", "target", None, "press A"),
    ("F006", "Cluster tier 1", "1", "trillion CNY", "2026-", "Guangdong", "threshold", None, "press A"),
    ("F007", "Cluster tier 2", "100", "billion CNY", "2026-", "Guangdong", "threshold", None, "press A"),
    ("F008", "Professionals to attract", "1000000", "persons", "2026-", "GBA", "target", None, "press B"),
    (
        "F031",
        "Industrial robots from Guangdong",
        "1/3",
        "share (base unstated)",
        "2025",
        "Guangdong",
        "baseline",
        None,
        "press B",
    ),
    ("F036", "R&D expenditure", "535", "billion CNY", "2025", "Guangdong", "baseline", None, "press B"),
    ("F037", "R&D intensity", "3.6", "% of GDP", "2025", "Guangdong", "baseline", None, "press C"),
    (
        "F051",
        "Industrial robot output share",
        "40",
        "% of national",
        "2025",
        "Guangdong",
        "baseline",
        None,
        "press B",
    ),
    (
        "F063",
        "Digitally transformed enterprises",
        ">44000",
        "enterprises",
        "2025",
        "Guangdong",
        "baseline",
        None,
        "press B",
    ),
    ("F069", "UHD video revenue", ">900", "billion CNY", "2024", "Guangdong", "baseline", None, "press B"),
    ("F078", "Travel by car", "2-3", "hours", "2025", "Shenzhen-Panyu", "baseline", None, "press B"),
    (
        "F089",
        "5G coverage",
        "expand (no number)",
        "coverage",
        "2026-",
        "Guangdong",
        "target",
        None,
        "press C",
    ),
]
_HEADER = ("figure_id", "indicator", "value", "unit", "period", "geography", "kind", "note", "source")


def indicators() -> pl.DataFrame:
    rows = [
        (
            "gdp",
            "Regional GDP",
            "地区生产总值",
            "Regional GDP",
            "Regional GDP target;GDP target again",
            "quantity",
            None,
            None,
        ),
        ("gdp_growth", "GDP growth", "地区生产总值增速", "GDP growth", None, "quantity", None, None),
        ("rd_intensity", "R&D intensity", "研发投入强度", "R&D intensity", None, "structure", "rd", "gdp"),
        ("rd", "R&D expenditure", "研发经费", "R&D expenditure", None, "quantity", None, None),
        (
            "vape",
            "Value added per employee",
            "制造业人均增加值",
            "Value added per employee",
            None,
            "quality",
            None,
            None,
        ),
        (
            "dte",
            "Digitally transformed enterprises",
            "已数字化转型企业",
            "Digitally transformed enterprises",
            None,
            "context",
            None,
            None,
        ),
    ]
    names = ("indicator_id", "name", "name_zh", "name_en", "aliases", "role", "numerator", "denominator_id")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def geographies() -> pl.DataFrame:
    rows = [
        ("440000", "Guangdong", "广东省", "Guangdong", None),
        ("GBA", "GBA", "粤港澳大湾区", "Greater Bay Area", None),
    ]
    names = ("geo_id", "name", "name_zh", "name_en", "aliases")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def figures(rows: list[tuple[Any, ...]] = FIGURES) -> pl.DataFrame:
    texts = pl.DataFrame(rows, schema=dict.fromkeys(_HEADER, pl.String), orient="row")
    return understand(texts, indicators(), geographies())


GROWTH = Growth(0.039, 0.02, 0.5, "published", 1, ("F002",))


def fan(base: float = 14.58e12, first: int = 2025, last: int = 2035, growth: Growth = GROWTH) -> Fan:
    """Bands that widen with the root of time: what a page needs of a fan, without a simulation."""
    years = tuple(range(first, last + 1))
    middle = [base * (1 + growth.mean) ** (year - first) for year in years]
    spread = [growth.sd * np.sqrt(3 * (year - first)) for year in years]

    def band(z: float) -> tuple[float, ...]:
        return tuple(float(m * np.exp(z * s)) for m, s in zip(middle, spread, strict=True))

    return Fan(
        years, band(-1.645), band(-1.282), band(0), band(1.282), band(1.645), growth, 100_000, 20260101
    )


REACH = Reach(0.023, 0.00047, 18.20e12, 21.35e12, 24.98e12)
GDP = TargetState(
    "F004",
    "gdp",
    "440000",
    25.8e12,
    2035,
    Base("F001", 14.58e12, 2025),
    0.05873,
    GROWTH,
    0.664,
    "moderate",
    REACH,
    fan(),
    (Waypoint("15th", 2030, 19.395e12), Waypoint("16th", 2035, 25.8e12)),
    tuple(
        Scenario(mean, 14.58e12 * (1 + mean) ** 10, reached, Reach(p, 0.001, 1.8e13, 2.1e13, 2.5e13))
        for mean, reached, p in (
            (0.03, 2044.3, 0.0),
            (0.039, 2039.9, 0.023),
            (0.05, 2036.7, 0.188),
            (-0.01, None, 0.0),
        )
    ),
    {0.5: 0.0589, 0.8: 0.0689, "after_five": 0.0787},
    (("region.warning.low_odds", {"probability": 0.023, "limit": 0.2}),),
    (),
)


def unjudged(figure_id: str, *missing: str, value: float | None = None) -> TargetState:
    """A target of which nothing can be said but why."""
    return replace(
        GDP,
        figure_id=figure_id,
        indicator_id=figure_id,
        value=value,
        year=None,
        base=None,
        required=None,
        recent=None,
        ratio=None,
        status="not_available",
        reach=None,
        fan=None,
        waypoints=(),
        scenarios=(),
        needed={},
        warnings=(),
        missing=missing,
    )


TARGETS = (
    GDP,
    replace(GDP, figure_id="F005"),
    unjudged("F008", "made.no_horizon", "made.no_base", value=1e6),
    unjudged("F089", "made.no_number"),
)
CLUSTERS = (
    ClusterState(
        "uhd",
        "F069",
        9e11,
        True,
        2024,
        "hundred_billion",
        "F006",
        1e12,
        1e11,
        (Scenario(0.05, 0, 2026.2, REACH), Scenario(0.0, 0, inf, REACH)),
        ((2026, REACH), (2030, replace(REACH, probability=0.9999))),
        (),
        growth=GROWTH,
        required=((2030, 0.0177),),
    ),
    ClusterState("ic", None, None, False, None, None, None, None, None, (), (), ("cluster.no_revenue",)),
)
LINKS = (
    LinkState("uhd_video", "sensor", "up", (), 0, "missing", ("N1",), ()),
    LinkState(
        "uhd_video",
        "lens",
        "up",
        (
            Supplier("O1", True, (("offer", "P1", "lens"),)),
            Supplier("O2", False, (("delivery", "D1", "lens"),)),
        ),
        1,
        "single",
        (),
        ("P1",),
    ),
    LinkState(
        "uhd_video",
        "panel",
        "mid",
        tuple(Supplier(f"O{i}", True, (("sector", f"O{i}", "display"),)) for i in range(3, 5)),
        2,
        "few",
        (),
        (),
    ),
    LinkState(
        "uhd_video",
        "tv",
        "down",
        tuple(Supplier(f"O{i}", True, (("offer", f"P{i}", "television"),)) for i in range(3, 23)),
        20,
        "covered",
        (),
        (),
    ),
)
DOUBTS = (
    Doubt("conflict", "made_up.ratio", ("F036", "F001", "F037"), {}),
    Doubt("denominator_missing", "made_up.base", ("F031", "F051"), {}),
)


def tables() -> dict[str, pl.DataFrame]:
    clusters = pl.DataFrame(
        [
            ("uhd", "UHD", "超高清视频", "Ultra-HD video", "displays;cameras", "440000", "uhd_video"),
            ("ic", "IC", "集成电路", "Integrated circuits", None, None, None),
        ],
        schema=dict.fromkeys(
            ("cluster_id", "name", "name_zh", "name_en", "industries", "cities", "chain"), pl.String
        ),
        orient="row",
    )
    links = pl.DataFrame(
        [
            ("sensor", "Sensors", "图像传感器", "Sensors", 5),
            ("lens", "Lenses", "镜头", "Lenses", 5),
            ("panel", "Panels", "显示面板", "Panels", 4),
            ("tv", "TV sets", "电视机", "TV sets", 3),
        ],
        schema={
            "link_id": pl.String,
            "name": pl.String,
            "name_zh": pl.String,
            "name_en": pl.String,
            "importance": pl.Int64,
        },
        orient="row",
    )
    return {"indicators": indicators(), "geographies": geographies(), "clusters": clusters, "links": links}


def sample(**changes: Any) -> RegionView:
    view = RegionView(
        name=("示例区域", "Sample region"),
        as_of=date(2026, 3, 1),
        figures=figures(),
        tables=tables(),
        targets=TARGETS,
        cascades=(Cascade("F004", (("440000", "F005", 25.8e12),), 25.8e12, 0.0, ("GBA",)),),
        clusters=CLUSTERS,
        links=LINKS,
        doubts=DOUBTS,
        organisations={f"O{i}": (f"机构{i}", f"Organisation {i}") for i in range(1, 23)},
        needs={"N1": ("需要传感器", "Sensors wanted")},
        offers={"P1": ("镜头供给", "Lenses on offer")},
    )
    return replace(view, **changes)
