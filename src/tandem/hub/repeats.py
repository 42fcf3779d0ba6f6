"""Repetition: a request that names itself is done once; asked again, it is answered as the first time.

The answer is kept in the transaction of the action (IETF draft httpapi-idempotency-key, -07): after a crash either
both are there or neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Conflict, Invalid
from tandem.base.settings import Upload
from tandem.hub.action import Action
from tandem.hub.answers import Awaiting
from tandem.hub.call import Call
from tandem.storage.database import schema as s

KEPT = 7 * DAY  # at least this long
LONGEST = 255  # characters of a key


def once(call: Call, action: Action, given: Mapping[str, Any], key: str | None, do: Callable[[], Any]) -> Any:
    """Does it, or gives the answer that was kept under the key.

    Raises Invalid repeat.key for a key too long, Conflict repeat.other where the key stands for another request
    """
    if key is None:
        return do()
    if not 0 < len(key) <= LONGEST:
        raise Invalid("repeat.key", longest=LONGEST)
    asker = call.actor.account or call.actor.role
    request = fingerprint(action.name, given)
    kept = call.tx.unguarded(
        sa.select(s.kept_answers).where(s.kept_answers.c.asker == asker, s.kept_answers.c.key == key)
    )
    if kept:
        if bytes(kept[0]["request"]) != request:
            raise Conflict("repeat.other", key=key)
        return _answer(action, kept[0]["kind"], bytes(kept[0]["body"]))
    answer = do()
    call.tx.insert(s.kept_answers, {"asker": asker, "key": key, "request": request, "kind": type(answer).__name__,
                                    "body": msgspec.json.encode(answer), "created_at": call.now})  # fmt: skip
    return answer


def fingerprint(name: str, given: Mapping[str, Any]) -> bytes:
    """What makes two requests the same: the action and everything that was given."""
    return hashlib.sha256(msgspec.json.encode([name, sorted(given.items())], enc_hook=_plain)).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, Upload):
        return [value.name, hashlib.sha256(value.content).hexdigest()]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _answer(action: Action, kind: str, body: bytes) -> Any:
    types = {one.__name__: one for one in (*action.gives, Awaiting)}
    return msgspec.json.decode(body, type=types[kind])
