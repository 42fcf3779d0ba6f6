"""Records as documents to search, and which of them changed: the hub's own reading, never an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from tandem.domain.records import CLOSED, SEARCHED
from tandem.engine.finding.documents import Document
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

AT_ONCE = 500  # ids in one statement
_ENTRIES = 20_000  # entries of the journal up to which only what they tell of is looked at


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the journal was when something was read; the chain tells two journals of equal length apart."""

    seq: int = 0
    chain: str = ""


def mark(tx: Tx) -> Mark:
    """Where the journal stands."""
    rows = tx.unguarded(
        sa.select(s.journal.c.seq, s.journal.c.chain).order_by(s.journal.c.seq.desc()).limit(1)
    )
    return Mark(rows[0]["seq"], bytes(rows[0]["chain"]).hex()) if rows else Mark()


def follows(tx: Tx, earlier: Mark) -> bool:
    """Whether the journal of this database went through an earlier mark."""
    if not earlier.seq:
        return True
    rows = tx.unguarded(sa.select(s.journal.c.chain).where(s.journal.c.seq == earlier.seq))
    return bool(rows) and bytes(rows[0]["chain"]).hex() == earlier.chain


@dataclass(frozen=True, slots=True)
class Touched:
    """What may have changed: ids with their versions now by table, and ids that entries of the journal name."""

    versions: Mapping[str, Mapping[str, int]]
    named: Mapping[str, frozenset[str]]


def touched(tx: Tx, earlier: Mark, tables: Sequence[str] = SEARCHED) -> Touched | None:
    """What was written behind a mark; None where that is too much to be told one by one.

    A change bears the instant of its entry, so that records changed by the entries are found by their instants.
    """
    j = s.journal.c
    told = tx.unguarded(sa.select(j.at, j.kind, j.record_id).where(j.seq > earlier.seq).limit(_ENTRIES + 1))
    if len(told) > _ENTRIES:
        return None
    first, last = min((row["at"] for row in told), default=0), max((row["at"] for row in told), default=-1)
    versions = {
        name: {row["id"]: row["version"] for row in tx.unguarded(_between(s.RECORDS[name], first, last))}
        for name in tables
    }
    named = {
        name: frozenset(row["record_id"] for row in told if row["kind"] == name and row["record_id"])
        for name in tables
    }
    return Touched(versions, named)


def _between(table: sa.Table, first: int, last: int) -> sa.Select[Any]:
    return sa.select(table.c.id, table.c.version).where(table.c.changed_at.between(first, last))


def versions(tx: Tx) -> dict[str, dict[str, int]]:
    """The version of every record that is searched, by table."""
    found = {}
    for name in SEARCHED:
        table = s.RECORDS[name]
        found[name] = {
            row["id"]: row["version"] for row in tx.unguarded(sa.select(table.c.id, table.c.version))
        }
    return found


class Circle(NamedTuple):
    """Who may see a document: everybody ("public"), "members", or certain organisations alone ("some")."""

    to: str
    orgs: frozenset[str] = frozenset()


def circles(tx: Tx, table: str, ids: Sequence[str]) -> Iterator[tuple[str, Circle]]:
    """Who may see each of some records; what is no longer there is left out."""
    t = s.RECORDS[table].c
    owner = t.id if table == "organisations" else t.org_id
    asked = sa.select(t.id, t.state, t.visibility, owner.label("owner"))
    for first in range(0, len(ids), AT_ONCE):
        rows = tx.unguarded(asked.where(t.id.in_(ids[first : first + AT_ONCE])))
        naming = _naming(tx, [row["id"] for row in rows if row["visibility"] == "named"])
        for row in rows:
            closed = row["state"] in CLOSED[table]
            if not closed and row["visibility"] in ("public", "members"):
                yield row["id"], Circle(row["visibility"])
            else:
                named = () if closed else naming.get(row["id"], ())
                yield row["id"], Circle("some", frozenset((*named, row["owner"])) - {None})


def documents(tx: Tx, table: str, ids: Sequence[str]) -> Iterator[Document]:
    """The documents of some records; what is no longer there is left out."""
    columns = _columns(table)
    for first in range(0, len(ids), AT_ONCE):
        part = ids[first : first + AT_ONCE]
        rows = tx.unguarded(sa.select(*columns).where(s.RECORDS[table].c.id.in_(part)))
        naming = _naming(tx, [row["id"] for row in rows if row["visibility"] == "named"])
        for row in rows:
            yield _document(table, row, naming.get(row["id"], ()))


_WORDS = {
    "needs": ("title", "text"),
    "offers": ("title", "text"),
    "organisations": ("name", "name_zh", "name_en"),
}
_LABELS = {
    "needs": {"kind": "kind", "city": "city", "sector": "sector", "service_code": "service_code", "org": "org_id"},
    "offers": {"kind": "kind", "city": "cities_served", "service_code": "service_code", "org": "org_id"},
    "organisations": {"kind": "type", "city": "city", "sector": "sector", "service_code": "service_code", "org": "id"},
}  # fmt: skip


def _columns(table: str) -> list[sa.Column[Any]]:
    own = ("id", "version", "state", "visibility", "created_at", "changed_at")
    names = dict.fromkeys((*own, *_WORDS[table], *_LABELS[table].values()))
    return [s.RECORDS[table].c[name] for name in names]


def _document(table: str, row: Row, naming: Sequence[str]) -> Document:
    labels = {field: _listed(row[column]) for field, column in _LABELS[table].items()}
    title, text = _said(table, row)
    return Document(
        id=row["id"],
        what=table,
        audience=row["visibility"],
        open=row["state"] not in CLOSED[table],
        version=row["version"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        title=title,
        text=text,
        labels={**labels, "service_code": _areas(labels["service_code"]), "named": naming},
    )


def _said(table: str, row: Row) -> tuple[str, str]:
    """Title and text; an organisation is found by its names and its sector, a need never by its poser's name."""
    if table != "organisations":
        return row["title"], row["text"] or ""
    names = [
        row["name"],
        *(row[name] for name in ("name_zh", "name_en") if row[name] and row[name] != row["name"]),
    ]
    return " / ".join(dict.fromkeys(names)), row["sector"] or ""


def _listed(value: str | None) -> tuple[str, ...]:
    """One value, or the several of a JSON list."""
    if not value:
        return ()
    if value.startswith("["):
        return tuple(str(one) for one in json.loads(value))
    return tuple(filter(None, (one.strip() for one in value.split(";"))))


def _areas(codes: Sequence[str]) -> tuple[str, ...]:
    """Service codes with the areas that they lie in."""
    return tuple(dict.fromkeys(part for code in codes for part in (code, code.partition(".")[0])))


def _naming(tx: Tx, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if ids:
        for row in tx.unguarded(sa.select(s.named).where(s.named.c.record_id.in_(ids))):
            found.setdefault(row["record_id"], []).append(row["org_id"])
    return found
