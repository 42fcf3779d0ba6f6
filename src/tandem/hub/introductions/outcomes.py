"""Outcomes: what introductions came to, as a book from which `tandem learn` learns.

Needs whose introductions were decided, the organisations with their offers and deliveries, and as truth the pairs that
became an agreement and were served. Only what is open to members goes in: a ranker moves what everybody sees, and no
confidential text may.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import polars as pl
import sqlalchemy as sa

from tandem.base import words
from tandem.base.clock import day
from tandem.base.errors import Invalid
from tandem.domain.tables import DELIVERIES, NEEDS, OFFERS, ORGANISATIONS, TABLES, TRUTH, Table
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.introductions.inputs import OutcomeQuery
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.exchange import write
from tandem.storage.exchange.book import frame_name

SERVED = 0.5  # an outcome rated lower than this did not serve the need
_OPEN = ("public", "members")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES: Mapping[str, Any] = {"integer": pl.Int64, "money": pl.Int64, "ratio": pl.Float64, "date": pl.Date}


def export(call: Call, given: OutcomeQuery) -> Download:
    """One workbook; raises Invalid outcome.none where nothing has come to an outcome yet."""
    tables = frames(call, given.since)
    if not tables["truth"].height:
        raise Invalid("outcome.none")
    held = BytesIO()
    with write.open_workbook(held) as book:
        for name, frame in tables.items():
            told = write.exchanged(frame, name)
            kinds = {frame_name(column): str(column.type) for column in TABLES[name].columns}
            title = words.say(f"table.{name}", call.lang)
            titles = write.headers(told, name, call.lang)
            write.add_sheet(book, title, titles, told, [kinds.get(one, "text") for one in told.columns])
    return Download(f"outcomes-{day(call.now)}.xlsx", _XLSX, held.getvalue())


def frames(call: Call, since: date | None = None) -> Mapping[str, pl.DataFrame]:
    """The exchange tables of all that is decided: organisations, needs, offers, deliveries, truth.

    since  only needs whose introductions ended on that day or later
    """
    i, n = s.introductions.c, s.needs.c
    first = 0 if since is None else int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp())
    told = call.tx.rows(
        sa.select(i.need_id, i.org_id, i.rating, n.visibility)
        .join(s.needs, n.id == i.need_id)
        .where(i.state == "outcome", i.ended_at >= first, n.visibility.in_(_OPEN))
        .order_by(i.need_id, i.org_id),
        call.actor,
    )
    orgs = _open(call, s.organisations)
    known = {row["id"] for row in orgs}
    served = [row for row in told if row["rating"] >= SERVED and row["org_id"] in known]
    needs = [
        _nameless(row, known) for row in _open(call, s.needs, n.id.in_({row["need_id"] for row in told}))
    ]
    posed = {row["id"] for row in needs}
    own = {"org_id": "org_id", "organisation": "org_id"}
    return {
        "organisations": _frame(ORGANISATIONS, orgs, {"org_id": "id"}),
        "needs": _frame(NEEDS, needs, {"need_id": "id", **own}),
        "offers": _frame(OFFERS, _of(_open(call, s.offers), known), {"offer_id": "id", **own}),
        "deliveries": _frame(DELIVERIES, _delivered(_open(call, s.deliveries), known, posed),
                             {"delivery_id": "id", "organisation": "org_ids", "org_ids": "org_ids",
                              "need": "need_id"}),
        "truth": _frame(TRUTH, served, {"need": "need_id", "organisation": "org_id"}),
    }  # fmt: skip


def _open(call: Call, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> Sequence[Row]:
    """The records of a table that are open to members, by id."""
    closed = ("draft", "withdrawn", "refused")
    wanted = sa.select(table).where(table.c.visibility.in_(_OPEN), table.c.state.not_in(closed), *conditions)
    return call.tx.rows(wanted.order_by(table.c.id), call.actor)


def _of(rows: Sequence[Row], organisations: set[str]) -> Sequence[Row]:
    return [row for row in rows if row["org_id"] in organisations]


def _nameless(row: Row, organisations: set[str]) -> Row:
    """A need without its poser where that stays anonymous, or is hidden itself."""
    return {**row, "org_id": None} if row["anonymous"] or row["org_id"] not in organisations else row


def _delivered(rows: Sequence[Row], organisations: set[str], needs: set[str]) -> Sequence[Row]:
    """Deliveries of organisations that are open, by those alone, for the needs that are told."""
    found = []
    for row in rows:
        by = [one for one in json.loads(row["org_ids"]) if one in organisations]
        if by:
            found.append(
                {**row, "org_ids": by, "need_id": row["need_id"] if row["need_id"] in needs else None}
            )
    return found


def _frame(table: Table, rows: Sequence[Row], renamed: Mapping[str, str]) -> pl.DataFrame:
    """Rows in the columns of an exchange table; `renamed`: column of the table -> column of the rows."""
    columns = {}
    for column in table.columns:
        values = [row.get(renamed.get(column.name, column.name)) for row in rows]
        if column.type == "date":
            values = [None if value is None else date.fromisoformat(value) for value in values]
        kind = pl.List(pl.String) if column.type == "references" else _TYPES.get(column.type, pl.String)
        columns[frame_name(column)] = pl.Series(values, dtype=kind)
    return pl.DataFrame(columns)
