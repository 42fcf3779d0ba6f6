"""Agents speak with a hub by the protocol's own client: over standard input and output, and over HTTP."""

from __future__ import annotations

import json

import pytest
from mcp.shared.exceptions import MCPError

from tandem.hub.actions import ACTIONS


def test_tools_are_the_actions_that_one_may_ask_for(speaking):
    """The operator is offered every action on records, a visitor fewer; each says what it does to the world."""

    async def all_tools(client):
        found, cursor = [], None
        while True:
            part = await client.list_tools(cursor=cursor)
            found += part.tools
            if (cursor := part.next_cursor) is None:
                return found

    tools = {tool.name: tool for tool in speaking.run("opal", all_tools)}
    acting = {name.replace(".", "_"): one for name, one in ACTIONS.items() if one.does != "files"}
    assert set(tools) == {name for name, one in acting.items() if "operator" in one.may}
    for name, tool in tools.items():
        assert tool.annotations.read_only_hint == (acting[name].does == "reads")
        assert tool.output_schema["type"] == "object"
    assert tools["need_withdraw"].annotations.destructive_hint
    visitor = {tool.name for tool in speaking.run(None, all_tools)}
    assert "need_list" in visitor
    assert "need_pose" not in visitor


def test_chinese_goes_in_and_comes_out_whole(speaking):
    """What does not bind is done at once, with its structured answer checked against the tool's own schema."""
    name = f"低温密封检测，零下四十度 {id(speaking)}"
    done = speaking.call("ann", "search_save", name=name, text="泵阀；CNAS", what="needs")
    assert not done.is_error, done.content
    assert done.structured_content["name"] == name
    assert json.loads(done.content[0].text) == done.structured_content
    found = speaking.call("ann", "search_saved").structured_content["items"]
    assert "泵阀；CNAS" in [one["asked"].get("text") for one in found if one["name"] == name]


def test_what_binds_waits_for_the_member(speaking):
    """A need is not posed by its agent: the answer names the confirmation, and the member's own yes does it."""
    title = f"检测 {speaking.connect}"[:60]
    asked = speaking.call("ann", "need_pose", "zh", title=title)
    assert not asked.is_error
    assert "等待成员本人确认" in asked.content[0].text
    waiting = asked.structured_content["confirmation_id"]
    mine = speaking.call("ann", "need_list", mine=True).structured_content["items"]
    assert title not in [one["title"] for one in mine]
    refused = speaking.call("ann", "confirmation_accept", id=waiting)
    assert refused.is_error
    assert "account.person" in refused.content[0].text
    speaking.web.ask("ann", "confirmation.accept", id=waiting)
    mine = speaking.call("ann", "need_list", mine=True).structured_content["items"]
    assert title in [one["title"] for one in mine]


def test_errors_are_sentences_in_the_agents_language(speaking):
    """A wrong value, a missing record and a missing right are told as tool errors with their codes."""
    for name, given, code in (
        ("need_show", {"id": "nope"}, "record.absent"),
        ("delivery_add", {"title": "x", "rating": 3}, "setting.share"),
        ("delivery_add", {}, "setting.required"),
        ("delivery_add", {"title": "x", "nonsense": 1}, "setting.unknown"),
        ("organisation_verify", {"id": "nope"}, "action.refused"),
    ):
        told = speaking.call("ann", name, "zh", **given)
        assert told.is_error, name
        assert f"[{code}]" in told.content[0].text
        assert any("一" <= char <= "鿿" for char in told.content[0].text)


def test_a_repeated_call_is_done_once(speaking):
    """The same idempotency key gives the first answer again."""
    key = f"once-{id(speaking)}"
    first = speaking.call("ann", "delivery_add", title="一次", idempotency_key=key)
    again = speaking.call("ann", "delivery_add", title="一次", idempotency_key=key)
    assert first.structured_content == again.structured_content
    assert not first.is_error


def test_records_and_words_can_be_read(speaking):
    """The glossary for everybody; a record for whom it is open, and for nobody else."""
    made = speaking.web.ask("ann", "delivery.add", title="自家的", visibility="confidential").id

    async def look(client):
        words = await client.read_resource("tandem://glossary")
        templates = (await client.list_resource_templates()).resource_templates
        return words.contents[0].text, {one.uri_template for one in templates}

    words, templates = speaking.run(None, look)
    assert "| need | 需求 |" in words
    assert {"tandem://needs/{id}", "tandem://deliveries/{id}"} <= templates
    own = speaking.run("ann", lambda client: client.read_resource(f"tandem://deliveries/{made}"))
    assert json.loads(own.contents[0].text)["title"] == "自家的"
    for where in (
        f"tandem://deliveries/{made}",
        "tandem://deliveries/nope",
        "tandem://nothing/x",
        "file:///etc/passwd",
    ):
        with pytest.raises(BaseException) as refused:  # noqa: PT011  the client wraps errors in groups
            speaking.run("bob", lambda client, at=where: client.read_resource(at))
        assert "自家的" not in str(refused.value)
        assert _mcp_errors(refused.value)


def test_a_secret_that_is_good_for_nothing_opens_nothing(speaking):
    speaking.web.secrets["mallory"] = "tdt_wrong"
    with pytest.raises(BaseException) as refused:  # noqa: PT011  the client wraps errors in groups
        speaking.call("mallory", "need_list")
    assert _mcp_errors(refused.value)


def _mcp_errors(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_mcp_errors(one) for one in error.exceptions)
    return isinstance(error, MCPError)
