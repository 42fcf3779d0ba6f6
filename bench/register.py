"""The region register at scale: 1,000 indicators x 50 years x 200 geographies, from CSV and from Parquet, to the page.

    python bench/register.py [--indicators 1000] [--years 50] [--geographies 200] [--formats csv,parquet] [--folder F]

Makes the tables (seeded), with targets and clusters; imports each format into a new register as `tandem region import`
does, in its own process, imports it once more (nothing may change), opens the register, and writes its page as `tandem
region report` does. `s` is wall time on this machine, from before Python starts; `cpu s` is what both cores spent,
which a busy machine disturbs less; load is the machine's before and after. Memory is the peak of the process and its
children, sampled from /proc. Nothing is compared with a peer: no public tool reads these tables.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import polars as pl

SEED = 20260224
UNITS = ("亿元", "万人", "%", "家", "billion CNY", "persons")
TARGETS, CLUSTERS = 50, 5
FAULTY = 1_500  # rows without a value: all are counted, the first thousand are told


def tables(folder: Path, indicators: int, years: int, geographies: int, formats: list[str]) -> int:
    """Writes indicators.csv, geographies.csv and the figures in each format; the number of figures."""
    rng = np.random.default_rng(SEED)
    pl.DataFrame(
        {
            "indicator_id": [f"I{i:04d}" for i in range(indicators)],
            "name": [f"Indicator {i}" for i in range(indicators)],
            "unit": [UNITS[i % len(UNITS)] for i in range(indicators)],
        }
    ).write_csv(folder / "indicators.csv")
    pl.DataFrame(
        {
            "geo_id": [f"G{i:03d}" for i in range(geographies)],
            "name": [f"Place {i}" for i in range(geographies)],
            "level": ["city"] * geographies,
        }
    ).write_csv(folder / "geographies.csv")
    count = indicators * years * geographies
    at = np.arange(count)
    indicator, year, place = at // (years * geographies), at // geographies % years, at % geographies
    level = 10 ** rng.uniform(0, 5, indicators)[indicator]
    numbers = level * (1 + 0.03 * rng.standard_normal(count)) * 1.05**year
    value = pl.Series(numbers.round(2)).cast(pl.String)
    bad = np.sort(rng.choice(count, min(FAULTY, count // 2), replace=False))
    frame = pl.DataFrame(
        {
            "indicator": pl.Series([f"I{i:04d}" for i in range(indicators)]).gather(indicator),
            "value": value.scatter(bad, None),
            "unit": pl.Series([UNITS[i % len(UNITS)] for i in range(indicators)]).gather(indicator),
            "year": pl.Series([str(1976 + i) for i in range(years)]).gather(year),
            "geography": pl.Series([f"G{i:03d}" for i in range(geographies)]).gather(place),
            "kind": pl.Series(["baseline"]).gather(np.zeros(count, np.int64)),
            "source": pl.Series(["statistical yearbook", "bulletin"]).gather(indicator % 2),
        }
    )
    frame = pl.concat([frame, judged(folder, indicators, years)])
    for name in formats:
        if name == "csv":
            frame.write_csv(folder / "figures.csv")
        else:
            frame.write_parquet(folder / "figures.parquet")
    return count


def judged(folder: Path, indicators: int, years: int) -> pl.DataFrame:
    """Writes clusters.csv; targets of the first place and the thresholds of two tiers, as figures."""
    money = [i for i in range(indicators) if UNITS[i % len(UNITS)] == "亿元"]
    pl.DataFrame(
        {
            "cluster_id": [f"C{i}" for i in money[:CLUSTERS]],
            "name": [f"Cluster {i}" for i in money[:CLUSTERS]],
            "revenue": [f"I{i:04d}" for i in money[:CLUSTERS]],
        }
    ).write_csv(folder / "clusters.csv")
    targets = [(f"I{i:04d}", "9999999", UNITS[i % len(UNITS)], str(1976 + years + 9), "G000", "target", "plan")
               for i in range(min(TARGETS, indicators))]  # fmt: skip
    tiers = [("Cluster scale", value, "billion CNY", str(1975 + years), "G000", "threshold", "plan")
             for value in ("100", "1000")]  # fmt: skip
    return pl.DataFrame(
        [*targets, *tiers],
        ["indicator", "value", "unit", "year", "geography", "kind", "source"],
        orient="row",
    )


OPEN = """
import sys
from pathlib import Path
from tandem.storage.region import open_register
opened = open_register(Path(sys.argv[1]), indicators=sys.argv[2:] or None)
print(f"{opened.figures.height:,} figures, {opened.figures.estimated_size() / 1e9:.2f} GB")
"""
TANDEM = "import sys; from tandem.interfaces.cli.main import main; main(sys.argv[1:])"


def timed(program: str, *arguments: str) -> dict[str, object]:
    """Wall time, CPU time and peak memory of one program's process tree, and the last line that it says."""
    begun, load = time.perf_counter(), os.getloadavg()[0]
    spent = os.times()
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        peak, done = [0], threading.Event()

        def watch() -> None:
            while not done.wait(0.1):
                peak[0] = max(peak[0], resident(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        out, _ = process.communicate()
        done.set()
        watcher.join()
    after = os.times()
    cpu = after.children_user - spent.children_user + after.children_system - spent.children_system
    said = [line for line in out.splitlines() if line.strip()]
    return {
        "s": round(time.perf_counter() - begun, 1),
        "cpu s": round(cpu, 1),
        "peak GB": round(peak[0] / 1e9, 2),
        "load": (round(load, 1), round(os.getloadavg()[0], 1)),
        "says": said[-1].strip() if said and not process.returncode else f"failed: {process.returncode}",
    }


def resident(pid: int) -> int:
    """Bytes in memory of a process and its children; 0 once it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * 4096 + sum(resident(int(child)) for child in children)


def main() -> None:
    """Runs every step and prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--indicators", type=int, default=1000)
    asked.add_argument("--years", type=int, default=50)
    asked.add_argument("--geographies", type=int, default=200)
    asked.add_argument("--formats", default="csv,parquet")
    asked.add_argument(
        "--folder", type=Path, default=None, help="where the tables are made; default: temporary"
    )
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="tandem-register-", dir=given.folder) as place:
        folder, formats = Path(place), given.formats.split(",")
        begun = time.perf_counter()
        count = tables(folder, given.indicators, given.years, given.geographies, formats)
        print(f"{count:,} figures made in {time.perf_counter() - begun:.0f} s (not counted below)")
        for name in formats:
            figures, register = folder / f"figures.{name}", folder / f"register-{name}"
            print(f"\n{name}: {figures.stat().st_size / 1e6:,.0f} MB")
            inputs = [f"--{path.stem}={path}" for path in (*sorted(folder.glob("*.csv")), figures)
                      if path.stem != "figures" or path == figures]  # fmt: skip
            there = [f"--register={register}", f"--out={folder / 'out'}", "--lang=en"]
            print("  import           ", timed(TANDEM, "region", "import", *inputs, *there))
            print("  the same once more", timed(TANDEM, "region", "import", *inputs, *there))
            size = sum(path.stat().st_size for path in register.rglob("*") if path.is_file())
            print(f"  register on disk: {size / 1e6:,.0f} MB")
            print("  open all         ", timed(OPEN, str(register)))
            print("  open 3 indicators", timed(OPEN, str(register), "I0001", "I0002", "I0003"))
            print("  report           ", timed(TANDEM, "region", "report", *there))
            page = folder / "out" / "region.html"
            print(f"  page: {page.stat().st_size / 1e6:,.1f} MB")
        print(f"\nFaulty rows planted: {min(FAULTY, count // 2):,}.")


if __name__ == "__main__":
    main()
