"""The journal at scale: a million entries appended, verified, and proofs made and judged over them.

    python -m bench.journal [--entries 1000000] [--folder F]

Entries are appended as the writer appends them, 256 in a commit, to a hub's SQLite file; then they are verified three
ways: as `tandem journal verify` does (with the kept tree), by the stand-alone program on its own interpreter, and by
building the same tree with pymerkle from the same leaves, which does neither chain nor contents. `cpu s` is what a
busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from tandem.base.ids import chance
from tandem.engine.journal import merkle
from tandem.hub.installation import open_hub
from tandem.hub.keeping import verifying
from tandem.storage.database import journal, verify_journal
from tandem.storage.database import schema as s
from tandem.storage.database.journal import Entry

BATCH, PROOFS = 256, 300


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, with those of child processes."""
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    work()
    return time.perf_counter() - wall, sum(os.times()[:4]) - cpu


def append(hub, count: int) -> None:
    database = hub.database
    for begun in range(0, count, BATCH):
        session = database._begin()
        entries = [
            Entry("need.pose", f"account-{k % 997}", 1_800_000_000 + k, "needs", chance(), f"org-{k % 1009}",
                  {"title": f"need {k}", "slots": 1, "visibility": "members"})
            for k in range(begun, min(begun + BATCH, count))
        ]  # fmt: skip
        journal.append(session, journal.head(session), entries, chance)
        session.commit()
        session.close()


def proofs(hub, count: int) -> list[float]:
    """Milliseconds for each inclusion proof with its root, from the database to its judgement."""
    taken, drawn = [], random.Random(1)
    for _ in range(PROOFS):
        seq = drawn.randint(1, count)
        begun = time.perf_counter()
        with hub.database.reading() as tx:
            whole = tx.journal_tree()
            root, path = merkle.root(count, whole), merkle.inclusion(seq - 1, count, whole)
            leaf = tx.unguarded(sa.select(s.journal.c.leaf).where(s.journal.c.seq == seq))[0]["leaf"]
        assert merkle.included(merkle.leaf_hash(leaf), seq - 1, count, path, root)
        taken.append((time.perf_counter() - begun) * 1e3)
    return taken


def peer(file: Path) -> str:
    """The root by pymerkle, from the same leaves."""
    import pymerkle

    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in verify_journal.database(str(file)):
        tree.append_entry(entry["leaf"])
    return tree.get_root(tree.get_size()).hex()


def main() -> None:
    """Prints a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--entries", type=int, default=1_000_000)
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args()
    count = given.entries
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        hub = open_hub(Path(folder) / "hub")
        file = Path(folder) / "hub" / "hub.db"
        print(f"{count:,} entries; load {os.getloadavg()[0]:.1f}")
        print(f"{'what':<44} {'wall s':>8} {'cpu s':>8} {'entries/s':>10}")

        def row(what: str, work: Callable[[], object]) -> None:
            wall, cpu = timed(work)
            print(f"{what:<44} {wall:>8.1f} {cpu:>8.1f} {count / wall:>10,.0f}", flush=True)

        row("append, 256 in a commit, on disk", lambda: append(hub, count))
        row("verify (goal: 60 s for 1,000,000)", lambda: verifying.of_database(hub.database))
        alone = [sys.executable, "-I", verify_journal.__file__, str(file)]
        row("verify, stand-alone program", lambda: subprocess.run(alone, check=True, capture_output=True))
        found: list[str] = []
        row("pymerkle: the tree alone, in memory", lambda: found.append(peer(file)))
        with hub.database.reading() as tx:
            assert merkle.root(count, tx.journal_tree()).hex() == found[0]
        taken = proofs(hub, count)
        print(f"inclusion proof and root, made and judged: median {statistics.median(taken):.1f} ms, "
              f"worst of {PROOFS} {max(taken):.1f} ms; file {file.stat().st_size / 1e6:,.0f} MB")  # fmt: skip
        hub.close()


if __name__ == "__main__":
    main()
