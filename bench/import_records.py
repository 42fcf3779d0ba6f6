"""Import of needs by workbook: seconds, processor seconds and memory, stage by stage; and how long writers wait.

    python bench/import_records.py [--needs 100000] [--organisations 2000]

`s` is wall time, which a busy machine (see load) stretches; `cpu s` is what this process spent in all its threads. The
workbook is written first and is no part of the figures. Each way runs in a process of its own; the memory of the
process that parses the workbook is told beside it. A second import of the same workbook shows what "nothing is new"
costs. Peers: none does the same (a validated, journalled, all-or-nothing import), so the floor is told instead: the
same rows handed to SQLite by the driver alone, without checks, references, ids, journal or indexes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import xlsxwriter

NAMES = ("title", "org_id", "kind", "text", "city", "sector", "posted_on", "due_on", "slots", "importance",
         "budget_max", "need_id")  # fmt: skip
KINDS = ("technology", "service", "capacity", "talent", "data", "finance", "scenario")
CITIES = ("440300", "广州", "Dongguan", "佛山", "Hong Kong", "440400")
TEXT = "需要一台五轴联动加工中心的主轴热变形补偿方案，要求在8小时连续加工中 Z 向漂移不超过 8 微米，样机三个月内交付。"


def rows(needs: int, organisations: int):
    for i in range(needs):
        month, day = 1 + i % 9, 10 + i % 10
        yield (f"需求 {i}: 精密加工主轴热补偿 {i % 977}", f"O{i % organisations}", KINDS[i % 7], f"{TEXT}{i}",
               CITIES[i % 6], f"行业{i % 40}", f"2026-0{month}-{day}", "2027-03-31", 1 + i % 3, 1 + i % 5, 10_000 + i,
               f"N{i}")  # fmt: skip


def write(path: Path, needs: int, organisations: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("organisations")
        sheet.write_row(0, 0, ("org_id", "name", "city"))
        for i in range(organisations):
            sheet.write_row(i + 1, 0, (f"O{i}", f"精工机械 {i} 有限公司", CITIES[i % 6]))
        sheet = book.add_worksheet("needs")
        sheet.write_row(0, 0, NAMES)
        for number, row in enumerate(rows(needs, organisations), 1):
            sheet.write_row(number, 0, row)


def memory(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def once(folder: Path, book: Path) -> dict:
    """One import in this process; another thread writes small records meanwhile and notes how long each waits."""
    from tandem.base.settings import Upload
    from tandem.domain.people import HERE
    from tandem.hub import actions
    from tandem.hub.installation import open_hub

    hub = open_hub(folder)
    asker = actions.Asker(HERE, hub=hub)
    org = actions.run("organisation.register", {"name": "bench", "despite": True}, asker).id
    waits, ended = [], threading.Event()

    def others() -> None:
        while not ended.is_set():
            begun = time.perf_counter()
            actions.run("need.pose", {"title": "x", "organisation": org}, asker)
            waits.append(time.perf_counter() - begun)
            time.sleep(0.02)

    thread = threading.Thread(target=others)
    thread.start()
    begun, cpu = time.perf_counter(), time.process_time()
    future = actions.start("records.import", {"file": Upload(book.name, book.read_bytes())}, asker)
    planned = time.perf_counter() - begun
    answer = future.result()
    taken, used = time.perf_counter() - begun, time.process_time() - cpu
    ended.set()
    thread.join()
    table = next(one for one in answer.tables if one.table == "needs")
    size = sum(file.stat().st_size for file in folder.glob("hub.db*")) / 2**20
    hub.close()
    return {"new": table.new, "unchanged": table.unchanged, "s": taken, "read and planned s": planned,
            "written s": taken - planned, "cpu s": used, "writes of others": len(waits),
            "their p50 ms": 1e3 * sorted(waits)[len(waits) // 2],
            "their p99 ms": 1e3 * sorted(waits)[int(0.99 * len(waits))], "longest wait of others s": max(waits),
            "parser cpu s": resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, "load": os.getloadavg()[0],
            "peak MB": memory(resource.RUSAGE_SELF), "parser MB": memory(resource.RUSAGE_CHILDREN),
            "database MB": size}  # fmt: skip


def floor(needs: int, organisations: int, folder: Path) -> float:
    """Seconds that the driver alone takes to write the same cells."""
    made = list(rows(needs, organisations))
    held = sqlite3.connect(folder / "floor.db")
    held.execute("PRAGMA journal_mode=WAL")
    begun = time.perf_counter()
    held.execute(f"CREATE TABLE needs ({', '.join(NAMES)})")
    held.executemany(f"INSERT INTO needs VALUES ({', '.join('?' * len(NAMES))})", made)
    held.commit()
    return time.perf_counter() - begun


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--needs", type=int, default=100_000)
    options.add_argument("--organisations", type=int, default=2_000)
    options.add_argument("--once", nargs=2, type=Path)
    given = options.parse_args()
    if given.once:
        print(json.dumps(once(*given.once)))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        book = folder / "needs.xlsx"
        write(book, given.needs, given.organisations)
        print(
            f"{given.needs} needs, {given.organisations} organisations, workbook {book.stat().st_size / 2**20:.1f} MB"
        )
        for name in ("first", "again"):
            command = [sys.executable, __file__, "--once", str(folder / "hub"), str(book)]
            told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            figures = (
                f"{key} {value:.2f}" if isinstance(value, float) else f"{key} {value}"
                for key, value in told.items()
            )
            print(f"{name:>6}: " + " · ".join(figures))
        print(f" floor: the driver alone {floor(given.needs, given.organisations, folder):.2f} s")


if __name__ == "__main__":
    main()
