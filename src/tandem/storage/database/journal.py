"""The journal: append-only and hash-chained, written in the transaction of what it tells of.

    leaf   canonical JSON of an entry: who did what to which record when, and a commitment to the content
    chain  SHA-256(chain before || SHA-256(0x00 || leaf)); the first chain stands before is 32 zero bytes

What an action changed is not in the leaf but in `journal_contents`, under SHA-256(salt || content): erasing personal
data removes salt and content and leaves every hash as it is. What a program did says there which token it came with.
The leaf hash is that of RFC 6962, so that the same leaves make the Merkle tree of the proofs (tree.py).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from tandem.base.ids import Ids
from tandem.domain.people import Actor
from tandem.engine.journal.merkle import leaf_hash
from tandem.storage.database import schema as s
from tandem.storage.database import tree
from tandem.storage.database.session import Session

BEGIN = bytes(32)
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
SALT = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """What an action did to one record; `content` is what the journal commits to and may have to forget.

    org   the organisation that may read the entry beside operator and auditor
    """

    action: str
    account: str | None
    at: int
    kind: str | None = None
    record: str | None = None
    org: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with its id, its content as it is kept, and its leaf but for the instant and the number.

    leaf  what stands before the instant, between it and the number; the number is the last that stands in a leaf
    """

    id: str
    action: str
    account: str | None
    kind: str | None
    record: str | None
    org: str | None
    salt: bytes
    body: bytes
    leaf: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Dated:
    """A sealed entry that was made outside the transaction, with its instant."""

    sealed: Sealed
    at: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where the journal stands: the number of the last entry (0: none) and the chain up to it."""

    seq: int
    chain: bytes


def head(session: Session) -> Head:
    """The head as this transaction sees it."""
    found = session.rows(_newest(), None, most=1)
    return Head(found[0]["seq"], bytes(found[0]["chain"])) if found else Head(0, BEGIN)


@cache
def _newest() -> sa.Select[Any]:
    j = s.journal.c
    return sa.select(j.seq, j.chain).order_by(j.seq.desc()).limit(sa.bindparam("most", type_=sa.Integer()))


def append(session: Session, at: Head, entries: Iterable[Entry | Dated], ids: Ids) -> Head:
    """Writes entries behind a head that is still the head, and returns the new one."""
    rows: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    hashes: list[bytes] = []
    for entry in entries:
        told = entry.sealed if isinstance(entry, Dated) else _sealed(entry, ids)
        leaf = b"%b%d%b%d}" % (told.leaf[0], entry.at, told.leaf[1], at.seq + 1)
        hashes.append(leaf_hash(leaf))
        at = Head(at.seq + 1, _next(at.chain, hashes[-1]))
        rows.append({"seq": at.seq, "id": told.id, "at": entry.at, "action": told.action, "account_id": told.account,
                     "kind": told.kind, "record_id": told.record, "org_id": told.org, "leaf": leaf,
                     "chain": at.chain})  # fmt: skip
        contents.append({"seq": at.seq, "salt": told.salt, "body": told.body})
    session.insert(s.journal, rows)
    session.insert(s.journal_contents, contents)
    for number, row in enumerate(rows, 1):
        if row["seq"] % tree.TILE == 0:
            tree.grow(
                session, row["seq"], hashes[number - tree.TILE : number] if number >= tree.TILE else None
            )
    return at


def sealed(
    action: str,
    account: str | None,
    kind: str | None,
    record: str | None,
    org: str | None,
    body: bytes,
    ids: Ids,
) -> Sealed:
    """An entry made ready for whoever writes it; body as `canonical` gives it."""
    id_, salt = ids(), secrets.token_bytes(SALT)
    first = canonical({"account": account, "action": action})
    last = canonical({"content": hashlib.sha256(salt + body).hexdigest(), "id": id_, "kind": kind, "org": org,
                      "record": record})  # fmt: skip
    leaf = (b'%b,"at":' % first[:-1], b',%b,"seq":' % last[1:-1])
    return Sealed(id_, action, account, kind, record, org, salt, body, leaf)


def _sealed(entry: Entry, ids: Ids) -> Sealed:
    body = canonical(dict(entry.content))
    return sealed(entry.action, entry.account, entry.kind, entry.record, entry.org, body, ids)


def by(actor: Actor, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content of an entry with the token of a program that acted; as it is where a person did."""
    return content if actor.token is None else {**content, "token": actor.token}


def chained(before: bytes, leaf: bytes) -> bytes:
    """The chain after a leaf."""
    return _next(before, leaf_hash(leaf))


def _next(before: bytes, hash_: bytes) -> bytes:
    return hashlib.sha256(before + hash_).digest()


def canonical(value: Any) -> bytes:
    """JSON that is the same for equal values: sorted keys, no spaces, UTF-8; only text, integers, lists, objects.

    Equal to RFC 8785 for these types, where keys are ASCII.
    """
    return _JSON.encode(value).encode()
