"""Guessing passwords by agents: a login under attack waits here as it does over HTTP."""

from __future__ import annotations

import anyio
from tests.trust import doors
from tests.trust.worlds import place

from tandem.hub.people import limits


def test_a_try_of_a_login_under_attack_waits(tmp_path, empty_file, monkeypatch):
    """Before it is made, and nothing else does."""
    waited = []

    async def slept(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(anyio, "sleep", slept)
    monkeypatch.setattr(limits.Limits, "spent", lambda self, kind, who: (kind, who) == ("guesses", "li"))
    with place(tmp_path / "hub", empty_file) as at, doors.mcp(at) as ask:
        for login in ("li", "other"):
            assert not ask("visitor", "session.open", login=login, password="wrong words altogether").good
        assert ask("visitor", "need.list").good
    assert waited == [limits.PAUSE]
