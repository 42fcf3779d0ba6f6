"""What members may see of a hub's supply, as the exchange tables that matching reads.

Offers, deliveries and organisations that are open to all members; what is confidential, or open to named organisations
only, is no part of it, so that it moves no list and no statistic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl
import sqlalchemy as sa

from tandem.domain.tables import DELIVERIES, NEEDS, OFFERS, ORGANISATIONS, Table
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx
from tandem.storage.database.visible import open_to_members
from tandem.storage.exchange import book

TABLES = ("organisations", "offers", "deliveries")
_KEYS = {"organisations": "org_id", "offers": "offer_id", "deliveries": "delivery_id", "needs": "need_id"}
_DAYS = ("delivered_on", "available_from", "available_to", "posted_on", "due_on")
_LISTS = ("org_ids", "cities_served")


class Supply(NamedTuple):
    """The three tables, as exchange.book.schema has them."""

    organisations: pl.DataFrame
    offers: pl.DataFrame
    deliveries: pl.DataFrame


def read(tx: Tx) -> Supply:
    """The supply as members see it."""
    organisations = _frame("organisations", ORGANISATIONS, _open(tx, "organisations"))
    known = set(organisations["org_id"])
    offers = _frame("offers", OFFERS, [row for row in _open(tx, "offers") if row["org_id"] in known])
    delivered = []
    for row in _open(tx, "deliveries"):
        by = [org for org in json.loads(row["org_ids"] or "[]") or [row["org_id"]] if org in known]
        if by:
            delivered.append({**row, "org_ids": by})
    return Supply(organisations, offers, _frame("deliveries", DELIVERIES, delivered))


def need(row: Row) -> pl.DataFrame:
    """One need as a table of one row."""
    return needs([row])


def needs(rows: Sequence[Row]) -> pl.DataFrame:
    """Needs as their table."""
    return _frame("needs", NEEDS, rows)


def _open(tx: Tx, name: str) -> Sequence[Row]:
    table = s.RECORDS[name]
    return tx.unguarded(sa.select(table).where(open_to_members(table)).order_by(table.c.id))


def _frame(name: str, table: Table, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    kinds = book.schema(table)
    columns = {column: [_value(column, row, name) for row in rows] for column in kinds}
    return pl.DataFrame(columns, schema=kinds)


def _value(column: str, row: Mapping[str, Any], name: str) -> Any:
    value = row["id"] if column == _KEYS[name] else row.get(column)
    if value is None:
        return None
    if column in _DAYS:
        return date.fromisoformat(value)
    if column in _LISTS and isinstance(value, str):
        return json.loads(value)
    return value
