"""Parts of a register: imports that were written elsewhere become part of it, also while others look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.base.errors import Invalid
from tandem.storage.region import parts


def written(folder: Path, number: int) -> Path:
    made = folder / f"{number:06d}"
    made.mkdir(parents=True)
    return made


def test_two_may_make_a_register_at_once(tmp_path, monkeypatch):
    """Whoever finds that another has made it just now goes on with it."""
    register = tmp_path / "register"
    real = parts.is_register

    def late(folder: Path) -> bool:
        """The first look is before the other is done, which then is quicker."""
        monkeypatch.setattr(parts, "is_register", real)
        found = real(folder)
        parts.adopt(register, written(tmp_path / "other", 1))
        return found

    monkeypatch.setattr(parts, "is_register", late)
    parts.adopt(register, written(tmp_path / "own", 2))
    assert sorted(one.name for one in (register / parts.IMPORTS).iterdir()) in (
        ["000001", "000002"],
        ["000002"],
    )


def test_another_folder_is_left_alone(tmp_path):
    """What is no register does not become one."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Invalid, match=r"register\.not_one"):
        parts.adopt(tmp_path, written(tmp_path.parent / "coming", 1))
