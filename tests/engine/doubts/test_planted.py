"""The registers of planted doubts are sound: what is said to hold holds, what is said to break breaks."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest
from tests.engine.doubts.planted import CLASSES, PARTS, Register, consistent, planted, relations
from tests.engine.doubts.soundness import figure, holds, names, number, value

SMALL = frozenset(
    each.name for each in (*(p.register for p in planted("second")), *consistent("second"))
)  # many registers of few rows instead of few of many
ALL = {each.name: each for each in (*(p.register for p in planted()), *consistent())}


def by_id(register: Register) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in register.rows}


def test_counts_of_registers_and_doubts():
    """Enough registers of both kinds, enough doubts of each class in each part."""
    assert len(planted()) >= 12
    assert len(consistent()) >= 25
    for part in PARTS:
        first = Counter(doubt.classes[0] for each in planted(part) for doubt in each.expected)
        alone = Counter(
            doubt.classes[0] for each in planted(part) for doubt in each.expected if len(doubt.classes) == 1
        )
        assert set(first) == set(CLASSES)
        assert min(first.values()) >= (4 if part == "third" else 5), first
        assert sum(first.values()) >= 30
        assert set(alone) >= set(CLASSES) - {"unit_mismatch"}
        assert len(consistent(part)) >= 12


def test_the_parts_share_no_register():
    """What is judged with was not built with: no register name, figure id or source stands in both parts."""
    sides = [[*(p.register for p in planted(part)), *consistent(part)] for part in PARTS]
    for one, other in combinations(sides, 2):
        for field in ("id", "source"):
            seen = [{row[field] for each in side for row in each.rows} for side in (one, other)]
            assert not seen[0] & seen[1]
        assert not {each.name for each in one} & {each.name for each in other}


@pytest.mark.parametrize("register", ALL.values(), ids=list(ALL))
def test_rows_are_whole(register):
    """Ids are unique; every row has an indicator, a value, a year, a place, a kind and a source."""
    assert len(by_id(register)) == len(register.rows)
    assert (8 if register.name in SMALL else 10) <= len(register.rows) <= 40
    for row in register.rows:
        assert None not in row
        assert None not in row.values()
        assert all(row[field] for field in ("indicator", "value", "year", "geography", "kind", "source"))
        assert row["kind"] in ("baseline", "target", "threshold", "context", "date")


def test_ids_are_unique_over_all_registers():
    """An id names one figure, whichever registers are read together."""
    counted = Counter(row["id"] for register in ALL.values() for row in register.rows)
    assert counted.most_common(1)[0][1] == 1


@pytest.mark.parametrize("each", planted(), ids=lambda each: each.register.name)
def test_doubts_name_figures_of_their_register(each):
    """Every expectation has known classes and figures; no figure stands in two doubts as one that must be named."""
    ids = set(by_id(each.register))
    for doubt in each.expected:
        assert doubt.classes
        assert set(doubt.classes) <= set(CLASSES)
        assert doubt.must
        assert {*doubt.must, *doubt.may} <= ids
        assert not set(doubt.must) & set(doubt.may)
    named = Counter(one for doubt in each.expected for one in doubt.must)
    ordinary = 2 if each.register.name in SMALL else 8
    assert len(ids) - len(named) >= ordinary, "ordinary figures stand around the planted ones"


@pytest.mark.parametrize(
    "relation", relations(), ids=lambda r: f"{r.register}: {r.left} {r.relation} {r.right}"
)
def test_relations(relation):
    """With half a unit of the last printed digit, each relation holds, or breaks, as recorded."""
    rows = by_id(ALL[relation.register])
    read = {name: figure(rows[name]) for name in names(relation.left) | names(relation.right)}
    known = {name: interval for name, interval in read.items() if interval is not None}
    assert known.keys() == read.keys()
    told = holds(value(relation.left, known), relation.relation, value(relation.right, known))
    assert told is relation.holds


def test_arithmetic_doubts_rest_on_a_broken_relation():
    """Where relations are written down: each conflict and overlap is a broken one, each broken one a doubt."""
    broken = [(r.register, frozenset(names(r.left) | names(r.right))) for r in relations() if not r.holds]
    doubted = [
        (each.register.name, set(doubt.must), set(doubt.must) | set(doubt.may))
        for each in planted()
        for doubt in each.expected
    ]
    for register, ids in broken:
        assert any(name == register and must & ids and ids <= near for name, must, near in doubted), ids
    written = {name for name, _ in broken}
    for each in (one for one in planted() if one.register.name in written):
        for doubt in each.expected:
            if doubt.classes[0] in ("conflict", "classes_overlap"):
                assert any(
                    name == each.register.name
                    and set(doubt.must) <= ids | set(doubt.must)
                    and ids & set(doubt.must)
                    for name, ids in broken
                ), doubt


@pytest.mark.parametrize("register", consistent(), ids=lambda each: each.name)
def test_consistent_registers_repeat_a_figure_only_with_the_same_value(register):
    """One indicator, year and place has intervals that meet, unless a later vintage replaces an earlier one."""
    seen: dict[tuple[str, ...], tuple[float, float]] = {}
    for row in register.rows:
        read = figure(row)
        if read is None:
            continue
        key = (row["indicator"], row["year"], row["geography"], row["kind"], row.get("vintage") or "")
        assert holds(seen.setdefault(key, read), "~", read), key


@pytest.mark.parametrize("register", consistent(), ids=lambda each: each.name)
def test_consistent_registers_name_units_and_bases(register):
    """Every figure with digits has a unit, and no share of one whole exceeds it."""
    for row in register.rows:
        assert row["unit"], row["id"]
        read = figure(row)
        if read is not None and "%" in row["unit"]:
            assert abs(read[0]) <= 1.005, row["id"]


def test_series_follow_from_their_levels():
    """In every consistent series of years the growth rates are recorded as relations to the two levels."""
    recorded = {(r.register, r.left) for r in relations() if r.holds}
    growth = [
        (each.name, row["id"])
        for each in consistent()
        for row in each.rows
        if re.fullmatch(r"[A-Z]+g\d\d", row["id"])
    ]
    assert len(growth) >= 30
    assert set(growth) <= recorded


@pytest.mark.parametrize(
    ("printed", "unit", "low", "high"),
    [
        ("1,236", "billion CNY", 1235.5e9, 1236.5e9),
        ("12.4", "%", 0.1235, 0.1245),
        ("42.8", "个/万人", 42.75e-4, 42.85e-4),
        ("24.6", "10,000 tonnes", 245_500, 246_500),
        ("2-3", "hours", 2, 3),
        ("470", "units per 1,000 employees", 0.4695, 0.4705),
    ],
)
def test_reading_of_printed_figures(printed, unit, low, high):
    """The reading behind these checks: digits give the half unit, the unit gives the size."""
    assert figure({"value": printed, "unit": unit}) == pytest.approx((low, high))
    assert number("three in ten") is None
