"""Durable writes through the hub: group commit beside one fsync for each action, in the same run.

    python -m bench.writes [--seconds 8] [--threads 16] [--folder F]

Threads pose needs with idempotency keys and wait for the acknowledgement, as connections of a server do. `grouped` is
the hub's writer; `one each` is the same writer with one action in a commit; both with every acknowledged write on
disk. `cpu us` is this process's CPU time for one write, everything included; a GET of one record and a list of 20 are
measured by the same threads. Without HTTP.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tandem.domain.people import Actor
from tandem.hub.actions import Asker, run
from tandem.hub.installation import open_hub
from tandem.storage.database import schema as s
from tandem.storage.database import writer


def pressed(work: Callable[[int], object], threads: int, seconds: float) -> tuple[float, float, float, float]:
    """Requests per second, median and p99 in ms, CPU in us for each."""
    numbers, taken, lock = itertools.count(), [], threading.Lock()
    until = time.perf_counter() + seconds

    def press() -> None:
        own = []
        while (begun := time.perf_counter()) < until:
            work(next(numbers))
            own.append(time.perf_counter() - begun)
        with lock:
            taken.extend(own)

    cpu, wall = time.process_time(), time.perf_counter()
    pool = [threading.Thread(target=press) for _ in range(threads)]
    for one in pool:
        one.start()
    for one in pool:
        one.join()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    taken.sort()
    return (
        len(taken) / wall,
        taken[len(taken) // 2] * 1e3,
        taken[int(len(taken) * 0.99)] * 1e3,
        cpu / len(taken) * 1e6,
    )


def main() -> None:
    """Prints a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=8)
    asked.add_argument("--threads", type=int, default=16)
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        hub = open_hub(Path(folder) / "hub")
        row = {"name": "甲", "name_key": "甲", "visibility": "public"}
        org = hub.database.write(lambda tx: tx.add(s.organisations, row)).result()["id"]
        actor = Actor("member", "writer", org)
        plain = Asker(actor, hub=hub)
        shown = run("need.pose", {"title": "shown"}, plain).id
        keys = itertools.count()

        def pose(number: int) -> object:
            return run("need.pose", {"title": f"need {number}"}, Asker(actor, hub=hub, key=f"k{next(keys)}"))

        print(f"{given.threads} threads, {given.seconds:.0f} s each; load {os.getloadavg()[0]:.1f}")
        print(f"{'what':<28} {'/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'cpu us':>8}")
        most = writer.MOST
        for what, work, threads, together in (
            ("durable write, grouped", pose, given.threads, most),
            ("durable write, one each", pose, given.threads, 1),
            ("durable write, 1 thread", pose, 1, most),
            ("get by id", lambda _: run("need.show", {"id": shown}, plain), 1, most),
            ("list of 20", lambda _: run("need.list", {"limit": 20}, plain), 1, most),
        ):
            writer.MOST = together
            rate, median, late, cpu = pressed(work, threads, given.seconds)
            print(f"{what:<28} {rate:>8,.0f} {median:>8.1f} {late:>8.1f} {cpu:>8,.0f}", flush=True)
        hub.close()


if __name__ == "__main__":
    main()
