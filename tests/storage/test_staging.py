"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.base.errors import Invalid
from tandem.storage.staging import scratch, staged, staged_file


def test_files_appear_together_at_the_end(tmp_path):
    """While the block runs the folder holds nothing new; afterwards everything, and no temporary folder is left."""
    out = tmp_path / "a" / "out"
    with staged(out) as folder:
        (folder / "one").write_text("1")
        assert not out.exists()
    assert [path.name for path in out.iterdir()] == ["one"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_failure_leaves_what_was_there(tmp_path):
    """An exception in the block: the old file stays, new folders vanish, the exception goes on."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "one").write_text("old")

    def fail(folder: Path) -> None:
        with staged(folder) as inside:
            (inside / "one").write_text("new")
            raise RuntimeError

    for folder in (out, tmp_path / "x" / "y" / "z"):
        with pytest.raises(RuntimeError):
            fail(folder)
    assert (out / "one").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_in_the_way_is_refused(tmp_path):
    """A folder is not written over a file, nor a file over a folder."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(Invalid, match=r"out\.not_folder"), staged(tmp_path / "file"):
        pass
    with pytest.raises(Invalid, match=r"out\.is_folder"), staged_file(tmp_path):
        pass


def test_the_files_can_be_read_by_others(tmp_path):
    """What is written has the permissions of any file a person makes, not those of a temporary one."""
    with staged_file(tmp_path / "m.csv") as path:
        path.write_text("x")
    (tmp_path / "plain").write_text("x")
    assert (tmp_path / "m.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_scratch_vanishes_with_what_is_in_it(tmp_path):
    """A folder beside the output for what is large; gone after the block, also where the block fails."""
    with scratch(tmp_path / "deep" / "out") as folder:
        (folder / "a.bin").write_bytes(b"x")
    assert folder.parent == tmp_path / "deep"
    assert not folder.exists()
    with pytest.raises(KeyboardInterrupt), scratch(tmp_path / "out"):
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
