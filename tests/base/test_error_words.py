"""Errors in words: no raw name of a table, field, state or choice; what can be done now; one record is no row."""

from __future__ import annotations

import pytest

from tandem.base import error_words
from tandem.base.errors import Absent, Denied, Finding, Invalid
from tandem.base.words import LANGUAGES
from tandem.domain import moves, ways
from tandem.hub.actions import ACTIONS


def test_a_refused_move_says_what_can_be_done_now():
    """The actions that lead on, as the interface writes them; the state and the kind of record in words."""
    refused = moves.refused("needs", "abc", "posed", "posed")
    assert refused.params["actions"] == ["need.close", "need.withdraw"]
    told = error_words.sentence(refused, "zh", action=lambda name: f"<{name}>")
    assert (
        told == "需求 abc 当前状态为“已发布”，不能执行这一步。现在可以执行：<need.close>、<need.withdraw>。"
    )
    assert "“posed”" in error_words.sentence(refused, "en")


def test_where_nothing_leads_on_that_is_said():
    """No empty list of commands."""
    for lang in LANGUAGES:
        told = error_words.sentence(moves.refused("rounds", "abc", "published", "dropped"), lang)
        assert told.rstrip("。.")[-1] not in "：: "
    assert "no step leads on" in error_words.sentence(
        moves.refused("rounds", "abc", "published", "dropped"), "en"
    )


def test_every_way_is_an_action_and_leads_where_a_move_goes():
    """The table of ways names actions that there are, and states that the table of moves knows."""
    for table, found in ways.WAYS.items():
        states = {to for may in moves.TABLES[table].values() for to in may}
        for way in found:
            assert way.action in ACTIONS
            assert way.to in states | {to for to in moves.TABLES[table] if to in way.out_of}, way
            assert set(way.out_of) <= set(moves.TABLES[table])


def test_people_can_lead_every_open_record_on():
    """Each state out of which a person may move has an action, other than those that the hub leaves by itself."""
    by_itself = {("deliveries", "withdrawn"), ("webhooks", "*"), ("outbox", "*")}
    for table, states in moves.TABLES.items():
        for state, may in states.items():
            if may and not {(table, state), (table, "*")} & by_itself:
                assert ways.on(table, state, tuple(may)), (table, state)


@pytest.mark.parametrize(
    "table", [*sorted(set(moves.TABLES) - {"outbox", "invitations"}), "keys", "journal", "notices"]
)
def test_kinds_of_records_have_words(table: str):
    """An absent record is called what people call it."""
    error = Absent("record.absent", table=table, id="abc")
    assert table not in error_words.sentence(error, "zh")
    assert f"There is no {table} abc" not in error_words.sentence(error, "en")


def test_names_in_errors_are_words():
    """Fields, roles and visibilities, and of a setting its choices beside their codes."""
    faulty = Invalid("record.faulty", table="needs", columns=["due_on", "city"])
    assert error_words.sentence(faulty, "zh") == "需求的填写有误：截止日期、城市。请按各项提示修改。"
    clear = Invalid("record.clear", name="title", known=["budget_max"])
    assert "budget_max（预算上限）" in error_words.sentence(clear, "zh")
    wider = Invalid("introduction.wider", visibility="public", most="members")
    assert "public" not in error_words.sentence(wider, "zh")
    assert "访客" in error_words.sentence(Denied("action.refused", role="visitor", name="need.pose"), "zh")
    choice = Invalid("setting.choice", name="kind", value="x", choices=["technology", "data"])
    assert "technology（技术）、data（数据）" in error_words.sentence(choice, "zh")
    assert "technology, data" in error_words.sentence(choice, "en")


@pytest.mark.parametrize("code", ["city.unknown", "service.unknown", "cities.unknown", "required"])
def test_one_record_is_not_called_a_row(code: str):
    """Of a file the row is kept; what is given by hand is not saved at all."""
    params = {"unknown": ["x"]}
    in_file = Finding(code, "warning", "needs", "a.csv", None, 3, "city", "x", params)
    alone = Finding(code, "error", "needs", column="city", value="x", params=params)
    for lang, words in (("zh", ("该行", "此格", "列")), ("en", ("row", "cell", "column"))):
        assert not any(word in error_words.said(alone, lang) for word in words)
        assert error_words.said(alone, lang) != error_words.said(in_file, lang)
    assert error_words.column(alone, "zh") == "城市"
    assert error_words.table(alone, "zh") == "需求"
    assert error_words.column(in_file, "zh") == "city"
