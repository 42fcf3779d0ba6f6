"""The library's door: matching and evaluation over frames that a program already holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from tandem.base.errors import Invalid
from tandem.domain.tables import DELIVERIES, MATCHES, NEEDS, OFFERS, ORGANISATIONS, TRUTH, Table
from tandem.engine.assignment.matches import Cleared, cleared
from tandem.engine.matching.evaluate import Quality
from tandem.engine.matching.evaluate import evaluate as judge
from tandem.engine.matching.match import MatchResult
from tandem.engine.matching.match import match as rank
from tandem.engine.matching.settings import MatchSettings
from tandem.storage.exchange import book


def match(
    needs: pl.DataFrame,
    organisations: pl.DataFrame | None,
    offers: pl.DataFrame | None,
    deliveries: pl.DataFrame | None,
    settings: Mapping[str, Any],
    *,
    clear: bool = True,
) -> MatchResult:
    """See tandem.match."""
    known = {field.name for field in dataclasses.fields(MatchSettings)}
    for name in settings:
        if name not in known:
            raise Invalid("setting.unknown", name=name, known=sorted(known))
    frames = _canonical(needs, organisations, offers, deliveries)
    result = rank(*frames, MatchSettings(**settings))
    return replace(result, matches=cleared(result.matches, *frames).matches) if clear else result


def clear_matches(
    matches: pl.DataFrame,
    needs: pl.DataFrame,
    organisations: pl.DataFrame | None,
    offers: pl.DataFrame | None,
    deliveries: pl.DataFrame | None,
) -> Cleared:
    """See tandem.clear_matches."""
    _require(matches, "matches", ("need_id", "rank", "org_id"))
    return cleared(canonical(matches, MATCHES), *_canonical(needs, organisations, offers, deliveries))


def _canonical(
    needs: pl.DataFrame,
    organisations: pl.DataFrame | None,
    offers: pl.DataFrame | None,
    deliveries: pl.DataFrame | None,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return (
        canonical(needs, NEEDS),
        canonical(organisations, ORGANISATIONS),
        canonical(offers, OFFERS),
        canonical(deliveries, DELIVERIES),
    )


def evaluate(
    matches: pl.DataFrame,
    truth: pl.DataFrame,
    organisations: pl.DataFrame | None,
    deliveries: pl.DataFrame | None,
    settings: Mapping[str, Any],
) -> Quality:
    """See tandem.evaluate."""
    _require(matches, "matches", ("need_id", "rank", "org_id"))
    return judge(matches, canonical(truth, TRUTH), organisations, deliveries, **settings)


def canonical(frame: pl.DataFrame | None, table: Table) -> pl.DataFrame:
    """The frame with all columns of its table in their types; missing ones hold their default or nothing.

    Raises Invalid frame.column where a required column or the id is missing, frame.type where one cannot be read
    as its type.
    """
    if frame is None:
        return book.empty(table)
    required = {book.frame_name(column) for column in table.columns if column.required}
    _require(frame, table.name, sorted(required | ({table.key} if table.key else set())))
    columns = []
    for column in table.columns:
        name, kind = book.frame_name(column), book.dtype(column)
        given = pl.col(name) if name in frame.columns else pl.lit(column.default)
        columns.append(given.cast(kind).alias(name))
    try:
        return frame.with_columns(columns)
    except pl.exceptions.PolarsError as error:
        raise Invalid("frame.type", table=table.name, why=str(error)) from error


def _require(frame: pl.DataFrame, table: str, names: tuple[str, ...] | list[str]) -> None:
    if missing := [name for name in names if name not in frame.columns]:
        raise Invalid("frame.column", table=table, missing=missing, found=frame.columns)
