"""Notices: what people are told when something that concerns them happens; sentences are made where they are read."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from tandem.hub.call import Call
from tandem.storage.database import schema as s


def to_account(call: Call, account: str, code: str, about: str | None = None, **params: Any) -> None:
    """One notice for one account, written with the action; its words stand under `notice.<code>`."""
    call.tx.insert(s.notices, {"id": call.tx.ids(), "account_id": account, "code": code, "params": json.dumps(params),
                               "about": about, "created_at": call.now})  # fmt: skip


def to_organisation(call: Call, org: str, code: str, about: str | None = None, **params: Any) -> None:
    """The same notice for every active account of an organisation."""
    accounts = sa.select(s.accounts.c.id).where(s.accounts.c.org_id == org, s.accounts.c.state == "active")
    for row in call.tx.unguarded(accounts):
        to_account(call, row["id"], code, about, **params)
