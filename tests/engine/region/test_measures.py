"""Tracked items: promised beside delivered, money in fen, overdue as of a day, and what nobody owns."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tandem.domain.region.tables import MEASURES
from tandem.engine.figures import frame as reading
from tandem.engine.region import measures

ROWS = [
    {"item_id": "M1", "title": "Platform", "type": "measure", "pillar": "Digital", "owner": "Bureau A", "clause": "3.1",
     "budget_line": "B-1", "budget": 100_000_00, "spent": 25_000_00, "promised": 200.0, "delivered": 150.0,
     "unit": "enterprises", "due_on": date(2026, 6, 30), "status": "under_way", "evidence": "report"},
    {"item_id": "M2", "title": "Fund", "type": "measure", "pillar": "Digital", "owner": None, "budget": None,
     "spent": 7_00, "promised": None, "delivered": 3.0, "due_on": date(2026, 6, 30), "status": "done"},
    {"item_id": "R1", "title": "Advice", "type": "recommendation", "pillar": None, "owner": "Bureau A",
     "promised": 10.0, "delivered": None, "due_on": date(2027, 1, 1), "status": None},
]  # fmt: skip


def table() -> pl.DataFrame:
    kinds = {"money": pl.Int64, "number": pl.Float64, "date": pl.Date}
    schema = {column.name: kinds.get(column.type, pl.String) for column in MEASURES.columns}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in ROWS], schema=schema)


def test_promised_beside_delivered():
    """150 of 200 is three quarters; what was not promised, or not reported, says which."""
    found = measures.progress(table(), as_of=date(2026, 7, 10)).items
    assert [(one.share, one.why) for one in found] == [
        (0.75, None), (None, "measure.not_promised"), (None, "measure.not_delivered"),
    ]  # fmt: skip
    assert found[0].spent_share == 0.25
    assert found[2].status == "not_reported"


def test_overdue_is_as_of_a_day_and_ends_with_the_item():
    """Ten days late on 10 July; done is never late; without a day nothing is."""
    late = measures.progress(table(), as_of=date(2026, 7, 10))
    assert [(one.item_id, one.overdue) for one in late.overdue] == [("M1", 10)]
    assert measures.progress(table(), as_of=date(2026, 6, 30)).overdue == ()
    assert measures.progress(table()).overdue == ()
    assert [one.item_id for one in measures.progress(table(), as_of=date(2028, 1, 1)).overdue] == ["M1", "R1"]


def test_money_adds_up_by_pillar_and_by_owner():
    """Sums in fen over groups are the sums over items, and items that name no budget are counted as such."""
    found = measures.progress(table())
    for groups in (found.pillars, found.owners):
        assert sum(one.items for one in groups) == 3
        assert sum(one.budget for one in groups) == 100_000_00
        assert sum(one.spent for one in groups) == 25_007_00
        assert all(sum(n for _, n in one.statuses) == one.items for one in groups)
    assert [(one.name, one.items, one.with_budget) for one in found.pillars] == [
        ("Digital", 2, 1),
        (None, 1, 0),
    ]


def test_what_nobody_owns_is_counted():
    """Items without owner, clause, budget line or evidence, and targets of the register without an owner."""
    figures = reading.frame([
        {"id": "T1", "indicator": "GDP", "value": "25.8", "geography": "G", "kind": "target", "owner": "Bureau B"},
        {"id": "T2", "indicator": "Persons", "value": "1", "geography": "G", "kind": "target", "owner": " "},
        {"id": "T3", "indicator": "Persons", "value": "1", "geography": "G", "kind": "baseline"},
    ])  # fmt: skip
    found = measures.progress(table(), figures, expected=32)
    assert dict(found.absent) == {"owner": 1, "clause": 2, "budget_line": 2, "evidence": 2}
    assert (found.targets, found.targets_owned) == (2, 1)
    assert (found.recommendations, found.expected) == (1, 32)


def test_how_many_recommendations_are_published():
    """A figure in recommendations says how many there should be; bounds and other counts do not."""
    rows = [
        {"id": "R", "indicator": "Modern-service recommendations", "value": "32", "unit": "recommendations",
         "geography": "G", "kind": "target"},
        {"id": "P", "indicator": "Pillars", "value": "4", "unit": "pillars", "geography": "G", "kind": "context"},
        {"id": "M", "indicator": "More", "value": ">50", "unit": "recommendations", "geography": "G"},
    ]  # fmt: skip
    assert measures.published_recommendations(reading.frame(rows)) == 32
    assert measures.published_recommendations(reading.frame(rows[1:])) is None


def test_nothing_promised_is_no_division():
    """A promise of zero has no share."""
    assert measures.delivered_share(0.0, 5.0) == (None, "measure.not_promised")
    assert measures.delivered_share(4.0, 0.0) == (0.0, None)


def test_an_empty_register():
    """No items, no groups, no error."""
    found = measures.progress(table().clear())
    assert (found.items, found.pillars, found.overdue) == ((), (), ())
    assert dict(found.absent) == dict.fromkeys(measures.ANSWERS, 0)


@pytest.mark.parametrize("status", measures.STATUSES)
def test_every_status_is_counted_once(status):
    """Each status has its count in a group."""
    changed = table().with_columns(status=pl.lit(status))
    (group,) = measures.progress(changed.with_columns(pillar=pl.lit("P"))).pillars
    assert dict(group.statuses) == {**dict.fromkeys(measures.STATUSES, 0), status: 3}
