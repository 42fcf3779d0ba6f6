"""Searching a large hub: time to build and to open the index, time of a search with visibility, memory, freshness.

    python -m bench.finding [needs] [offers] [--keep FOLDER] [--match]

A seeded bilingual hub is written to a database of its own (100,000 needs and 200,000 offers of 30,000 organisations
where nothing else is said): Chinese texts are mixed of clauses of the sample world and, where ../shared is there, of
Chinese needs; English ones of halves of real abstracts, else of the sample world's English rows. 40 % of the records
are public, 45 % for members, 5 % for named organisations, 10 % confidential. Questions are one to four neighbouring
words of titles, half of them Chinese; a visitor, a member and the operator ask them in turn. Everything goes through
the action `search.find` as an interface would ask it, in one process.
"""

from __future__ import annotations

import argparse
import re
import resource
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from bench import sets
from rich.console import Console
from rich.table import Table

from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub.actions import Asker, run
from tandem.hub.finding.index import Index
from tandem.hub.installation import Hub, open_hub
from tandem.storage.database import schema as s
from tandem.storage.world import tables

ORGANISATIONS, QUESTIONS, SEED = 30_000, 300, 11
KINDS = ("technology", "service", "capacity", "talent", "data")
CITIES = (
    "440100",
    "440300",
    "440400",
    "440600",
    "441900",
    "442000",
    "440700",
    "441300",
    "441200",
    "810000",
    "820000",
)
VISIBILITY = ((0.40, "public"), (0.85, "members"), (0.90, "named"), (1.01, "confidential"))
Texts = list[tuple[str, str]]


def texts() -> tuple[Texts, Texts]:
    """Chinese and English (title, text)."""
    world = [
        pl.read_csv(path, infer_schema=False)
        for name, path in tables().items()
        if name in ("needs", "offers", "deliveries")
    ]
    rows = [(a, b) for table in world for a, b in table.select("title", "text").iter_rows() if a and b]
    zh = [row for row in rows if re.search("[\u4e00-\u9fff]", row[0])]
    en = [row for row in rows if not re.search("[\u4e00-\u9fff]", row[0])]
    if (sets.DATA / "crosslingual").exists():
        zh += (
            pl.read_parquet(sets.DATA / "crosslingual" / "needs_zh_dev.parquet")
            .select("title", "text")
            .rows()
        )
        en += (
            pl.read_parquet(sets.DATA / "robotics" / "deliveries.parquet")
            .select("title", "text")
            .drop_nulls()
            .rows()
        )
    return zh, en


def mixed(draw: np.random.Generator, zh: Texts, en: Texts, n: int) -> Iterator[tuple[str, str]]:
    """n texts, six in ten Chinese, each of two others."""
    for chinese, a, b in zip(draw.random(n) < 0.6, draw.random(n), draw.random(n), strict=True):
        source = zh if chinese else en
        one, other = source[int(a * len(source))], source[int(b * len(source))]
        if chinese:
            first, second = (re.split("(?<=[，。；])", text) for text in (one[1], other[1]))
            yield (
                _half(one[0], other[0], ""),
                "".join(first[: len(first) // 2 + 1] + second[len(second) // 2 :]),
            )
        else:
            first, second = one[1].split()[:40], other[1].split()[-40:]
            yield _half(one[0], other[0], " "), " ".join(first + second)


def _half(one: str, other: str, join: str) -> str:
    a, b = (one, other) if not join else (one.split(), other.split())
    return join.join((*a[: len(a) // 2 + 1], *b[len(b) // 2 :]))[:200]


def fill(hub: Hub, needs: int, offers: int) -> None:
    """The records of the hub, and one entry of its journal for each thousand."""
    draw = np.random.default_rng(SEED)
    zh, en = texts()
    ids = [hub.database._ids() for _ in range(ORGANISATIONS)]
    base = {"version": 1, "created_at": 1, "changed_at": 1, "state": "claimed"}
    _write(hub, s.organisations, ({**base, "id": id_, "name": f"{zh[i % len(zh)][0][:6]}{i}有限公司", "name_key": id_,
                                   "visibility": "public", "city": CITIES[i % len(CITIES)], "type": "maker"}
                                  for i, id_ in enumerate(ids)))  # fmt: skip
    for table, n in ((s.needs, needs), (s.offers, offers)):
        _write(hub, table, _records(draw, hub, table, ids, mixed(draw, zh, en, n)))


def _records(
    draw: np.random.Generator, hub: Hub, table: Any, ids: list[str], found: Iterator[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    for number, (title, text) in enumerate(found):
        chance, owner, pick = (
            draw.random(),
            ids[int(draw.random() ** 2 * len(ids))],
            int(draw.integers(1 << 30)),
        )
        seen = next(name for most, name in VISIBILITY if chance < most)
        row = {"id": hub.database._ids(), "version": 1, "created_at": 10 + number, "changed_at": 10 + number,
               "visibility": seen, "title": title, "text": text, "kind": KINDS[pick % len(KINDS)],
               "org_id": owner}  # fmt: skip
        city = CITIES[pick // 8 % len(CITIES)]
        if table is s.needs:
            yield {
                **row,
                "state": "posed",
                "city": city,
                "anonymous": pick % 10 == 0,
                "pseudonym": row["id"][::-1],
            }
        else:
            yield {
                **row,
                "state": "open",
                "cities_served": f'["{city}"]' if pick % 2 else None,
                "capacity": 1,
            }


def _write(hub: Hub, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    named = table is not s.organisations
    while batch := [row for _, row in zip(range(5_000), rows, strict=False)]:

        def work(tx: Any, batch: Any = batch) -> None:
            tx.insert(table, batch)
            if named:
                naming = [
                    {"record_id": row["id"], "org_id": row["org_id"]}
                    for row in batch
                    if row["visibility"] == "named"
                ]
                tx.insert(s.named, naming)
            tx.tell("bench.fill", HERE, n=len(batch))

        hub.database.write(work).result()


def questions(draw: np.random.Generator) -> list[str]:
    """One to four neighbouring words of titles, half of them Chinese."""
    from tandem.engine.language import text

    zh, en = texts()
    found = []
    for number in range(QUESTIONS):
        source = zh if number % 2 else en
        title = source[int(draw.integers(len(source)))][0]
        words = (
            [one for run in re.findall(r"[\u4e00-\u9fff]+", title) for one in text.cut(run)]
            if number % 2
            else title.split()
        )
        n = int(draw.integers(1, 5))
        first = int(draw.integers(max(len(words) - n, 0) + 1))
        found.append(("" if number % 2 else " ").join(words[first : first + n]))
    return [one for one in found if one.strip()]


def resident_mb() -> int:
    """Memory that this process holds now, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


class Taken:
    """Milliseconds of several runs."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.processor: list[float] = []

    def of(self, call: Any) -> Any:
        wall, processor = time.perf_counter(), time.thread_time()
        answer = call()
        self.wall.append(1e3 * (time.perf_counter() - wall))
        self.processor.append(1e3 * (time.thread_time() - processor))
        return answer

    def row(self) -> list[str]:
        return [
            f"{np.percentile(values, p):.1f}" for values in (self.wall, self.processor) for p in (50, 95, 99)
        ]


def opened(hub: Hub) -> float:
    """Seconds until the index answers."""
    begin = time.perf_counter()
    index = hub.part(Index)
    while not index.ready:
        time.sleep(0.02)
    return time.perf_counter() - begin


def measure(hub: Hub, table: Table) -> None:
    draw = np.random.default_rng(SEED + 1)
    owner = hub.database.write(lambda tx: tx.unguarded(s.needs.select().limit(1))[0]["org_id"]).result()
    asked = questions(draw)
    askers = {"visitor": VISITOR, "member": Actor("member", "nobody", owner), "operator": HERE}
    for question in asked[:20]:
        run("search.find", {"text": question}, Asker(HERE, hub=hub))
    whole, totals = Taken(), []
    for name, actor in askers.items():
        taken = Taken()
        for question in asked:
            asker = Asker(actor, hub=hub)
            for one in (taken, whole):
                totals.append(one.of(lambda q=question, a=asker: run("search.find", {"text": q}, a)).total)
        table.add_row(f"search, {name}", *taken.row())
    table.add_row("search, all", *whole.row())
    for name, given in (
        ("filters only", {"what": "needs", "city": "440300"}),
        ("with a filter", {"text": "检测", "kind": "service"}),
    ):
        taken = Taken()
        for _ in range(30):
            taken.of(lambda g=given: run("search.find", g, Asker(askers["member"], hub=hub)))
        table.add_row(f"search, {name}", *taken.row())
    taken = Taken()
    for question in asked[:100]:
        taken.of(lambda q=question: run("search.suggest", {"text": q[:4]}, Asker(askers["member"], hub=hub)))
    table.add_row("suggest", *taken.row())
    taken = Taken()
    zh, en = texts()
    for title, text in [*zh[:30], *en[:30]]:
        taken.of(
            lambda a=title, b=text: run(
                "need.similar", {"title": a[:200], "text": b[:2000]}, Asker(askers["member"], hub=hub)
            )
        )
    table.add_row("need.similar", *taken.row())
    taken = Taken()
    for number in range(100):
        word = f"zebra{secrets.token_hex(4)}{number}"
        row = {"title": word, "visibility": "public", "org_id": owner, "anonymous": False, "state": "posed"}

        def work(tx: Any, row: Any = row) -> None:
            tx.tell("bench.pose", HERE, "needs", tx.add(s.needs, row)["id"])

        hub.database.write(work).result()
        found = taken.of(lambda w=word: run("search.find", {"text": w}, Asker(VISITOR, hub=hub)))
        assert found.total == 1, word
    table.add_row("search right after a write", *taken.row())
    print(f"hits of a question: median {np.median(totals):.0f}, largest {max(totals)}")


def matched(hub: Hub, table: Table) -> None:
    from tandem.base.errors import Unavailable

    begin = time.perf_counter()
    with hub.database.reading() as tx:
        needs = [row["id"] for row in tx.unguarded(s.needs.select().limit(60))]
    while True:
        try:
            run("need.match", {"id": needs[0]}, Asker(HERE, hub=hub))
            break
        except Unavailable:
            pass
    print(f"supply ready after {time.perf_counter() - begin:.1f} s; memory {resident_mb()} MB")
    taken = Taken()
    for id_ in needs:
        taken.of(lambda i=id_: run("need.match", {"id": i}, Asker(HERE, hub=hub)))
    table.add_row("need.match", *taken.row())


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.finding")
    parser.add_argument("needs", type=int, nargs="?", default=100_000)
    parser.add_argument("offers", type=int, nargs="?", default=200_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--match", action="store_true")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="tandem-bench-"))
    if not (folder / "hub.db").exists():
        hub = open_hub(folder)
        fill(hub, given.needs, given.offers)
        before, begin = resident_mb(), time.process_time()
        seconds = opened(hub)
        while not (folder / "search" / "current").exists():
            time.sleep(0.1)
        print(
            f"built in {seconds:.1f} s ({time.process_time() - begin:.1f} s of processor); "
            f"memory {before} -> {resident_mb()} MB"
        )
        hub.close()
    hub = open_hub(folder)
    before, begin = resident_mb(), time.process_time()
    seconds = opened(hub)
    kept = sum(path.stat().st_size for path in (folder / "search").rglob("*") if path.is_file()) / 2**20
    print(
        f"opened in {seconds:.2f} s ({time.process_time() - begin:.2f} s of processor); "
        f"memory {before} -> {resident_mb()} MB; on disk {kept:.0f} MB"
    )
    table = Table("ms", "p50", "p95", "p99", "cpu p50", "cpu p95", "cpu p99")
    measure(hub, table)
    if given.match:
        matched(hub, table)
    Console().print(table)
    print(
        f"memory {resident_mb()} MB, at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )
    hub.close()


if __name__ == "__main__":
    main()
