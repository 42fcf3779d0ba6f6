"""The report in a real browser: its script runs, the language follows the address, nothing is wider than a phone."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.storage.report.sample_result import view_of

from tandem.storage import report

BROWSER = os.environ.get("TANDEM_TEST_BROWSER")
pytestmark = pytest.mark.skipif(not BROWSER, reason="needs a Chromium, named by TANDEM_TEST_BROWSER")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def dom(address: str, profile: Path, *more: str) -> str:
    """The document as the browser has it once its scripts have run."""
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={profile}", *more, "--dump-dom", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("report")
    report.write_report(made / "report.html", view_of(lang="en", cleared=True))
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_language_of_the_address_is_the_language_of_the_page(
    folder: Path, tmp_path: Path, lang: str
) -> None:
    """The script reads lang=zh or lang=en behind the address and sets the document's language and title."""
    shown = dom(f"file://{folder}/report.html#lang={lang}", tmp_path)
    assert re.search(rf'<html[^>]* lang="{lang}', shown)
    title = re.search(r"<title[^>]*>([^<]*)</title>", shown)
    assert title is not None
    assert bool(re.search(r"[\u3400-\u9fff]", title[1])) == (lang == "zh")


def probe(folder: Path, script: str) -> None:
    """Writes probe.html, the report with one script more."""
    page = (folder / "report.html").read_text("utf-8").replace("</body>", f"<script>{script}</script></body>")
    page = re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", page)  # which forbids the probe
    (folder / "probe.html").write_text(page, "utf-8")


@pytest.mark.parametrize(("plan", "shown", "hidden"), [("joint", "j", "g"), ("greedy", "g", "j")])
def test_the_switch_shows_one_assignment(
    folder: Path, tmp_path: Path, plan: str, shown: str, hidden: str
) -> None:
    """What only the chosen assignment says is displayed, what only the other says is not."""
    probe(
        folder,
        f"document.getElementById('plan-{plan}').checked = true;"
        "const seen = (c) => [...document.querySelectorAll('.plans .' + c)]"
        ".filter((e) => getComputedStyle(e).display !== 'none').length;"
        "document.documentElement.dataset.seen = seen('j') + '/' + seen('g')",
    )
    page = dom(f"file://{folder}/probe.html", tmp_path)
    joint, greedy = map(int, re.findall(r'data-seen="(\d+)/(\d+)"', page)[0])
    seen = {"j": joint, "g": greedy}
    assert seen[shown] > 0
    assert seen[hidden] == 0


def test_nothing_is_wider_than_a_phone(folder: Path, tmp_path: Path) -> None:
    """In a window of 390 pixels the page does not scroll sideways."""
    probe(folder, "document.documentElement.dataset.wide=document.documentElement.scrollWidth+'/'+innerWidth")
    shown = dom(f"file://{folder}/probe.html", tmp_path, "--window-size=390,800")
    wide, window = map(int, re.findall(r'data-wide="(\d+)/(\d+)"', shown)[0])
    assert wide <= window
