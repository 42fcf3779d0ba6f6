"""The journal read, exported and, where personal data must go, emptied of contents.

A member sees the entries about records of its own organisation, and of an entry nothing that tells of others: no
number, no account, no content. Operator and auditor see all of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent, Invalid
from tandem.domain.people import AUDITORS
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.feeds import entries
from tandem.hub.keeping.answers import Entries, Entry, Erased, FullEntry
from tandem.hub.keeping.inputs import ErasureInput, ExportInput, JournalQuery
from tandem.hub.people import keys
from tandem.hub.records import cursor
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_COLUMNS = (s.journal.c.seq, s.journal.c.id, s.journal.c.at, s.journal.c.action, s.journal.c.account_id,
            s.journal.c.kind, s.journal.c.record_id, s.journal.c.org_id)  # fmt: skip


def listed(call: Call, given: JournalQuery) -> Entries:
    """The newest entries first. Raises Invalid list.cursor"""
    j = s.journal.c
    asked = sa.select(*_COLUMNS)
    if given.action is not None:
        asked = asked.where(j.action == given.action)
    if given.record is not None:
        asked = asked.where(j.record_id == given.record)
    if (last := cursor.begun(call, given, cursor.record)) is not None:
        seq = entries.number(
            call.tx, call.actor, last[0]
        )  # its number stays inside: it would tell of other entries
        if seq is None:
            raise Invalid("list.cursor", value=given.after or "")
        asked = asked.where(j.seq < seq)
    found = call.tx.rows(asked.order_by(j.seq.desc()).limit(given.limit + 1), call.actor)
    rows, after = cursor.cut(call, found, given, lambda row: (row["id"],))
    return Entries(
        _full(call, rows) if call.actor.role in AUDITORS else tuple(_own(call, row) for row in rows), after
    )


def export(call: Call, given: ExportInput) -> Download:
    """A part of the journal as JSON Lines, as verify_journal.py reads it."""
    j, c = s.journal.c, s.journal_contents.c
    asked = (
        sa.select(j.seq, j.leaf, j.chain, c.salt, c.body)
        .select_from(s.journal.outerjoin(s.journal_contents, j.seq == c.seq))
        .where(j.seq >= given.first)
        .order_by(j.seq)
        .limit(given.limit)
    )
    rows = call.tx.unguarded(asked)
    last = rows[-1]["seq"] if rows else given.first - 1
    text = "".join(json.dumps(_line(row), ensure_ascii=False) + "\n" for row in rows)
    name = f"journal-{given.first:09d}-{last:09d}.jsonl"
    return Download(name, "application/jsonl", text.encode())


def erase(call: Call, given: ErasureInput) -> Erased:
    """Removes contents and their salts; leaves, chain and proofs stay as they are.

    Raises Denied account.person, Invalid journal.erase_what, Absent record.absent
    """
    keys.in_person(call)
    j = s.journal.c
    if (given.entry is None) == (given.record is None):
        raise Invalid("journal.erase_what")
    meant = j.id == given.entry if given.record is None else j.record_id == given.record
    if not call.tx.rows(sa.select(j.seq).where(meant).limit(1), call.actor):
        raise Absent("record.absent", table="journal", id=given.entry or given.record)
    numbers = sa.select(j.seq).where(meant)
    gone = call.tx.execute(sa.delete(s.journal_contents).where(s.journal_contents.c.seq.in_(numbers)))
    call.tx.tell("journal.erase", call.actor, "journal", given.entry or given.record, entries=gone)
    return Erased(gone)


def _own(call: Call, row: Row) -> Entry:
    own = call.actor.account is not None and row["account_id"] == call.actor.account
    return Entry(row["id"], row["at"], row["action"], row["kind"], row["record_id"], own)


def _full(call: Call, rows: Sequence[Row]) -> tuple[FullEntry, ...]:
    kept = _contents(call, [row["seq"] for row in rows])
    return tuple(
        FullEntry(row["seq"], row["id"], row["at"], row["action"], row["account_id"], row["kind"],
                  row["record_id"], row["org_id"], kept.get(row["seq"]))
        for row in rows
    )  # fmt: skip


def _contents(call: Call, numbers: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    c = s.journal_contents.c
    found = call.tx.rows(sa.select(c.seq, c.body).where(c.seq.in_(numbers)), call.actor) if numbers else ()
    return {row["seq"]: json.loads(row["body"]) for row in found}


def _line(row: Row) -> dict[str, Any]:
    return {"seq": row["seq"], "leaf": bytes(row["leaf"]).decode(), "chain": bytes(row["chain"]).hex(),
            "salt": None if row["salt"] is None else bytes(row["salt"]).hex(),
            "body": None if row["body"] is None else bytes(row["body"]).hex()}  # fmt: skip
