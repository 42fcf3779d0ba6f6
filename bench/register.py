"""The region register at scale: 1,000 indicators x 50 years x 200 geographies, from CSV and from Parquet.

    python bench/register.py [--indicators 1000] [--years 50] [--geographies 200] [--formats csv,parquet] [--folder F]

Makes the tables (seeded), imports each format into a new register in its own process, imports it once more (nothing may
change), and opens the register as a report does. `s` is wall time on this machine; `cpu s` is what both cores spent on
it, which a busy machine disturbs less. Memory is the peak of the process and its children, sampled from /proc. Nothing
is compared with a peer: no public tool reads these tables.
"""

from __future__ import annotations

import argparse
import json
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
    for name in formats:
        if name == "csv":
            frame.write_csv(folder / "figures.csv")
        else:
            frame.write_parquet(folder / "figures.parquet")
    return count


WORK = """
import json, sys, time
from pathlib import Path
from tandem.storage.region import open_register, prepare, read_tables, save
what, register, *files = sys.argv[1:]
register = Path(register)
begun = time.perf_counter()
told = {}
if what == "import":
    given = read_tables(tables={Path(file).stem: Path(file) for file in files})
    told["read s"] = round(time.perf_counter() - begun, 1)
    prepared = prepare(register, given)
    told["judged s"] = round(time.perf_counter() - begun, 1)
    save(register, prepared)
    told["counts"] = prepared.counts["figures"]
    told["listed"] = len(prepared.errors)
elif what == "open":
    opened = open_register(register)
    told["rows"] = opened.figures.height
    told["GB"] = round(opened.figures.estimated_size() / 1e9, 2)
else:
    opened = open_register(register, indicators=["I0001", "I0002", "I0003"])
    told["rows"] = opened.figures.height
told["s"] = round(time.perf_counter() - begun, 1)
told["cpu s"] = round(time.process_time(), 1)
print(json.dumps(told))
"""


def timed(*arguments: str) -> dict[str, object]:
    """What one step of work tells, with the peak memory of its process tree."""
    process = subprocess.Popen([sys.executable, "-c", WORK, *arguments], stdout=subprocess.PIPE, text=True)
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        return {"failed": process.returncode}
    told: dict[str, object] = json.loads(out)
    return {**told, "peak GB": round(peak[0] / 1e9, 2)}


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
            inputs = [str(folder / "indicators.csv"), str(folder / "geographies.csv"), str(figures)]
            print("  import       ", timed("import", str(register), *inputs))
            print("  the same once more", timed("import", str(register), *inputs))
            size = sum(path.stat().st_size for path in register.rglob("*") if path.is_file())
            print(f"  register on disk: {size / 1e6:,.0f} MB")
            print("  open all     ", timed("open", str(register)))
            print("  open 3 indicators", timed("some", str(register)))
        print(f"\nNot measured here: the report's page. Faulty rows planted: {min(FAULTY, count // 2):,}.")


if __name__ == "__main__":
    main()
