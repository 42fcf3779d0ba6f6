"""What engines give as plain rows: no infinities, no types of ours, and the words that ids stand for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from math import isfinite
from typing import Any

import polars as pl

from tandem.domain import cities
from tandem.domain.region.ladder import Ladder
from tandem.engine.ladder.standings import Standing
from tandem.hub.region_inputs import RegionShowInput
from tandem.storage.region import Register

Row = Mapping[str, Any]
Names = dict[str, dict[str, str]]
PRINTED = ("value", "unit", "indicator", "period", "geography", "source")
_LIKE = ("dimension", "currency", "thing")


def plain(value: Any) -> Any:
    """Any result as values that JSON has; what is not finite is None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value


def of_frame(frame: pl.DataFrame) -> tuple[Row, ...]:
    """The rows of a frame, columns that are nothing left out."""
    return tuple(
        {name: plain(value) for name, value in row.items() if value is not None}
        for row in frame.iter_rows(named=True)
    )


def filtered(figures: pl.DataFrame, given: RegionShowInput) -> pl.DataFrame:
    """The figures that the filters leave; an indicator and a place are known by id, or by what is printed."""
    for wanted, columns in (
        (given.id, ("figure_id",)),
        (given.kind, ("kind",)),
        (given.indicator, ("indicator_id", "indicator")),
        (given.geography, ("geo_id", "geography")),
    ):
        if wanted is not None:
            text = wanted.strip().casefold()
            same = (pl.col(name).cast(pl.String).str.to_lowercase() == text for name in columns)
            figures = figures.filter(pl.any_horizontal(*same))
    return figures


def prints(register: Register, ids: Iterable[str]) -> dict[str, Row]:
    """Figure id -> its print and what measures it."""
    wanted = sorted(set(ids))
    found = register.figures.filter(pl.col("figure_id").cast(pl.String).is_in(wanted)).select(
        "figure_id", *PRINTED, "indicator_id", "geo_id", *_LIKE
    )
    return {row["figure_id"]: row for row in found.iter_rows(named=True)}


def like(row: Row | None) -> dict[str, Any]:
    """How levels that are compared with a figure are written."""
    return {name: None if row is None else row[name] for name in _LIKE}


def names(register: Register) -> Names:
    """Indicators, places, clusters (and the chains that they lead), links: id -> words."""
    found: Names = {}
    for table, key in (("indicators", "indicator_id"), ("geographies", "geo_id"), ("links", "link_id"),
                       ("clusters", "cluster_id")):  # fmt: skip
        for row in register.tables[table].iter_rows(named=True):
            found[row[key]] = both(row)
            if table == "clusters" and row["chain"]:
                found.setdefault(row["chain"], both(row))
    return found


def with_places(known: Names, ids: Iterable[str]) -> Names:
    """Names, known cities and provinces among them that have no row of their own."""
    told = {id_: cities.names(id_) for id_ in ids}
    return {**{id_: {"zh": two[0], "en": two[1]} for id_, two in told.items() if two is not None}, **known}


def both(row: Row, stem: str = "name") -> dict[str, str]:
    """A row's name in both languages, each the other's where it is missing."""
    plainly = row.get(stem) or ""
    return {"zh": row.get(f"{stem}_zh") or plainly, "en": row.get(f"{stem}_en") or plainly}


def with_figures(known: Names, printed: Mapping[str, Row]) -> Names:
    """Names, figures among them: what each is of."""
    told = {id_: known.get(row["indicator_id"] or "", {"zh": row["indicator"], "en": row["indicator"]})
            for id_, row in printed.items()}  # fmt: skip
    return {**known, **told}


def of_ladder(ladder: Ladder) -> Names:
    """Words of rungs, and of fields under `field:<ladder>:<id>` with their unit."""
    rungs = {one.rung_id: {"zh": one.zh, "en": one.en} for one in ladder.rungs}
    return {
        **rungs,
        **{
            f"field:{ladder.ladder_id}:{one.field_id}": {"zh": one.zh, "en": one.en, "unit": one.unit}
            for one in ladder.fields
        },
    }


def of_standing(one: Standing, ladder: Ladder) -> Row:
    """An organisation's rung and the open criteria of the next one, with their words."""
    criteria = {(rung.rung_id, made.criterion_id): made for rung in ladder.rungs for made in rung.criteria}
    following = one.rung(one.next_rung)
    told = []
    for judged in following.open if following is not None else ():
        words = criteria[str(one.next_rung), judged.criterion_id]
        told.append({**plain(judged), "zh": words.zh, "en": words.en})
    return {
        **{
            name: getattr(one, name)
            for name in ("organisation", "ladder_id", "version", "reached", "supported", "next_rung")
        },
        "open": told,
        "rungs": [{"rung_id": rung.rung_id, "state": rung.state} for rung in one.rungs],
    }
