"""Rules are read as written, and everything that is wrong with them is said at once."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base.errors import Invalid
from tandem.domain.rules import Group, Rules, parse

SMALL = {"column": "size", "values": ["micro", "small"]}


def refused(given_: dict[str, object]) -> list[tuple[str, str | None, int | None, str | None]]:
    """What is wrong: code, list, entry, key."""
    with pytest.raises(Invalid) as caught:
        parse(given_)
    assert caught.value.code == "rules.wrong"
    assert caught.value.params["n"] == len(caught.value.findings)
    return [
        (one.code.removeprefix("rules."), one.sheet, one.row, one.column) for one in caught.value.findings
    ]


def test_every_kind_of_rule():
    """Numbers, shares, pairs across cities, a budget, pairs by id; a rule without a name is called by its group."""
    found = parse(
        {
            "rule": [
                {**SMALL, "min_units": 5058},
                {
                    "name": "本地",
                    "table": "needs",
                    "column": "city",
                    "values": "佛山",
                    "max_share": Decimal("0.3"),
                },
                {"cross_city": True, "min_share": "1/3"},
            ],
            "budget": [{"column": "org_id", "values": ["O1"], "cost": "price_from", "limit": 5_000_000}],
            "forbidden": [{"need": "N1", "offer": 7}],
            "required": [{"need": "N2", "offer": "P1"}],
        }
    )
    small, local, cross, budget = found.rules
    assert (small.name, small.bound, small.limit) == ("size: micro, small", "min_units", 5058)
    assert (local.name, local.limit, local.group) == (
        "本地", Fraction(3, 10), Group("needs", "city", ("佛山",), ("佛山",)),
    )  # fmt: skip
    assert (cross.group.side, cross.limit) == ("pairs", Fraction(1, 3))
    assert (budget.bound, budget.limit, budget.cost) == ("max_cost", 5_000_000, ("offers", "price_from"))
    assert [(pair.need, pair.offer, pair.required) for pair in found.pairs] == [
        ("N1", "7", False),
        ("N2", "P1", True),
    ]


def test_keys_in_chinese():
    """Every key has a Chinese name."""
    entry = {"名称": "小微", "表": "供给", "列": "size", "取值": ["micro", "small"], "最低占比": "30%"}
    english = {"name": "小微", "table": "offers", **SMALL, "min_share": 0.3}
    assert parse({"规则": [entry]}) == parse({"rule": [english]})


def test_everything_wrong_is_said_at_once():
    """One refusal lists every entry and key."""
    given_ = {
        "rule": [
            {**SMALL, "min_units": -1},
            {**SMALL, "max_share": 1.5},
            {**SMALL},
            {**SMALL, "min_units": 1, "max_units": 2},
            {"column": "size", "max_units": 1, "colour": "red"},
            {**SMALL, "min_units": 2.5},
            {**SMALL, "min_units": True},
            {"cross_city": True, "column": "city", "max_units": 1},
            {**SMALL, "table": "edges", "max_units": 1},
        ],
        "budget": [{"column": "org_id", "values": ["O1"], "limit": 1}],
        "forbidden": [{"need": "N1", "offer": "P1"}, {"need": "N1", "offer": "P1"}, {"offer": ""}],
        "required": [{"need": "N1", "offer": "P1"}],
        "rules": [],
    }
    assert refused(given_) == [
        ("key", None, None, "rules"),
        ("number", "rule", 1, "min_units"),
        ("share", "rule", 2, "max_share"),
        ("one_bound", "rule", 3, None),
        ("one_bound", "rule", 4, None),
        ("key", "rule", 5, "colour"),
        ("missing", "rule", 5, "values"),
        ("number", "rule", 6, "min_units"),
        ("number", "rule", 7, "min_units"),
        ("cross_city", "rule", 8, "column"),
        ("choice", "rule", 9, "table"),
        ("missing", "budget", 1, "cost"),
        ("missing", "forbidden", 3, "need"),
        ("text", "forbidden", 3, "offer"),
        ("pair_twice", "forbidden", 2, None),
        ("pair_both", "required", 1, None),
    ]


@pytest.mark.parametrize(
    "share",
    ["nan", "inf", "1/0", "0.00001", -0.1, "1e99999999", Decimal("1e-99999999"), [], None, "三成", "1" * 50],
)
def test_no_share(share):
    """What is no share from 0 to 1 in whole ten-thousandths is refused."""
    assert refused({"rule": [{**SMALL, "min_share": share}]}) == [("share", "rule", 1, "min_share")]


def test_too_many_entries():
    """More rules than anybody writes are refused before they are read."""
    assert refused({"rule": [{**SMALL, "min_units": 1}] * 101}) == [("many", "rule", None, "rule")]
    assert refused({"rule": {"column": "size"}}) == [("list", "rule", None, "rule")]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "name",
        "table",
        "column",
        "values",
        "cross_city",
        "min_units",
        "max_share",
        "cost",
        "limit",
        "need",
        "offer",
        "?",
    ]
)


@given(
    st.dictionaries(
        st.sampled_from(["rule", "budget", "forbidden", "required", "?"]),
        st.lists(st.dictionaries(KEYS, PLAIN, max_size=5), max_size=3) | PLAIN,
        max_size=3,
    )
)
def test_nothing_breaks_the_reading(found):
    """Whatever stands there is read as rules or refused with findings."""
    with suppress(Invalid):
        assert isinstance(parse(found), Rules)
