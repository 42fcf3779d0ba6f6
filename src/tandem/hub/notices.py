"""Notices: what people are told when something that concerns them happens; sentences are made where they are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.introductions.answers import Notice, Notices
from tandem.hub.introductions.inputs import NoticeQuery, NoticesSeen
from tandem.hub.records import cursor, owning
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s


def to_account(call: Call, account: str, code: str, about: str | None = None, **params: Any) -> None:
    """One notice for one account, written with the action; its words stand under `notice.<code>`."""
    _write(call, [account], code, about, params)


def to_organisation(call: Call, org: str, code: str, about: str | None = None, **params: Any) -> None:
    """The same notice for every active account of an organisation."""
    _write(call, _accounts(call, [org])[org], code, about, params)


def to_organisations(call: Call, code: str, told: Mapping[str, Mapping[str, Any]]) -> None:
    """A notice for every active account of several organisations, with each organisation's own figures."""
    accounts = _accounts(call, list(told))
    rows = [row for org, params in told.items() for row in _rows(call, accounts[org], code, None, params)]
    call.tx.insert(s.notices, rows)


def _accounts(call: Call, orgs: Sequence[str]) -> Mapping[str, list[str]]:
    """The active accounts of organisations."""
    a = s.accounts.c
    found: dict[str, list[str]] = {org: [] for org in orgs}
    for part in owning.parts(orgs):
        active = sa.select(a.id, a.org_id).where(a.org_id.in_(part), a.state == "active").order_by(a.id)
        for row in call.tx.unguarded(active):
            found[row["org_id"]].append(row["id"])
    return found


def listed(call: Call, given: NoticeQuery) -> Notices:
    """One's own notices, the newest first."""
    statement = sa.select(s.notices)
    if given.unread:
        statement = statement.where(s.notices.c.read_at.is_(None))
    rows, after = cursor.part(call, statement, s.notices, given)
    return Notices(tuple(shaped(Notice, row, params=json.loads(row["params"])) for row in rows), after)


def read(call: Call, given: NoticesSeen) -> Done:
    """Marks notices as read; marked again, the first time stays. Raises Absent record.absent where one is not."""
    n, ids = s.notices.c, dict.fromkeys(given.ids)
    if missing := sorted(ids.keys() - owning.seen(call, s.notices, ids)):
        raise Absent("record.absent", table="notices", id=missing[0])
    call.tx.execute(sa.update(s.notices).where(n.id.in_(ids), n.read_at.is_(None)).values(read_at=call.now))
    for id_ in ids:
        call.tx.tell("notice.read", call.actor, "notices", id_)
    return Done()


def _write(
    call: Call, accounts: Iterable[str], code: str, about: str | None, params: Mapping[str, Any]
) -> None:
    call.tx.insert(s.notices, _rows(call, accounts, code, about, params))


def _rows(
    call: Call, accounts: Iterable[str], code: str, about: str | None, params: Mapping[str, Any]
) -> list[dict[str, Any]]:
    told = {"code": code, "params": json.dumps(params, ensure_ascii=False), "about": about,
            "created_at": call.now}  # fmt: skip
    return [{"id": call.tx.ids(), "account_id": account, "read_at": None, **told} for account in accounts]
