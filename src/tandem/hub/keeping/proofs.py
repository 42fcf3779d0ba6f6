"""Proofs over the journal (RFC 6962): where it stands, that an entry is in it, that it only ever grew.

They tell how many entries there are, and so of others: they are for operator and auditor.
"""

from __future__ import annotations

import sqlalchemy as sa

from tandem.base.errors import Invalid
from tandem.engine.journal import merkle
from tandem.hub.call import Call
from tandem.hub.keeping.answers import Consistency, Head, Proof
from tandem.hub.keeping.inputs import ConsistencyInput, Nothing, ProofInput
from tandem.storage.database import schema as s


def head(call: Call, given: Nothing) -> Head:
    """How many entries the journal has, and what they hash to."""
    j = s.journal.c
    newest = call.tx.rows(sa.select(j.seq, j.chain).order_by(j.seq.desc()).limit(1), call.actor)
    size, chain = (newest[0]["seq"], bytes(newest[0]["chain"])) if newest else (0, bytes(32))
    return Head(size, merkle.root(size, call.tx.journal_tree()).hex(), chain.hex())


def prove(call: Call, given: ProofInput) -> Proof:
    """That the journal holds an entry. Raises Absent record.absent, Invalid journal.size"""
    entry = call.tx.one(s.journal, given.id, call.actor)
    size = _size(call, given.size, entry["seq"])
    whole, index = call.tx.journal_tree(), entry["seq"] - 1
    path = merkle.inclusion(index, size, whole)
    root = merkle.root(size, whole).hex()
    return Proof(index, size, root, bytes(entry["leaf"]).decode(), tuple(one.hex() for one in path))


def consistency(call: Call, given: ConsistencyInput) -> Consistency:
    """That the journal of one size begins with that of a smaller. Raises Invalid journal.old, journal.size"""
    size, whole = _size(call, given.size, given.old), call.tx.journal_tree()
    path = tuple(one.hex() for one in merkle.consistency(given.old, size, whole))
    old_root, root = merkle.root(given.old, whole).hex(), merkle.root(size, whole).hex()
    return Consistency(given.old, old_root, size, root, path)


def _size(call: Call, wanted: int | None, least: int) -> int:
    """The size that is asked for: as large as the journal is, or smaller. Raises Invalid journal.old, journal.size"""
    now = call.tx.journal_size()
    if least > now:
        raise Invalid("journal.old", old=least, now=now)
    size = now if wanted is None else wanted
    if not least <= size <= now:
        raise Invalid("journal.size", least=least, most=now)
    return size
