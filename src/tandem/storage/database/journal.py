"""The journal: append-only and hash-chained, written in the transaction of what it tells of.

    leaf   canonical JSON of an entry: who did what to which record when, and a commitment to the content
    chain  SHA-256(chain before || SHA-256(0x00 || leaf)); the first chain stands before is 32 zero bytes

What an action changed is not in the leaf but in `journal_contents`, under SHA-256(salt || content): erasing personal
data removes salt and content and leaves every hash as it is. The leaf hash is that of RFC 6962, so that the same
leaves make the Merkle tree of the proofs (tree.py).
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
    body  the content as it is kept, where it was made already, outside the transaction
    """

    action: str
    account: str | None
    at: int
    kind: str | None = None
    record: str | None = None
    org: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None


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


def append(session: Session, at: Head, entries: Iterable[Entry], ids: Ids) -> Head:
    """Writes entries behind a head that is still the head, and returns the new one."""
    rows: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for entry in entries:
        body, salt = entry.body or canonical(dict(entry.content)), secrets.token_bytes(SALT)
        id_, seq = ids(), at.seq + 1
        leaf = canonical(_leaf(entry, id_, seq, hashlib.sha256(salt + body).hexdigest()))
        at = Head(seq, chained(at.chain, leaf))
        rows.append({"seq": seq, "id": id_, "at": entry.at, "action": entry.action, "account_id": entry.account,
                     "kind": entry.kind, "record_id": entry.record, "org_id": entry.org, "leaf": leaf,
                     "chain": at.chain})  # fmt: skip
        contents.append({"seq": seq, "salt": salt, "body": body})
    session.insert(s.journal, rows)
    session.insert(s.journal_contents, contents)
    for row in rows:
        if row["seq"] % tree.TILE == 0:
            tree.grow(session, row["seq"])
    return at


def _leaf(entry: Entry, id_: str, seq: int, commitment: str) -> dict[str, Any]:
    return {"seq": seq, "id": id_, "at": entry.at, "action": entry.action, "account": entry.account,
            "kind": entry.kind, "record": entry.record, "org": entry.org, "content": commitment}  # fmt: skip


def chained(before: bytes, leaf: bytes) -> bytes:
    """The chain after a leaf."""
    return hashlib.sha256(before + leaf_hash(leaf)).digest()


def canonical(value: Any) -> bytes:
    """JSON that is the same for equal values: sorted keys, no spaces, UTF-8; only text, integers, lists, objects.

    Equal to RFC 8785 for these types, where keys are ASCII.
    """
    return _JSON.encode(value).encode()
