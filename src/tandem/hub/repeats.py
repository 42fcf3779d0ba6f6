"""Repetition: a request that names itself is done once; asked again, it is answered as the first time.

The answer is kept in the transaction of the action (IETF draft httpapi-idempotency-key, -07): after a crash either
both are there or neither. Secrets are not kept: a request is compared without those that it gives, and a secret that
the first answer showed is None in the answers to its repetitions. Nothing is kept for those who are not signed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass, replace
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Conflict, Invalid
from tandem.base.settings import Upload, settings_of
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
    if call.actor.account is None and call.actor.role == "visitor":
        return do()  # nobody can tell one visitor from another, so no answer may be kept for one
    asker = call.actor.account or call.actor.role
    request = fingerprint(action.name, {name: given[name] for name in given.keys() - _secrets(action.takes)})
    kept = call.tx.unguarded(_first(), asker=asker, key=key)
    if kept:
        if bytes(kept[0]["request"]) != request:
            raise Conflict("repeat.other", key=key)
        return _answer(action, kept[0]["kind"], bytes(kept[0]["body"]))
    answer = do()
    body = msgspec.json.encode(_without_secret(answer))
    call.tx.insert(s.kept_answers, {"asker": asker, "key": key, "request": request, "kind": type(answer).__name__,
                                    "body": body, "created_at": call.now})  # fmt: skip
    return answer


@cache
def _first() -> sa.Select[Any]:
    k = s.kept_answers
    return sa.select(k).where(k.c.asker == sa.bindparam("asker"), k.c.key == sa.bindparam("key"))


@cache
def _secrets(takes: type) -> frozenset[str]:
    """The settings that hold a secret; a hash of them, too, could be guessed from."""
    return frozenset(one.name for one in settings_of(takes) if one.type == "secret")


def _without_secret(answer: Any) -> Any:
    return replace(answer, secret=None) if hasattr(answer, "secret") else answer


def fingerprint(name: str, given: Mapping[str, Any]) -> bytes:
    """What makes two requests the same: the action and everything that was given."""
    return hashlib.sha256(msgspec.json.encode([name, sorted(given.items())], enc_hook=_plain)).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, Upload):
        return [value.name, value.digest]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _answer(action: Action, kind: str, body: bytes) -> Any:
    types = {one.__name__: one for one in (*action.gives, Awaiting)}
    return msgspec.json.decode(body, type=types[kind])
