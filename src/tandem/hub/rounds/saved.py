"""What a cleared round leaves: rows for its pairs and its needs, and the summary that is shown of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from tandem.domain.clearing_words import told_need, told_pair
from tandem.domain.disclosures import banded
from tandem.engine.assignment.matches import Cleared
from tandem.engine.matching.expose import Exposure
from tandem.hub import results, ruling
from tandem.hub.rounds.lists import Taken
from tandem.storage.rounds.kept import Part

_MOST = 30  # offers and groups of which a summary tells what a place is worth


@dataclass(frozen=True)
class Saved:
    """Rows of assignments and round_needs, the summary as JSON, and the figures that the journal tells."""

    pairs: list[dict[str, Any]]
    needs: list[dict[str, Any]]
    summary: str
    told: Mapping[str, int]


def of(taken: Taken, lists: Part, found: Cleared) -> Saved:
    """A round as it is written."""
    joint = found.plan("joint")
    rows = {"needs": taken.demand.needs.height, "organisations": taken.supply.organisations.height,
            "offers": taken.supply.offers.height, "deliveries": taken.supply.deliveries.height}  # fmt: skip
    totals = {
        "rows": rows,
        "states": _counted(lists.supply["state"]),
        "matches": found.matches.height,
        "slots": int(taken.demand.needs["slots"].sum()),
        "pairs": joint.pairs,
        "served": joint.served,
        "value": found.certificate.value,
        "bound": found.certificate.bound,
        "gap": found.certificate.gap,
    }
    summary = {
        "as_of": taken.as_of.isoformat(),
        "totals": totals,
        "exposure": _exposure(lists.exposure),
        "clearing": results.clearing(found),
        "rules": () if found.ruled is None else ruling.told(found.ruled),
        "places": _places(found),
        "worth": found.worth.filter(pl.col("most") > 0).head(_MOST).to_dicts(),
        "excluded": [asdict(one) for one in results.kept(lists.excluded)],
    }
    told = {name: int(totals[name]) for name in ("pairs", "served", "value", "bound")}  # type: ignore[call-overload]
    return Saved(
        _pairs(taken.round["id"], found),
        _needs(taken.round["id"], found, lists.supply),
        json.dumps(summary, ensure_ascii=False),
        {"needs": rows["needs"], **told},
    )


def _places(found: Cleared) -> list[dict[str, Any]]:
    """Offers that are wanted by more needs than they have room for, the dearest first; prices in whole points."""
    columns = ("offer_id", "org_id", "capacity", "wanted", "taken", "price")
    dear = found.offers.filter((pl.col("wanted") > pl.col("capacity")) | (pl.col("price") > 0)).select(
        columns
    )
    ordered = dear.sort("price", "wanted", "offer_id", descending=[True, True, False])
    return ordered.head(_MOST).with_columns(pl.col("price").round(0)).to_dicts()


def _pairs(round_id: str, found: Cleared) -> list[dict[str, Any]]:
    decided = found.pairs.select("need_id", "rank", "value", "choice", "bid", "lowest", "code")
    of_pair = pl.col("price").alias("asked")
    decided = decided.with_columns(found.pairs.select(of_pair))
    rows = found.matches.join(decided, on=["need_id", "rank"], how="left", maintain_order="left")
    return [
        {
            "round_id": round_id, "need_id": row["need_id"], "rank": row["rank"], "org_id": row["org_id"],
            "offer_id": row["offer_id"], "score": row["score"], "probability": row["probability"],
            "value": row["value"] or 0, "price": None if row["price"] is None else round(row["price"]),
            "cleared": bool(row["cleared"]), "reasons": banded(row["reasons"]), "told": _why(row),
        }
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip


def _why(row: Mapping[str, Any]) -> str:
    code, params = told_pair(None if row["code"] is None else {**row, "price": row["asked"]})
    return json.dumps({"code": code, "params": params})


def _needs(round_id: str, found: Cleared, supply: pl.DataFrame) -> list[dict[str, Any]]:
    rows = found.needs.join(
        supply.select("need_id", "candidates", "state"), on="need_id", how="left", maintain_order="left"
    )
    return [
        {
            "round_id": round_id, "need_id": row["need_id"], "code": row["code"], "slots": row["slots"],
            "got": row["got"], "listed": row["listed"], "candidates": row["candidates"] or 0,
            "supply": row["state"] or "none", "told": json.dumps([_told(*one, row) for one in told_need(row)]),
        }
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip


def _told(code: str, params: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What was decided; where it speaks of an organisation, by its id."""
    missed = {"org_id": row["org_id"]} if code.startswith("clearing.missed") else {}
    return {"code": code, "params": {**params, **missed}}


def _counted(states: pl.Series) -> dict[str, int]:
    counts = dict(states.value_counts().iter_rows())
    return {state: counts.get(state, 0) for state in ("served", "weak", "none")}


def _exposure(one: Exposure) -> dict[str, Any]:
    return {**asdict(one), "share": one.share, "share_before": one.share_before, "reached": one.reached}
