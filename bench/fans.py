"""Does the 80 % fan hold 80 %: rolling-origin back-tests on public and on simulated series, and the cost of many fans.

    python -m bench.fans [--each N] [--targets N]

Public: services in China's manufacturing, OECD 1995-2018, from ../shared/data/region where that is there. Simulated:
growth that is the model itself (AR(1) of several persistences, spreads and lengths) and growth that is not: random
walks, counts, fat tails, levels that return to a mean, and trends that break or fade, where no method that looks back
can be right. Coverage counts every origin (six points or more) and 1-10 years ahead; growth is estimated from the
points before the origin alone.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from tandem.engine.figures import frame as reading
from tandem.engine.figures import subjects
from tandem.engine.region.backtest import Coverage, backtest, pooled
from tandem.engine.region.targets import judge_targets

PUBLIC = Path(__file__).parents[2] / "shared" / "data" / "region" / "china_servicification.csv"
COLUMNS = ("direct_services_per_yuan", "va_services_in_man_output", "domestic_va_total")
LENGTHS = (10, 15, 24, 40, 60)
Chance = np.random.Generator
Series = list[float]


def grown(rates: np.ndarray) -> Series:
    return np.cumprod(np.concatenate([[100.0], np.maximum(1 + rates, 0.05)])).tolist()


def noise(n: int, phi: float, sd: float, chance: Chance) -> np.ndarray:
    off = np.zeros(n)
    off[0] = chance.normal(0, sd)
    for year in range(1, n):
        off[year] = phi * off[year - 1] + chance.normal(0, sd * np.sqrt(1 - phi**2))
    return off


def returning(n: int, chance: Chance) -> Series:
    level = np.zeros(n + 1)
    for year in range(1, n + 1):
        level[year] = 0.6 * level[year - 1] + chance.normal(0, 0.03)
    return (50 * np.exp(level)).tolist()


KINDS: dict[str, Callable[[int, Chance], Series]] = {
    **{
        f"AR(1) phi {phi}, sd {sd:.0%}": lambda n, chance, phi=phi, sd=sd: grown(
            0.05 + noise(n, phi, sd, chance)
        )
        for phi in (-0.3, 0.0, 0.5, 0.8)
        for sd in (0.01, 0.03, 0.10)
    },
    "fat tails (t with 3)": lambda n, chance: grown(0.05 + 0.02 * chance.standard_t(3, n)),
    "counts (Poisson)": lambda n, chance: chance.poisson(grown(0.08 + noise(n, 0.5, 0.05, chance))).tolist(),
    "shares (random walk)": lambda n, chance: np.clip(
        0.4 + np.cumsum(chance.normal(0, 0.01, n + 1)), 0.01, 0.99
    ).tolist(),
    "returns to a mean": returning,
    "growth walks at random": lambda n, chance: grown(
        0.06 + np.cumsum(chance.normal(0, 0.008, n)) + chance.normal(0, 0.015, n)
    ),
    "breaks: 10 % to 4 %": lambda n, chance: grown(
        np.where(np.arange(n) < n // 2, 0.10, 0.04) + chance.normal(0, 0.02, n)
    ),
    "fades: 12 % to 4 %": lambda n, chance: grown(np.linspace(0.12, 0.04, n) + chance.normal(0, 0.015, n)),
}


def public() -> dict[str, tuple[list[int], Series]]:
    with PUBLIC.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["source"].startswith("OECD")]
    years = [int(row["year"]) for row in rows]
    return {name: (years, [float(row[name]) for row in rows]) for name in COLUMNS}


def show(table: Table, name: str, series: int, coverage: Coverage, seconds: float) -> None:
    ahead = {far: f"{held / n:.0%}" for far, n, held in coverage.by_horizon}
    held = "yes" if 0.7 <= coverage.share <= 0.9 else "NO"
    table.add_row(
        name, str(series), f"{coverage.n:,}", f"{coverage.share:.1%}", f"{coverage.low:.0%}-{coverage.high:.0%}",
        *(ahead.get(far, "-") for far in (1, 3, 5, 10)), held, f"{seconds:.2f}",
    )  # fmt: skip


def measured(many: Iterable[tuple[Iterable[int], Series]]) -> tuple[Coverage, float]:
    start = time.process_time()
    coverage = pooled([backtest(list(years), values) for years, values in many])
    return coverage, time.process_time() - start


def coverage_table(each: int) -> Table:
    table = Table(title="80 % band, rolling origins: outcomes held (goal 70-90 %)")
    for name in (
        "series",
        "how many",
        "n",
        "held",
        "95 % of it",
        "1 y",
        "3 y",
        "5 y",
        "10 y",
        "70-90",
        "CPU s",
    ):
        table.add_column(name, justify="left" if name == "series" else "right")
    if PUBLIC.is_file():
        known = public()
        for name, one in known.items():
            show(table, f"OECD {name}", 1, *measured([one]))
        show(table, "OECD, all three", len(known), *measured(known.values()))
    else:
        table.add_row("OECD: ../shared/data/region/china_servicification.csv is not there", *[""] * 10)
    chance = np.random.default_rng(1)
    for name, make in KINDS.items():
        many = [(range(n + 1), make(n, chance)) for n in LENGTHS for _ in range(each)]
        show(table, name, len(many), *measured(many))
    return table


def judged(count: int) -> tuple[float, int, float]:
    """CPU seconds for so many targets with 16 yearly figures each, paths of a fan, largest error of a probability."""
    chance, rows = np.random.default_rng(0), []
    for number in range(count):
        name, place = f"Product{number} output", f"44{1 + number % 21:02d}00"
        values = grown(0.05 + noise(15, 0.5, 0.02, chance))
        about = {"indicator": name, "unit": "billion CNY", "geography": place}
        rows += [
            {
                "id": f"b{number}-{year}",
                "value": f"{value:.1f}",
                "year": str(2010 + year),
                "kind": "baseline",
                **about,
            }
            for year, value in enumerate(values)
        ]
        rows.append(
            {
                "id": f"t{number}",
                "value": f"{values[-1] * 1.8:.1f}",
                "year": "2035",
                "kind": "target",
                **about,
            }
        )
    figures = subjects.describe(reading.frame(rows))
    start = time.process_time()
    states = judge_targets(figures)
    seconds = time.process_time() - start
    errors = [state.reach.error for state in states if state.reach is not None]
    fans = [state.fan.paths for state in states if state.fan is not None]
    return seconds, min(fans), max(errors)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--each", type=int, default=20, help="simulated series of each kind and length")
    asked.add_argument("--targets", type=int, default=1_000)
    given = asked.parse_args()
    console = Console(width=140)
    console.print(coverage_table(given.each))
    for count in (1, given.targets):
        seconds, paths, error = judged(count)
        console.print(
            f"{count:,} targets judged with fans: {seconds:.2f} CPU s, {paths:,} paths each, error at most {error:.2%}"
        )


if __name__ == "__main__":
    main()
