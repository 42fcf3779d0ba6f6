"""Where a round's job keeps what it has while it runs."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

_FOLDER = "rounds"


def of(data: Path, round_id: str) -> Path:
    """The folder of one round, in a hub's data directory."""
    return data / _FOLDER / round_id


def kept(data: Path) -> list[str]:
    """The rounds that have one."""
    return [place.name for place in (data / _FOLDER).glob("*") if place.is_dir()]


def forget(data: Path, rounds: Collection[str]) -> None:
    """Removes the folders of these rounds."""
    for one in rounds:
        shutil.rmtree(of(data, one), ignore_errors=True)
