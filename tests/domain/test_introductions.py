"""The table of moves: whole, without dead ends, drawn into the docs as it stands."""

from __future__ import annotations

import runpy
from pathlib import Path

from tandem.domain import introductions as table
from tandem.domain import moves

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_state_is_reached_and_every_waiting_one_goes_on_or_ends():
    """From `proposed` all states are reached; a waiting one has a lease, a side, a step and an end; others none."""
    reached, new = set(), {"proposed"}
    while new:
        reached |= new
        new = {to for state in new for to in table.successors()[state]} - reached
    assert reached == set(table.STATES)
    assert set(table.WAITS_ON) == set(table.STEPS) == set(table.LEASES) == set(table.LAPSES)
    assert set(table.WAITS_ON) | set(table.ENDED) == set(table.STATES)
    assert not set(table.WAITS_ON) & set(table.ENDED)


def test_the_step_that_a_state_waits_for_is_a_move_of_the_side_that_it_waits_on():
    """Whoever is waited on can make the step."""
    for state, step in table.STEPS.items():
        own = [move for move in table.TABLE if move.action == f"introduction.{step}" and state in move.out_of]
        assert own, state
        assert all(table.WAITS_ON[state] in move.by for move in own)


def test_what_lapses_is_a_move_of_the_hub():
    """The sweep makes no move that the table does not have."""
    for state, to in table.LAPSES.items():
        if to is not None:
            found = table.found("introduction.lapse", state, to)
            assert found is not None
            assert found.by == {"hub"}


def test_the_chain_of_the_issue():
    """proposed -> invited -> interested, declined, expired -> introduced -> quoted -> agreed, lost -> outcome."""
    after = table.successors()
    assert after["invited"] == ("interested", "declined", "lost", "expired")
    assert set(after["interested"]) == {"introduced", "lost", "expired"}
    assert set(after["introduced"]) == {"quoted", "lost"}
    assert set(after["quoted"]) == {"agreed", "lost"}
    assert set(after["agreed"]) == {"outcome", "lost"}
    assert after["declined"] == after["outcome"] == ()
    assert moves.TABLES["introductions"] == after
    assert moves.first("introductions") == "proposed"


def test_only_the_poser_agrees_and_only_the_invited_answers_and_quotes():
    """No broker binds a side that can speak for itself."""
    assert table.parties_of("introduction.agree") == {"poser"}
    assert table.parties_of("introduction.answer") == table.parties_of("introduction.quote") == {"invited"}


def test_the_drawing_is_current():
    """docs/introductions.md is what `make map` writes from the table."""
    page = runpy.run_path(str(DOCS / "moves.py"))["page"]()
    assert (DOCS / "introductions.md").read_text("utf-8") == page
    assert all(f"{state} --> {move.to}" in page for move in table.TABLE for state in move.out_of)
