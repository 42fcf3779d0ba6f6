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
    report.write_report(made / "report.html", view_of(lang="en"))
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


def test_nothing_is_wider_than_a_phone(folder: Path, tmp_path: Path) -> None:
    """In a window of 390 pixels the page does not scroll sideways."""
    probe = "<script>document.documentElement.dataset.wide=document.documentElement.scrollWidth+'/'+innerWidth</script>"
    page = (folder / "report.html").read_text("utf-8").replace("</body>", probe + "</body>")
    page = re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", page)  # which forbids the probe
    (folder / "probe.html").write_text(page, "utf-8")
    shown = dom(f"file://{folder}/probe.html", tmp_path, "--window-size=390,800")
    wide, window = map(int, re.findall(r'data-wide="(\d+)/(\d+)"', shown)[0])
    assert wide <= window
