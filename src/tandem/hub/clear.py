"""Clear: edges in; one joint assignment with prices and a certificate out, checked if asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tandem.base.errors import Finding, Invalid
from tandem.domain.rules import Rules
from tandem.domain.tables import ASSIGNMENT, PRICES
from tandem.engine.clearing import clear as kernel
from tandem.engine.clearing import earlier, greedy
from tandem.engine.clearing.clear import Clearing, ClearSettings
from tandem.engine.clearing.demand import first_choices
from tandem.engine.clearing.market import Market
from tandem.engine.clearing.publish import publishable
from tandem.hub import checking, reading, ruling
from tandem.hub.actions import Asker
from tandem.hub.answers import Cleared
from tandem.hub.inputs import ClearInput
from tandem.storage import exchange, staging
from tandem.storage import rules as rule_file
from tandem.storage.edges import write
from tandem.storage.edges.directory import Directory
from tandem.storage.edges.read import Files, Read, read_market

ANNOTATED = 8 << 20  # bytes up to which a faulty file is copied with what is wrong in it
COMPARED = 20_000_000  # edges up to which other ways of assigning are tried for comparison


def clear(given: ClearInput, asker: Asker) -> Cleared:
    """While a row is faulty, only annotated copies are written; nothing stays that does not pass the check."""
    if given.out.exists() and not given.out.is_dir():
        raise Invalid("out.not_folder", path=str(given.out))
    if given.rules is not None and (given.workers or given.scheduler is not None):
        raise Invalid("clear.rules_here", rules=str(given.rules))
    if given.start is not None and (given.rules is not None or given.workers or given.scheduler is not None):
        raise Invalid("clear.start_here", folder=str(given.start))
    with staging.scratch(given.out) if given.on_disk else nullcontext() as scratch:
        asker.progress("progress.reading")
        rules = Rules() if given.rules is None else rule_file.read(given.rules)
        keep, costs = ruling.columns(rules) if given.rules else (), ruling.costs(rules)
        read = _read(given, Files(given.edges, given.needs, given.offers, keep, costs, scratch), asker)
        asker.progress("progress.clearing")
        limits = None if given.rules is None else ruling.limits(rules, read, given.rules)
        ruled = None if limits is None else ruling.clear(read, limits, _settings(given))
        found = _found(given, read) if ruled is None else ruled.clearing
        asker.progress("progress.comparing_plans")
        told = {**_told(read.market, found), "rules": () if ruled is None else ruling.told(ruled)}
        asker.progress("progress.writing")
        with staging.staged(given.out) as folder:
            names = _write(folder, given.edges, read, found, told, asker)
            checked = None
            if given.check:
                asker.progress("progress.checking")
                checked = checking.check_files(folder, given.edges, read, limits, ruled)
    return Cleared(**told, checked=checked, files=tuple(given.out / name for name in names))


def _read(given: ClearInput, files: Files, asker: Asker) -> Read:
    """The market; where rows are faulty, small files are copied with what is wrong beside each row."""
    try:
        return read_market(files)
    except Invalid as error:
        if error.code != "clear.rows":
            raise
        copies = _annotated(given, error.findings, asker)
        problems = [str(copy) for copy in copies] or ["-"]
        raise Invalid(error.code, error.findings, **error.params, problems=problems) from None


def _annotated(given: ClearInput, findings: tuple[Finding, ...], asker: Asker) -> list[Path]:
    """Copies of the small files with faulty rows; files of one name in several folders are told apart by table."""
    tables: dict[Path, list[str]] = {}
    for table, path in (("edges", given.edges), ("needs", given.needs), ("offers", given.offers)):
        tables.setdefault(path, []).append(table)
    stems = {path.stem for path in tables}
    copies = []
    for path, held in tables.items():
        own = [finding for finding in findings if finding.table in held]
        if own and path.stat().st_size <= ANNOTATED:
            name = path.stem if len(stems) == len(tables) else held[0]
            copies.append(given.out / (name + reading.PROBLEMS))
            with staging.staged_file(copies[-1]) as place:
                exchange.annotate(path, own, place, asker.lang)
    return copies


def _settings(given: ClearInput) -> ClearSettings:
    return ClearSettings(gap=given.gap / 100)


def _found(given: ClearInput, read: Read) -> Clearing:
    """The clearing, made here or by workers, with prices that the files can hold."""
    return publishable(read.market, _made(given, read), write.price_bits(given.edges))


def _made(given: ClearInput, read: Read) -> Clearing:
    market = read.market
    if given.start is not None:
        ids = Directory(read.needs.ids), Directory(read.offers.ids)
        start = earlier.beginning(market, *write.read_earlier(given.start, *ids))
        return kernel.clear(market, _settings(given), start)
    if not given.workers and given.scheduler is None:
        return kernel.clear(market, _settings(given))
    from tandem.compute import where  # noqa: PLC0415  only who wants workers needs them
    from tandem.compute.clearing import clear_on  # noqa: PLC0415

    with where.on(where.Place(given.workers, given.scheduler)) as workers:
        return clear_on(workers, market, _settings(given)).clearing


def _told(market: Market, found: Clearing) -> dict[str, Any]:
    """The figures of a clearing, and of other ways of assigning the same market."""
    others = {"greedy": greedy.greedy, "first_come": greedy.first_come} if market.edges <= COMPARED else {}
    joint = greedy.figures(market, found.edge)
    return {
        "rows": {"needs": market.needs, "offers": market.offers, "edges": market.edges,
                 "slots": int(market.slots.sum()), "capacity": int(market.capacity.sum())},
        "certificate": {**asdict(found.certificate), "gap": found.certificate.gap},
        "served": joint.served,
        "pairs": joint.pairs,
        "plans": {name: greedy.figures(market, plan(market))._asdict() for name, plan in others.items()},
    }  # fmt: skip


def _write(
    folder: Path, edges: Path, read: Read, found: Clearing, told: Mapping[str, Any], asker: Asker
) -> tuple[str, str, str]:
    """Assignment, prices, certificate; equal input gives equal files."""
    names = write.names(edges)
    market, price = read.market, pl.Series("price", found.prices())
    offer = market.offer[found.edge]
    assignment = pl.DataFrame(
        [
            read.needs.ids[market.need_of(found.edge)],
            read.offers.ids[offer],
            pl.Series("value", market.value[found.edge].astype(np.int64)),
            price[offer],
        ]
    )
    prices = pl.DataFrame(
        [
            read.offers.ids,
            pl.Series("capacity", market.capacity),
            pl.Series("used", np.bincount(offer, minlength=market.offers)),
            pl.Series("first_choices", first_choices(market)),
            price,
        ]
    )
    write.write(assignment, folder / names[0], ASSIGNMENT, asker.lang)
    write.write(prices, folder / names[1], PRICES, asker.lang)
    write.write_certificate({**told, "scale": found.scale, "bids": found.bids}, folder / names[2])
    return names
