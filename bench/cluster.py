"""Joint clearing by two worker processes on Dask against one process: certificate, rounds, bytes moved, time, memory.

    python -m bench.cluster [needs] [--workers COUNT] [--gap PERCENT]

Instances come from ../shared/tools/gen_clearing.py and are read from files by whoever needs them: the process that
asks the workers holds no edges. Every way runs in a process of its own, after a small market of the same kind, so that
neither compiling nor starting counts. "killed": a worker is killed while it answers the first bids.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from bench.clearing import generate
from rich.console import Console
from rich.table import Table

from tandem.compute import where
from tandem.compute.clearing import PARTS_A_WORKER, clear_parts
from tandem.engine.clearing.clear import Clearing, ClearSettings, clear
from tandem.engine.clearing.market import Market
from tandem.engine.rounds import rounds

WARM = 20_000  # needs of the small market, whose parts are large enough to be compiled for
WAYS = ("one process", "rounds, one process", "rounds, workers", "rounds, workers, killed")


def peak_mb() -> float:
    """The largest memory that this process has held, MB; getrusage would also count what its parent held."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def mapped(folder: Path) -> Market:
    """The market, its pages shared with every process that reads the same files."""
    names = Market.__dataclass_fields__
    return Market(*(np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c")) for name in names))


def part(folder: Path, start: int, stop: int) -> Market:
    return rounds.part(mapped(folder), start, stop)


def killing(workers: Any) -> None:
    """One worker dies while it answers the first bids."""
    ask, done = workers.ask, []

    def dangerous(parts: Any, question: Any, *shared: Any, each: Any = ()) -> Any:
        if question is rounds.bid and not done:
            done.append(True)
            pid = min(workers.client.run(os.getpid).values())
            threading.Timer(0.02, os.kill, (pid, signal.SIGKILL)).start()
        return ask(parts, question, *shared, each=each)

    workers.ask = dangerous


def told(found: Clearing) -> dict[str, Any]:
    digest = hash((found.edge.tobytes(), found.price.tobytes()))
    return {
        "gap": found.certificate.gap,
        "value": found.certificate.value,
        "bids": found.bids,
        "same": digest,
    }


def by_kernel(folder: Path, gap: float) -> dict[str, Any]:
    market = mapped(folder)
    began = time.perf_counter()
    return {**told(clear(market, ClearSettings(gap))), "s": time.perf_counter() - began}


def by_rounds(workers: Any, folder: Path, gap: float) -> dict[str, Any]:
    market = mapped(folder)
    needs = [one.needs for one in rounds.parts(market, PARTS_A_WORKER * workers.count)]
    cuts = np.cumsum([0, *needs]).tolist()
    loads = [partial(part, folder, a, b) for a, b in pairwise(cuts)]
    moved, began = workers.moved, time.perf_counter()
    found = clear_parts(workers, loads, np.array(market.capacity), ClearSettings(gap))
    taken = time.perf_counter() - began
    return {
        **told(found.clearing),
        "s": taken,
        "rounds": found.rounds,
        "fetched": found.fetched,
        "moved": found.moved - moved,
        "seconds": found.seconds,
        "parts": found.parts,
    }


def measure(way: str, folder: Path, small: Path, gap: float, count: int) -> dict[str, Any]:
    """One way, in this process."""
    if way == WAYS[0]:
        by_kernel(small, gap)
        return {**by_kernel(folder, gap), "peak": peak_mb(), "workers": []}
    with where.on(where.Place(0 if way == WAYS[1] else count)) as workers:
        by_rounds(workers, small, gap)
        if way == WAYS[3]:
            killing(workers)
        found = by_rounds(workers, folder, gap)
        of_workers = [] if way == WAYS[1] else sorted(workers.client.run(peak_mb).values())  # type: ignore[attr-defined]
        return {**found, "peak": peak_mb(), "workers": of_workers}


def in_process(way: str, folder: Path, small: Path, gap: float, count: int) -> dict[str, Any]:
    given = [way, str(folder), str(small), str(gap), str(count)]
    ended = subprocess.run(
        [sys.executable, "-m", "bench.cluster", "--measure", *given],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def shown(results: dict[str, dict[str, Any]], needs: int, edges: int) -> None:
    heads = [
        "",
        "s",
        "certified gap",
        "bids a need",
        "questions",
        "edges fetched",
        "MB moved",
        "peak MB",
        "workers' peak MB",
    ]
    table = Table(*heads, title=f"{needs:,} needs, {edges:,} edges ({edges * 8 / 1e6:.0f} MB)")
    for way, found in results.items():
        asked, moved, fetched = found.get("rounds"), found.get("moved"), found.get("fetched")
        table.add_row(
            way,
            f"{found['s']:.2f}",
            f"{100 * found['gap']:.4f} %",
            f"{found['bids'] / needs:.2f}",
            str(sum(asked.values())) if asked else "",
            f"{100 * fetched / needs:.1f} %" if asked else "",
            f"{moved / 1e6:.1f}" if asked else "",
            f"{found['peak']:.0f}",
            ", ".join(f"{one:.0f}" for one in found["workers"]),
        )
    console = Console(width=140)
    console.print(table)
    phases = Table("seconds", *WAYS[1:])
    names = list(dict.fromkeys(name for way in WAYS[1:] for name in results[way]["seconds"]))
    for name in names:
        cells = [
            (results[way]["rounds"].get(name, ""), results[way]["seconds"].get(name, 0)) for way in WAYS[1:]
        ]
        phases.add_row(
            name, *(f"{seconds:.2f}" + (f" ({times} x)" if times else "") for times, seconds in cells)
        )
    console.print(phases)
    same = len({results[way]["same"] for way in WAYS[1:]}) == 1
    ratio = results[WAYS[2]]["s"] / results[WAYS[0]]["s"]
    console.print(
        "Rounds: the same edges and prices everywhere." if same else "ROUNDS DIFFER: that is an error."
    )
    console.print(
        f"One process takes 1/{ratio:.1f} of the workers' time: where its memory holds the edges, it wins."
        if ratio > 1
        else f"The workers take {ratio:.2f} of the time of one process."
    )


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("needs", nargs="?", type=lambda text: int(float(text)), default=1_000_000)
    given.add_argument("--workers", type=int, default=2)
    given.add_argument("--gap", type=float, default=0.1)
    given.add_argument("--measure", nargs=5, help=argparse.SUPPRESS)
    asked = given.parse_args()
    if asked.measure:
        way, folder, small, gap, count = asked.measure
        print(json.dumps(measure(way, Path(folder), Path(small), float(gap), int(count))))
        return
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large", Path(folder) / "small"
        large.mkdir()
        small.mkdir()
        generate(WARM, small, 1)
        edges = generate(asked.needs, large, 1).edges
        gap = asked.gap / 100
        results = {way: in_process(way, large, small, gap, asked.workers) for way in WAYS}
        shown(results, asked.needs, edges)


if __name__ == "__main__":
    main()
