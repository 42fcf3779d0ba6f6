"""A large workbook through the import's pages: what each step costs the server, and how long its reader waits.

    python -m bench.import_pages [--needs 100000] [--organisations 2000]

Somebody hands the workbook over, lets its columns stand, looks at the check, mends one cell, looks again and imports
it; the workbook holds one cell that is wrong. `cpu s` is what the server spent on a step, its workbook parsers
included; `s` is wall time to the answer, which a busy machine stretches. `all done` runs from the click on the import
to the page that tells what was written, however many times that page had to be asked for.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import xlsxwriter
from bench import import_records
from rich.console import Console
from rich.table import Table

from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.installation import open_hub
from tandem.hub.people import limits

PASSWORD = "nine lanterns at dusk"
TICK = os.sysconf("SC_CLK_TCK")
WRONG = "2027-13-41"
PATIENCE = 900.0  # seconds for one answer


def workbook(path: Path, needs: int, organisations: int) -> None:
    """The workbook of bench.import_records with a day in it that is none."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("organisations")
        sheet.write_row(0, 0, ("org_id", "name", "city"))
        for i in range(organisations):
            sheet.write_row(i + 1, 0, (f"O{i}", f"精工机械 {i} 有限公司", import_records.CITIES[i % 6]))
        sheet = book.add_worksheet("needs")
        sheet.write_row(0, 0, import_records.NAMES)
        at = import_records.NAMES.index("due_on")
        for number, row in enumerate(import_records.rows(needs, organisations), 1):
            sheet.write_row(number, 0, (*row[:at], WRONG, *row[at + 1 :]) if number == needs // 2 else row)


def made(folder: Path) -> None:
    """An empty hub with somebody who operates it, and nobody limited."""
    folder.mkdir(parents=True)
    rates = "".join(f"{kind} = [1, 0]\n" for kind in limits.RATES)
    (folder / "settings.toml").write_text(f"[limits]\n{rates}")
    hub = open_hub(folder)
    run("setup.begin", {"login": "opal", "name": "Opal", "password": PASSWORD}, Asker(HERE, hub=hub))
    hub.close()


def spent(pid: int) -> float:
    """Processor seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


class Steps:
    """Requests to a server, each a row of the table."""

    def __init__(self, address: str, pid: int, table: Table) -> None:
        ours = {"origin": address, "sec-fetch-site": "same-origin", "accept-language": "en"}
        self.client = httpx.Client(base_url=address, headers=ours, timeout=PATIENCE)
        self.pid, self.table = pid, table
        self.page = ""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        cpu, begun = spent(self.pid), time.perf_counter()
        yield
        self.table.add_row(name, f"{spent(self.pid) - cpu:.2f}", f"{time.perf_counter() - begun:.1f}")

    def get(self, path: str) -> httpx.Response:
        return self._came(self.client.get(path))

    def post(self, path: str, form: dict[str, str], **more: object) -> httpx.Response:
        return self._came(self.client.post(path, data=form, **more))  # type: ignore[arg-type]

    def form(self, action: str) -> dict[str, str]:
        """What a form of the page would send as it stands."""
        inside = next(one for one in re.findall(r"<form\b.*?</form>", self.page, re.DOTALL)
                      if f'action="{action}"' in one.partition(">")[0])  # fmt: skip
        found = {}
        for tag in re.findall(r"<input\b[^>]*>", inside):
            attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
            if "name" in attributes and attributes.get("type") not in ("file", "checkbox", "radio"):
                found[attributes["name"]] = attributes.get("value", "")
        for name, options in re.findall(
            r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', inside, re.DOTALL
        ):
            chosen = re.search(r'<option value="([^"]*)" selected', options)
            found[name] = chosen[1] if chosen else ""
        return found

    def _came(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code not in (200, 303):
            raise SystemExit(
                f"{answer.request.method} {answer.request.url}: {answer.status_code}\n{answer.text[:2000]}"
            )
        if answer.status_code == 200:
            self.page = answer.text
        return answer


def walked(steps: Steps, book: Path) -> None:
    """All steps of an import."""
    steps.get("/sign-in")
    steps.post("/sign-in", {**steps.form("/sign-in"), "login": "opal", "password": PASSWORD})
    steps.get("/import")
    with steps.step("hand over"):
        answer = steps.post("/import", steps.form("/import"), files={"file": (book.name, book.read_bytes())})
    columns = answer.headers["location"]
    with steps.step("columns"):
        steps.get(columns)
    with steps.step("say what columns mean"):
        answer = steps.post(columns, {**steps.form(columns), "go": "check"})
    check = answer.headers["location"]
    with steps.step("check"):
        steps.get(check)
    form = steps.form(check)
    wrong = next(name for name, value in form.items() if name.startswith("x.") and value == WRONG)
    with steps.step("mend one cell"):
        steps.post(check, {**form, wrong: "2027-12-31"})
    with steps.step("check again"):
        steps.get(check)
    ways = [check.replace("/check", f"/{word}") for word in ("later", "write")]
    write = next(path for path in ways if f'action="{path}"' in steps.page)
    with steps.step("import, all done"):
        with steps.step("import, first answer"):
            answer = steps.post(write, steps.form(write))
        at = answer.headers.get("location")
        while at is not None and 'id="progress"' in steps.get(at).text:
            time.sleep(1)
    if 'class="note good"' not in steps.page:
        raise SystemExit(steps.page[:3000])


def main() -> None:
    """Prints the table."""
    from bench.serve import served

    options = argparse.ArgumentParser(prog="bench.import_pages")
    options.add_argument("--needs", type=int, default=100_000)
    options.add_argument("--organisations", type=int, default=2_000)
    given = options.parse_args()
    table = Table("step", "cpu s", "s")
    with tempfile.TemporaryDirectory(prefix="tandem-import-") as place:
        folder = Path(place)
        workbook(folder / "needs.xlsx", given.needs, given.organisations)
        made(folder / "hub")
        with served(folder / "hub") as (process, port):
            steps = Steps(f"http://127.0.0.1:{port}", process.pid, table)
            walked(steps, folder / "needs.xlsx")
            peak = next(one for one in Path(f"/proc/{process.pid}/status").read_text().splitlines()
                        if one.startswith("VmHWM"))  # fmt: skip
    Console().print(table)
    print(
        f"{given.needs:,} needs; server memory at most {int(peak.split()[1]) / 1000:.0f} MB; "
        f"load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
