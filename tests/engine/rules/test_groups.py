"""Rules as people write them become limits over the edges of a market."""

from __future__ import annotations

import polars as pl
import pytest

from tandem.base.errors import Invalid
from tandem.domain import rules
from tandem.engine.clearing import market as markets
from tandem.engine.rules import groups

# Edges: N1-P1, N1-P2, N2-P1, N2-P3, N3-P2
MARKET = markets.of([0, 0, 1, 1, 2], [0, 1, 0, 2, 1], [5, 4, 3, 2, 1], [1, 1, 1], [1, 1, 1])
NEEDS = pl.DataFrame(
    {"need_id": ["N1", "N2", "N3"], "city": ["440300", "广州", None], "org_id": ["A", "A", "B"]}
)
OFFERS = pl.DataFrame(
    {
        "offer_id": [1, 2, 3],
        "city": ["Shenzhen", "Foshan", "Atlantis"],
        "size": ["micro", "large", None],
        "price_from": [100, 200, None],
    }
)


def limits(*, edges: pl.DataFrame | None = None, **lists: list[dict[str, object]]) -> groups.Limits:
    return groups.limits_of(rules.parse(lists), MARKET, NEEDS, OFFERS, edges)


def inside(**rule: object) -> list[int]:
    """The edges that a rule counts."""
    (limit,) = limits(rule=[{"max_units": 1, **rule}]).limits
    return [edge for edge in range(5) if limit.inside[edge]]


def test_groups():
    """By a column of offers or needs; cities by any of their names, and by region."""
    assert inside(column="size", values=["micro"]) == [0, 2]
    assert inside(column="size", values=["medium"]) == [], "a known size that nobody has"
    assert inside(table="needs", column="city", values=["深圳"]) == [0, 1]
    assert inside(column="city", values=["440300", "Atlantis"]) == [0, 2, 3]
    assert inside(column="city", values=["大湾区"]) == [0, 1, 2, 4]
    assert inside(column="offer_id", values=[3]) == [3]


def test_across_cities():
    """Pairs in different known cities; where a city is not given the pair is not counted."""
    assert inside(cross_city=True) == [1, 2, 3]


def test_budgets():
    """Costs of the pairs of some needs, from offers or from the edges themselves."""
    entry = {"column": "org_id", "values": ["B"], "cost": "price_from", "limit": 150}
    (limit,) = limits(budget=[entry]).limits
    assert limit.cost is not None
    assert limit.cost.tolist() == [0, 0, 0, 0, 200]
    edges = pl.DataFrame({"fee": [1, 2, 3, 4, 5]})
    (limit,) = limits(budget=[{**entry, "cost": "fee", "cost_table": "edges"}], edges=edges).limits
    assert limit.cost is not None
    assert limit.cost.tolist() == [0, 0, 0, 0, 5]


def test_pairs():
    """Pairs by id; a required pair that is no edge is kept as such, a forbidden one needs nothing."""
    found = limits(
        required=[{"need": "N2", "offer": 3}, {"need": "N3", "offer": 3}],
        forbidden=[{"need": "N1", "offer": 2}, {"need": "N2", "offer": 2}],
    )
    assert [one.edge for one in found.required] == [3, None]
    assert found.forbidden == (1,)


def test_unknown_groups_are_refused():
    """Unknown columns, values, ids and costs are refused together, each with its entry."""
    with pytest.raises(Invalid) as caught:
        limits(
            rule=[
                {"column": "colour", "values": ["red"], "min_units": 1},
                {"column": "size", "values": ["mirco", "micro"], "min_units": 1},
                {"column": "city", "values": ["Nowhere"], "max_units": 1},
            ],
            budget=[
                {"column": "org_id", "values": ["A"], "cost": "price_from", "limit": 150},
                {"column": "org_id", "values": ["A"], "cost": "fee", "cost_table": "edges", "limit": 150},
            ],
            required=[{"need": "N9", "offer": 1}],
        )
    assert [(one.code, one.sheet, one.row, one.column, one.value) for one in caught.value.findings] == [
        ("rules.column", "rule", 1, "column", "colour"),
        ("rules.value", "rule", 2, "values", "mirco"),
        ("rules.value", "rule", 3, "values", "Nowhere"),
        ("rules.cost", "budget", 1, "cost", None),
        ("rules.column", "budget", 2, "cost", "fee"),
        ("rules.id", "required", 1, "need", "N9"),
    ]
