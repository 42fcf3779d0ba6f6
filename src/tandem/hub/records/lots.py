"""Records on their way out, in lots: one's own whole, others' as they show themselves; never all of them at once.

What is read of all is their order: ids, and the ids under which they leave. The rows are read and written lot by lot,
in one transaction, so that they are as of one moment.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, get_type_hints

import polars as pl
import sqlalchemy as sa

from tandem.domain.records import RECORD_TABLES
from tandem.hub.call import Call
from tandem.hub.records import answers, deliveries, needs, offers, organisations, owning
from tandem.hub.records.bringing import HUB
from tandem.hub.records.kinds import KINDS, Kind
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import SEE_ALL
from tandem.storage.exchange.book import schema

LOT = 1_000  # records that are held at once
TABLES = {table.name: table for table in RECORD_TABLES}
_SHOWN: Mapping[str, tuple[Callable[..., Any], type]] = {
    "organisations": (organisations.shown, answers.Organisation),
    "needs": (needs.shown, answers.Need),
    "offers": (offers.shown, answers.Offer),
    "deliveries": (deliveries.shown, answers.Delivery),
}
_TYPES: Mapping[Any, pl.DataType] = {str: pl.String(), int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean(),
                                     tuple[str, ...]: pl.List(pl.String())}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Leaving:
    """Records of one kind in the order in which they leave.

    columns  what each says
    height   how many there are
    lots     makes the frames with those columns: at least one, empty where there are no records
    """

    columns: tuple[str, ...]
    height: int
    lots: Callable[[], Iterator[pl.DataFrame]]


def sees_all(call: Call) -> bool:
    """Whether all records are whoever asks' own."""
    return call.actor.role in SEE_ALL


def own(call: Call, kind: Kind) -> Leaving:
    """Records whole: those of one's organisation, for the operator and the auditor all; by the ids they leave under."""
    wanted = sa.true() if sees_all(call) else _owner(kind) == call.actor.org
    extra: set[str] = set()
    order = _order(call, kind, wanted, extra)
    types = schema(TABLES[kind.name])
    days = [name for name, type_ in types.items() if type_ == pl.Date]
    columns = {**types, **dict.fromkeys((*days, *sorted(extra)), pl.String())}

    def lot(rows: Sequence[Row], keys: Sequence[str]) -> pl.DataFrame:
        cells = _cells(call, kind, rows, keys)
        made = pl.DataFrame({name: [one.get(name) for one in cells] for name in columns}, schema=columns)
        return made.with_columns(pl.col(name).str.to_date("%Y-%m-%d") for name in days)

    return Leaving(tuple(columns), order.height, lambda: _lots(call, kind, order, lot))


def others(call: Call, kind: Kind) -> Leaving:
    """Other organisations' records, as the answer for others shows them; by their ids."""
    shown, type_ = _SHOWN[kind.name]
    owner, org = _owner(kind), call.actor.org
    wanted = sa.true() if org is None else owner.is_(None) | (owner != org)
    order = _order(call, kind, sa.false() if sees_all(call) else wanted)
    types = _types(type_)
    key = str(kind.described.key)

    def lot(rows: Sequence[Row], _: Sequence[str]) -> pl.DataFrame:
        told = shown(call, rows)
        data = {name: [getattr(one, name) for one in told] for name in types}
        return pl.DataFrame(data, schema=types).rename({"id": key})

    columns = tuple(key if name == "id" else name for name in types)
    return Leaving(columns, order.height, lambda: _lots(call, kind, order, lot))


def _owner(kind: Kind) -> sa.ColumnElement[Any]:
    return kind.table.c.id if kind.name == "organisations" else kind.table.c.org_id


def _types(answer: type) -> dict[str, pl.DataType]:
    """The columns of an answer, with types that do not depend on the rows that there happen to be."""
    hints = get_type_hints(answer)
    named = [field.name for field in dataclasses.fields(answer)]
    return {
        name: next(type_ for of, type_ in _TYPES.items() if hints[name] in (of, of | None)) for name in named
    }


def _order(
    call: Call, kind: Kind, wanted: sa.ColumnElement[bool], extra: set[str] | None = None
) -> pl.DataFrame:
    """Ids, and the ids under which they leave, in that order; names of further columns are added to `extra`.

    Without `extra`, records leave under their own ids.
    """
    t = kind.table.c
    asked = sa.select(t.id, *([] if extra is None else [t.ref, t.ref_of, t.extra])).where(wanted)
    found = [pl.DataFrame(schema={"id": pl.String, "key": pl.String})]
    rows = call.tx.stream(asked, call.actor)
    while part := list(islice(rows, LOT)):
        keys = [row["id"] if extra is None else _key(call, row) for row in part]
        found.append(pl.DataFrame({"id": [row["id"] for row in part], "key": keys}))
        if extra is not None:
            extra.update(name for row in part if row["extra"] for name in json.loads(row["extra"]))
    return pl.concat(found, rechunk=True).sort("key", "id")


def _lots(
    call: Call, kind: Kind, order: pl.DataFrame, lot: Callable[[Sequence[Row], Sequence[str]], pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    for begin in range(0, max(order.height, 1), LOT):
        ids, keys = (column.to_list() for column in order.slice(begin, LOT))
        rows = _rows(call, kind.table, ids)
        yield lot([rows[id_] for id_ in ids], keys)


def _rows(call: Call, table: sa.Table, ids: Iterable[str]) -> Mapping[str, Row]:
    return {
        row["id"]: row
        for part in owning.parts(sorted(set(ids)))
        for row in call.tx.rows(_among(table), call.actor, among=part)
    }


@cache
def _among(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).where(table.c.id.in_(sa.bindparam("among", expanding=True)))


def _key(call: Call, row: Row) -> str:
    """The id under which a record leaves: the importer's own where it is the asker's, else the hub's."""
    ref = row["ref"] if row["ref_of"] == (call.actor.org or HUB) else None
    return str(row["id"]) if ref is None or ";" in ref or "；" in ref else str(ref)


def _cells(call: Call, kind: Kind, rows: Sequence[Row], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Records under the names of their exchange table."""
    named = owning.named(call, rows)
    delivered = [json.loads(row["org_ids"]) if "org_ids" in row else [] for row in rows]
    orgs = {org for by in (*named.values(), *delivered) for org in by}
    of: dict[str | None, str | None] = {None: None}
    of |= _referred(call, KINDS["organisations"], orgs | {row["org_id"] for row in rows if row.get("org_id")})
    of |= _referred(call, KINDS["needs"], {row["need_id"] for row in rows if row.get("need_id")})
    return [
        {
            **_told(kind, row),
            "named": [of[one] for one in named.get(row["id"], ())] or None,
            "org_id": of[row.get("org_id")],
            "need_id": of[row.get("need_id")],
            "org_ids": [of[one] for one in by] or None,
            str(kind.described.key): key,
            **(json.loads(row["extra"]) if row["extra"] else {}),
        }
        for row, key, by in zip(rows, keys, delivered, strict=True)
    ]


def _told(kind: Kind, row: Row) -> dict[str, Any]:
    cells = {name: row[name] for name in kind.columns}
    cells |= {name: None if row[name] is None else json.loads(row[name]) for name in kind.lists}
    return cells | {name: row.get(name) for name in ("state", "visibility", "anonymous", "check_note")}


def _referred(call: Call, kind: Kind, ids: Iterable[str]) -> dict[str | None, str | None]:
    """The ids under which records that are referred to leave; what is not seen keeps its own."""
    seen = _rows(call, kind.table, ids)
    return {id_: _key(call, seen[id_]) if id_ in seen else id_ for id_ in ids}
