"""Webhooks: where an organisation, or the operator, has events sent to; see deliverer.py for how they get there."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict, Invalid
from tandem.hub import actions
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.feeds import addresses, entries, outbox
from tandem.hub.feeds.answers import MadeWebhook, Message, Replayed, Webhook, Webhooks, WebhookShown
from tandem.hub.feeds.deliverer import allowed
from tandem.hub.feeds.inputs import Replay, WebhookDraft, WebhookQuery
from tandem.hub.people import keys
from tandem.hub.records import cursor
from tandem.hub.records.inputs import Named
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

MOST = 20  # webhooks of one account
_SHOWN = 20  # messages


def add(call: Call, given: WebhookDraft) -> MadeWebhook:
    """A new webhook, which gets what happens from now on.

    Raises Invalid webhook.*; Denied account.none, account.person for a token or an agent; Conflict webhook.many
    """
    account = keys.own_account(call)
    keys.in_person(call)  # where news go is nothing that a program decides, nor what may outlive its token
    target = addresses.read(given.address, allowed(call.hub))
    wanted = _known(given.actions)
    w = s.webhooks
    held = call.tx.unguarded(sa.select(sa.func.count().label("n")).where(w.c.account_id == account))[0]["n"]
    if held >= MOST:
        raise Conflict("webhook.many", most=MOST)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    row = call.tx.add(w, {
        "account_id": account, "org_id": call.actor.org, "url": given.address, "secret": secret,
        "actions": json.dumps(wanted) if wanted else None, "position": call.tx.journal_size(),
    })  # fmt: skip
    call.tx.tell("webhook.add", call.actor, "webhooks", row["id"], org=call.actor.org, host=target.host)
    return MadeWebhook(row["id"], row["version"], row["state"], row["url"], tuple(wanted) or None, secret)


def listed(call: Call, given: WebhookQuery) -> Webhooks:
    """One's own webhooks, the newest first; the operator sees all."""
    rows, after = cursor.part(call, sa.select(s.webhooks), s.webhooks, given)
    return Webhooks(
        tuple(shaped(Webhook, row, address=row["url"], actions=_actions(row)) for row in rows), after
    )


def show(call: Call, given: Named) -> WebhookShown:
    """One webhook with its newest messages. Raises Absent record.absent."""
    row = call.tx.one(s.webhooks, given.id, call.actor)
    o = s.outbox.c
    counted = (
        sa.select(o.state, sa.func.count().label("n")).where(o.webhook_id == row["id"]).group_by(o.state)
    )
    numbers = {one["state"]: one["n"] for one in call.tx.unguarded(counted)}
    newest = sa.select(s.outbox).where(o.webhook_id == row["id"]).order_by(o.seq.desc()).limit(_SHOWN)
    messages = tuple(
        Message(one["id"], one["entry_id"], one["state"], one["attempts"], one["status"], one["error"], one["due_at"],
                one["sent_at"])
        for one in call.tx.unguarded(newest)
    )  # fmt: skip
    return shaped(WebhookShown, row, address=row["url"], actions=_actions(row), waiting=numbers.get("waiting", 0),
                  delivered=numbers.get("delivered", 0), dead=numbers.get("dead", 0), messages=messages)  # fmt: skip


def remove(call: Call, given: Named) -> Done:
    """Removes a webhook with all that waits for it. Raises Absent record.absent; Conflict record.stale."""
    row = call.tx.one(s.webhooks, given.id, call.actor)
    if call.version is not None and call.version != row["version"]:
        raise Conflict("record.stale", table="webhooks", id=row["id"], seen=call.version, now=row["version"])
    call.tx.execute(sa.delete(s.outbox).where(s.outbox.c.webhook_id == row["id"]))
    call.tx.execute(sa.delete(s.webhooks).where(s.webhooks.c.id == row["id"]))
    call.tx.tell("webhook.remove", call.actor, "webhooks", row["id"], org=row["org_id"])
    return Done(row["id"])


def test(call: Call, given: Named) -> Done:
    """Writes an entry that this webhook alone gets. Raises Absent record.absent; Conflict webhook.stopped."""
    row = call.tx.one(s.webhooks, given.id, call.actor)
    if row["state"] == "stopped":
        raise Conflict("webhook.stopped", id=row["id"])
    call.tx.tell(outbox.TEST, call.actor, "webhooks", row["id"], org=row["org_id"])
    return Done(row["id"])


def replay(call: Call, given: Replay) -> Replayed:
    """Sends again what was given up, or everything from an entry on; a stopped webhook goes on where it
    was stopped.

    Raises Absent record.absent, also for an entry that is none of the asker's; Denied account.person
    """
    row = call.tx.one(s.webhooks, given.id, call.actor)
    keys.in_person(call)
    o = s.outbox
    meant = (o.c.webhook_id == row["id"]) & (o.c.state != "waiting")
    if given.entry is None:
        meant &= o.c.state == "dead"
    else:
        if (seq := entries.number(call.tx, call.actor, given.entry)) is None:
            raise Absent("record.absent", table="journal", id=given.entry)
        meant &= o.c.seq >= seq
    again = call.tx.move_all(o, meant, "waiting", attempts=0, due_at=call.now)
    if row["state"] == "stopped":
        call.tx.change(s.webhooks, row, {"state": "active", "ended": None}, call.version)
    call.tx.tell("webhook.replay", call.actor, "webhooks", row["id"], org=row["org_id"], messages=again)
    return Replayed(row["id"], again)


def _known(names: Sequence[str]) -> list[str]:
    """Names or families of actions that write. Raises Invalid webhook.actions."""
    writing = [one for one in actions.ACTIONS.values() if one.does == "writes"]
    known = {one.name for one in writing} | {one.family for one in writing}
    if unknown := sorted(set(names) - known):
        raise Invalid("webhook.actions", unknown=unknown)
    return sorted(set(names))


def _actions(row: Row) -> tuple[str, ...] | None:
    return None if row["actions"] is None else tuple(json.loads(row["actions"]))
