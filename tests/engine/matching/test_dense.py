"""Nearness in meaning, with vectors made by hand: what it adds, when it speaks, when it keeps silent."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.engine.matching import tiny

from tandem.base.errors import Invalid
from tandem.engine.matching import dense
from tandem.engine.matching.dense import DIMENSIONS, Vectors
from tandem.engine.matching.match import match
from tandem.engine.matching.settings import MatchSettings

NEED = {"title": "风电叶片无损检测", "text": "超声探伤"}
HISTORY = tiny.deliveries(
    {"delivery_id": "d1", "org_ids": ["blades"], "title": "Ultrasonic scans of rotor wings", "text": ""},
    {"delivery_id": "d2", "org_ids": ["paint"], "title": "Gloss of car doors", "text": ""},
    {"delivery_id": "d3", "org_ids": ["seams"], "title": "焊缝检测", "text": ""},
)
ORGS = tiny.organisations("blades", "paint", "seams")
IDS = ("d1", "d2", "d3")


def at(*cosines: float) -> np.ndarray:
    """Unit rows with these cosines to the need's vector, which is the first axis."""
    rows = np.zeros((len(cosines), DIMENSIONS), np.float32)
    rows[:, 0] = cosines
    rows[:, 1] = np.sqrt(1 - np.square(cosines))
    return rows


def vectors(*cosines: float, ids: tuple[str, ...] = IDS) -> Vectors:
    return Vectors(ids, at(*cosines), np.ones(len(cosines), np.bool_), {"n1": at(1.0)[0]})


def listed(result) -> dict[str, dict[str, float]]:
    return {
        row["org_id"]: {one["code"]: one["weight"] for one in json.loads(row["reasons"])}
        for row in result.matches.iter_rows(named=True)
    }


def test_meaning_finds_across_languages_what_words_do_not():
    """The organisation nearest in meaning comes first, and the reason names its document."""
    found = match(tiny.needs(NEED), ORGS, tiny.offers(), HISTORY, vectors=vectors(0.9, 0.1, 0.2))
    first = found.matches.row(0, named=True)
    assert first["org_id"] == "blades"
    reason = next(one for one in json.loads(first["reasons"]) if one["code"] == "dense")
    assert reason["evidence"] == ["d1"]
    assert reason["params"] == {"title": "Ultrasonic scans of rotor wings", "likeness": 0.9}


def test_it_speaks_across_languages_only_unless_asked():
    """A Chinese delivery gets nothing from its likeness to a Chinese need by default."""
    asked = (tiny.needs(NEED), ORGS, tiny.offers(), HISTORY)
    assert "dense" not in listed(match(*asked, vectors=vectors(0.5, 0.1, 0.9)))["seams"]
    within = MatchSettings(meaning_within=True)
    assert "dense" in listed(match(*asked, within, vectors(0.5, 0.1, 0.9)))["seams"]


def test_the_score_is_the_formula_of_the_module():
    """Words and meaning, weighed as written, for every listed organisation."""
    asked = (tiny.needs(NEED), ORGS, tiny.offers(), HISTORY)
    words = {row["org_id"]: row["score"] for row in match(*asked).matches.iter_rows(named=True)}
    both = match(*asked, vectors=vectors(0.9, 0.5, 0.9)).matches
    assert both.height >= 2
    closer = {"blades": 1.0, "paint": 0.0, "seams": 0.0}  # of the mean 0.7 of the two that may speak
    for row in both.iter_rows(named=True):
        org = row["org_id"]
        assert row["score"] == pytest.approx((words.get(org, 0) + 0.5 * closer[org]) / 1.5, abs=2e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-0.9, 0.9), min_size=3, max_size=3), st.booleans())
def test_reasons_still_add_up(cosines, within):
    """With meaning too, a score is exactly the sum of its reasons, and lies in 0..1."""
    chosen = MatchSettings(meaning_within=within)
    found = match(tiny.needs(NEED), ORGS, tiny.offers(), HISTORY, chosen, vectors(*cosines))
    for row in found.matches.iter_rows(named=True):
        weights = [one["weight"] for one in json.loads(row["reasons"])]
        assert min(weights) >= 0
        assert row["score"] == pytest.approx(sum(weights), abs=1e-9)
        assert 0 <= row["score"] <= 1


def test_unfinished_vectors_change_nothing_and_are_told():
    """Until every text has its vector the list is that of words alone, and the result says how far the build is."""
    half = replace(vectors(0.9, 0.1, 0.2), ready=np.array([True, True, False]))
    asked = (tiny.needs(NEED), ORGS, tiny.offers(), HISTORY)
    found, words = match(*asked, vectors=half), match(*asked)
    assert_frame_equal(found.matches, words.matches)
    assert (found.dense.ready, found.dense.of, found.dense.used) == (2, 3, False)
    assert words.dense is None


def test_later_deliveries_change_nothing():
    """A delivery after the need's day takes no part in any mean or maximum, however near it is."""
    days = [date(2020, 1, 1), date(2021, 1, 1), date(2030, 1, 1)]
    rows = zip(IDS, ("blades", "paint", "late"), ("scan", "gloss", "wing scan"), days, strict=True)
    told = [
        {"delivery_id": i, "org_ids": [org], "title": title, "delivered_on": day}
        for i, org, title, day in rows
    ]
    orgs = tiny.organisations("blades", "paint", "late")
    asked = tiny.needs(NEED)
    before = match(
        asked, orgs, tiny.offers(), tiny.deliveries(*told[:2]), vectors=vectors(0.6, 0.1, ids=IDS[:2])
    )
    after = match(asked, orgs, tiny.offers(), tiny.deliveries(*told), vectors=vectors(0.6, 0.1, 0.95))
    assert_frame_equal(before.matches, after.matches)


def test_excluded_organisations_are_not_brought_back():
    """A hard constraint holds for meaning as for words."""
    offers = tiny.offers({"offer_id": "o1", "org_id": "blades", "title": "Rotor scans", "capacity": 0})
    none = tiny.deliveries()
    found = match(tiny.needs(NEED), ORGS, offers, none, vectors=vectors(0.9, ids=("o1",)))
    assert found.matches.is_empty()


def test_vectors_of_another_book_are_refused():
    """Rows that belong to other documents would rank nonsense."""
    with pytest.raises(Invalid, match=r"dense\.documents"):
        match(tiny.needs(NEED), ORGS, tiny.offers(), HISTORY, vectors=vectors(0.9, 0.1, ids=("d1", "d9")))


def test_a_piece_is_the_title_and_the_beginning_of_the_text():
    """What is encoded is bounded, and the same whether a field is empty or missing."""
    assert dense.piece("Title", None) == dense.piece("Title", " ") == "Title"
    assert dense.piece("Title", "text") == "Title. text"
    assert len(dense.piece("t" * 200, "x" * 500)) == dense.PIECE
