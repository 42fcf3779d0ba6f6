"""How long a newcomer waits: `tandem --help`, and the demo, in fresh processes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = [sys.executable, "-m", "tandem.interfaces.cli"]


def seconds(arguments: list[str], runs: int) -> list[float]:
    """Wall-clock seconds of each run, after one to warm the file cache."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs + 1):
            begun = time.perf_counter()
            subprocess.run([*PROGRAM, *arguments], cwd=folder, check=True, capture_output=True)
            taken.append(time.perf_counter() - begun)
    return taken[1:]


def main() -> None:
    """Prints a table."""
    print(f"{'what':<16} {'goal':>6} {'median':>8} {'best':>8}   seconds")
    for name, arguments, runs, goal in (
        ("tandem --help", ["--help"], 9, 0.6),
        ("tandem demo", ["demo"], 3, 10.0),
    ):
        taken = seconds(arguments, runs)
        print(f"{name:<16} {goal:>6.1f} {statistics.median(taken):>8.2f} {min(taken):>8.2f}")


if __name__ == "__main__":
    main()
