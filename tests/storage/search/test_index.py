"""The index on disk: equal to one made in memory, whole after a kill, refused when damaged, apart by audience."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.matching import tiny

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.engine.matching import corpus
from tandem.engine.matching.match import match_corpus
from tandem.engine.matching.settings import MatchSettings
from tandem.engine.search import postings, tokens
from tandem.storage import search
from tandem.storage.search import index

WORDS = ["gear", "test", "robot", "paint", "joint", "welding", "减速器", "测试"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
ROWS = st.dictionaries(
    st.sampled_from([f"d{i}" for i in range(8)]),
    st.fixed_dictionaries(
        {
            "title": TEXT,
            "text": st.none() | TEXT,
            "org_ids": st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2),
            "delivered_on": st.none() | st.dates(date(2020, 1, 1), date(2025, 1, 1)),
        }
    ),
    max_size=8,
)
ORGS = tiny.organisations("a", "b")
OFFERS = tiny.offers(
    {"offer_id": "o1", "org_id": "a", "title": "gear test", "text": "robot joint"},
    {"offer_id": "d1", "org_id": "b", "title": "paint"},
)
NEED = tiny.needs({"title": "robot gear test", "text": "减速器 测试 of welding robots"})


def deliveries(rows):
    return tiny.deliveries(*({"delivery_id": key, **row} for key, row in rows.items()))


SOME = deliveries(
    {
        "d1": {
            "title": "gear test",
            "text": "of a robot",
            "org_ids": ["a"],
            "delivered_on": date(2024, 1, 1),
        },
        "d2": {"title": "paint", "text": "robot joint", "org_ids": ["b", "c"], "delivered_on": None},
    }
)
MORE = pl.concat([SOME, deliveries({"d0": {"title": "减速器 测试", "org_ids": ["c"]}})])


def assert_same(found, expected):
    """Every field equal, arrays bit for bit."""
    for name in ("org_ids", "doc_ids", "titles", "deliveries", "cities"):
        assert getattr(found, name) == getattr(expected, name)
    for name in ("day", "dated", "rating", "history", "small"):
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes()
    for which in ("documents", "profiles"):
        one, other = getattr(found, which), getattr(expected, which)
        assert list(one.vocabulary) == list(other.vocabulary)
        for name in ("indptr", "docs", "counts", "lengths"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


@settings(max_examples=25, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_an_index_built_in_steps_equals_one_built_at_once(tmp_path_factory, steps, with_offers):
    """Documents added, changed, removed and added again by id, some steps with offers: what counts is the last."""
    directory = tmp_path_factory.mktemp("index")
    for rows, offered in zip(steps, with_offers, strict=False):
        offers = OFFERS if offered else OFFERS.clear()
        found = search.open_or_build(directory, ORGS, offers, deliveries(rows))
    assert_same(found, corpus.read(ORGS, offers, deliveries(rows)))
    assert_same(search.load(directory), found)


def test_an_index_ranks_as_memory_does(tmp_path):
    found = search.open_or_build(tmp_path, ORGS, OFFERS, MORE)
    result = match_corpus(NEED, found, OFFERS, MatchSettings())
    expected = match_corpus(NEED, corpus.read(ORGS, OFFERS, MORE), OFFERS, MatchSettings())
    assert result.matches.equals(expected.matches)
    assert result.matches.height


def test_rows_in_another_order_are_the_same_index(tmp_path):
    search.open_or_build(tmp_path, ORGS, OFFERS, MORE)
    before = (tmp_path / "public" / "current").read_text()
    search.open_or_build(tmp_path, ORGS.reverse(), OFFERS.reverse(), MORE.reverse())
    assert (tmp_path / "public" / "current").read_text() == before


def test_only_new_texts_are_analysed(tmp_path, monkeypatch):
    """A known text costs nothing, under another id too."""
    search.open_or_build(tmp_path, ORGS, OFFERS, SOME)
    analysed = []
    plain = tokens.read
    monkeypatch.setattr(tokens, "read", lambda texts: plain(analysed.extend(texts) or analysed))
    renamed = MORE.with_columns(delivery_id=pl.col("delivery_id") + "x")
    search.open_or_build(tmp_path, ORGS, OFFERS, renamed)
    assert analysed == [("减速器 测试", None)]


def test_another_analysis_reads_every_text_again(tmp_path, monkeypatch):
    search.open_or_build(tmp_path, ORGS, OFFERS, SOME)
    read = []
    plain = tokens.read
    monkeypatch.setattr(tokens, "read", lambda texts: plain(read.extend(texts) or read))
    monkeypatch.setattr(index.content, "of_analysis", lambda: "another")
    search.open_or_build(tmp_path, ORGS, OFFERS, SOME)
    assert len(read) == SOME.height + OFFERS.height


def test_one_generation_is_kept(tmp_path):
    for table in (SOME, MORE, SOME):
        search.open_or_build(tmp_path, ORGS, OFFERS, table)
    assert len(list((tmp_path / "public").glob("g-*"))) == 1


MOMENTS = {
    "while texts are read": "tokens.read",
    "while postings are built": "postings.by_group",
    "while files are written": "np.save",
    "before the manifest": "json.dumps",
    "before the switch": "os.replace",
    "after the switch": "index._clear",
}


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL here")
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_a_killed_build_leaves_a_usable_index(tmp_path, moment):
    """kill -9 at any moment: the old index or the new one, never neither; the next build ends well."""
    old = search.open_or_build(tmp_path, ORGS, OFFERS, SOME)
    MORE.write_parquet(tmp_path.parent / "more.parquet")
    module, name = moment.split(".")
    script = f"""
        import json, os, shutil, signal, sys
        from pathlib import Path
        import numpy as np
        import polars as pl
        from tandem.engine.search import postings, tokens
        from tandem.storage import search
        from tests.storage.search.test_index import OFFERS, ORGS
        from tandem.storage.search import index
        plain, calls = index._clear, []
        kill = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        later = lambda *given: calls.append(given) or (kill() if len(calls) == 2 else plain(*given))
        setattr({module}, {name!r}, later if {name!r} == "_clear" else kill)
        search.open_or_build(Path(sys.argv[1]), ORGS, OFFERS, pl.read_parquet(sys.argv[2]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path), str(tmp_path.parent / "more.parquet")],
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    left = search.load(tmp_path)
    assert_same(left, corpus.read(ORGS, OFFERS, MORE) if name == "_clear" else old)
    assert_same(search.open_or_build(tmp_path, ORGS, OFFERS, MORE), corpus.read(ORGS, OFFERS, MORE))
    assert len(list((tmp_path / "public").glob("g-*"))) == 1


def generation(directory, audience="public"):
    return directory / audience / (directory / audience / "current").read_text()


def code_of(call):
    with pytest.raises(Invalid) as caught:
        call()
    assert words.has(f"error.{caught.value.code}")
    return caught.value.code


@pytest.mark.parametrize("way", ["cut", "flipped", "missing", "no manifest", "pointer", "inside"])
def test_a_damaged_index_is_refused(tmp_path, way):
    """By a code that says what to do; nothing is read from it."""
    search.open_or_build(tmp_path, ORGS, OFFERS, SOME)
    folder = generation(tmp_path)
    docs = folder / "documents.docs.npy"
    match way:
        case "cut":
            docs.write_bytes(docs.read_bytes()[:-1])
        case "flipped":
            docs.write_bytes(docs.read_bytes()[:-1] + b"\xff")
        case "missing":
            docs.unlink()
        case "no manifest":
            (folder / "manifest.json").write_bytes(b"\x00")
        case "pointer":
            (tmp_path / "public" / "current").write_text("../elsewhere")
        case "inside":  # a file of the right shape and checksum, whose numbers point outside
            np.save(docs, np.load(docs) + 1000)
            manifest = json.loads((folder / "manifest.json").read_text())
            manifest["files"][docs.name] = index.files._figures(docs)
            (folder / "manifest.json").write_text(json.dumps(manifest))
    assert code_of(lambda: search.load(tmp_path)) == "index.corrupt"
    assert code_of(lambda: search.open_or_build(tmp_path, ORGS, OFFERS, SOME)) == "index.corrupt"


def test_foreign_folders_are_left_alone(tmp_path):
    (tmp_path / "holiday.txt").write_text("mine")
    assert code_of(lambda: search.open_or_build(tmp_path, ORGS, OFFERS, SOME)) == "index.foreign"
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.txt"]
    assert code_of(lambda: search.load(tmp_path)) == "index.missing"
    assert (
        code_of(lambda: search.open_or_build(tmp_path / "holiday.txt", ORGS, OFFERS, SOME)) == "index.foreign"
    )


def test_a_later_format_is_refused(tmp_path):
    search.open_or_build(tmp_path, ORGS, OFFERS, SOME)
    manifest = generation(tmp_path) / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": 99}))
    assert code_of(lambda: search.load(tmp_path)) == "index.version"


def test_private_documents_move_no_public_figure(tmp_path):
    """Every public score is the same to the bit after a private index of hidden texts is built beside it."""
    public = search.open_or_build(tmp_path, ORGS, OFFERS, SOME)
    how, asked = MatchSettings().deliveries, {"gear": 1.0, "robot": 0.5, "gear test": 1.0}
    before = [postings.score(found, asked, how).tobytes() for found in (public.documents, public.profiles)]
    private = search.open_or_build(tmp_path, ORGS, OFFERS, MORE, audience="agency 7")
    assert len(private.doc_ids) == len(public.doc_ids) + 1
    again = search.load(tmp_path)
    assert [
        postings.score(found, asked, how).tobytes() for found in (again.documents, again.profiles)
    ] == before
    assert_same(search.load(tmp_path, "agency 7"), private)


def test_every_audience_has_a_folder_of_its_own(tmp_path):
    """Names that differ in case, look like paths or are very long stay apart and inside the directory."""
    names = ["public", "Public", "..", "a/b", "a b", "广东", "x" * 300, "x" * 301, "%2e", ".", "a\\b"]
    folders = [index.folder_of(tmp_path, name) for name in names]
    assert len({folder.name.casefold() for folder in folders}) == len(names)
    assert all(folder.parent == tmp_path and len(folder.name) < 100 for folder in folders)
    assert all(folder.name not in (".", "..") for folder in folders)
    assert code_of(lambda: search.load(tmp_path, " ")) == "index.audience"


def test_an_index_moved_under_another_audience_is_refused(tmp_path):
    search.open_or_build(tmp_path, ORGS, OFFERS, SOME, audience="secret")
    (tmp_path / "secret").rename(tmp_path / "public")
    assert code_of(lambda: search.load(tmp_path)) == "index.foreign"
