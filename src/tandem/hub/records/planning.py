"""What an import comes to, row by row: new, changed, as it was, left aside or refused; nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import sqlalchemy as sa

from tandem.base.clock import day
from tandem.base.errors import Finding
from tandem.domain import moves
from tandem.domain.people import Actor
from tandem.domain.records import RECORD_TABLES
from tandem.hub.records import bringing, organisations
from tandem.hub.records.bringing import Brought
from tandem.hub.records.kinds import KINDS, Kind
from tandem.hub.records.owning import owner, parts
from tandem.hub.records.steps import journalled
from tandem.storage.database import schema as s
from tandem.storage.database.journal import Sealed, by, canonical, sealed
from tandem.storage.database.session import Lot
from tandem.storage.database.transaction import Row, Tx
from tandem.storage.exchange import names
from tandem.storage.exchange.book import EXAMPLE, schema

_ACTION = "records.import"
_TABLES = {table.name: table for table in RECORD_TABLES}
_BEGINS = {"organisations": "claimed", "needs": "posed", "offers": "open", "deliveries": "stated"}
# Other states that a member may give a record of its own by a file; all else has its own action.
_OWN_STATES = {"needs": ("draft",), "offers": ("withdrawn",), "deliveries": ("withdrawn",)}
_UNTOLD = frozenset({"id", "version", "pseudonym", "org_id", "name_key", "name_zh_key", "name_en_key"})
_REFERRING = {"needs": "org_id", "offers": "org_id", "deliveries": "org_ids"}


@dataclass(frozen=True, slots=True)
class Change:
    """A record that is there already, as it was read, with what becomes different."""

    before: Row
    told: Mapping[str, Any]
    row: int | None


@dataclass
class Planned:
    """One table of the file.

    new    whole rows, but for their times; lot: the same as the database takes them
    named  record -> the organisations that it names from now on
    told   the entry of each record of `new`, then of `changed`
    ids    id in the file -> id of the record; rows that come to nothing are not in it
    """

    kind: Kind
    new: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int | None] = field(default_factory=list)  # of `new`, in the file
    changed: list[Change] = field(default_factory=list)
    matched: dict[str, int] = field(default_factory=dict)  # record -> version it had
    named: dict[str, list[str]] = field(default_factory=dict)
    lot: Lot | None = None
    told: list[Sealed] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    unchanged: int = 0
    aside: int = 0
    refused: int = 0


@dataclass
class Plan:
    """All tables of the file, and what was found wrong beside what reading found."""

    brought: Brought
    tables: dict[str, Planned] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class Refused(Exception):
    """Why a row cannot be taken, as the code of a finding."""

    def __init__(self, code: str, column: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code, self.column, self.params = code, column, params


def plan(tx: Tx, actor: Actor, brought: Brought, *, ready: bool = True) -> Plan:
    """What the rows come to for this actor, as the records stand in this transaction.

    ready  whether what will be written is made here too; a preview writes nothing
    """
    made = Plan(brought)
    for kind in KINDS.values():
        frame = brought.book.table(kind.name)
        made.tables[kind.name] = Planned(kind)
        if frame.height:
            _Table(tx, actor, made, kind, frame).plan()
            if ready:
                _prepare(tx, actor, made.tables[kind.name])
    return made


class _Table:
    """One table on its way into the plan."""

    def __init__(self, tx: Tx, actor: Actor, made: Plan, kind: Kind, frame: pl.DataFrame) -> None:
        self.tx, self.actor, self.made, self.kind = tx, actor, made, kind
        self.brought, self.out = made.brought, made.tables[kind.name]
        self.key = str(kind.described.key)
        self.frame = _plain(frame)
        self.given = self.brought.book.given.get(kind.name, frozenset(frame.columns))
        self.extra = [name for name in frame.columns if name not in schema(_TABLES[kind.name])]
        self.numbers: Iterable[int | None] = self.brought.book.rows.get(kind.name, [None] * frame.height)
        self.blank = dict.fromkeys(kind.table.c.keys())
        self.met: set[str] = set()

    def plan(self) -> None:
        """Judges every row."""
        keys: list[str] = self.frame[self.key].to_list()
        self.out.keys = frozenset(keys)
        existing = self._existing(keys)
        named = self._named(existing.values())
        for number, row in zip(self.numbers, self.frame.iter_rows(named=True), strict=True):
            key = row[self.key]
            if key.startswith(EXAMPLE):
                self.out.aside += 1
                continue
            try:
                self._row(key, row, number, existing.get(key), named)
            except Refused as refused:
                self._note(refused.code, number, refused.column, refused.params)
                self.out.refused += 1

    def _row(
        self,
        key: str,
        row: Mapping[str, Any],
        number: int | None,
        before: Row | None,
        named: Mapping[str, list[str]],
    ) -> None:
        if self.kind.name == "organisations" and not self._mine(key, before):
            return
        told = self._told(row, number, before)
        wanted = None if row.get("named") is None else sorted(set(self._meant(row["named"], "named")))
        if before is None:
            self._add(key, told, number, wanted)
            return
        if before["id"] in self.met:
            raise Refused("import.twice", self.key, id=before["id"])
        self.met.add(before["id"])
        self.out.ids[key], self.out.matched[before["id"]] = before["id"], before["version"]
        different = {name: value for name, value in told.items() if value != before[name]}
        if wanted is not None and wanted != named.get(before["id"], []):
            self.out.named[before["id"]] = wanted
        if different or before["id"] in self.out.named:
            self.out.changed.append(Change(before, different, number))
        else:
            self.out.unchanged += 1

    def _add(self, key: str, told: Mapping[str, Any], number: int | None, named: list[str] | None) -> None:
        id_ = self.tx.ids()
        record = {**self.blank, "visibility": self.brought.visibility, "state": _BEGINS[self.kind.name], **told,
                  "id": id_, "version": 1, "ref": key, "ref_of": self.brought.scope}  # fmt: skip
        if self.kind.name == "needs":
            record["pseudonym"] = self.tx.ids()
            record["posted_on"] = record["posted_on"] or day(self.tx.now)
            record["anonymous"] = bool(record["anonymous"])
        self.out.new.append(record)
        self.out.rows.append(number)
        self.out.ids[key] = id_
        if named:
            self.out.named[id_] = named

    def _mine(self, key: str, before: Row | None) -> bool:
        """Whether an organisation may be written; what others have registered can still be referred to."""
        if self.actor.operates:
            return True
        if before is None:
            raise Refused("import.new_organisation", "name")
        if before["id"] == self.actor.org and self.actor.role == "manager":
            return True
        self.out.ids[key] = before["id"]
        self.out.aside += 1
        return False

    def _told(self, row: Mapping[str, Any], number: int | None, before: Row | None) -> dict[str, Any]:
        """The columns as the hub keeps them: all for a new record, else those that the file has."""
        kind = self.kind
        told = {name: row[name] for name in kind.columns if before is None or name in self.given}
        for name in kind.lists & told.keys():
            told[name] = None if told[name] is None else json.dumps(list(told[name]))
        # what a check came to is the operator's word
        for name in ("visibility", "anonymous", *(("check_note",) if self.actor.operates else ())):
            if row.get(name) is not None and name in kind.table.c:
                told[name] = row[name]
        told |= self._whose(row, before)
        if self.extra:
            told["extra"] = _extra(row, self.extra, before)
        if kind.name == "organisations":
            told |= organisations.keys(told)
        return told | self._state(row, number, before, told)

    def _whose(self, row: Mapping[str, Any], before: Row | None) -> dict[str, Any]:
        """The organisations that a row refers to. Raises Refused where the actor may not speak for them."""
        name = self.kind.name
        told: dict[str, Any] = {}
        if name == "organisations":
            return told
        column = _REFERRING[name]
        meant = self._meant([row[column]] if column == "org_id" else row[column], "organisation")
        if name == "deliveries":
            if row["need_id"] is not None or "need_id" in self.given:
                told["need_id"] = self._need(row["need_id"])
            keeper = self.actor.org if not self.actor.operates else (before or {}).get("org_id")
            org = keeper if keeper in meant else (self.brought.owner if not meant else meant[0])
            told["org_ids"] = json.dumps([org, *(one for one in meant if one != org)])
        else:
            org = meant[0] if meant else self.brought.owner
            if before is not None and not meant:
                org = before["org_id"]
        if not self.actor.operates and (
            org != self.actor.org or (before is not None and owner(before) != org)
        ):
            raise Refused("import.others", "organisation")
        return {**told, "org_id": org}

    def _meant(self, keys: Iterable[str | None] | None, column: str) -> list[str]:
        """The organisations behind ids of the file. Raises Refused where one of them came to nothing."""
        known = self.made.tables["organisations"]
        found: dict[str, None] = {}
        for key in keys or ():
            if key is None:
                continue
            if key not in known.ids and key in known.keys:
                raise Refused("import.reference", column)
            found.setdefault(known.ids.get(key, key))
        return list(found)

    def _need(self, key: str | None) -> str | None:
        known = self.made.tables["needs"]
        if key is None or (key not in known.ids and key in known.keys):
            return None
        return known.ids.get(key, key)

    def _state(
        self, row: Mapping[str, Any], number: int | None, before: Row | None, told: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The state that a row asks for, as far as whoever imports may give it by a file."""
        name, wanted = self.kind.name, row.get("state")
        now = _BEGINS[name] if before is None else before["state"]
        fallen: dict[str, str] = {}
        if name == "organisations" and before is not None and (wanted is None or not self.actor.operates):
            fallen = organisations.again(before, told)
        if wanted is None or wanted == now:
            return fallen
        free = self.actor.operates or (before is None and wanted in _OWN_STATES.get(name, ()))
        if free and (before is None or wanted in moves.TABLES[name][now]):
            return {"state": wanted}
        self._note("import.state", number, "state", {"state": now, "wanted": wanted}, severity="warning")
        return fallen

    def _existing(self, keys: list[str]) -> dict[str, Row]:
        """Records that are there already: by the importer's own name for them, else by their id."""
        if self.kind.name == "organisations":
            return self._registered(keys)
        t = self.kind.table
        found: dict[str, Row] = {}
        for part in parts(keys):
            for row in self.tx.rows(sa.select(t).where(t.c.id.in_(part)), self.actor):
                found[row["id"]] = row
        for part in parts(keys):
            own = sa.select(t).where(t.c.ref_of == self.brought.scope, t.c.ref.in_(part))
            found.update((row["ref"], row) for row in self.tx.rows(own, self.actor))
        return found

    def _registered(self, keys: list[str]) -> dict[str, Row]:
        """Organisations also by their registration number, or by a name that is one organisation's alone."""
        texts = [text for column in (self.key, "reg_no", "name") for text in self.frame[column].drop_nulls()]
        index = _Register(bringing.alike(self.tx, self.actor, self.brought.scope, texts), self.brought.scope)
        columns = self.frame.select(self.key, "reg_no", "name").iter_rows()
        found = ((key, index.same(key, reg_no, name)) for key, reg_no, name in columns)
        return {key: row for key, row in found if row is not None}

    def _named(self, existing: Iterable[Row]) -> Mapping[str, list[str]]:
        """Whom records name now, where the file says whom they shall name."""
        found: dict[str, list[str]] = {}
        if "named" in self.given:
            for part in parts([row["id"] for row in existing]):
                statement = sa.select(s.named).where(s.named.c.record_id.in_(part)).order_by(s.named.c.org_id)
                for row in self.tx.unguarded(statement):
                    found.setdefault(row["record_id"], []).append(row["org_id"])
        return found

    def _note(
        self,
        code: str,
        number: int | None,
        column: str | None,
        params: Mapping[str, Any],
        severity: str = "error",
    ) -> None:
        file, sheet = self.brought.book.sources.get(self.kind.name, (None, None))
        self.made.findings.append(
            Finding(code, severity, self.kind.name, file, sheet, number, column, params=params)
        )


class _Register:
    """Registered organisations, by everything that says which one is meant."""

    def __init__(self, rows: Iterable[Row], scope: str) -> None:
        self.by_key: dict[str, Row] = {}
        self.by_number: dict[str, list[Row]] = {}
        self.by_name: dict[str, dict[str, Row]] = {}
        own: dict[str, Row] = {}
        for row in rows:
            self.by_key[row["id"]] = row
            if row["ref_of"] == scope and row["ref"] is not None:
                own[row["ref"]] = row
            if row["reg_no"] is not None:
                self.by_number.setdefault(row["reg_no"], []).append(row)
            for key in organisations.NAMES.values():
                if row[key] is not None:
                    self.by_name.setdefault(row[key], {})[row["id"]] = row
        self.by_key |= own

    def same(self, key: str, reg_no: str | None, name: str) -> Row | None:
        """The organisation that a row means; None for a new one."""
        if (row := self.by_key.get(key)) is not None:
            return row
        if reg_no is not None and len(numbered := self.by_number.get(reg_no, [])) == 1:
            return numbered[0]
        called = list(self.by_name.get(names.normal(name), {}).values())
        if len(called) == 1 and (reg_no is None or called[0]["reg_no"] in (None, reg_no)):
            return called[0]
        return None


def _prepare(tx: Tx, actor: Actor, table: Planned) -> None:
    """Makes here what will be written, because others wait for the transaction that writes it."""
    for record in table.new:
        content = {name: value for name, value in record.items() if value is not None and name not in _UNTOLD}
        _tell(tx, actor, table, record["id"], owner(record), content)
    for change in table.changed:
        _tell(tx, actor, table, change.before["id"], owner({**change.before, **change.told}), change.told)
    table.lot = tx.lot(table.kind.table, table.new)


def _tell(
    tx: Tx, actor: Actor, table: Planned, id_: str, org: str | None, content: Mapping[str, Any]
) -> None:
    body = canonical(by(actor, journalled(content, table.named.get(id_, ()))))
    table.told.append(sealed(_ACTION, actor.account, table.kind.name, id_, org, body, tx.ids))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Days as ISO 8601 text, the rest as it is."""
    days = [name for name, kind in frame.schema.items() if kind == pl.Date]
    return frame.with_columns(pl.col(name).dt.strftime("%Y-%m-%d") for name in days)


def _extra(row: Mapping[str, Any], names: Iterable[str], before: Row | None) -> str | None:
    """The columns that the hub does not know, as JSON; those of earlier imports stay where the file has them not."""
    kept = json.loads(before["extra"]) if before is not None and before["extra"] else {}
    kept = {**kept, **{name: row[name] for name in names}}
    kept = {name: value for name, value in sorted(kept.items()) if value is not None}
    return json.dumps(kept, ensure_ascii=False) if kept else None


def rows(made: Plan) -> Iterator[tuple[Planned, Change | Mapping[str, Any], int | None]]:
    """All that would be written, table by table, with the row of the file."""
    for table in made.tables.values():
        yield from ((table, record, number) for record, number in zip(table.new, table.rows, strict=True))
        yield from ((table, change, change.row) for change in table.changed)
