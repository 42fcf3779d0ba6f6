"""Notices: one's own alone, and the words for each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tandem.base import words
from tandem.base.errors import Absent
from tandem.domain import introductions as table

SOURCE = Path(__file__).resolve().parents[3] / "src" / "tandem" / "hub" / "introductions"


def test_a_notice_is_read_by_whom_it_is_for(story):
    """Marked as read it leaves the unread ones; nobody else finds it."""
    story.reach("invited")
    (notice,) = story.world.ask(story.actors["invited"], "notice.list", unread=True).items
    assert (notice.about, notice.params) == (story.id, {"title": story.show("invited").title})
    with pytest.raises(Absent):
        story.world.ask(story.actors["poser"], "notice.read", ids=[notice.id])
    story.world.ask(story.actors["invited"], "notice.read", ids=[notice.id])
    assert story.world.ask(story.actors["invited"], "notice.list", unread=True).items == ()
    assert len(story.world.ask(story.actors["invited"], "notice.list").items) == 1


def test_every_notice_state_step_and_reason_has_words():
    """What is written by code is read as a sentence in both languages."""
    wanted = {f"notice.introduction.{one}" for one in ("interested", "declined")}
    wanted |= {f"notice.introduction.remind.{step}" for step in table.STEPS.values()}
    wanted |= {f"notice.introduction.closed_{reason}" for reason in ("filled", "withdrawn")}
    wanted |= {f"introduction.state.{state}" for state in table.STATES}
    wanted |= {f"introduction.step.{step}" for step in table.STEPS.values()}
    wanted |= {f"introduction.reason.{one}" for one in (*table.DECLINES, *table.LOSSES, *table.HUB_LOSSES)}
    assert {code for code in wanted if not words.has(code)} == set()


def test_every_code_that_is_told_has_words():
    """The codes of all calls that tell somebody stand in the catalogue."""
    codes = {
        node.args[at].value
        for path in SOURCE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        for at in [{"tell_brokers": 1, "to_organisation": 2, "tell": 3}.get(node.func.attr)]
        if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant)
    }
    assert len(codes) >= 12
    assert [code for code in codes if not words.has(f"notice.{code}")] == []
