"""Tokens: secrets for programs that act for a member, narrower than the member and for a limited time."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Denied, Invalid
from tandem.domain.people import Role
from tandem.hub.actions import ACTIONS
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.people import answers, keys
from tandem.hub.people.inputs import KeyQuery, Named, TokenDraft
from tandem.hub.records import cursor
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


def create(call: Call, given: TokenDraft) -> answers.MadeToken:
    """A token of one's own account; its secret is shown this once.

    Raises Denied account.none, account.person, token.beyond; Invalid token.scope
    """
    account = keys.own_account(call)
    keys.in_person(call)
    scopes = tuple(sorted(set(given.scopes))) or None
    check(scopes or (), call.actor.role)
    until = call.now + given.days * DAY
    id_, secret = keys.make(call, account, "agent" if given.agent else "token", until, given.label, scopes)
    call.tx.tell("token.create", call.actor, "keys", id_, label=given.label, agent=given.agent,
                 scopes=None if scopes is None else list(scopes), expires_at=until)  # fmt: skip
    return answers.MadeToken(id_, given.label, scopes, given.agent, until, secret)


def check(scopes: Sequence[str], role: Role) -> None:
    """Raises Invalid token.scope for a scope that means nothing, Denied token.beyond for what the role may not do."""
    for scope in scopes:
        meant = [
            action
            for action in ACTIONS.values()
            if scope in (action.name, action.family) or (scope == "read" and action.does == "reads")
        ]
        if not meant:
            known = sorted({"read", *(action.family for action in ACTIONS.values())})
            raise Invalid("token.scope", scope=scope, known=known)
        if not any(role in action.may for action in meant):
            raise Denied("token.beyond", scope=scope, role=role)


def listed(call: Call, given: KeyQuery) -> answers.Tokens:
    """One's own tokens, the newest first; for the operator everybody's, or those of one account."""
    whose = given.account or call.actor.account
    statement = sa.select(s.keys).where(s.keys.c.kind.in_(("token", "agent")))
    if whose is not None:
        statement = statement.where(s.keys.c.account_id == whose)
    rows, after = cursor.part(call, statement, s.keys, given)
    return answers.Tokens(tuple(_shown(row) for row in rows), after)


def revoke(call: Call, given: Named) -> Done:
    """Ends a token, and what it asked for and nobody has confirmed. A token may end itself."""
    row = keys.find(call, given.id, ("token", "agent"))
    if row["id"] != call.actor.key:
        keys.in_person(call)
    keys.revoke(call, row["account_id"], s.keys.c.id == row["id"])
    call.tx.tell("token.revoke", call.actor, "keys", row["id"], of=row["account_id"])
    return Done(row["id"])


def _shown(row: Row) -> answers.Token:
    return answers.Token(
        id=row["id"], account_id=row["account_id"], label=row["label"],
        scopes=None if row["scopes"] is None else tuple(json.loads(row["scopes"])), agent=row["kind"] == "agent",
        created_at=row["created_at"], used_at=row["used_at"], expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )  # fmt: skip
