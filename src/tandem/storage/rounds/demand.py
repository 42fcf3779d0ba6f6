"""What a round clears: needs that still want somebody, and the places that offers still have.

Needs of every visibility take part, because clearing decides about all of them together. Supply is what members may
see (storage/finding/supply.py): a match list, its order and its reasons then rest on nothing hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain.introductions import UNTOLD, left
from tandem.domain.records import OPEN
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx
from tandem.storage.finding import supply
from tandem.storage.rounds import capacity

_PART = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which needs take part: all that are posed, or those of a kind, of a city, with these ids."""

    kind: str | None = None
    city: str | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Demand:
    """The needs of a round.

    needs  the exchange table; slots are those still open
    open   ids of the needs that every member reads
    tried  need -> organisations that it has, or had, an introduction with; a pair is introduced once
    """

    needs: pl.DataFrame
    open: frozenset[str]
    tried: Mapping[str, frozenset[str]]


def count(tx: Tx, wanted: Wanted) -> int:
    """How many needs would take part, as far as one statement tells: those with an open slot or not."""
    return sum(
        int(tx.unguarded(sa.select(sa.func.count().label("n")).where(*one))[0]["n"])
        for one in _conditions(tx, wanted)
    )


def read(tx: Tx, wanted: Wanted) -> Demand:
    """The needs that are posed, not past their day, and have an open slot; in the order of their ids."""
    engaged = capacity.engaged(tx)
    rows: list[dict[str, object]] = []
    for conditions in _conditions(tx, wanted):
        for row in tx.unguarded(sa.select(s.needs).where(*conditions)):
            if slots := left(row["slots"], engaged.get(row["id"], 0)):
                rows.append({**row, "slots": slots})
    rows.sort(key=lambda row: str(row["id"]))
    open_ = frozenset(str(row["id"]) for row in rows if row["visibility"] in OPEN)
    return Demand(supply.needs(rows), open_, _tried(tx, rows))


def places(tx: Tx, offers: pl.DataFrame) -> pl.DataFrame:
    """The offers with the places that introductions leave free."""
    held = capacity.held(tx)
    taken = pl.DataFrame(
        {"offer_id": list(held), "held": list(held.values())},
        schema={"offer_id": pl.String, "held": pl.Int64},
    )
    free = (pl.col("capacity").fill_null(UNTOLD) - pl.col("held")).clip(lower_bound=0)
    return (
        offers.join(taken, on="offer_id", how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("held") > 0).then(free).otherwise(pl.col("capacity")).alias("capacity"))
        .drop("held")
    )


def _conditions(tx: Tx, wanted: Wanted) -> list[list[sa.ColumnElement[bool]]]:
    """What a need must be, once for each part of the ids."""
    n = s.needs.c
    always = [s.posed, n.due_on.is_(None) | (n.due_on >= day(tx.now))]
    if wanted.kind is not None:
        always.append(n.kind == wanted.kind)
    if wanted.city is not None:
        always.append(n.city == wanted.city)
    if not wanted.ids:
        return [always]
    return [[*always, n.id.in_(part)] for part in _parts(wanted.ids)]


def _parts(ids: Collection[str]) -> list[list[str]]:
    every = sorted(set(ids))
    return [every[at : at + _PART] for at in range(0, len(every), _PART)]


def _tried(tx: Tx, rows: Collection[Mapping[str, object]]) -> Mapping[str, frozenset[str]]:
    """Organisations that cannot be proposed to a need (again): its own poser, and whoever was."""
    found = {str(row["id"]): {str(row["org_id"])} - {"None"} for row in rows}
    i = s.introductions.c
    met = (
        sa.select(i.need_id, i.org_id)
        .join(s.needs, s.needs.c.id == i.need_id)
        .where(s.needs.c.state == "posed")
    )
    for row in tx.unguarded(met):
        if row["need_id"] in found:
            found[row["need_id"]].add(row["org_id"])
    return {need: frozenset(orgs) for need, orgs in found.items()}
