"""Guessing passwords over HTTP: the network that guesses is refused, a login under attack waits and is let in."""

from __future__ import annotations

import asyncio

import pytest

from tandem.hub.people import limits, passwords

RIGHT, WRONG = "correct horse battery", "wrong words altogether"


@pytest.fixture
def waited(web, monkeypatch):
    """A hub with the usual limits on guessing, and the seconds that its requests wait."""
    path = web.world.hub.folder / "settings.toml"
    kept = [
        line
        for line in path.read_text("utf-8").splitlines()
        if line.split(" ")[0] not in ("login", "guesses")
    ]
    path.write_text("\n".join(kept), "utf-8")
    monkeypatch.setattr(passwords, "MEMORY", 64)
    seconds, sleep = [], asyncio.sleep

    async def slept(delay: float, *rest: object) -> None:
        seconds.append(delay)
        await sleep(0, *rest)

    monkeypatch.setattr(asyncio, "sleep", slept)
    return seconds


def test_networks_that_guess_lock_out_themselves_alone(web, waited, monkeypatch):
    """A hundred wrong tries from ten networks: each is refused after ten, the owner waits three seconds and is in."""

    def entered(network: str, password: str) -> int:
        monkeypatch.setattr(web.client._transport, "client", (network, 5000))
        code = web(None, "POST", "/api/sessions", json={"login": "li", "password": password}).status_code
        assert isinstance(code, int)
        return code

    assert (
        web(None, "POST", "/api/accounts", json={"login": "li", "password": RIGHT, "name": "Li"}).status_code
        == 201
    )
    for n in range(10):
        assert [entered(f"198.51.100.{n}", WRONG) for _ in range(11)] == [401] * 10 + [429]
        assert entered(f"198.51.100.{n}", RIGHT) == 429
    waited.clear()
    assert entered("192.0.2.7", RIGHT) == 201
    assert waited.count(limits.PAUSE) == 1
    waited.clear()
    web("ann", "GET", "/api/needs")
    assert limits.PAUSE not in waited
