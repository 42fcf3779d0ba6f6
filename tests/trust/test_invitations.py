"""Inviting tells nothing of accounts: two worlds, with and without the account that is invited, answer to the byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.trust.worlds import ROUTES, Place, Seen, place, reads

from tandem.hub import notices
from tandem.storage.database import schema as s

LOGIN = "li.wei"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "free": {},
    "blocked": {"state": "blocked"},
    "of another": {"org_id": ":another"},
    "its manager": {"role": "manager", "org_id": ":another"},
    "staff": {"role": "auditor"},
}


def begin(at: Place, account: dict[str, Any] | None) -> None:
    """A manager, and perhaps somebody of that login."""
    at.organisation("own")
    at.organisation("another")
    at.person("boss", "manager", at.ids["own"])
    if account is not None:
        row = {
            "login": LOGIN,
            "name": "李伟",
            "lang": "zh",
            "role": "member",
            "state": "active",
            **at.meant(account),
        }
        with at.drawing("hidden"):
            at.hub.database.write(lambda tx: tx.add(s.accounts, row)).result()


def seen(at: Place) -> list[Seen]:
    """Whatever a manager may do about an invitation, and all that it reads afterwards."""
    made = [
        at.ask("boss", "membership.invite", login=LOGIN),
        at.ask("boss", "membership.invite", login=LOGIN),
    ]
    sent = json.loads(made[0].body)["id"]
    made.append(at.ask("boss", "membership.list"))
    made += [at.ask("boss", f"membership.{name}", id=sent) for name in ("accept", "decline", "withdraw")]
    made += [at.ask("boss", name) for name in reads() if not ROUTES[name].upload]
    at.clock.now += 15 * 86_400
    return [*made, at.ask("boss", "membership.list"), at.ask("boss", "membership.invite", login=LOGIN)]


def worlds(folder: Path, empty: Path, account: dict[str, Any]) -> tuple[list[Seen], list[Seen]]:
    """What is seen without and with the account."""
    found = []
    for name, given in (("a", None), ("b", account)):
        with place(folder / name, empty) as at:
            begin(at, given)
            found.append(seen(at))
    return found[0], found[1]


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS)
def test_inviting_answers_alike_whether_there_is_such_a_login(tmp_path, empty_file, account):
    """Every answer to the manager, before and after the invitation is over, down to ids and headers."""
    without, with_it = worlds(tmp_path, empty_file, account)
    assert without == with_it
    assert [one.status for one in without[:3]] == [200, 409, 200]
    assert LOGIN.encode() in without[2].body


def test_a_leak_would_be_seen(tmp_path, empty_file, monkeypatch):
    """A hub that writes a notice only where there is somebody draws another number of ids, and is caught."""
    written = notices._write

    def only_to_accounts(call: Any, accounts: Any, *rest: Any) -> None:
        known = call.tx.unguarded(s.accounts.select().where(s.accounts.c.id.in_(list(accounts))))
        written(call, [row["id"] for row in known], *rest)

    monkeypatch.setattr(notices, "_write", only_to_accounts)
    without, with_it = worlds(tmp_path, empty_file, {})
    assert without != with_it
