"""The whole of matching on small tables."""

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.engine.matching import tiny

from tandem.base.errors import Invalid
from tandem.domain import reasons
from tandem.engine.matching.match import match
from tandem.engine.matching.settings import MatchSettings

GEARS = {"title": "Harmonic reducer fatigue test", "text": "endurance of harmonic reducers for robot joints"}
HISTORY = tiny.deliveries(
    {
        "delivery_id": "d1",
        "org_ids": ["gears"],
        "title": "Harmonic reducer endurance rig",
        "text": "fatigue test of reducers for robot joints",
        "delivered_on": date(2024, 5, 1),
    },
    {
        "delivery_id": "d2",
        "org_ids": ["paint"],
        "title": "Paint shop audit",
        "text": "colour and gloss of robot housings",
        "delivered_on": date(2025, 5, 1),
    },
    {
        "delivery_id": "d3",
        "org_ids": ["gears", "labs"],
        "title": "Bearing noise",
        "text": "vibration of joints under endurance test",
        "delivered_on": date(2020, 5, 1),
    },
)
ORGS = tiny.organisations("gears", "paint", "labs")
WORDS = ["gear", "test", "robot", "paint", "joint", "welding", "减速器", "测试", "机器人"]


def test_the_organisation_that_delivered_the_like_comes_first():
    """Evidence decides: the nearest delivery's organisation leads, and its reason cites that delivery."""
    result = match(tiny.needs(GEARS), ORGS, tiny.offers(), HISTORY)
    first = result.matches.row(0, named=True)
    assert (first["org_id"], first["rank"]) == ("gears", 1)
    cited = json.loads(first["reasons"])[0]
    assert (cited["code"], cited["evidence"]) == ("delivery", ["d1"])
    assert {"harmonic", "fatigue"} <= set(cited["params"]["terms"])


def test_weights_of_the_reasons_add_up_to_the_score():
    """A person can recompute every score from its reasons."""
    result = match(
        tiny.needs(GEARS, {"need_id": "n2", "title": "robot colour"}), ORGS, tiny.offers(), HISTORY
    )
    for row in result.matches.iter_rows(named=True):
        assert sum(reason["weight"] for reason in json.loads(row["reasons"])) == pytest.approx(
            row["score"], abs=1e-9
        )


def test_only_declared_codes_are_given():
    """Every reason code that leaves the engine is one that the catalogue must have words for."""
    result = match(tiny.needs(GEARS | {"kind": "service", "city": "440300"}), ORGS, tiny.offers(), HISTORY)
    given_codes = {reason["code"] for row in result.matches["reasons"] for reason in json.loads(row)}
    assert given_codes <= set(reasons.CODES)


@pytest.mark.parametrize("planted_on", [date(2026, 1, 1), date(2026, 3, 1)])
def test_a_delivery_on_or_after_the_day_of_the_need_changes_nothing(planted_on):
    """A planted copy of the need, delivered on its day or later, leaves the result as it was, to the last bit."""
    leak = {"delivery_id": "leak", "org_ids": ["paint"], **GEARS, "delivered_on": planted_on}
    later = {"need_id": "n2", "title": "robot joints", "posted_on": date(2026, 6, 1)}
    without = match(tiny.needs(GEARS, later), ORGS, tiny.offers(), HISTORY)
    planted = match(
        tiny.needs(GEARS, later), ORGS, tiny.offers(), pl.concat([HISTORY, tiny.deliveries(leak)])
    )
    assert_frame_equal(
        without.matches.filter(need_id="n1"), planted.matches.filter(need_id="n1"), check_exact=True
    )
    assert not without.matches.filter(need_id="n2").equals(planted.matches.filter(need_id="n2"))


def test_history_before_the_day_equals_a_table_without_the_rest():
    """Cutting history by date gives the same bits as never having had the later rows."""
    early = HISTORY.filter(pl.col("delivered_on") < date(2025, 1, 1))
    need = tiny.needs(GEARS | {"posted_on": date(2025, 1, 1)})
    cut = match(need, ORGS, tiny.offers(), HISTORY)
    assert_frame_equal(cut.matches, match(need, ORGS, tiny.offers(), early).matches, check_exact=True)


def test_as_of_defaults_to_the_newest_posting_and_can_be_set_back():
    """The as-of day is that of the newest need; an earlier one hides later history."""
    need = tiny.needs(GEARS)
    assert match(need, ORGS, tiny.offers(), HISTORY).as_of == date(2026, 1, 1)
    early = match(need, ORGS, tiny.offers(), HISTORY, MatchSettings(as_of=date(2022, 1, 1)))
    assert set(early.matches["org_id"]) == {"gears", "labs"}
    assert "d1" not in early.matches["reasons"].str.join("")[0]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_row_order_and_repetition_do_not_matter(data):
    """The same tables in any row order give the same result."""
    texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
    rows = [
        {
            "delivery_id": f"d{i}",
            "title": data.draw(texts),
            "text": data.draw(texts),
            "org_ids": data.draw(
                st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2, unique=True)
            ),
            "delivered_on": date(2020 + i % 5, 1, 1),
        }
        for i in range(data.draw(st.integers(1, 8)))
    ]
    need = tiny.needs({"title": data.draw(texts), "text": data.draw(texts)})
    one = match(need, tiny.organisations("a", "b", "c"), tiny.offers(), tiny.deliveries(*rows))
    two = match(
        need,
        tiny.organisations("c", "a", "b"),
        tiny.offers(),
        tiny.deliveries(*data.draw(st.permutations(rows))),
    )
    assert_frame_equal(one.matches, two.matches, check_exact=True)
    assert one.matches["score"].is_sorted(descending=True)


def test_ties_are_broken_by_id():
    """Two organisations with the same history stand in the order of their ids."""
    twins = tiny.deliveries(
        *({"delivery_id": f"d{org}", "org_ids": [org], "title": GEARS["title"]} for org in ("b", "a", "c"))
    )
    assert match(tiny.needs(GEARS), tiny.organisations("c", "b", "a"), tiny.offers(), twins).matches[
        "org_id"
    ].to_list() == ["a", "b", "c"]


def test_a_stated_offer_finds_a_newcomer_and_says_so():
    """Somebody without any delivery is found by an offer, marked as stated and as a newcomer."""
    offer = tiny.offers({"offer_id": "f1", "org_id": "new", **GEARS})
    result = match(tiny.needs(GEARS), tiny.organisations("new", "paint"), offer, HISTORY)
    first = result.matches.row(0, named=True)
    codes = [reason["code"] for reason in json.loads(first["reasons"])]
    assert (first["org_id"], first["offer_id"]) == ("new", "f1")
    assert codes[0] == "offer"
    assert "newcomer" in codes


def test_a_need_of_which_nothing_is_known_has_an_explained_empty_list():
    """No common term: no match, and the supply table says that there is none."""
    result = match(tiny.needs({"title": "恐龙蛋化石"}), ORGS, tiny.offers(), HISTORY)
    assert result.matches.is_empty()
    assert result.supply.row(0, named=True) == {
        "need_id": "n1",
        "candidates": 0,
        "coverage": 0.0,
        "state": "none",
    }


def test_simplified_and_traditional_give_the_same_list():
    """A need in traditional characters is answered as its simplified spelling."""
    supply = tiny.deliveries({"delivery_id": "d", "org_ids": ["a"], "title": "谐波减速器疲劳测试"})
    plain, other = (
        match(tiny.needs({"title": title}), tiny.organisations("a"), tiny.offers(), supply).matches
        for title in ("减速器疲劳测试", "減速器疲勞測試")
    )
    assert plain.drop("reasons").equals(other.drop("reasons"))
    assert len(plain) == 1


def test_the_poser_is_not_proposed_to_itself():
    """An organisation is no answer to its own need."""
    result = match(tiny.needs(GEARS | {"org_id": "gears"}), ORGS, tiny.offers(), HISTORY)
    assert "gears" not in result.matches["org_id"].to_list()


def test_nothing_to_match_with_is_refused():
    """Without an offer and a delivery there is nothing to rank."""
    with pytest.raises(Invalid, match=r"match\.no_supply"):
        match(tiny.needs(GEARS), ORGS, tiny.offers(), tiny.deliveries())


def test_inputs_stay_as_they_were():
    """The engine changes none of the frames it is given."""
    frames = (tiny.needs(GEARS), ORGS, tiny.offers(), HISTORY)
    copies = [frame.clone() for frame in frames]
    match(*frames, replace(MatchSettings(), top=1))
    for frame, copy in zip(frames, copies, strict=True):
        assert_frame_equal(frame, copy)
