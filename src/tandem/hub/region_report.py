"""Report: one self-contained bilingual page about a region, from its register and whoever could close its gaps."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl

from tandem.base.errors import Invalid
from tandem.domain.region.ladder import Ladder
from tandem.engine.chains.gaps import LinkState
from tandem.engine.ladder.standings import Standing
from tandem.hub import reading, region_judging, region_rows
from tandem.hub import register as registers
from tandem.hub.actions import Asker
from tandem.hub.region_answers import RegionReported
from tandem.hub.region_inputs import RegionReportInput
from tandem.hub.region_judging import Supply
from tandem.hub.region_show import read_supply
from tandem.hub.register import Opened
from tandem.storage import staging
from tandem.storage.region_report import RegionView, write_report

PAGE = "region.html"
SUFFIX = ".html"
TABLES = ("indicators", "geographies", "clusters", "links")


def region_report(given: RegionReportInput, asker: Asker) -> RegionReported:
    """Reads, judges, writes: `out` is a file ending in .html, or a folder that gets region.html."""
    if given.out.suffix and given.out.suffix.casefold() != SUFFIX and not given.out.is_dir():
        raise Invalid("out.suffix", path=str(given.out), known=[SUFFIX])
    file = given.out if given.out.suffix.casefold() == SUFFIX else given.out / PAGE
    opened = registers.opened(given.register, asker)
    day = registers.as_of(opened, given.as_of)
    supply = read_supply(given, opened, asker)
    if supply.book is not None:  # which place it is about is not asked for nothing: counting takes long
        opened = region_judging.with_outcomes(opened, supply)
    asker.progress("progress.region.judging")
    view = judged(opened, day, supply, asker)
    asker.progress("progress.writing")
    with staging.staged_file(file) as place:
        write_report(place, view, asker.lang)
    return RegionReported(
        reading=None if supply.book is None or supply.illustrative else reading.told(supply.book),
        register=registers.told(opened),
        as_of=day,
        counts=_counts(view),
        illustrative=supply.illustrative,
        files=(file,),
    )


def judged(opened: Opened, day: date, supply: Supply, asker: Asker) -> RegionView:
    """What a region's pages are made from: the register's figures with everything that is said of them."""
    one = opened.register
    with ThreadPoolExecutor(1) as beside:  # doubts and judgements ask nothing of each other
        asker.progress("progress.region.doubting")
        doubted = beside.submit(region_judging.doubts, opened, day)
        targets, cascades = region_judging.judged_targets(opened, day)
        clusters = region_judging.judged_clusters(opened)
        derived = region_judging.derived(opened)
        name = _name(opened)
        doubts = doubted.result()
    links = region_judging.judged_links(opened, supply)
    registered = supply.organisations.height or None
    return RegionView(
        name=name,
        as_of=day,
        figures=one.figures,
        tables={name: one.tables[name] for name in TABLES},
        targets=targets,
        cascades=cascades,
        clusters=clusters,
        links=links,
        doubts=doubts,
        derived=derived,
        ladders=_ladders(opened, day),
        maturity=tuple((form, count) for form, _, count in region_judging.maturity(opened, day, registered)),
        measures=region_judging.progress(opened, day) if one.tables["measures"].height else None,
        organisations=_titles(supply.organisations, "org_id", "name"),
        needs=_titles(
            supply.table("needs"), "need_id", "title", {id_ for link in links for id_ in link.needs}
        ),
        offers=_titles(supply.table("offers"), "offer_id", "title", _offered(links)),
        illustrative=supply.illustrative,
    )


def _ladders(opened: Opened, day: date) -> tuple[tuple[Ladder, tuple[Standing, ...]], ...]:
    return tuple((ladder, found) for ladder, found in region_judging.rungs(opened, day) if found)


def _name(opened: Opened) -> tuple[str, str]:
    """The place that most figures are about, in Chinese and English."""
    most = region_judging.main_place(opened)
    if most is None:
        return "", ""
    known = region_rows.names(opened.register).get(most, {"zh": most, "en": most})
    return known["zh"], known["en"]


def _offered(links: tuple[LinkState, ...]) -> set[str]:
    """Offers that a chain map mentions: those that touch a link, and those that are a supplier's evidence."""
    touching = {id_ for link in links for id_ in link.offers}
    evidence = {
        id_ for link in links for one in link.suppliers for kind, id_, _ in one.evidence if kind == "offer"
    }
    return touching | evidence


def _titles(
    frame: pl.DataFrame, key: str, stem: str, wanted: set[str] | None = None
) -> dict[str, tuple[str, str]]:
    """Names or titles by id, in Chinese and English; of the ids wanted, all where None."""
    found = {}
    for row in frame.iter_rows(named=True):
        if wanted is None or row[key] in wanted:
            words = region_rows.both(row, stem)
            found[row[key]] = (words["zh"], words["en"])
    return found


def _counts(view: RegionView) -> dict[str, object]:
    """What stands on the page, as an interface tells it."""
    judged = [one for one in view.targets if one.status != "not_available"]
    gaps = Counter(one.gap for one in view.links)
    return {
        "tiles": {"judged": len(judged), "targets": len(view.targets), "clusters": len(view.clusters),
                  "doubts": len(view.doubts), "figures": view.figures.height},
        "doubts": dict(Counter(one.kind for one in view.doubts)),
        "gaps": {name: gaps[name] for name in ("missing", "single", "few", "covered")},
        "organisations": len(view.organisations),
    }  # fmt: skip
