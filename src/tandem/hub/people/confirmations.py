"""Confirmations: what an agent wishes and only the member may decide waits here for the member's own word.

The action is kept as it was asked for. The member's word does it, as the member, in the transaction that notes the
word; the agent is not asked again. Nothing that waits is done when its time is over or its agent's token is revoked.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from tandem.base import settings
from tandem.base.clock import DAY
from tandem.base.errors import Conflict
from tandem.base.settings import Upload
from tandem.hub import notices
from tandem.hub.action import Action
from tandem.hub.actions import Asker, admitted
from tandem.hub.answers import Awaiting, Done
from tandem.hub.call import Call
from tandem.hub.people import answers, keys
from tandem.hub.people.inputs import ConfirmationQuery, Named
from tandem.hub.records import cursor
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

WAITS = 3 * DAY
MOST = 100  # that wait for one member at a time
_ABOUT = {  # family of actions -> the records that they are about
    "organisation": s.organisations, "need": s.needs, "offer": s.offers, "delivery": s.deliveries,
    "introduction": s.introductions, "round": s.rounds, "membership": s.invitations,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ready:
    """The kept action, its input, and what it prepares before its transaction."""

    action: Action
    inputs: tuple[Any, ...]


def awaited(call: Call, action: Action, given: Mapping[str, Any]) -> Awaiting:
    """Keeps what an agent asks for until its member says so, and tells the member.

    Raises Conflict confirmation.many where too much waits already; Absent record.absent
    """
    account, c = keys.own_account(call), s.confirmations.c
    waiting = (c.account_id == account) & (c.state == "waiting")
    call.tx.move_all(s.confirmations, waiting & (c.expires_at <= call.now), "expired", answered_at=call.now)
    if len(call.tx.unguarded(sa.select(c.id).where(waiting).limit(MOST))) == MOST:
        raise Conflict("confirmation.many", most=MOST)
    id_, until = call.tx.ids(), call.now + WAITS
    call.tx.insert(s.confirmations, {
        "id": id_, "version": 1, "account_id": account, "key_id": call.actor.key, "action": action.name,
        "given": _written(given), "seen": _seen(call, action, given), "state": "waiting", "created_at": call.now,
        "expires_at": until,
    })  # fmt: skip
    call.tx.tell("confirmation.ask", call.actor, "confirmations", id_, asked=action.name)
    notices.to_account(call, account, "confirmation.waiting", id_, action=action.name)
    return Awaiting(id_, action.name, until)


def listed(call: Call, given: ConfirmationQuery) -> answers.Confirmations:
    """What agents asked for on one's behalf, the newest first; an agent sees what it asked for itself."""
    c = s.confirmations.c
    statement = sa.select(s.confirmations)
    if call.actor.agent:
        statement = statement.where(c.key_id == call.actor.key)
    over = (c.state == "waiting") & (c.expires_at <= call.now)
    if given.state == "expired":
        statement = statement.where((c.state == "expired") | over)
    elif given.state is not None:
        statement = statement.where(c.state == given.state, ~over)
    rows, after = cursor.part(call, statement, s.confirmations, given)
    return answers.Confirmations(tuple(_shown(row, call.now) for row in rows), after)


def ready(given: Named, asker: Asker) -> Ready:
    """Reads the kept input again and prepares it, before the transaction.

    Raises Absent record.absent; Denied action.refused, action.scope; what preparing raises
    """
    assert asker.hub is not None
    with asker.hub.database.reading() as tx:
        row = tx.one(s.confirmations, given.id, asker.actor)
    action = admitted(row["action"], asker.actor)
    taken: Any = settings.parse(action.takes, _read(row["given"]))
    before = action.prepare()
    return Ready(action, (taken,) if before is None else (taken, before(taken, asker)))


def accept(call: Call, given: Named, ready: Ready) -> answers.Accepted:
    """Does what an agent asked for, as the member.

    Raises Absent record.absent; Denied account.person; Conflict confirmation.answered, confirmation.expired;
           what the action raises, and then the confirmation still waits
    """
    row = _waiting(call, given.id)
    as_seen = dataclasses.replace(call, version=row["seen"])
    answer = ready.action.work()(as_seen, *ready.inputs)
    call.tx.change(s.confirmations, row, {"state": "accepted", "answered_at": call.now}, call.version)
    call.tx.tell("confirmation.accept", call.actor, "confirmations", row["id"], asked=row["action"])
    return answers.Accepted(row["id"], row["action"], msgspec.to_builtins(answer))


def refuse(call: Call, given: Named) -> Done:
    """Says no to what an agent asked for.

    Raises Absent record.absent; Denied account.person; Conflict confirmation.answered, confirmation.expired
    """
    row = _waiting(call, given.id)
    call.tx.change(s.confirmations, row, {"state": "refused", "answered_at": call.now}, call.version)
    call.tx.tell("confirmation.refuse", call.actor, "confirmations", row["id"], asked=row["action"])
    return Done(row["id"])


def _seen(call: Call, action: Action, given: Mapping[str, Any]) -> int | None:
    """The version that the wish is about: as the agent says, else as the record stands, so that the member's word is
    never for terms that came later; None where the wish is about no record. Raises Absent record.absent
    """
    table, id_ = _ABOUT.get(action.family), given.get("id")
    if call.version is not None or table is None or id_ is None:
        return call.version
    return int(call.tx.one(table, str(id_), call.actor)["version"])


def _waiting(call: Call, id: str) -> Row:
    """A confirmation that still waits, for the person whose word it waits for."""
    row = call.tx.one(s.confirmations, id, call.actor)
    keys.in_person(call)
    if row["state"] == "expired" or (row["state"] == "waiting" and row["expires_at"] <= call.now):
        raise Conflict("confirmation.expired", id=id)
    if row["state"] != "waiting":
        raise Conflict("confirmation.answered", id=id, state=row["state"])
    return row


def _shown(row: Row, now: int) -> answers.Confirmation:
    over = row["state"] == "waiting" and row["expires_at"] <= now
    return answers.Confirmation(
        id=row["id"], version=row["version"], state="expired" if over else row["state"], action=row["action"],
        token=row["key_id"], given=json.loads(row["given"]), created_at=row["created_at"],
        expires_at=row["expires_at"], answered_at=row["answered_at"],
    )  # fmt: skip


def _written(given: Mapping[str, Any]) -> str:
    """What was given, as JSON from which settings.parse reads the same."""
    return json.dumps(
        {name: value for name, value in given.items() if value is not None},
        default=_plain,
        ensure_ascii=False,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Upload):
        return {"name": value.name, "content": base64.b64encode(value.content).decode()}
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _read(text: str) -> dict[str, Any]:
    """What was given; an upload is the only value that is an object."""
    return {
        name: Upload(value["name"], base64.b64decode(value["content"])) if isinstance(value, dict) else value
        for name, value in json.loads(text).items()
    }
