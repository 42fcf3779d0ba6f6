"""Pages in a real browser: weight on the wire and time of each, searching as one types, and Lighthouse where it is.

    TANDEM_TEST_BROWSER=/usr/bin/chromium python -m bench.pages [--needs 100000] [--keep FOLDER]
                                                                [--only pages|search|large|lighthouse]

`KB` is what comes over the wire, `raw KB` the same unpacked; `cpu ms` what the server spent on a visit, `ready ms` from
the click to the end of loading, the median of three visits on the machine as it is. Search: a hub of so many needs and
twice as many offers (bench.finding); somebody types a word letter by letter, Chinese and English words with none, few
and many hits; `painted` runs from the key to the first picture that shows the results, and holds the pause of 150 ms
for which the page waits on further keys; `cpu ms` is the server's for each key, which a busy machine stretches least.
Large: what the server spends on a page of that hub, the first visit (with what it begins in the background) and the
median of those after it. Lighthouse measures with its mobile settings.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import sqlalchemy as sa
from bench import finding
from bench.import_pages import spent
from bench.walks import arrived
from rich.console import Console
from rich.table import Table
from tests.browser import crawl
from tests.browser.conftest import (
    BROWSER,
    FLAGS,
    PASSWORD,
    PEOPLE,
    Person,
    Served,
    sampled,
    serving,
    unlimited,
)
from tests.browser.conftest import person as made_person

from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.finding.index import Index
from tandem.hub.installation import Hub, open_hub
from tandem.storage.database import schema as s

_WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => [sum[0] + one.encodedBodySize + 300, sum[1] + one.decodedBodySize, sum[2] + 1], [0, 0, 0])"""
# Keeps the instants of the last key and of the first picture behind the change that followed it, on one clock.
_WATCH = """() => { window.pressed = window.painted = 0;
  document.querySelector("#text").addEventListener("input", () => {
    window.pressed = performance.now(); window.painted = 0; }, true);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now(); })))
    .observe(document.querySelector("#results"), {childList: true, subtree: true}); }"""
# By how many needs of the large hub are found in the end; each is typed letter by letter.
WORDS = {
    "none": ("齐天大圣取经", "zyzzyva quux", "魑魅魍魉", "borogove"),
    "few": ("谐波减速器回差", "wafer dicing", "海缆敷设", "torque ripple motor"),
    "many": ("检测", "测试方案", "test", "robot", "轴承检测", "热处理", "calibration", "五轴加工"),
}
# Pages of the large hub by who looks at them; "{org}" is the manager's organisation.
LARGE = (
    (None, ("/", "/needs", "/needs?text=检测", "/organisations", "/organisations?name=检测", "/organisations/{org}")),
    ("opal", ("/", "/overview", "/introductions", "/rounds", "/journal", "/people")),
    ("mei", ("/", "/needs?mine=1", "/fits", "/introductions", "/organisations/{org}", "/offers?mine=1")),
)  # fmt: skip
_TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
_TRIES = 4  # Lighthouse at times misses the beginning of a page load, says so, and asks to be run again
# What Lighthouse looks at, by who comes; "{id}" the first that the list shows.
LOOKED_AT = ((None, "/"), (None, "/needs"), (None, "/needs/{id}"), ("opal", "/"), ("opal", "/region"),
             ("opal", "/rounds/{id}"))  # fmt: skip


def pages(browser: Any, served: Served, table: Table) -> None:
    """Each kind of page that a manager and the operator come to."""
    seen: set[str] = set()
    for login in ("opal", "mei"):
        person = arrived(browser, served, "zh", 390, login)
        cookies = {one["name"]: one["value"] for one in person.page.context.cookies()}
        for page in crawl.crawl(served.address, cookies, ("/design",)).pages:
            if "?" in page.kind or page.kind in seen:
                continue
            seen.add(page.kind)
            ready = []
            for _ in range(3):
                begun = time.perf_counter()
                person.page.goto(served.address + page.address, wait_until="load")
                ready.append(1e3 * (time.perf_counter() - begun))
            weight, raw, requests = person.page.evaluate(_WEIGHT)
            picture = "yes" if person.page.query_selector("main svg") else ""
            cpu = [1e3 * spent for spent in visited(served, page.address, cookies, 5)]
            table.add_row(page.kind, picture, f"{weight / 1024:.0f}", f"{raw / 1024:.0f}", str(requests),
                          f"{statistics.median(cpu):.0f}", f"{statistics.median(ready):.0f}")  # fmt: skip


def pid_of(served: Served) -> int:
    """The process that serves a hub."""
    own = f"data={served.folder}".encode()
    return next(
        int(one.parent.name) for one in Path("/proc").glob("[0-9]*/cmdline") if own in _read(one).split(b"\0")
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def visited(served: Served, path: str, cookies: dict[str, str], times: int) -> list[float]:
    """Processor seconds of the server for each of some visits of a page."""
    found, pid = [], pid_of(served)
    with httpx.Client(base_url=served.address, cookies=cookies, timeout=600) as client:
        for _ in range(times):
            before = spent(pid)
            for _ in range(600):  # what is made in the background is waited for
                answer = client.get(path, headers={"accept": "text/html"})
                if answer.status_code != 503:
                    break
                time.sleep(1)
                before = spent(pid)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")
            found.append(spent(pid) - before)
            if len(found) == 1:
                _quiet(pid)  # what the first visit has begun in the background is no visitor's
    return found


def _quiet(pid: int) -> None:
    """Waits until a process has nothing to do."""
    for _ in range(300):
        before = spent(pid)
        time.sleep(0.5)
        if spent(pid) - before <= 0.02:
            return


def large(browser: Any, served: Served, org: str, table: Table) -> None:
    """What the pages of a large hub cost the server."""
    for login, paths in LARGE:
        person = arrived(browser, served, "zh", 1280, login)
        cookies = {one["name"]: one["value"] for one in person.page.context.cookies()}
        for path in paths:
            first, *others = [1e3 * one for one in visited(served, path.replace("{org}", org), cookies, 6)]
            table.add_row(login or "visitor", path, f"{first:.0f}", f"{statistics.median(others):.0f}")


def typed(browser: Any, served: Served, rounds: int, table: Table) -> list[float]:
    """Milliseconds from a key to its results, over words typed letter by letter; a row for each sort of words."""
    person = arrived(browser, served, "zh", 1280, None)
    page, took = person.page, []
    for _ in range(600):  # a large index takes a while to open
        person.go("/needs")
        if page.query_selector("#results"):
            break
        page.wait_for_timeout(500)
    for sort, words in WORDS.items():
        own: list[float] = []
        before, hits = spent(pid_of(served)), []
        for word in words * rounds:
            own += _word(person, word)
            told = page.query_selector("#results [role=status]")
            hits.append(int("".join(re.findall(r"\d", told.inner_text())) or 0) if told else 0)
        cpu = 1e3 * (spent(pid_of(served)) - before) / max(len(own), 1)
        took += own
        table.add_row(sort, f"{min(hits):,}-{max(hits):,}", str(len(own)), *percentiles(own), f"{cpu:.0f}")
    return took


def _word(person: Person, word: str) -> list[float]:
    """The milliseconds of each letter."""
    page, took = person.page, []
    person.go("/needs")
    page.evaluate(_WATCH)
    page.focus("#text")
    for letter in word:
        with page.expect_response(lambda one: "text=" in one.url, timeout=60_000):
            page.keyboard.insert_text(letter)
        for _ in range(10_000):  # the page's policy forbids Playwright's own waiting
            took_ = page.evaluate("window.painted - window.pressed")
            if took_ > 0:
                took.append(took_)
                break
            page.wait_for_timeout(2)
    return took


def percentiles(took: Sequence[float]) -> list[str]:
    """The middle one and the one that 95 % stay below, as text."""
    return [f"{one:.0f}" for one in np.percentile(took, (50, 95))]


def filled(folder: Path, needs: int) -> None:
    """A hub with so many needs and twice as many offers, its index built; `opal` operates it, `mei` manages a firm."""
    unlimited(folder)
    hub = open_hub(folder)
    finding.fill(hub, needs, 2 * needs)
    run("setup.begin", {"login": "opal", "name": PEOPLE["opal"], "password": PASSWORD}, Asker(HERE, hub=hub))
    made_person(hub, "mei", PEOPLE["mei"], "manager", busiest(hub))
    index = hub.part(Index)
    while not index.ready or not (folder / "search" / "current").exists():
        time.sleep(0.2)
    hub.close()


def busiest(hub: Hub) -> str:
    """The organisation with the most offers."""
    o = s.offers.c
    asked = sa.select(o.org_id).group_by(o.org_id).order_by(sa.func.count().desc(), o.org_id).limit(1)
    with hub.database.reading() as tx:
        return str(tx.unguarded(asked)[0]["org_id"])


def scored(served: Served, path: str, login: str | None, cookies: dict[str, str], table: Table) -> str:
    """Lighthouse's scores of one page as somebody sees it; what is missing where it cannot run."""
    found = shutil.which("lighthouse") or os.environ.get("TANDEM_LIGHTHOUSE")
    if found is None:
        return (
            "Lighthouse is not here: npm install lighthouse@12.8.2, and name its command by TANDEM_LIGHTHOUSE"
        )
    sent = json.dumps({"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())})
    command = [found, served.address + path, "--output=json", "--quiet", f"--extra-headers={sent}",
               "--only-categories=performance,accessibility",
               f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]  # fmt: skip
    for _ in range(_TRIES):
        ended = subprocess.run(command, capture_output=True, text=True, check=False,
                               env={**os.environ, "CHROME_PATH": str(BROWSER)})  # fmt: skip
        if not ended.returncode:
            break
    else:
        return f"Lighthouse did not run on {path}: {ended.stderr.strip()[-300:]}"
    told = json.loads(ended.stdout)
    scores = [f"{told['categories'][name]['score']:.2f}" for name in ("performance", "accessibility")]
    times = [told["audits"][name]["displayValue"] for name in _TIMES]
    table.add_row(f"{path} {login or ''}".strip(), cookies["tandem_lang"], *scores, *times)
    return ""


def lighthouse(browser: Any, served: Served, table: Table) -> str:
    """The pages that people begin with, and the heaviest, in both languages; what is missing where it cannot run."""
    for lang in ("zh", "en"):
        for login, pattern in LOOKED_AT:
            person = arrived(browser, served, lang, 390, login)
            if "{" in pattern:
                person.go(pattern.partition("/{")[0])
                path = person.page.evaluate(
                    "(start) => [...document.querySelectorAll('main a')].map((one) => one.getAttribute('href'))"
                    ".find((to) => to.startsWith(start) && /^[a-z0-9]{26}$/.test(to.slice(start.length)))",
                    pattern.partition("{")[0],
                )
            else:
                path = pattern
            cookies = {one["name"]: one["value"] for one in person.page.context.cookies()}
            person.page.context.close()
            if missing := scored(served, path, login, cookies, table):
                return missing
    return ""


def round_made(folder: Path) -> None:
    """A cleared round in the sample hub."""
    hub = open_hub(folder)
    run("round.start", {"title": "十一月出清"}, Asker(HERE, hub=hub))
    run("job.work", {}, Asker(HERE, hub=hub))
    hub.close()


def on_sample(browser: Any, console: Console, folder: Path, only: str | None) -> None:
    """What is measured on the sample world."""
    sampled(folder)
    round_made(folder)
    with serving(folder) as served:
        if only in (None, "pages"):
            table = Table("page", "picture", "KB", "raw KB", "requests", "cpu ms", "ready ms")
            pages(browser, served, table)
            console.print(table)
        if only in (None, "lighthouse"):
            scores = Table("page", "language", "performance", "accessibility", "FCP", "LCP", "TBT")
            missing = lighthouse(browser, served, scores)
            console.print(missing or scores)


def on_large(browser: Any, console: Console, folder: Path, rounds: int, only: str | None) -> None:
    """What is measured on the large hub."""
    hub = open_hub(folder)
    org = busiest(hub)
    hub.close()
    with serving(folder) as served:
        if only in (None, "search"):
            table = Table("words", "hits", "keys", "painted p50", "p95", "cpu ms")
            took = typed(browser, served, rounds, table)
            console.print(table)
            fifty, ninety_five = percentiles(took)
            console.print(f"search as one types, {len(took)} keys: painted p50 {fifty} ms, p95 {ninety_five} ms "
                          f"(150 ms of it the pause); load {os.getloadavg()[0]:.1f}")  # fmt: skip
        if only in (None, "large"):
            table = Table("who", "page of the large hub", "cpu ms, first", "then")
            large(browser, served, org, table)
            console.print(table)


def main() -> None:
    """Prints the tables."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(prog="bench.pages")
    parser.add_argument("--needs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", choices=("pages", "search", "large", "lighthouse"))
    given = parser.parse_args()
    console, scratch = Console(width=130), Path(tempfile.mkdtemp(prefix="tandem-pages-"))
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=BROWSER, args=FLAGS)
        if given.only not in ("search", "large"):
            on_sample(browser, console, scratch / "hub", given.only)
        if given.only in (None, "search", "large"):
            folder = given.keep or scratch / "large"
            if not (folder / "hub.db").exists():
                filled(folder, given.needs)
            on_large(browser, console, folder, given.rounds, given.only)
        browser.close()
    shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
