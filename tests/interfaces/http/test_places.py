"""What holds a connection for long has places of its own: slow visitors and listeners leave the hub to the others."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tandem.base.errors import Limited
from tandem.hub.people.limits import network
from tandem.interfaces.http import agents, application, events
from tandem.interfaces.http.places import Places


def _scope(path: str, address: str, *headers: tuple[bytes, bytes], method: str = "GET") -> dict[str, Any]:
    method = "POST" if path == agents.PATH else method
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
    web.application.bodies.places = Places(2, 3)
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
        early.append(await _asked(web, _scope("/openapi.json", "5.5.5.5"), ends))
        ends.set()
        await asyncio.gather(*slow)
        return early

    assert asyncio.run(ask()) == [0, 0, 429, 0, 429, 401, 200]


class Sender:
    """Whoever sends the body of a request for a new need, in parts, when told to."""

    def __init__(self, web: Any, who: str | None, address: str = "1.1.1.1") -> None:
        self.parts: asyncio.Queue[tuple[bytes, bool]] = asyncio.Queue()
        self.sent: list[Any] = []
        headers = [(b"content-type", b"application/json")]
        headers += [(b"authorization", web.known(who)["authorization"].encode())] if who else []
        scope = _scope("/api/needs" if who else "/api/sessions", address, *headers, method="POST")
        self.task = asyncio.create_task(web.application(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        body, more = await self.parts.get()
        return {"type": "http.request", "body": body, "more_body": more}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    async def answered(self, rest: bytes = b'{"title":"x"}') -> int:
        """The status after the rest of the body."""
        self.parts.put_nowait((rest, False))
        await asyncio.wait_for(self.task, 30)
        return int(self.sent[0]["status"])

    def told(self) -> int:
        """The status that has been sent so far, 0 for none."""
        return int(self.sent[0]["status"]) if self.sent else 0


async def _moment() -> None:
    await asyncio.sleep(0.02)


def test_slow_bodies_leave_the_hub_to_the_others(web, monkeypatch):
    """Bodies that are coming hold no place of requests: others are served meanwhile, they too once whole."""
    monkeypatch.setattr(application, "MOST", 2)

    async def ask() -> tuple[list[int], int, list[int]]:
        slow = [Sender(web, "ann") for _ in range(12)]
        for one in slow:
            one.parts.put_nowait((b" ", True))
        await _moment()
        quick = await Sender(web, "bob", "2.2.2.2").answered()
        early = [one.told() for one in slow]
        return early, quick, [await one.answered() for one in slow]

    assert asyncio.run(ask()) == ([0] * 12, 201, [201] * 12)


def test_a_body_that_has_come_takes_its_place(web, monkeypatch):
    """The hub is no less busy for bodies that come slowly: who comes when it is full is told to come again."""

    async def ask() -> int:
        one = Sender(web, "ann")
        await _moment()
        monkeypatch.setattr(application, "MOST", 0)
        return await one.answered()

    assert asyncio.run(ask()) == 503
    assert web("ann", "GET", "/api/needs").status_code == 503
    monkeypatch.undo()
    assert web("ann", "GET", "/api/needs").json()["items"] == []


def test_bodies_that_are_coming_have_places(web):
    """So many of one asker and of all; one who hangs up leaves a place; visitors have those of their network."""
    web.application.bodies.places = Places(2, 3)

    async def ask() -> list[int]:
        slow = [Sender(web, "ann"), Sender(web, "ann", "2.2.2.2"), Sender(web, "ann", "3.3.3.3")]
        slow += [Sender(web, None), Sender(web, "bob")]
        await _moment()
        early = [one.told() for one in slow]
        slow[0].task.cancel()
        await _moment()
        return [*early, await Sender(web, "bob").answered()]

    assert asyncio.run(ask()) == [0, 0, 429, 0, 429, 201]


def test_bytes_that_are_coming_are_bounded(web):
    """Of one asker and of all together, by what has come and not by what is announced; they are given back."""
    web.application.bodies.bytes_each, web.application.bodies.bytes_in_all = 1_000, 1_500

    async def ask() -> list[int]:
        first, second, other = Sender(web, "ann"), Sender(web, "ann"), Sender(web, "bob")
        first.parts.put_nowait((b" " * 900, True))
        await _moment()
        second.parts.put_nowait((b" " * 200, True))
        other.parts.put_nowait((b" " * 700, True))
        await _moment()
        early = [one.told() for one in (first, second, other)]
        return [
            *early,
            await first.answered(),
            await Sender(web, "bob").answered(b" " * 900 + b'{"title":"x"}'),
        ]

    assert asyncio.run(ask()) == [0, 429, 429, 201, 201]


def test_a_busy_hub_is_alive(web, monkeypatch):
    """Whoever watches over the server learns that it runs, however many ask."""
    monkeypatch.setattr(application, "MOST", 0)
    assert web(None, "GET", "/openapi.json").status_code == 503
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
        start = await _asked(web, _scope("/openapi.json", "5.5.5.5"), ends)
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
