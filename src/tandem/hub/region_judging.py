"""What the engines say of a register: doubts, targets, clusters, chains, quality, ladders and measures, as asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from tandem.domain.region.ladder import Ladder, valid_on
from tandem.domain.region.maturity import Questionnaire
from tandem.domain.tables import INPUT_TABLES
from tandem.engine.chains import gaps as chains
from tandem.engine.chains.gaps import LinkState
from tandem.engine.doubts import find as finding
from tandem.engine.doubts.find import Doubt, DoubtSettings
from tandem.engine.figures import census, subjects
from tandem.engine.figures.frame import understand
from tandem.engine.ladder import maturity as maturing
from tandem.engine.ladder import standings as climbing
from tandem.engine.ladder.maturity import Count, Maturity
from tandem.engine.ladder.standings import Standing
from tandem.engine.region import bases, cascade, clusters, hub_figures, measures, quality, targets
from tandem.engine.region.cascade import Cascade
from tandem.engine.region.clusters import ClusterState
from tandem.engine.region.measures import Progress
from tandem.engine.region.targets import TargetSettings, TargetState
from tandem.hub.register import Opened
from tandem.storage import exchange, region_rules, world
from tandem.storage.exchange import Book
from tandem.storage.exchange.book import empty


@dataclass(frozen=True)
class Supply:
    """The exchange tables that say who could close a chain's gaps; illustrative where they are the sample world's."""

    book: Book | None
    illustrative: bool = False

    @property
    def organisations(self) -> pl.DataFrame:
        """The organisations read; without rows where none were."""
        return self.table("organisations")

    def table(self, name: str) -> pl.DataFrame:
        """One exchange table; without rows where nothing was read."""
        if self.book is not None:
            return self.book.table(name)
        return next(empty(table) for table in INPUT_TABLES if table.name == name)


def sample(opened: Opened) -> Supply:
    """The sample world beside the shipped register; nobody beside any other."""
    if opened.folder is not None:
        return Supply(None)
    return Supply(exchange.read_book(tables=world.tables()), illustrative=True)


def with_outcomes(opened: Opened, supply: Supply) -> Opened:
    """The register with the outcomes that the hub's own deliveries record, as figures of the place it is about."""
    if supply.book is None or "deliveries" not in supply.book.sources:
        return opened
    one, place = opened.register, main_place(opened)
    if place is None:
        return opened
    texts = hub_figures.outcome_figures(
        supply.table("deliveries"), place, supply.book.sources["deliveries"][0]
    )
    own = understand(texts, one.indicators, one.geographies)
    shared = pl.Schema({name: kind for name, kind in one.figures.schema.items() if name in own.columns})
    figures = pl.concat([one.figures, own.select(shared.names()).cast(shared)], how="diagonal")
    return replace(opened, register=replace(one, figures=figures))


def main_place(opened: Opened) -> str | None:
    """The place that most figures are about."""
    return census.main_place(opened.register.figures)


def doubts(opened: Opened, day: date) -> tuple[Doubt, ...]:
    """What the figures say together that needs a decision or a definition."""
    one = opened.register
    return finding.find_doubts(one.figures, one.indicators, one.geographies, DoubtSettings(as_of=day.year))


def judged_targets(opened: Opened, day: date) -> tuple[tuple[TargetState, ...], tuple[Cascade, ...]]:
    """Every target, and what the parts' targets add up to."""
    one = opened.register
    described = subjects.describe(bases.beside_targets(one.figures), one.indicators, one.geographies)
    states = targets.judge_targets(described, one.indicators, TargetSettings(as_of=day.year))
    return states, cascade.cascades(states, described, one.geographies, one.indicators)


def judged_clusters(opened: Opened) -> tuple[ClusterState, ...]:
    """Every cluster against the tiers."""
    return clusters.judge_clusters(
        opened.register.tables["clusters"], opened.register.figures, opened.register.indicators
    )


def judged_links(opened: Opened, supply: Supply) -> tuple[LinkState, ...]:
    """Every link of the chains as these organisations stand."""
    own = opened.register.tables
    return chains.chain_state(
        own["links"],
        supply.organisations,
        supply.table("offers"),
        supply.table("deliveries"),
        supply.table("needs"),
        chains.chain_cities(own["clusters"]),
    )


def derived(opened: Opened) -> pl.DataFrame:
    """Values of derived indicators, quality first."""
    one = opened.register
    return quality.in_order(quality.derive(one.figures, one.indicators), one.indicators)


def rungs(opened: Opened, day: date) -> tuple[tuple[Ladder, tuple[Standing, ...]], ...]:
    """The ladders valid on the day, each with every organisation that states something for it."""
    ladders = valid_on(region_rules.read_ladders(opened.rules), day)
    found = climbing.standings(opened.register.tables["facts"], ladders, day.year)
    return tuple((one, _on(one, found)) for one in ladders)


def _on(ladder: Ladder, found: Sequence[Standing]) -> tuple[Standing, ...]:
    return tuple(one for one in found if (one.ladder_id, one.version) == (ladder.ladder_id, ladder.version))


def maturity(
    opened: Opened, day: date, registered: int | None
) -> tuple[tuple[Questionnaire, tuple[Maturity, ...], Count], ...]:
    """The questionnaires valid on the day with the organisations that answered, and how many stand at each level."""
    known = [one for one in region_rules.read_questionnaires(opened.rules) if one.valid(day)]
    facts = opened.register.tables["facts"]
    assessed = [(one, maturing.assess(facts, one, day.year)) for one in known]
    return tuple((one, found, maturing.count(found, registered)) for one, found in assessed)


def progress(opened: Opened, day: date) -> Progress:
    """Measures and recommendations: promised beside delivered, and what nobody owns."""
    figures = opened.register.figures
    expected = measures.published_recommendations(figures)
    return measures.progress(opened.register.tables["measures"], figures, day, expected)
