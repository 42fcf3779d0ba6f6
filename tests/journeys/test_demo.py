"""The first thing a newcomer sees: the demo, from a shell, with nothing prepared."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

SECONDS = 120  # far above what it takes (bench/start.py), so that only a hang fails
TANDEM = [sys.executable, "-m", "tandem.interfaces.cli"]
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "random"}


def demo(folder: Path) -> dict[str, str]:
    """Runs the demo in a folder; name -> digest of what it wrote."""
    ended = subprocess.run(
        [*TANDEM, "demo", "--out", "out"], cwd=folder, capture_output=True, text=True, timeout=SECONDS,
        env=ENVIRONMENT, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "report.html" in ended.stdout
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "out").iterdir()}


def test_the_demo_works_and_repeats_itself_byte_for_byte(tmp_path):
    """Report, workbook, list and editable book are written, nothing else; two runs give the same bytes.

    The second run goes over the workbook that the first wrote: edited or not, it is read as the sample world itself.
    """
    first = demo(tmp_path)
    assert set(first) == {"report.html", "matches.xlsx", "matches.csv", "book.xlsx"}
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert not re.search(r"""(?:src|href)=["']?https?:""", page), "the report asks the network for something"
    again = [*TANDEM, "match", "out/book.xlsx", "--out", "again.csv"]
    subprocess.run(again, cwd=tmp_path, check=True, capture_output=True, timeout=SECONDS, env=ENVIRONMENT)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out" / "matches.csv").read_bytes()
    assert demo(tmp_path) == first


def test_serving_answers_on_this_machine_only_and_ends_on_interrupt(tmp_path):
    """What --serve does: prints its address, gives the report, lists no folder, and Ctrl-C ends it."""
    (tmp_path / "report.html").write_text("<!doctype html>")
    program = f"from tandem.interfaces.cli import serve; serve.folder({str(tmp_path)!r}, 'report.html', 'en')"
    child = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    try:
        assert child.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/report\.html", child.stderr.readline())
        assert found is not None
        with urllib.request.urlopen(found.group(), timeout=20) as page:
            assert page.read() == b"<!doctype html>"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(found.group().removesuffix("report.html"), timeout=20)
        with socket.socket() as other:
            other.settimeout(2)
            assert other.connect_ex(("127.0.0.2", int(found.group(1)))) != 0
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=20) == 0
    finally:
        child.kill()
