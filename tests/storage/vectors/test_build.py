"""Encoding a book: at once, in the background, killed in between."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from tests.engine.matching import tiny

from tandem.base.errors import Missing
from tandem.base.words import LANGUAGES, say
from tandem.engine.matching.dense import DIMENSIONS
from tandem.storage.vectors import build, encode
from tandem.storage.vectors.segments import Segments

NEEDS = tiny.needs({"title": "风电叶片检测"})
OFFERS = tiny.offers(
    {"offer_id": "o2", "title": "Paint", "org_id": "a"},
    {"offer_id": "o1", "title": "Blade scans", "org_id": "b"},
)
DELIVERIES = tiny.deliveries({"delivery_id": "d1", "title": "Wing test", "org_ids": ["b"]})
needs_extra = pytest.mark.skipif(not encode.installed(), reason="the dense extra is not installed")


def counted(monkeypatch) -> list[str]:
    """A cheap encoder in place of the real one; gives the texts it was asked for."""
    asked: list[str] = []

    def fake(texts):
        asked.extend(texts)
        rows = np.zeros((len(texts), DIMENSIONS), np.float32)
        rows[np.arange(len(texts)), [len(text) for text in texts]] = 1
        return rows

    monkeypatch.setattr(encode, "encode", fake)
    monkeypatch.setattr(encode, "installed", lambda: True)
    return asked


def test_a_small_book_is_ready_at_once(tmp_path, monkeypatch):
    """Documents in the order of a corpus, needs by id; the second time nothing is encoded."""
    asked = counted(monkeypatch)
    told = []
    found = build.of_book(tmp_path, NEEDS, OFFERS, DELIVERIES, progress=lambda *n: told.append(n))
    assert found.doc_ids == ("d1", "o1", "o2")
    assert np.flatnonzero(found.documents[1])[0] == len("Blade scans")
    assert set(found.needs) == {"n1"}
    assert found.state().used
    assert told == [(4, 4)]
    asked.clear()
    build.of_book(tmp_path, NEEDS, OFFERS, DELIVERIES)
    assert asked == []


def test_one_language_needs_no_vectors(tmp_path, monkeypatch):
    """Where every text speaks the language of every need nothing is encoded, and the result says why."""
    asked = counted(monkeypatch)
    needs = tiny.needs({"title": "Blade inspection"})
    found = build.of_book(tmp_path, needs, OFFERS, DELIVERIES)
    assert asked == []
    assert (found.state().used, found.state().code) == (False, "dense.one_language")
    assert build.of_book(tmp_path, needs, OFFERS, DELIVERIES, within=True).state().used


def test_a_large_book_is_left_to_the_background(tmp_path, monkeypatch):
    """What is wanted is written down, the result says how far it is, and working it off completes it."""
    counted(monkeypatch)
    begun = []
    monkeypatch.setattr(build.subprocess, "Popen", lambda command, **_: begun.append(command))
    found = build.of_book(tmp_path, NEEDS, OFFERS, DELIVERIES, soon=1)
    assert (found.state().ready, found.state().of, found.state().used) == (0, 3, False)
    assert begun[0][-1] == str(tmp_path)
    build.work_off(tmp_path)
    assert build.of_book(tmp_path, NEEDS, OFFERS, DELIVERIES, soon=1).state().used
    assert not list(tmp_path.glob("*.wanted.jsonl"))


def test_without_the_extra_the_command_that_installs_it_is_named(tmp_path, monkeypatch):
    """In both languages."""
    monkeypatch.setattr(encode, "installed", lambda: False)
    with pytest.raises(Missing) as refused:
        build.of_book(tmp_path, NEEDS, OFFERS, DELIVERIES)
    for lang in LANGUAGES:
        assert "pip install" in say(f"error.{refused.value.code}", lang, **refused.value.params)


@needs_extra
def test_the_encoder_puts_both_languages_in_one_space():
    """A text is nearer to its translation than to another subject, whichever batch it was encoded in."""
    zh, same, other = encode.encode(["风力发电机叶片", "wind turbine blades", "tax law"])
    assert zh @ same > 0.5 > zh @ other
    np.testing.assert_allclose(encode.encode(["wind turbine blades"])[0], same, atol=1e-5)
    assert np.linalg.norm(zh) == pytest.approx(1, abs=1e-5)


@needs_extra
def test_a_killed_build_leaves_what_it_had_and_is_taken_up_again(tmp_path):
    """A process of its own is killed outright at work; opening works, and the next build finishes the rest."""
    texts = [f"text number {i} about machine {i * 7}" for i in range(400)]
    code = (
        "import sys, pathlib; from tandem.storage.vectors import build;"
        "build.AT_ONCE = 20; build.work_off(pathlib.Path(sys.argv[1]))"
    )
    kept = Segments(tmp_path)
    build.add(kept, texts[:10])
    build.subprocess, real = _NoProcess(), build.subprocess
    try:
        build.start(tmp_path, texts)
    finally:
        build.subprocess = real
    at_work = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    _until(lambda: len(list(tmp_path.glob("*.vectors.npy"))) > 2 or at_work.poll() is not None)
    os.kill(at_work.pid, signal.SIGKILL)
    at_work.wait()
    assert 10 <= len(Segments(tmp_path)) <= len(texts)
    build.work_off(tmp_path)
    assert all(map(Segments(tmp_path).has, texts))


class _NoProcess:
    """In place of subprocess: starts nothing."""

    DEVNULL = subprocess.DEVNULL
    Popen = staticmethod(lambda *_, **__: None)


def _until(done, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
