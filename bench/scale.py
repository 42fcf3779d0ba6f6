"""Matching with very many deliveries: how long the index takes, how long one need, how much memory.

    python -m bench.scale [deliveries] [organisations] [--keep FOLDER]

The deliveries are resampled from the robotics set (bench/resample.py), 1,000,000 of 200,000 organisations where
nothing else is said. With --keep the index stays, and a second run only opens it. Everything runs in one process of
its own; its peak memory includes the texts themselves.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from bench import sets
from bench.resample import resampled
from rich.console import Console
from rich.table import Table

NEEDS = 200


def peak_mb() -> int:
    """The largest memory that this process has held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class Clock:
    """Wall and processor seconds: on a machine that does other work the two differ."""

    def __init__(self) -> None:
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        return {"s": time.perf_counter() - self.wall, "cpu_s": time.process_time() - self.processor}


def timed(call: Callable[[dict[str, Any]], object], rows: list[dict[str, Any]]) -> dict[str, float]:
    """Percentiles of milliseconds a row, of wall and of processor time, after three rows of warming up."""
    for row in rows[:3]:
        call(row)
    wall, processor = [], []
    for row in rows:
        clock = Clock()
        call(row)
        taken = clock.read()
        wall.append(1e3 * taken["s"])
        processor.append(1e3 * taken["cpu_s"])
    return {
        "p50": float(np.percentile(wall, 50)),
        "p99": float(np.percentile(wall, 99)),
        "cpu_p50": float(np.percentile(processor, 50)),
        "cpu_p99": float(np.percentile(processor, 99)),
    }


def answering(supply: Any, offers: pl.DataFrame, needs: pl.DataFrame) -> dict[str, float]:
    """One need at a time, ten organisations with all their reasons."""
    from tandem.engine.matching import constraints, explain, match
    from tandem.engine.matching.settings import MatchSettings

    terms = constraints.terms_of(offers, supply)
    settings = MatchSettings()
    as_of = match.newest(needs, supply)

    def answer(need: dict[str, Any]) -> object:
        return explain.reasons(match.consider(need, supply, terms, as_of, settings))

    return timed(answer, list(needs.head(NEEDS).iter_rows(named=True)))


def run(n: int, organisations: int, folder: Path) -> dict[str, Any]:
    """Everything about one size, the index in a folder."""
    from tandem.engine.search import scan
    from tandem.storage import search

    measured = sets.load("robotics")
    if measured is None:
        return {}
    book = measured.book
    clock = Clock()
    deliveries = resampled(book.deliveries, n, organisations)
    none = book.organisations.clear()
    found: dict[str, Any] = {"texts": clock.read(), "texts_mb": peak_mb()}
    clock = Clock()
    supply = search.open_or_build(folder, none, book.offers, deliveries)
    found |= {"build": clock.read(), "build_mb": peak_mb()}
    found |= {"entries": len(supply.documents.docs), "profile_entries": len(supply.profiles.docs)}
    found |= {"terms": len(supply.documents.vocabulary), "organisations": len(supply.org_ids)}
    found["disk_mb"] = sum(file.stat().st_size for file in folder.rglob("*")) // 2**20
    needs = book.needs.sample(NEEDS, seed=1)
    found["compiled"] = scan.chosen(len(supply.documents.docs)) is not scan.plain
    found["answer"] = answering(supply, book.offers, needs)
    scan.LARGE = sys.maxsize
    found["answer_numpy"] = answering(supply, book.offers, needs.head(40))
    found["peak_mb"] = peak_mb()
    clock = Clock()
    search.load(folder)
    found["load"] = clock.read()
    return found


def main() -> None:
    """Run in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deliveries", type=int, nargs="?", default=1_000_000)
    parser.add_argument("organisations", type=int, nargs="?", default=200_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument(
        "--alone", action="store_true", help="measure in this process and print figures as JSON"
    )
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(run(given.deliveries, given.organisations, given.keep)))
        return
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder) / "index"
        what = [str(given.deliveries), str(given.organisations), "--keep", str(place), "--alone"]
        done = subprocess.run(
            [sys.executable, "-m", "bench.scale", *what], check=True, stdout=subprocess.PIPE, text=True
        )
    if found := json.loads(done.stdout):
        show(given.deliveries, found)


def show(n: int, found: dict[str, Any]) -> None:
    table = Table(title=f"{n:,} deliveries of {found['organisations']:,} organisations, resampled texts")
    table.add_column("")
    table.add_column("measured", justify="right")
    table.add_column("of the processor", justify="right")
    for name, key in (
        ("texts made, s", "texts"),
        ("index built and opened, s", "build"),
        ("index opened, s", "load"),
    ):
        table.add_row(name, f"{found[key]['s']:.1f}", f"{found[key]['cpu_s']:.1f}")
    compiled = "compiled" if found["compiled"] else "numpy"
    for name, key in (
        (f"one need, explained ({compiled})", "answer"),
        ("the same, numpy only", "answer_numpy"),
    ):
        own = found[key]
        table.add_row(
            f"{name}, ms p50 / p99",
            f"{own['p50']:.1f} / {own['p99']:.1f}",
            f"{own['cpu_p50']:.1f} / {own['cpu_p99']:.1f}",
        )
    table.add_row(
        "memory: texts; after build; peak, MB",
        f"{found['texts_mb']:,}; {found['build_mb']:,}; {found['peak_mb']:,}",
    )
    table.add_row(
        "terms; entries; entries of profiles",
        f"{found['terms']:,}; {found['entries']:,}; {found['profile_entries']:,}",
    )
    table.add_row("on disk, MB", f"{found['disk_mb']:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
