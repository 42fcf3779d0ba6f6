"""Applying a merge table: which organisations a person has declared to be one.

Nothing is lost: the tables given stay as they are, and without the merge table they read as before.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from tandem.base.errors import Invalid


def resolve(merges: pl.DataFrame) -> dict[str, str]:
    """Where each merged organisation ends: a -> b -> c gives a -> c, b -> c.

    merges  columns org_id, into_org_id; rows that stand twice are read once
    Errors: Invalid merge.self, merge.two_targets (one organisation into two), merge.cycle.
    """
    into: dict[str, str] = {}
    for org, target in (
        merges.select("org_id", "into_org_id").unique().sort("org_id", "into_org_id").iter_rows()
    ):
        if org == target:
            raise Invalid("merge.self", org_id=org)
        if org in into:
            raise Invalid("merge.two_targets", org_id=org, targets=[into[org], target])
        into[org] = target
    return {org: _end(org, into) for org in into}


def _end(org: str, into: Mapping[str, str]) -> str:
    seen = [org]
    while (following := into.get(seen[-1])) is not None:
        if following in seen:
            raise Invalid("merge.cycle", org_ids=[*seen[seen.index(following) :], following])
        seen.append(following)
    return seen[-1]


def apply_merges(frames: Mapping[str, pl.DataFrame], merges: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The exchange tables with every reference to a merged organisation rewritten.

    frames  by table name, those that are there of organisations, needs, offers, deliveries, truth; others pass as is
    The row of a merged organisation goes, what it alone knew (a city, an English name) fills the gaps of the row that
    stays. A delivery of both becomes a delivery of one; a truth that then stands twice stands once.
    Errors: those of `resolve`, and Invalid merge.unknown for an id that no table has.
    """
    into = resolve(merges)
    unknown = sorted({*into, *into.values()} - _known(frames))
    if unknown:
        raise Invalid("merge.unknown", org_ids=unknown)
    if not into:
        return dict(frames)
    return {name: _rewritten(name, frame, into) for name, frame in frames.items()}


def _known(frames: Mapping[str, pl.DataFrame]) -> set[str]:
    ids: set[str] = set()
    for frame in frames.values():
        if "org_id" in frame.columns:
            ids.update(frame["org_id"].drop_nulls())
        if "org_ids" in frame.columns:
            ids.update(frame["org_ids"].explode().drop_nulls())
    return ids


def _rewritten(name: str, frame: pl.DataFrame, into: Mapping[str, str]) -> pl.DataFrame:
    if name == "organisations":
        return _joined(frame, into)
    if "org_ids" in frame.columns:
        owners = pl.col("org_ids").list.eval(pl.element().replace(into)).list.unique(maintain_order=True)
        return frame.with_columns(owners)
    if "org_id" in frame.columns:
        frame = frame.with_columns(pl.col("org_id").replace(into))
        return (
            frame.unique(["need_id", "org_id"], keep="first", maintain_order=True)
            if name == "truth"
            else frame
        )
    return frame


def _joined(frame: pl.DataFrame, into: Mapping[str, str]) -> pl.DataFrame:
    """One row for each group: that of its target, its gaps filled from the others in the order of their ids.

    A target that has no row of its own takes the first of the merged rows, under the target's id.
    """
    place = "place of the row"
    target = pl.col("org_id").replace(into)
    rows = frame.with_row_index(place).with_columns(
        target.alias("target"), (pl.col("org_id") != target).alias("merged")
    )
    ordered = rows.sort("target", "merged", "org_id", place, maintain_order=True)
    columns = [column for column in frame.columns if column != "org_id"]
    first = ordered.group_by("target", maintain_order=True).agg(
        pl.col(place).first(), *(pl.col(column).drop_nulls().first() for column in columns)
    )
    return first.sort(place).rename({"target": "org_id"}).select(frame.columns)
