"""Records by file: read and planned before the transaction, written in one; all rows or none.

Every record has an entry of its own in the journal, as if it had come by itself: its history is then complete whatever
is changed later, its people can follow it, and what is personal in it can be erased by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Conflict, Denied, Finding, Invalid
from tandem.domain.records import RECORD_TABLES
from tandem.hub.actions import Asker
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.records import answers, bringing, faulty, learned, planning
from tandem.hub.records.inputs import ImportInput, ProblemsInput, SampleInput
from tandem.hub.records.kinds import KINDS
from tandem.hub.records.owning import parts
from tandem.hub.records.planning import Plan, Planned
from tandem.storage import exchange
from tandem.storage.database import schema as s
from tandem.storage.database.journal import Dated

SHOWN = 200  # rows, and findings, that an answer lists; the rest are counted
_LOT = 5_000  # rows that are handed to the database together
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def prepared(given: ImportInput, asker: Asker) -> Plan:
    """Reads the file and plans what becomes of each row, as the records stand now.

    Raises Denied import.agent, record.no_organisation; Invalid as reading does, import.faulty where `strict` is asked
    """
    assert asker.hub is not None
    if asker.actor.agent and not given.preview:
        raise Denied("import.agent")
    asker.progress("progress.reading")
    with asker.hub.database.reading() as tx:
        one = bringing.handed(tx, asker.hub, asker.actor, given)
    with bringing.placed(asker.hub, one.upload) as file, asker.hub.database.reading() as tx:
        rows = bringing.brought(tx, asker.actor, one, file, given.visibility)
        made = planning.plan(tx, asker.actor, rows, ready=not given.preview)
    found = _findings(made)
    if given.strict and not given.preview and (wrong := [one for one in found if one.severity == "error"]):
        raise Invalid("import.faulty", tuple(wrong[:SHOWN]), n=len(wrong))
    return made


def imported(call: Call, given: ImportInput, made: Plan) -> answers.Imported:
    """Writes what was planned, or only tells it; what the importer's headers mean is kept for the next time."""
    if given.preview:
        return told(made, written=False)
    done = _written(call, made)
    learned.learn(call, made.brought.scope, made.brought.said.columns)
    return done


def prepared_sample(given: SampleInput, asker: Asker) -> Plan:
    """The sample world, planned for a hub without records."""
    assert asker.hub is not None
    asker.progress("progress.reading")
    with asker.hub.database.reading() as tx:
        return planning.plan(tx, asker.actor, bringing.sample(tx, asker.actor, given.visibility))


def sampled(call: Call, given: SampleInput, made: Plan) -> answers.Imported:
    """Loads the sample world. Raises Conflict import.not_empty where the hub has records already."""
    for kind in KINDS.values():
        if call.tx.rows(sa.select(kind.table.c.id).limit(1), call.actor):
            raise Conflict("import.not_empty", table=kind.name)
    return _written(call, made)


def problems(call: Call, given: ProblemsInput) -> Download:
    """A copy of the file in which each faulty row says what to mend."""
    one = bringing.handed(call.tx, call.hub, call.actor, given)
    with bringing.placed(call.hub, one.upload) as file:
        rows = bringing.brought(call.tx, call.actor, one, file, "members")
        made = planning.plan(call.tx, call.actor, rows, ready=False)
        copy = file.with_name(f"{file.stem}.problems.xlsx")
        exchange.annotate(
            file, _findings(made), copy, call.lang, one.meant.changes(made.brought.book.raws, RECORD_TABLES)
        )
        return Download(copy.name, _WORKBOOK, copy.read_bytes())


def told(made: Plan, *, written: bool) -> answers.Imported:
    """What an interface tells of a plan."""
    found, shown = _findings(made), list(islice(planning.rows(made), SHOWN))
    total = sum(len(table.new) + len(table.changed) for table in made.tables.values())
    return answers.Imported(
        written=written,
        tables=tuple(
            _table(made, table) for table in made.tables.values() if table.keys or _counted(made, table)
        ),
        rows=tuple(_row(*one) for one in shown),
        more_rows=total - len(shown),
        findings=tuple(found[:SHOWN]),
        more_findings=max(len(found) - SHOWN, 0),
        faulty=() if written else faulty.rows(made.brought, found[:SHOWN]),
        corrections=made.brought.said.corrections,
    )


def _written(call: Call, made: Plan) -> answers.Imported:
    call.progress("progress.writing")
    if _stale(call, made):
        made = planning.plan(call.tx, call.actor, made.brought)
    for table in made.tables.values():
        _write(call, table)
    return told(made, written=True)


def _stale(call: Call, made: Plan) -> bool:
    """Whether a record that the plan is about has changed, or come, since it was made."""
    for table in made.tables.values():
        t = table.kind.table.c
        for part in parts(list(table.matched)):
            now = {
                row["id"]: row["version"]
                for row in call.tx.unguarded(sa.select(t.id, t.version).where(t.id.in_(part)))
            }
            if any(now.get(id_) != table.matched[id_] for id_ in part):
                return True
        for part in parts([record["ref"] for record in table.new]):
            taken = sa.select(t.id).where(t.ref_of == made.brought.scope, t.ref.in_(part)).limit(1)
            if call.tx.unguarded(taken):
                return True
    return False


def _write(call: Call, table: Planned) -> None:
    if table.lot is not None:
        call.tx.insert_lot(table.lot)
    call.tx.change_all(table.kind.table, [(change.before, change.told) for change in table.changed])
    _related(call, table)
    call.tx.tell_all(Dated(one, call.now) for one in table.told)


def _related(call: Call, table: Planned) -> None:
    """Whom records name, and which organisations have delivered."""
    ours = {"named": table.named, "delivered_by": {}}
    if table.kind.name == "deliveries":
        ours["delivered_by"] = {record["id"]: json.loads(record["org_ids"]) for record in table.new}
        ours["delivered_by"] |= {change.before["id"]: json.loads(change.told["org_ids"])
                                 for change in table.changed if "org_ids" in change.told}  # fmt: skip
    for name, column in (("named", "record_id"), ("delivered_by", "delivery_id")):
        target = s.metadata.tables[name]
        for part in parts([one for one in ours[name] if one in table.matched]):
            call.tx.execute(sa.delete(target).where(target.c[column].in_(part)))
        pairs = [{column: one, "org_id": org} for one, orgs in ours[name].items() for org in orgs]
        for lot in _lots(pairs):
            call.tx.insert(target, lot)


def _lots(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield from (rows[begin : begin + _LOT] for begin in range(0, len(rows), _LOT))


def _findings(made: Plan) -> list[Finding]:
    return [*made.brought.book.findings, *made.findings]


def _counted(made: Plan, table: Planned) -> bool:
    return table.kind.name in made.brought.book.counts


def _table(made: Plan, table: Planned) -> answers.TableImported:
    name = table.kind.name
    counts, (file, sheet) = (
        made.brought.book.counts.get(name),
        made.brought.book.sources.get(name, (None, None)),
    )
    return answers.TableImported(
        name,
        file,
        sheet,
        read=counts.read if counts else len(table.keys),
        rejected=(counts.rejected if counts else 0) + table.refused,
        new=len(table.new),
        changed=len(table.changed),
        unchanged=table.unchanged,
        aside=table.aside,
    )


def _row(
    table: Planned, what: Mapping[str, Any] | planning.Change, number: int | None
) -> answers.RowImported:
    if isinstance(what, planning.Change):
        columns = tuple(sorted({*what.told, *(["named"] if what.before["id"] in table.named else [])}))
        return answers.RowImported(table.kind.name, number, "changed", what.before["id"], columns)
    return answers.RowImported(table.kind.name, number, "new", None, ())
