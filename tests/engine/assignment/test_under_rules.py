"""Match lists cleared under rules: what a rule decided is said to be the rule's doing."""

from __future__ import annotations

import polars as pl
import pytest
from tests.engine.assignment.test_matches import DELIVERIES, LIST, NEEDS, OFFERS, ORGANISATIONS

from tandem.base.errors import Invalid
from tandem.domain.clearing_words import told_need, told_pair
from tandem.domain.rules import parse
from tandem.engine.assignment.matches import Cleared, cleared

SCHEMA = {
    "need_id": pl.String,
    "rank": pl.Int64,
    "org_id": pl.String,
    "offer_id": pl.String,
    "probability": pl.Float64,
}


def made(**rules: list[dict[str, object]]) -> Cleared:
    matches = pl.DataFrame(LIST, SCHEMA, orient="row")
    needs = NEEDS.with_columns(org_id=pl.lit("C"), city=pl.lit(None, pl.String))
    return cleared(matches, needs, ORGANISATIONS, OFFERS, DELIVERIES, parse(rules, "rules.toml"))


def code(found: Cleared, need: str, org: str) -> str:
    return str(
        found.pairs.row(by_predicate=(pl.col("need_id") == need) & (pl.col("org_id") == org), named=True)[
            "code"
        ]
    )


def test_required_and_forbidden_pairs_say_so():
    """N1 must have F1, which N2 wants three times as much; N3 may not have B, who stands by its id."""
    found = made(required=[{"need": "N1", "offer": "F1"}], forbidden=[{"need": "N3", "offer": "B"}])
    assert (code(found, "N1", "A"), code(found, "N3", "B")) == ("required", "forbidden")
    row = found.needs.row(by_predicate=pl.col("need_id") == "N3", named=True)
    assert [told for told, _ in told_need(row)] == ["clearing.need.laters", "clearing.missed.forbidden"]
    nobody = found.needs.row(by_predicate=pl.col("need_id") == "N2", named=True)
    assert [told for told, _ in told_need(nobody)] == ["clearing.need.ruled", "clearing.missed.rule"]
    assert found.verdict == "less"
    assert found.sensitivity == ()


def test_a_group_that_gets_nothing_lost_it_to_the_rule():
    """No pair for large organisations: A has room, and the needs that wanted it are told that a rule decided."""
    rule = {"name": "small only", "table": "offers", "column": "size", "values": ["large"], "max_units": 0}
    found = made(rule=[rule])
    assert found.ruled is not None
    assert found.ruled.kept
    assert found.pairs.filter("joint", org_id="A").is_empty()
    assert {code(found, need, "A") for need in ("N1", "N2", "N3")} == {"rule"}
    unserved = found.needs.row(by_predicate=pl.col("need_id") == "N2", named=True)
    assert [told for told, _ in told_need(unserved)] == ["clearing.need.ruled", "clearing.missed.rule"]


def test_a_city_that_is_not_stated_is_that_of_the_poser():
    """All needs are posed by C in 440300: at least one pair from another city, where A's is known and B's is not."""
    found = made(rule=[{"name": "cross", "cross_city": True, "min_units": 2}])
    assert found.ruled is not None
    assert found.ruled.outcomes[0].units == 2


def test_a_rule_on_a_column_that_is_not_there_is_refused():
    """Named with its row, before anything is cleared."""
    rule = {"name": "x", "table": "offers", "column": "colour", "values": ["red"], "max_units": 1}
    with pytest.raises(Invalid) as refused:
        made(rule=[rule])
    assert refused.value.code == "rules.wrong"
    assert refused.value.findings[0].row == 1


def test_a_pair_that_is_not_listed_says_so():
    """Clearing decides among listed pairs only."""
    assert told_pair(None) == ("clearing.pair.unlisted", {})
