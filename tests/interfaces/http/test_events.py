"""Server-sent events: told in order in the standard's form, to whoever is signed in, until either side ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from tandem.hub.feeds import events as feed
from tandem.interfaces.http import events


def test_events_come_in_their_form_and_end_with_their_source(web):
    """id, event and data of each; the last id that was seen reaches the source; Chinese survives."""
    seen = []

    async def source(hub: Any, actor: Any, after: str | None) -> AsyncIterator[tuple[str, str, Any]]:
        seen.append((actor.role, after))
        yield "1", "need.pose", {"title": "检测"}
        yield "2\nx: y", "need.edit", {"n": 1}

    web.application.add(events.pages(web.application, source))
    answer = web("ann", "GET", "/api/events", headers={"last-event-id": "0"})
    assert answer.headers["content-type"] == "text/event-stream"
    parts = answer.text.split("\n\n")
    assert parts[1] == 'id: 1\nevent: need.pose\ndata: {"title":"检测"}'
    assert parts[2].startswith("id: 2x: y\n")
    assert seen == [("member", "0")]
    assert web(None, "GET", "/api/events").status_code == 401


def test_a_listener_is_kept_awake_and_let_go(web, monkeypatch):
    """A comment where nothing happens; the source ends when its listener hangs up, and when the server stops."""
    monkeypatch.setattr(events, "_QUIET", 0.01)
    for ends in ("listener", "server"):
        sent, let_go = asyncio.run(_listened(web, ends))
        assert b": quiet\n\n" in [one.get("body") for one in sent]
        assert let_go == [True]


async def _listened(web: Any, ends: str) -> tuple[list[Any], list[bool]]:
    """Listens to a source that never tells anything, until one side ends it."""
    sent, let_go, hung_up = [], [], asyncio.Event()

    async def silent(hub: Any, actor: Any, after: str | None) -> AsyncIterator[tuple[str, str, Any]]:
        try:
            await asyncio.Event().wait()
            yield "1", "never", {}
        finally:
            let_go.append(True)

    async def receive() -> dict[str, Any]:
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    web.application.stopping = asyncio.Event()
    web.application.add(events.pages(web.application, silent))
    headers = [(b"authorization", web.known("ann")["authorization"].encode())]
    scope = {"type": "http", "method": "GET", "path": "/api/events", "query_string": b"", "headers": headers}
    listening = asyncio.create_task(web.application(scope, receive, send))
    await asyncio.sleep(0.1)
    hung_up.set() if ends == "listener" else web.application.stop()
    await asyncio.wait_for(listening, 10)
    return sent, let_go


def test_the_journal_is_listened_to(web):
    """What a member does reaches its organisation's listener as it is committed, and a stranger's not."""

    async def listened() -> list[Any]:
        sent, hung_up = [], asyncio.Event()

        async def receive() -> dict[str, Any]:
            await hung_up.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if b"event: need.pose" in message.get("body", b""):
                hung_up.set()

        web.application.add(events.pages(web.application, feed.events))
        headers = [(b"authorization", web.known("ann")["authorization"].encode())]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/events",
            "query_string": b"",
            "headers": headers,
        }
        listening = asyncio.create_task(web.application(scope, receive, send))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(web.ask, "bob", "need.pose", title="乙所的", visibility="confidential")
        await asyncio.to_thread(web.ask, "ann", "need.pose", title="甲厂的", visibility="confidential")
        await asyncio.wait_for(listening, 20)
        return sent

    told = [one["body"] for one in asyncio.run(listened()) if b"event: need.pose" in one.get("body", b"")]
    assert len(told) == 1
    assert "乙所的".encode() not in told[0]
