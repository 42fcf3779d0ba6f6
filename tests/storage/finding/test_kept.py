"""The search index on disk: what was written is what is read; what is damaged is not used."""

from __future__ import annotations

import numpy as np
import pytest

from tandem.engine.finding import documents
from tandem.engine.finding.documents import Document
from tandem.storage.finding import kept
from tandem.storage.finding.rows import Mark


def document(name, **more):
    own = {"what": "needs", "audience": "public", "open": True, "version": 3, "created_at": 1, "changed_at": 2,
           "title": f"Title {name}", "text": "谐波减速器 检测",
           "labels": {"city": ["440100"], "org": [name]}}  # fmt: skip
    return Document(id=name, **(own | more))


@pytest.fixture
def segments():
    public = documents.segment([document("a"), document("b", text="")], public=True)
    other = documents.segment([document("c", audience="confidential", labels={})], public=False)
    return public, other


def same(one, other):
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in kept._ARRAYS)
    assert (one.public, one.titles, list(one.tokens.words)) == (
        other.public,
        other.titles,
        list(other.tokens.words),
    )
    assert {f: v.names for f, v in one.labels.items()} == {f: v.names for f, v in other.labels.items()}


def test_what_is_kept_comes_back(tmp_path, segments):
    """Both segments and the mark; a second writing takes the place of the first and leaves nothing behind."""
    kept.write(tmp_path, segments, Mark(5, "ab"))
    kept.write(tmp_path, segments, Mark(7, "cd"))
    read, mark = kept.read(tmp_path)
    assert mark == Mark(7, "cd")
    for one, other in zip(segments, read, strict=True):
        same(one, other)
    assert len(list(tmp_path.glob("g-*"))) == 1


def test_an_index_of_nothing_comes_back(tmp_path):
    """Empty segments have arrays that cannot be mapped."""
    empty = (documents.segment([], public=True), documents.segment([], public=False))
    kept.write(tmp_path, empty, Mark())
    assert [one.documents for one in kept.read(tmp_path)[0]] == [0, 0]


@pytest.mark.parametrize(
    "damage", ["manifest.json", "public/docs.npy", "other/words.txt", "public/titles.txt"]
)
@pytest.mark.parametrize("how", ["missing", "changed", "shorter"])
def test_a_damaged_index_is_not_used(tmp_path, segments, damage, how):
    """A file that is missing, has another byte or is cut off: as if there were no index."""
    kept.write(tmp_path, segments, Mark(5, "ab"))
    file = next(tmp_path.glob("g-*")) / damage
    content = file.read_bytes()
    if how == "missing":
        file.unlink()
    else:
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 7]) if how == "changed" else content[:-1])
    assert kept.read(tmp_path) is None


def test_there_may_be_no_index(tmp_path):
    """Nothing there, or a pointer to nothing."""
    assert kept.read(tmp_path) is None
    (tmp_path / "current").write_text("g-gone")
    assert kept.read(tmp_path) is None
