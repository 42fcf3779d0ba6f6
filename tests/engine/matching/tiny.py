"""Small exchange frames for tests: name only what a test is about, everything else is null or the default."""

from datetime import date
from typing import Any

import polars as pl

ORGANISATIONS = {"org_id": pl.String, "name": pl.String, "city": pl.String, "size": pl.String}
NEEDS = {
    "need_id": pl.String,
    "title": pl.String,
    "org_id": pl.String,
    "kind": pl.String,
    "service_code": pl.String,
    "text": pl.String,
    "city": pl.String,
    "posted_on": pl.Date,
    "due_on": pl.Date,
    "slots": pl.Int64,
    "importance": pl.Int64,
}
OFFERS = {
    "offer_id": pl.String,
    "title": pl.String,
    "org_id": pl.String,
    "kind": pl.String,
    "service_code": pl.String,
    "text": pl.String,
    "capacity": pl.Int64,
    "cities_served": pl.List(pl.String),
    "available_from": pl.Date,
    "available_to": pl.Date,
}
DELIVERIES = {
    "delivery_id": pl.String,
    "title": pl.String,
    "org_ids": pl.List(pl.String),
    "text": pl.String,
    "delivered_on": pl.Date,
    "rating": pl.Float64,
}


def _frame(rows: tuple[dict[str, Any], ...], schema: dict[str, Any], **defaults: Any) -> pl.DataFrame:
    full = [{column: row.get(column, defaults.get(column)) for column in schema} for row in rows]
    return pl.DataFrame(full, schema)


def organisations(*ids: str) -> pl.DataFrame:
    return _frame(tuple({"org_id": one, "name": one} for one in ids), ORGANISATIONS)


def needs(*rows: dict[str, Any]) -> pl.DataFrame:
    return _frame(rows, NEEDS, need_id="n1", posted_on=date(2026, 1, 1), slots=1, importance=1)


def offers(*rows: dict[str, Any]) -> pl.DataFrame:
    return _frame(rows, OFFERS, capacity=1)


def deliveries(*rows: dict[str, Any]) -> pl.DataFrame:
    return _frame(rows, DELIVERIES)
