"""What a region's page is made from: the register's tables, what the engines judged of them, and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tandem.domain.region.ladder import Ladder
    from tandem.domain.region.maturity import Questionnaire
    from tandem.engine.chains.gaps import LinkState
    from tandem.engine.doubts.find import Doubt
    from tandem.engine.ladder.maturity import Count
    from tandem.engine.ladder.standings import Standing
    from tandem.engine.region.cascade import Cascade
    from tandem.engine.region.clusters import ClusterState
    from tandem.engine.region.measures import Progress
    from tandem.engine.region.targets import TargetState

Name = tuple[str, str]
"""A name in Chinese and in English."""


@dataclass(frozen=True)
class RegionView:
    """Everything that the page shows; nothing else reaches it, no clock in particular.

    name       the register's name
    figures    the parsed figures (engine.figures.frame.SCHEMA), all vintages; a figure is shown in its latest one
    tables     the other register tables as read, by name: indicators, geographies, clusters, links (any may be missing)
    derived    what engine.region.quality.derive gives
    ladders    each ladder with where the organisations stand on it; maturity: each questionnaire with its count
    illustrative   the organisations are those of the invented sample world; the page says so
    organisations, needs, offers   names and titles of what chain maps mention, by id
    """

    name: Name
    as_of: date
    figures: pl.DataFrame
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    targets: tuple[TargetState, ...] = ()
    cascades: tuple[Cascade, ...] = ()
    clusters: tuple[ClusterState, ...] = ()
    links: tuple[LinkState, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    derived: pl.DataFrame | None = None
    ladders: tuple[tuple[Ladder, tuple[Standing, ...]], ...] = ()
    maturity: tuple[tuple[Questionnaire, Count], ...] = ()
    measures: Progress | None = None
    illustrative: bool = False
    organisations: Mapping[str, Name] = field(default_factory=dict)
    needs: Mapping[str, Name] = field(default_factory=dict)
    offers: Mapping[str, Name] = field(default_factory=dict)
