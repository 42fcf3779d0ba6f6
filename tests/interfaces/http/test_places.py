"""What holds a connection for long has places of its own: slow visitors and listeners leave the hub to the others."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tandem.base.errors import Limited
from tandem.hub.people.limits import network
from tandem.interfaces.http import agents, application, events
from tandem.interfaces.http.places import Places


def _scope(path: str, address: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    method = "POST" if path == agents.PATH else "GET"
    return {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers),
            "client": (address, 1)}  # fmt: skip


async def _asked(web: Any, scope: dict[str, Any], ends: asyncio.Event) -> int:
    """The status of an answer to a request that sends nothing more until it ends."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await ends.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await web.application(scope, receive, send)
    return sent[0]["status"] if sent else 0


def test_slow_messages_of_agents_leave_the_hub_free(web, monkeypatch):
    """Beyond their places they are told 429 before anything is read; a wrong token is told so as soon."""
    monkeypatch.setattr(application, "MOST", 6)
    monkeypatch.setattr(agents, "EACH", 2)
    monkeypatch.setattr(agents, "IN_ALL", 3)
    web.application.add(agents.pages(web.application))

    async def ask() -> list[int]:
        ends = asyncio.Event()
        slow = [
            asyncio.create_task(_asked(web, _scope("/mcp", address, *headers), ends))
            for address, headers in [
                ("1.1.1.1", []),
                ("1.1.1.1", []),
                ("1.1.1.1", []),
                ("2.2.2.2", []),
                ("3.3.3.3", []),
                ("4.4.4.4", [(b"authorization", b"Bearer none")]),
            ]
        ]
        await asyncio.sleep(0.1)
        early = [task.result() if task.done() else 0 for task in slow]
        early.append(await _asked(web, _scope("/", "5.5.5.5"), ends))
        ends.set()
        await asyncio.gather(*slow)
        return early

    assert asyncio.run(ask()) == [0, 0, 429, 0, 429, 401, 200]


def test_a_busy_hub_is_alive(web, monkeypatch):
    """Whoever watches over the server learns that it runs, however many ask."""
    monkeypatch.setattr(application, "MOST", 0)
    assert web(None, "GET", "/").status_code == 503
    assert web(None, "GET", "/healthz").status_code == 200
    assert web(None, "GET", "/readyz").status_code == 200


def test_listeners_do_not_stop_the_hub(web, monkeypatch):
    """Streams take none of the places of requests, have so many in all, and leave theirs when they end."""
    monkeypatch.setattr(application, "MOST", 2)
    monkeypatch.setattr(events, "EACH", 3)
    monkeypatch.setattr(events, "IN_ALL", 4)

    async def silent(hub: Any, actor: Any, after: str | None) -> Any:
        await asyncio.Event().wait()
        yield "1", "never", {}

    async def ask() -> tuple[list[int], int, int]:
        web.application.stopping = asyncio.Event()
        web.application.add(events.pages(web.application, silent))
        known = (b"authorization", web.known("ann")["authorization"].encode())
        ends, listening, early = asyncio.Event(), [], []
        for address in ["1.1.1.1"] * 4 + ["2.2.2.2"] * 2:
            one = asyncio.create_task(_asked(web, _scope(events.PATH, address, known), ends))
            await asyncio.sleep(0.02)
            listening.append(one)
            early.append(one.result() if one.done() else 0)
        start = await _asked(web, _scope("/", "5.5.5.5"), ends)
        ends.set()
        await asyncio.gather(*listening)
        await asyncio.sleep(0.02)
        ends.clear()
        anew = asyncio.create_task(_asked(web, _scope(events.PATH, "1.1.1.1", known), ends))
        await asyncio.sleep(0.02)
        ends.set()
        return early, start, await anew

    assert asyncio.run(ask()) == ([0, 0, 0, 429, 0, 429], 200, 200)


def test_places_of_a_network():
    """One network of IPv6 is one asker; a place is given back."""
    assert network("2001:db8::1") == network("2001:db8::2:1") != network("2001:db9::1")
    assert network("::ffff:1.2.3.4") == network("1.2.3.4")
    places = Places(1, 2)
    with places.held("a"), places.held("b"), pytest.raises(Limited):
        places.room("c")
    places.room("a")
