"""A small book, and a way to run the command in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tandem.interfaces.cli import main, progress

NEEDS = """need_id,title,kind,text,city,posted_on
N1,泵阀密封检测,service,阀门在零下二十度的密封性能检测,440300,2026-03-01
N2,Trade mark registration,service,Register a trade mark in Hong Kong for a maker of fans,810000,2026-02-01
"""
OFFERS = """offer_id,title,organisation,kind,text
F1,泵阀低温密封检测,甲检测公司,service,泵与阀门的低温密封性能检测与报告
F2,Trade mark registration,Harbour Marks Ltd,service,Trade mark search and registration in Hong Kong
F3,水泵检测,乙实验室,service,水泵性能检测
"""


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def book(tmp_path, monkeypatch) -> Path:
    """A folder with two needs and three offers; it is the working directory too."""
    for name in ("TANDEM_LANG", "TANDEM_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "needs.csv").write_text(NEEDS, "utf-8")
    (folder / "offers.csv").write_text(OFFERS, "utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def tandem(capfd, monkeypatch) -> Callable[..., Ended]:
    """Runs the command line in this process."""
    monkeypatch.setattr(progress, "PATIENCE", 600.0)  # a busy machine must not change what is said

    def run(*arguments: str | os.PathLike[str]) -> Ended:
        capfd.readouterr()
        code = main.run([os.fspath(one) for one in arguments])
        told = capfd.readouterr()
        return Ended(code, told.out, told.err)

    return run
