"""A match list cleared: which places count, who is small, what the tables say."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from tandem.engine.assignment.matches import cleared, listed

NEEDS = pl.DataFrame(
    {
        "need_id": ["N1", "N2", "N3", "N4"],
        "slots": [1, 1, 2, None],
        "importance": [1, 3, None, 1],
        "posted_on": [date(2026, 5, 2), date(2026, 5, 3), None, date(2026, 5, 1)],
    }
)
ORGANISATIONS = pl.DataFrame(
    {"org_id": ["A", "B", "C"], "city": ["440100", None, "440300"], "size": ["large", "micro", None]}
)
OFFERS = pl.DataFrame(
    {"offer_id": ["F1", "F2"], "org_id": ["A", "A"], "kind": ["service", "data"], "capacity": [1, None]}
)
DELIVERIES = pl.DataFrame({"org_ids": [["A"]] * 4 + [["C"]]})
LIST: list[tuple[str, int, str, str | None, float | None]] = [
    ("N1", 1, "A", "F1", 0.5),
    ("N1", 2, "B", None, 0.35),
    ("N2", 1, "A", "F1", 0.5),
    ("N3", 1, "A", "F2", 0.4),
    ("N3", 2, "B", None, 0.3),
    ("N3", 3, "C", None, None),
    ("N9", 1, "A", "F1", 0.9),
]


def made(**changed: Any):
    schema = {
        "need_id": pl.String,
        "rank": pl.Int64,
        "org_id": pl.String,
        "offer_id": pl.String,
        "probability": pl.Float64,
    }
    frames = {
        "needs": NEEDS,
        "organisations": ORGANISATIONS,
        "offers": OFFERS,
        "deliveries": DELIVERIES,
    } | changed
    return cleared(pl.DataFrame(LIST, schema, orient="row"), **frames)


def test_the_more_important_need_gets_the_only_place():
    """N2 is three times as important, so it gets offer F1 and N1 its second choice; N3 gets two of three."""
    found = made()
    taken = found.pairs.filter("joint").select("need_id", "org_id", "offer_id").sort("need_id", "org_id")
    assert taken.rows() == [("N1", "B", None), ("N2", "A", "F1"), ("N3", "A", "F2"), ("N3", "C", None)]
    assert dict(found.needs.select("need_id", "code").rows()) == {
        "N4": "none", "N1": "later", "N2": "first", "N3": "later"
    }  # fmt: skip
    row = found.needs.row(by_predicate=pl.col("need_id") == "N1", named=True)
    assert (row["org_id"], row["missed"], round(row["lowest"])) == ("A", "outbid", 15000)
    place_at_b = found.offers.row(by_predicate=pl.col("org_id") == "B", named=True)["price"]
    assert place_at_b == 3000 - 420  # what N3, which would have to take C, would pay for it
    assert row["bid"] == 5000 - (3500 - place_at_b)


def test_the_list_comes_back_whole_with_two_columns_more():
    """Rows in their order; those of a need that the table lacks took no part."""
    found = made().matches
    assert found.select("need_id", "rank", "org_id").rows() == [(row[0], row[1], row[2]) for row in LIST]
    assert found["cleared"].to_list() == [False, True, True, True, False, True, None]
    assert found["price"][6] is None
    assert found.filter(offer_id="F2")["price"].to_list() == [0.0]


def test_places_are_counted_by_offer_or_by_organisation():
    """F1 and F2 of the same organisation are two offers; B and C, who stated none, have one place each."""
    of = listed(pl.DataFrame(LIST, ["need_id", "rank", "org_id", "offer_id", "probability"], orient="row"),
                NEEDS, ORGANISATIONS, OFFERS)  # fmt: skip
    assert of.offers.select("offer_id", "org_id", "capacity").rows() == [
        ("F1", "A", 1), ("F2", "A", 1), (None, "B", 1), (None, "C", 1)
    ]  # fmt: skip
    assert of.needs["need_id"].to_list() == ["N4", "N1", "N2", "N3"]  # who posted first comes first
    assert of.market.slots.tolist() == [1, 1, 1, 2]


def test_small_by_size_or_history_and_by_size_alone():
    """A is large with four deliveries; B is micro; C has one delivery and no known size."""
    joint = made().plan("joint")
    assert (joint.pairs, joint.small, joint.sized) == (4, 2, 1)


def test_worth_of_one_more_place_by_kind_and_city():
    """Only F1 is wanted beyond its room: its kind and its city carry the price, weighted by places in the mean."""
    worth = made().worth
    service, city = (
        worth.row(by_predicate=pl.col("name") == "service", named=True),
        worth.filter(name="440100"),
    )
    assert service["most"] == 5000 - (3500 - 2580)
    assert service["wanted"] == 2
    assert city["mean"][0] == service["most"] / 2
    assert worth.filter(side="city", name="440300")["most"].to_list() == [0.0]


def test_an_empty_list_is_cleared_too():
    """No match: nobody is served, nothing is worth anything, and that is proven."""
    schema = {
        "need_id": pl.String,
        "rank": pl.Int64,
        "org_id": pl.String,
        "offer_id": pl.String,
        "probability": pl.Float64,
    }
    found = cleared(pl.DataFrame(schema=schema), NEEDS, ORGANISATIONS, OFFERS, DELIVERIES)
    assert found.needs["code"].to_list() == ["none"] * 4
    assert (found.verdict, found.proof, found.plan("joint").value) == ("little", "exact", 0)


def test_small_markets_wait_for_no_compiler():
    """Clearing a list imports no numba: the demo must not pay for a compiler."""
    import subprocess
    import sys

    program = "import sys; from tests.engine.assignment.test_matches import made; made(); print('numba' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
