"""Vectors in a directory: found again by content, never half-written."""

import numpy as np
import pytest

from tandem.base.errors import Invalid
from tandem.engine.matching.dense import DIMENSIONS
from tandem.storage.vectors.segments import Segments


def some(n: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, DIMENSIONS)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_what_is_added_is_found_again(tmp_path):
    """By the text alone, after reopening, to half precision; what was never added is told apart."""
    kept = some(3)
    Segments(tmp_path).add(["a", "乙", "c"], kept)
    found, there = Segments(tmp_path).look_up(["c", "unknown", "a", "乙"])
    assert there.tolist() == [True, False, True, True]
    np.testing.assert_allclose(found[[0, 2, 3]], kept[[2, 0, 1]], atol=1e-3)
    assert not found[1].any()


def test_several_segments_are_one_store(tmp_path):
    """Also for a reader that was open before the second was written."""
    reader = Segments(tmp_path)
    Segments(tmp_path).add(["a"], some(1))
    Segments(tmp_path).add(["b"], some(1, seed=1))
    assert not reader.has("a")
    reader.refresh()
    assert reader.has("a")
    assert reader.has("b")
    assert len(reader) == 2


def test_what_a_kill_leaves_behind_is_passed_over(tmp_path):
    """An unfinished file, a cut one and a foreign one: none of them is read, the good segment still is."""
    kept = Segments(tmp_path)
    kept.add(["a"], some(1))
    whole = next(tmp_path.glob("*.vectors.npy")).read_bytes()
    (tmp_path / "part-x.unfinished").write_bytes(whole)
    (tmp_path / "cut.vectors.npy").write_bytes(whole[:-100])
    (tmp_path / "empty.vectors.npy").write_bytes(b"")
    np.save(tmp_path / "foreign.vectors.npy", np.zeros(3))
    again = Segments(tmp_path)
    assert len(again) == 1
    assert again.has("a")


def test_a_file_in_the_way_is_refused(tmp_path):
    """With the code that tells the person what to do."""
    (tmp_path / "taken").write_text("x")
    with pytest.raises(Invalid, match=r"vectors\.not_folder"):
        Segments(tmp_path / "taken")


def test_a_directory_that_is_not_there_is_empty(tmp_path):
    """Reading makes nothing."""
    assert len(Segments(tmp_path / "none")) == 0
    assert not (tmp_path / "none").exists()
