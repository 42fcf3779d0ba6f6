"""The region's page in a real browser: both languages by radio alone, no wider than a phone, printed with its ids."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.storage.region_report.sample_region import sample

from tandem.storage.region_report import write_report

BROWSER = os.environ.get("TANDEM_TEST_BROWSER")
pytestmark = pytest.mark.skipif(not BROWSER, reason="needs a Chromium, named by TANDEM_TEST_BROWSER")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--allow-file-access-from-files",
)  # fmt: skip
PROBE = """
const frame = document.querySelector('iframe'), out = document.documentElement.dataset;
frame.onload = () => {
  const page = frame.contentDocument, seen = (one) => getComputedStyle(one).display !== 'none';
  const count = (css) => [...page.querySelectorAll(css)].filter(seen).length;
  out.wide = page.documentElement.scrollWidth;
  page.getElementById('zh').checked = true;
  out.zh = count('h2 > .z') + '/' + count('h2 > .e');
  page.getElementById('en').checked = true;
  out.en = count('h2 > .z') + '/' + count('h2 > .e');
  out.done = 1;
};
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a window of 360 pixels tells about the page, both languages tried."""
    folder = tmp_path_factory.mktemp("region")
    write_report(folder / "region.html", sample(), "en")
    frame = f'<iframe src="region.html" style="width:360px;height:800px;border:0"></iframe><script>{PROBE}</script>'
    (folder / "probe.html").write_text(f"<!doctype html><html><body>{frame}</body></html>", "utf-8")
    shown = run(folder, "--virtual-time-budget=4000", "--dump-dom", f"file://{folder}/probe.html")
    return dict(re.findall(r'data-(\w+)="([^"]*)"', shown))


def run(folder: Path, *command: str) -> str:
    """The browser's answer; its profile lies in the folder."""
    whole = [str(BROWSER), *FLAGS, f"--user-data-dir={folder}/profile", *command]
    return subprocess.run(whole, capture_output=True, text=True, timeout=60, check=True).stdout


def test_nothing_is_wider_than_a_phone(told: dict[str, str]) -> None:
    """At 360 pixels the page itself does not scroll sideways; tables scroll in their own boxes."""
    assert int(told["wide"]) <= 360


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_radio_chooses_the_language(told: dict[str, str], lang: str) -> None:
    """With one language chosen none of the other's headings is displayed; no script is needed for it."""
    zh, en = map(int, told[lang].split("/"))
    assert (zh > 5, en > 5) == (lang == "zh", lang == "en")


def test_it_prints(tmp_path: Path) -> None:
    """The browser makes a PDF of several pages, with the ids of figures on paper."""
    write_report(tmp_path / "region.html", sample(), "en")
    run(
        tmp_path,
        "--no-pdf-header-footer",
        f"--print-to-pdf={tmp_path}/region.pdf",
        f"file://{tmp_path}/region.html",
    )
    made = (tmp_path / "region.pdf").read_bytes()
    assert made.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) >= 4
